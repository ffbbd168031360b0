"""Times the operations of `equiripple bench ckks` with OpenFHE, and prints them as JSON.

    python3.10 -m venv venv && venv/bin/pip install openfhe==1.6.1.0.22.4 numpy
    OMP_NUM_THREADS=1 venv/bin/python benches/peers/openfhe_ckks.py > openfhe.json

One thread, CPU time; N = 2^16, 28 primes of 50 bits, 5 digits, uniform ternary secret, rescaling by hand.
"""

import json
import random
import sys
import time
from importlib.metadata import version

import numpy as np
import openfhe as fhe
from numpy.polynomial import chebyshev

LEVELS = 27
LOW = 10
HOISTED = 8
REPEAT = 5


def context():
    parameters = fhe.CCParamsCKKSRNS()
    parameters.SetSecretKeyDist(fhe.SecretKeyDist.UNIFORM_TERNARY)
    # 28 primes of 50 bits and P are above what OpenFHE's own table allows at 128 bits.
    parameters.SetSecurityLevel(fhe.SecurityLevel.HEStd_NotSet)
    parameters.SetRingDim(1 << 16)
    parameters.SetScalingTechnique(fhe.ScalingTechnique.FIXEDMANUAL)
    parameters.SetScalingModSize(50)
    parameters.SetFirstModSize(56)
    parameters.SetNumLargeDigits(5)
    parameters.SetMultiplicativeDepth(LEVELS)
    parameters.SetBatchSize(1 << 15)
    made = fhe.GenCryptoContext(parameters)
    for feature in ("PKE", "KEYSWITCH", "LEVELEDSHE", "ADVANCEDSHE"):
        made.Enable(getattr(fhe.PKESchemeFeature, feature))
    return made


def main():
    rows = []

    def add(operation, level, run, count=1, repeat=REPEAT):
        print(operation, file=sys.stderr)
        run()
        times = []
        for _ in range(repeat):
            start = time.process_time()
            run()
            times.append((time.process_time() - start) * 1e3 / count)
        times.sort()
        rows.append(
            {
                "operation": operation,
                "level": level,
                "threads": 1,
                "median_ms": times[len(times) // 2],
                "min_ms": times[0],
            }
        )

    cc = context()
    keys = cc.KeyGen()
    # A key is made once for each secret: every run takes another one.
    others = [cc.KeyGen() for _ in range(4)]
    generate = lambda: cc.EvalMultKeyGen(others.pop().secretKey)
    add("keygen_relinearization", LEVELS, generate, repeat=3)
    cc.EvalMultKeyGen(keys.secretKey)
    steps = list(range(1, HOISTED + 1))
    cc.EvalRotateKeyGen(keys.secretKey, steps)
    random.seed(1)
    message = [random.uniform(-1, 1) for _ in range(1 << 15)]

    def encrypted(level):
        plaintext = cc.MakeCKKSPackedPlaintext(message, 1, LEVELS - level, None, 1 << 15)
        return cc.Encrypt(keys.publicKey, plaintext)

    top, low = encrypted(LEVELS), encrypted(LOW)
    plaintext = cc.MakeCKKSPackedPlaintext(message, 1, 0, None, 1 << 15)

    def multiply():
        return cc.Rescale(cc.EvalMult(top, top))

    def hoisted():
        digits = cc.EvalFastRotationPrecompute(top)
        return [cc.EvalFastRotation(top, k, 1 << 17, digits) for k in steps]

    add("multiply_relinearize_rescale_top", LEVELS, multiply)
    add("rotate_top", LEVELS, lambda: cc.EvalRotate(top, 1))
    add("rotate_hoisted_each", LEVELS, hoisted, HOISTED)
    add("multiply_plain_top", LEVELS, lambda: cc.EvalMult(top, plaintext))
    add("rotate_10_levels", LOW, lambda: cc.EvalRotate(low, 1))
    for degree in (27, 59):
        series = chebyshev.chebinterpolate(lambda t: np.maximum(t, 0), degree).tolist()
        # OpenFHE halves the constant term.
        series[0] *= 2
        run = lambda: cc.EvalChebyshevSeries(low, series, -1, 1)
        add(f"chebyshev_{degree}", LOW, run, repeat=3)
    report = {
        "library": f"OpenFHE {version('openfhe')}",
        "clock": "CPU time of the process",
        "rows": rows,
    }
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
