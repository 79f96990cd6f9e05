"""The validation that `make test` runs: every step, then one summary.

All steps run without a network: the solution notebooks with the default model,
whose outputs are compared, and everything else with the small one, which is
quicker; the solutions once more, so that no lesson holds for one model only.
What other processors round is tried by `python -m tests.rounding`, and what
takes minutes and finds little by `python -m tests.validate thorough`.
"""

import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from exercise_lib import paths
from exercise_lib.authoring import running

PYTEST = (sys.executable, "-m", "pytest", "-q")
WORKERS = ("-n", "2", "--dist", "loadfile", "--no-loadscope-reorder")
NBVAL = (
    *PYTEST,
    *("-p", "tests.nbval_live_kernel", "-p", "tests.nbval_tolerance"),
    *("--nbval-current-env", "--nbval-cell-timeout=300"),
    *("--nbval-sanitize-with", "tests/nbval_sanitize.cfg", *WORKERS),
)
# Nothing listens there: whatever tries to download fails at once.
NO_NETWORK = dict.fromkeys(
    ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), "http://127.0.0.1:9"
)
SMALL = {
    **NO_NETWORK,
    "no_proxy": "127.0.0.1,localhost",
    "NO_PROXY": "127.0.0.1,localhost",
    "EXERCISE_MODEL": "imagenet200",
}
STRICT = {**SMALL, **running.STRICT}  # The default model.


@dataclass(frozen=True)
class Step:
    """One command of the validation."""

    name: str
    command: tuple
    environment: dict = field(default_factory=lambda: SMALL)


# By name: a student's own notebooks may lie beside them, and are not ours to run.
STUDENT_NOTEBOOKS = [
    str(paths.NOTEBOOKS.relative_to(paths.REPOSITORY) / solution.name)
    for solution in sorted(paths.SOLUTIONS.glob("*.ipynb"))
]
STEPS = [
    Step("ruff: code and notebooks", (sys.executable, "-m", "ruff", "check", ".")),
    Step("ruff: layout", (sys.executable, "-m", "ruff", "format", "--check", ".")),
    Step("mypy: types", (sys.executable, "-m", "mypy")),
    Step("pytest", (*PYTEST, *WORKERS, "-m", "not thorough", "tests")),
    Step(
        "notebooks agree with solutions",
        (sys.executable, "-m", "exercise_lib.authoring", "--check"),
    ),
    Step("solutions, outputs compared", (*NBVAL, "--nbval", "solutions"), STRICT),
    Step("student notebooks, untouched", (*NBVAL, "--nbval-lax", *STUDENT_NOTEBOOKS)),
    Step(
        "solutions with imagenet200",
        (*NBVAL, "--nbval-lax", "solutions"),
        {**STRICT, "EXERCISE_MODEL": "imagenet200"},
    ),
]
THOROUGH_STEPS = [Step("thorough tests", (*PYTEST, *WORKERS, "-m", "thorough", "tests"))]


def run(step):
    """Run one step and return (passed, seconds)."""
    print(f"\n=== {step.name}", flush=True)
    start = time.monotonic()
    with tempfile.TemporaryDirectory() as scratch:
        result = subprocess.run(
            step.command,
            cwd=paths.REPOSITORY,
            env={**os.environ, **step.environment, **without_progress(scratch)},
            check=False,
        )
    return result.returncode == 0, time.monotonic() - start


def without_progress(scratch):
    """Return the environment in which `check` leaves the user's own progress as it is."""
    return {"EXERCISE_PROGRESS": str(Path(scratch) / "progress.json")}


def main(arguments=()):
    """Run all steps, print the summary, and return the exit status.

    Args:
        arguments: `["thorough"]` for the steps that `make test` leaves out.
    """
    steps = THOROUGH_STEPS if "thorough" in arguments else STEPS
    if not STUDENT_NOTEBOOKS:
        print(
            "solutions/ holds no notebooks, and all that is validated is compared with them: run "
            "this where you have them, before you hand out a copy without.",
            file=sys.stderr,
        )
        return 1
    results = [(step.name, *run(step)) for step in steps]
    print("\n=== Summary")
    for name, passed, seconds in results:
        print(f"{'passed' if passed else 'FAILED'}  {seconds:5.0f} s  {name}")
    failed = sum(not passed for _, passed, _ in results)
    print(f"\nSteps: {len(results) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
