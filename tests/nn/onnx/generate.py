"""Small ONNX models of every operator that is imported, with what ONNX Runtime computes of them.

Writes MODEL.onnx and expected.json beside this file. Made with onnx 1.23.2, onnxruntime 1.31.1, numpy; run again only to
add a model: `python generate.py`.
"""

import json
import pathlib

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

HERE = pathlib.Path(__file__).parent
RNG = np.random.default_rng(1)
EXPECTED = {}


def weight(*shape):
    return RNG.normal(size=shape).astype(np.float32)


def integers(*values):
    return np.array(values, dtype=np.int64)


def number(value):
    return np.array(value, dtype=np.float32)


def model(name, nodes, shape, weights=(), opset=17, batch="N", ir_version=8):
    """Nodes are (operator, inputs, outputs, attributes); the last one's first output is that of the model."""
    made = [helper.make_node(op, i, o, name=f"{op}_{k}", **a) for k, (op, i, o, a) in enumerate(nodes)]
    graph = helper.make_graph(
        made,
        name,
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [batch, *shape])],
        [helper.make_tensor_value_info(nodes[-1][2][0], TensorProto.FLOAT, None)],
        [numpy_helper.from_array(np.asarray(v), k) for k, v in dict(weights).items()],
    )
    whole = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=ir_version)
    image = (1.5 * RNG.normal(size=[1, *shape])).astype(np.float32)
    session = onnxruntime.InferenceSession(whole.SerializeToString(), providers=["CPUExecutionProvider"])
    (result,) = session.run(None, {"x": image})
    onnx.save(whole, HERE / f"{name}.onnx")
    EXPECTED[name] = {
        "shape": list(result.shape[1:]),
        "image": image.ravel().tolist(),
        "result": result.ravel().tolist(),
    }


def one(name, op, shape, inputs=(), weights=(), opset=17, **attributes):
    model(name, [(op, ["x", *inputs], ["y"], attributes)], shape, weights, opset)


# Convolutions and pools.
one("conv_asymmetric", "Conv", (3, 9, 7), ["w", "b"], {"w": weight(4, 3, 3, 2), "b": weight(4)},
    pads=[1, 0, 2, 1], strides=[2, 1])
one("conv_dilated", "Conv", (2, 9, 9), ["w"], {"w": weight(3, 2, 3, 3)}, dilations=[2, 3], pads=[2, 3, 2, 3])
one("conv_grouped", "Conv", (4, 6, 6), ["w", "b"], {"w": weight(6, 2, 3, 3), "b": weight(6)}, group=2)
one("conv_depthwise", "Conv", (4, 5, 5), ["w"], {"w": weight(4, 1, 3, 3)}, group=4, auto_pad="VALID")
one("conv_same_upper", "Conv", (2, 8, 7), ["w"], {"w": weight(2, 2, 4, 3)}, auto_pad="SAME_UPPER", strides=[3, 2])
one("conv_same_lower", "Conv", (2, 8, 7), ["w"], {"w": weight(2, 2, 4, 3)}, auto_pad="SAME_LOWER", strides=[3, 2])
one("maxpool_ceil", "MaxPool", (2, 8, 8), kernel_shape=[3, 3], strides=[2, 2], ceil_mode=1)
one("maxpool_padded", "MaxPool", (2, 7, 8), kernel_shape=[3, 2], strides=[2, 2], pads=[1, 0, 1, 1], dilations=[1, 2])
one("averagepool", "AveragePool", (2, 7, 7), kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1])
one("averagepool_padding", "AveragePool", (2, 7, 7), kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1],
    count_include_pad=1)
one("averagepool_ceil", "AveragePool", (2, 6, 6), opset=19, kernel_shape=[3, 3], strides=[2, 2], ceil_mode=1)
one("global_average", "GlobalAveragePool", (3, 4, 5))
one("global_max", "GlobalMaxPool", (3, 4, 5))
one("reduce_mean", "ReduceMean", (3, 4, 5), axes=[2, 3], keepdims=0)
one("reduce_mean_input", "ReduceMean", (3, 4, 5), ["a"], {"a": integers(-1, -2)}, opset=18)

# Layers.
one("batch_norm", "BatchNormalization", (3, 4, 4), ["s", "b", "m", "v"],
    {"s": weight(3), "b": weight(3), "m": weight(3), "v": np.abs(weight(3)) + 0.5}, epsilon=1e-3)
one("gemm", "Gemm", (6,), ["w", "b"], {"w": weight(6, 4), "b": weight(1, 4)}, alpha=0.5, beta=2.0)
one("gemm_transposed", "Gemm", (6,), ["w", "b"], {"w": weight(4, 6), "b": weight(4)}, transB=1)
model("matmul_bias", [("MatMul", ["x", "w"], ["p"], {}), ("Add", ["p", "b"], ["y"], {})], (6,),
      {"w": weight(6, 4), "b": weight(4)})
model("matmul_rows", [("MatMul", ["x", "w"], ["p"], {}), ("Add", ["b", "p"], ["y"], {})], (5, 6),
      {"w": weight(6, 4), "b": weight(4)})
one("softmax", "Softmax", (7,))
one("softmax_old", "Softmax", (7, 1, 1), opset=11)
one("log_softmax", "LogSoftmax", (7,), axis=1)

# Moves of elements.
one("transpose", "Transpose", (2, 3, 4), perm=[0, 3, 1, 2])
one("pad", "Pad", (2, 3, 4), ["p", "v"], {"p": integers(0, 1, 0, 2, 0, 0, 1, 1), "v": number(0.5)})
one("pad_old", "Pad", (2, 3, 4), opset=9, pads=[0, 1, 0, 2, 0, 0, 1, 1], value=0.25)
one("pad_axes", "Pad", (2, 3, 4), ["p", "", "a"], {"p": integers(1, 2), "a": integers(-1)}, opset=18)
one("slice", "Slice", (4, 6, 6), ["s", "e", "a", "t"],
    {"s": integers(1, -5), "e": integers(2**62, -1), "a": integers(1, 3), "t": integers(2, 3)})
one("slice_old", "Slice", (4, 6, 6), opset=9, starts=[0, 1], ends=[3, 100], axes=[1, 2])
model("split_concat", [("Split", ["x", "n"], ["a", "b"], {"axis": 1}), ("Concat", ["b", "a", "x"], ["y"], {"axis": -3})],
      (5, 3, 3), {"n": integers(2, 3)})
model("shuffle", [("Reshape", ["x", "s"], ["a"], {}), ("Transpose", ["a"], ["b"], {"perm": [0, 2, 1, 3, 4]}),
                  ("Reshape", ["b", "t"], ["y"], {})],
      (6, 2, 2), {"s": integers(0, 2, 3, 2, 2), "t": integers(-1, 6, 2, 2)})
model("squeeze", [("Squeeze", ["x", "a"], ["s"], {}), ("Unsqueeze", ["s", "b"], ["y"], {})], (3, 1, 4),
      {"a": integers(2), "b": integers(1, -1)})

# The ways in which exporters flatten.
model("flatten", [("GlobalAveragePool", ["x"], ["p"], {}), ("Flatten", ["p"], ["y"], {})], (3, 4, 4))
model("flatten_gather", [
    ("Shape", ["x"], ["s"], {}), ("Gather", ["s", "zero"], ["n"], {"axis": 0}),
    ("Unsqueeze", ["n"], ["m"], {"axes": [0]}), ("Concat", ["m", "minus"], ["t"], {"axis": 0}),
    ("Reshape", ["x", "t"], ["y"], {})], (3, 2, 2), {"zero": np.array(0, np.int64), "minus": integers(-1)}, opset=11)
model("flatten_slice", [
    ("Shape", ["x"], ["s"], {}), ("Slice", ["s", "zero", "one"], ["n"], {}),
    ("Cast", ["n"], ["c"], {"to": TensorProto.INT64}), ("Concat", ["c", "minus"], ["t"], {"axis": 0}),
    ("Identity", ["x"], ["i"], {}), ("Dropout", ["i"], ["d"], {}), ("Reshape", ["d", "t"], ["y"], {})],
    (3, 2, 2), {"zero": integers(0), "one": integers(1), "minus": integers(-1)})
model("flatten_shape", [
    ("Shape", ["x"], ["s"], {"start": 0, "end": 1}), ("ConstantOfShape", ["one"], ["c"],
     {"value": helper.make_tensor("v", TensorProto.INT64, [1], [-1])}),
    ("Concat", ["s", "c"], ["t"], {"axis": 0}), ("Reshape", ["x", "t"], ["y"], {})], (3, 2, 2), {"one": integers(1)})

# Activations, alone and as several nodes.
ACTIVATIONS = [("Relu", {}), ("LeakyRelu", {"alpha": 0.1}), ("Sigmoid", {}), ("Tanh", {}), ("HardSwish", {}),
               ("HardSigmoid", {"alpha": 1 / 6})]
for op, attributes in ACTIVATIONS:
    one(op.lower(), op, (20,), **attributes)
one("relu6_old", "Clip", (20,), opset=9, min=0.0, max=6.0)
one("relu6", "Clip", (20,), ["a", "b"], {"a": number(0), "b": number(6)})
one("clip_below", "Clip", (20,), ["a"], {"a": number(-0.5)})
one("prelu", "PRelu", (3, 2, 2), ["s"], {"s": number([[[0.2]], [[0.2]], [[0.2]]])})
one("gelu_one", "Gelu", (20,), opset=20)
one("gelu_tanh_one", "Gelu", (20,), opset=20, approximate="tanh")
model("silu", [("Sigmoid", ["x"], ["s"], {}), ("Mul", ["x", "s"], ["y"], {})], (20,))
model("gelu", [
    ("Div", ["x", "r"], ["a"], {}), ("Erf", ["a"], ["e"], {}), ("Add", ["e", "one"], ["f"], {}),
    ("Mul", ["x", "f"], ["g"], {}), ("Mul", ["g", "h"], ["y"], {})], (20,),
    {"r": number(2**0.5), "one": number(1), "h": number(0.5)})
model("gelu_tanh", [
    ("Pow", ["x", "three"], ["c"], {}), ("Mul", ["c", "k"], ["d"], {}), ("Add", ["x", "d"], ["e"], {}),
    ("Mul", ["e", "q"], ["f"], {}), ("Tanh", ["f"], ["t"], {}), ("Add", ["t", "one"], ["u"], {}),
    ("Mul", ["x", "h"], ["v"], {}), ("Mul", ["v", "u"], ["y"], {})], (20,),
    {"three": number(3), "k": number(0.044715), "q": number((2 / np.pi) ** 0.5), "one": number(1), "h": number(0.5)})
model("hard_swish", [
    ("Add", ["x", "three"], ["a"], {}), ("Clip", ["a", "zero", "six"], ["c"], {}), ("Mul", ["x", "c"], ["m"], {}),
    ("Div", ["m", "six"], ["y"], {})], (20,), {"three": number(3), "zero": number(0), "six": number(6)})
model("hard_swish_torch", [("HardSigmoid", ["x"], ["a"], {"alpha": 1 / 6}), ("Mul", ["x", "a"], ["y"], {})], (20,))
model("hard_sigmoid", [
    ("Add", ["x", "three"], ["a"], {}), ("Relu", ["a"], ["b"], {}), ("Min", ["b", "six"], ["c"], {}),
    ("Mul", ["c", "f"], ["y"], {})], (20,), {"three": number(3), "six": number(6), "f": number(1 / 6)})
model("leaky_relu_max", [("Mul", ["x", "s"], ["a"], {}), ("Max", ["x", "a"], ["y"], {})], (20,), {"s": number(0.05)})
model("square", [("Mul", ["x", "x"], ["a"], {}), ("Mul", ["a", "h"], ["b"], {}), ("Sub", ["b", "x"], ["c"], {}),
                 ("Neg", ["c"], ["d"], {}), ("Add", ["d", "h"], ["y"], {})], (20,), {"h": number(0.5)})
model("sigmoid_of_half", [("Div", ["x", "two"], ["a"], {}), ("Sigmoid", ["a"], ["y"], {})], (20,), {"two": number(2)})

# Sums and products.
model("affine_channels", [("Mul", ["x", "s"], ["a"], {}), ("Sub", ["a", "b"], ["c"], {}), ("Div", ["c", "s"], ["y"], {})],
      (3, 2, 2), {"s": weight(3, 1, 1), "b": weight(1, 3, 1, 1)})
model("affine_elements", [("Sub", ["b", "x"], ["a"], {}), ("Mul", ["a", "s"], ["y"], {})], (3, 2, 2),
      {"s": weight(2, 2), "b": weight(1, 3, 2, 2)})
model("squeeze_and_excite", [
    ("Conv", ["x", "w"], ["c"], {}), ("GlobalAveragePool", ["c"], ["p"], {}), ("Conv", ["p", "v"], ["q"], {}),
    ("Sigmoid", ["q"], ["s"], {}), ("Mul", ["c", "s"], ["y"], {})], (3, 4, 4),
    {"w": weight(4, 3, 1, 1), "v": weight(4, 4, 1, 1)})
model("residual", [
    ("Conv", ["x", "w"], ["c"], {"pads": [1, 1, 1, 1]}), ("Relu", ["c"], ["r"], {}),
    ("Conv", ["r", "v"], ["d"], {"pads": [1, 1, 1, 1]}), ("Sub", ["d", "x"], ["s"], {}), ("Sum", ["s", "r", "x"], ["t"], {}),
    ("Sigmoid", ["t"], ["u"], {}), ("Mul", ["t", "u"], ["y"], {})], (3, 4, 4),
    {"w": weight(3, 3, 3, 3), "v": weight(3, 3, 3, 3)})
model("batch_of_one", [("Conv", ["x", "f"], ["y"], {})], (2, 3, 3), {"f": weight(2, 2, 2, 2)}, batch=1)

(HERE / "expected.json").write_text(json.dumps(EXPECTED))
print(len(EXPECTED), "models")
