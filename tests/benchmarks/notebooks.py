"""How long a student waits: each student notebook run untouched, its slowest cell and its sum.

python -m tests.benchmarks.notebooks [MODEL]

With an empty cache, as on the first day.
"""

import datetime
import os
import sys
import tempfile

import nbformat
from nbclient import NotebookClient

from exercise_lib import paths


def main(model="imagenet200"):
    """Print seconds of each notebook and of its slowest cell."""
    print(f"{model}: seconds in all, slowest cell")
    with tempfile.TemporaryDirectory() as cache:
        os.environ |= {"EXERCISE_MODEL": model, "EXERCISE_CACHE": cache}
        for solution in sorted(paths.SOLUTIONS.glob("*.ipynb")):
            path = paths.NOTEBOOKS / solution.name
            times = seconds_of_cells(path)
            slowest = max(times, key=times.get)
            print(f"  {path.stem:<26}{sum(times.values()):6.0f}{times[slowest]:6.0f}  {slowest}")


def seconds_of_cells(path):
    """Run a notebook and return {id of a cell: seconds}."""
    notebook = nbformat.read(path, as_version=nbformat.NO_CONVERT)
    NotebookClient(
        notebook, timeout=900, resources={"metadata": {"path": str(path.parent)}}
    ).execute()
    times = {}
    for cell in notebook.cells:
        stamps = cell.metadata.get("execution", {})
        if "shell.execute_reply" in stamps:
            begin, end = (
                datetime.datetime.fromisoformat(stamps[name])
                for name in ("iopub.status.busy", "shell.execute_reply")
            )
            times[cell.id] = (end - begin).total_seconds()
    return times


if __name__ == "__main__":
    main(*sys.argv[1:2])
