"""Memory against the number of photos: each size of each approach in a process of its own.

python -m tests.benchmarks.memory [MODEL]

Linux and macOS. The cache is empty at the start of each process.
"""

import os
import subprocess
import sys
import tempfile

SIZES = (50, 500)  # Of each class of yoghurts_large: 300 and 3,000 photos.
APPROACHES = ("feature_extraction", "fine_tuning", "from_scratch")
PROGRAM = """
import sys
from exercise_lib import compare, datasets, pretrained
model = pretrained.load_pretrained(sys.argv[1])
compare.measure(model, datasets.load("yoghurts_large"), sys.argv[2], int(sys.argv[3]), seed=0)
"""
# macOS counts in bytes, Linux in KiB.
UNIT = 1 if sys.platform == "darwin" else 1024


def main(name="imagenet200"):
    """Print peak memory of the smaller and the larger run of each approach, and the ratio."""
    print(f"Peak memory in GB, {name}, of {' and '.join(map(str, SIZES))} photos a class")
    for approach in APPROACHES:
        few, many = (peak_bytes(name, approach, size) for size in SIZES)
        print(f"  {approach:<20}{few / 1e9:6.2f}{many / 1e9:6.2f}   ratio {many / few:.2f}")


def peak_bytes(name, approach, size):
    """Return the largest memory that a process with one measurement took."""
    with tempfile.TemporaryDirectory() as cache:
        process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, name, approach, str(size)],
            env={**os.environ, "EXERCISE_CACHE": cache, "EXERCISE_QUIET": "1"},
            stdout=subprocess.DEVNULL,
        )
        _, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"{approach} on {size} photos a class failed.")
    return usage.ru_maxrss * UNIT


if __name__ == "__main__":
    main(*sys.argv[1:2])
