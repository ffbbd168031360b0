"""Times bootstraps with OpenFHE as `equiripple bench bootstrap` does its own, and prints them as JSON.

    python3.10 -m venv venv && venv/bin/pip install openfhe==1.6.1.0.22.4 numpy
    OMP_NUM_THREADS=1 venv/bin/python benches/peers/openfhe_bootstrap.py [log2 slots ...] > openfhe.json

One thread, CPU time; N = 2^16, primes of 50 bits, 10 levels left, 5 digits, sparse-secret encapsulation, three factors for
each transform. Slots are complex, their messages real. It takes 14 GiB of memory.
"""

import json
import math
import random
import resource
import sys
import time
from importlib.metadata import version

import openfhe as fhe

LOG_N = 16
LEVELS = 10
BUDGET = [3, 3]
REPEAT = 2


def context(slots):
    secret = fhe.SecretKeyDist.SPARSE_ENCAPSULATED
    parameters = fhe.CCParamsCKKSRNS()
    parameters.SetSecretKeyDist(secret)
    parameters.SetSecurityLevel(fhe.SecurityLevel.HEStd_128_classic)
    parameters.SetRingDim(1 << LOG_N)
    parameters.SetScalingTechnique(fhe.ScalingTechnique.FLEXIBLEAUTO)
    parameters.SetScalingModSize(50)
    parameters.SetFirstModSize(56)
    parameters.SetNumLargeDigits(5)
    depth = LEVELS + fhe.CryptoContext.GetBootstrapDepth(BUDGET, secret)
    parameters.SetMultiplicativeDepth(depth)
    parameters.SetBatchSize(slots)
    made = fhe.GenCryptoContext(parameters)
    for feature in ("PKE", "KEYSWITCH", "LEVELEDSHE", "ADVANCEDSHE", "FHE"):
        made.Enable(getattr(fhe.PKESchemeFeature, feature))
    return made, depth


def measure(log_slots):
    slots = 1 << log_slots
    print(f"2^{log_slots} slots", file=sys.stderr)
    cc, depth = context(slots)
    cc.EvalBootstrapSetup(BUDGET, [0, 0], slots)
    keys = cc.KeyGen()
    cc.EvalMultKeyGen(keys.secretKey)
    start = time.process_time()
    cc.EvalBootstrapKeyGen(keys.secretKey, slots)
    keygen = time.process_time() - start
    random.seed(1)
    message = [random.uniform(-1, 1) for _ in range(slots)]
    plaintext = cc.MakeCKKSPackedPlaintext(message, 1, depth - 1, None, slots)
    exhausted = cc.Encrypt(keys.publicKey, plaintext)
    times = []
    for _ in range(REPEAT):
        start = time.process_time()
        refreshed = cc.EvalBootstrap(exhausted)
        times.append(time.process_time() - start)
    decrypted = cc.Decrypt(refreshed, keys.secretKey)
    decrypted.SetLength(slots)
    found = decrypted.GetRealPackedValue()[:slots]
    errors = [max(abs(x - y), 1e-18) for x, y in zip(found, message)]
    times.sort()
    return {
        "log_n": LOG_N,
        "slots": slots,
        "kind": "complex",
        "threads": 1,
        "seconds": times[len(times) // 2],
        "mean_bits": -sum(map(math.log2, errors)) / slots,
        "min_bits": -math.log2(max(errors)),
        "levels_left": depth - refreshed.GetLevel() - (refreshed.GetNoiseScaleDeg() - 1),
        "keygen_seconds": keygen,
        "peak_memory_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
    }


def main():
    report = {
        "library": f"OpenFHE {version('openfhe')}",
        "clock": "CPU time of the process",
        "rows": [measure(int(k)) for k in sys.argv[1:] or ["15"]],
    }
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
