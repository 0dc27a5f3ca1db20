# SPDX-License-Identifier: Apache-2.0
# What NumPy and scikit-learn (Debian's python3-numpy, python3-sklearn) take for the same tasks. Reads the name
# of a task from each line of its input and answers with the processor seconds of one run, or why there are none.
import sys
import time
import warnings

import numpy as np

warnings.simplefilter("ignore")
count = int(sys.argv[1])
period = 1 << 20
rng = np.random.default_rng(7)
block = (0.02 * rng.standard_normal(period)).astype(np.float32)
made = {}


def weights():
    if "weights" not in made:
        made["weights"] = np.resize(block, count)
    return made["weights"]


def codes():
    if "codes" not in made:
        made["codes"] = np.resize(block.astype(np.float16).view(np.uint16), count)
    return made["codes"]


def statistics():
    x = weights()
    return x.min(), x.max(), x.mean(), x.std()


def all_statistics():
    x = weights()
    mean, deviation = x.mean(), x.std()
    z = (x - mean) / deviation
    return x.min(), x.max(), (z ** 4).mean(), (np.abs(z) > 6).sum(), np.percentile(x, [0.1, 1, 5, 25, 50, 75, 95, 99, 99.9])


def histogram():
    return np.histogram(weights(), 256)


def code_counts():
    return np.bincount(codes(), minlength=65536)


def int8_with(step):
    x = weights()
    y = np.clip(np.rint(x / step), -127, 127) * step
    error = x - y
    return float(np.dot(error, error))


def int8():
    return int8_with(np.float32(np.abs(weights()).max() / 127))


def int8_given():
    return int8_with(np.float32(0.1 / 127))


def lloyd():
    from sklearn.cluster import KMeans
    return KMeans(16, n_init=1, algorithm="lloyd", random_state=1).fit(weights().reshape(-1, 1)).inertia_


def mini_batch():
    from sklearn.cluster import MiniBatchKMeans
    return MiniBatchKMeans(16, n_init=1, random_state=1).fit(weights().reshape(-1, 1)).inertia_


tasks = {f.__name__: f for f in (statistics, all_statistics, histogram, code_counts, int8, int8_given, lloyd, mini_batch)}
for line in sys.stdin:
    name = line.strip()
    try:
        codes() if name == "code_counts" else weights()
        start = time.process_time()
        tasks[name]()
        print(time.process_time() - start, flush=True)
    except Exception as problem:
        print("no:", str(problem).splitlines()[0], flush=True)
