"""Run the solutions as processors of other makes would round: `make test-rounding`.

    python -m tests.rounding                       every setting, ten draws of the jitter
    python -m tests.rounding jitter --draws 1      one setting
    python -m tests.rounding --notebooks 04 05     some notebooks
    python -m tests.rounding --table               writes tests/benchmarks/rounding.md, too

Each run begins with an empty cache. One is green if nbval is: all text as it
was stored, all numbers within their cell's tolerance.
"""

import argparse
import json
import os
import secrets
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from exercise_lib import paths
from tests import rounding_table, validate

JITTER_FOLDER = paths.REPOSITORY / "tests" / "jitter"
JITTER = rounding_table.JITTER
SETTINGS = {
    "default": {},
    "one-thread": {
        "TF_NUM_INTRAOP_THREADS": "1",
        "TF_NUM_INTEROP_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
    },
    "without-onednn": {"TF_ENABLE_ONEDNN_OPTS": "0"},
    "avx2": {"ONEDNN_MAX_CPU_ISA": "AVX2", "OPENBLAS_CORETYPE": "Haswell"},
    "sse41": {"ONEDNN_MAX_CPU_ISA": "SSE41", "OPENBLAS_CORETYPE": "Nehalem"},
}
DRAWS = 10


@dataclass(frozen=True)
class Run:
    """One run of the solutions: its name, its environment, and where its outputs go."""

    name: str
    environment: dict
    outputs: Path


def jitter(seed):
    """Return the environment of one draw of the jitter (see jitter/sitecustomize.py)."""
    folders = [str(JITTER_FOLDER), os.environ.get("PYTHONPATH", "")]
    return {"PYTHONPATH": os.pathsep.join(filter(None, folders)), "WORKSHOP_JITTER": str(seed)}


def plan(names, draws, folder):
    """List the runs for the names of settings, each draw of the jitter one of its own."""
    environments = [(name, SETTINGS[name]) for name in names if name != JITTER]
    if JITTER in names:
        seeds = [secrets.randbelow(10**6) for _ in range(draws)]
        environments += [(f"{JITTER}-{seed}", jitter(seed)) for seed in seeds]
    return [Run(name, environment, folder / name) for name, environment in environments]


def run(one, notebooks, scratch):
    """Run some notebooks once and return the verdict."""
    environment = {
        **os.environ,
        **validate.STRICT,
        "EXERCISE_CACHE": str(scratch / "cache"),
        **validate.without_progress(scratch),
        **one.environment,
    }
    command = [*validate.NBVAL, "--outputs-to", str(one.outputs), "--nbval", *notebooks]
    for notebook in notebooks:  # What an earlier run left.
        (one.outputs / f"{Path(notebook).stem}.jsonl").unlink(missing_ok=True)
    start = time.monotonic()
    status = subprocess.run(command, cwd=paths.REPOSITORY, env=environment, check=False).returncode
    verdict = {"green": status == 0, "status": status, "seconds": time.monotonic() - start}
    one.outputs.mkdir(parents=True, exist_ok=True)
    (one.outputs / rounding_table.VERDICT).write_text(json.dumps(verdict), encoding="utf-8")
    return verdict


def parse(arguments):
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.rounding", description=__doc__.partition("\n")[0]
    )
    parser.add_argument("settings", nargs="*", metavar="SETTING", help=", ".join(names()))
    parser.add_argument("--draws", type=int, metavar="N", default=DRAWS, help="of the jitter (10)")
    parser.add_argument("--notebooks", nargs="+", metavar="NN", help="their numbers (all)")
    parser.add_argument("--outputs", type=Path, help="folder to keep all outputs in")
    parser.add_argument("--table", action="store_true", help="write benchmarks/rounding.md anew")
    options = parser.parse_args(arguments)
    for name in options.settings:
        if name not in names():
            parser.error(f"there is no setting {name!r}; there are: {', '.join(names())}")
    options.notebooks = [
        str(path)
        for path in sorted(paths.SOLUTIONS.glob("*.ipynb"))
        if not options.notebooks or path.name[:2] in options.notebooks
    ]
    if not options.notebooks:
        parser.error("there are no such notebooks in solutions/")
    return options


def names():
    """Return the names of all settings."""
    return [*SETTINGS, JITTER]


def main(arguments=None):
    """Run what was asked for, print a line for each run, and return the exit status."""
    options = parse(arguments)
    with tempfile.TemporaryDirectory() as temporary:
        outputs = options.outputs or Path(temporary) / "outputs"
        runs = plan(options.settings or names(), options.draws, outputs)
        verdicts = {}
        for one in runs:
            print(f"\n=== {one.name}", flush=True)
            with tempfile.TemporaryDirectory() as scratch:
                verdicts[one.name] = run(one, options.notebooks, Path(scratch))
        if options.table:
            rounding_table.write(outputs)
    print("\n=== Summary")
    for name, verdict in verdicts.items():
        colour = "green" if verdict["green"] else f"RED (status {verdict['status']})"
        print(f"{verdict['seconds']:5.0f} s  {name}: {colour}")
    return 0 if all(verdict["green"] for verdict in verdicts.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
