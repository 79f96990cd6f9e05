"""Run the solution notebooks again."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

import nbformat
from jupyter_client.kernelspec import NoSuchKernel
from nbclient import NotebookClient
from nbclient.exceptions import CellControlSignal, CellTimeoutError, DeadKernelError

from exercise_lib import paths
from exercise_lib.authoring.deriving import METADATA
from exercise_lib.authoring.errors import AuthoringError
from exercise_lib.authoring.solutions import cell_name, first_line, read_file, read_solution
from exercise_lib.storage import atomic

# The model that a student gets by default; checks that raise; and no progress bars.
STRICT = {"EXERCISE_MODEL": "", "EXERCISE_STRICT": "1", "EXERCISE_QUIET": "1"}
SECONDS = 300  # For one cell.


def run_all(solution_files: Iterable[Path]) -> Iterator[str]:
    """Run solution notebooks with the default model, check all answers, and keep the outputs.

    Yields a sentence for each. The files are written at the end, all or none.

    Args:
        solution_files: Paths of the notebooks.

    Raises:
        AuthoringError: a cell fails, or a file was saved in the meantime; no
            file was changed.
    """
    outcomes = []
    for file in solution_files:
        notebook, content = read_solution(file)
        run(notebook, file)
        outcomes.append((file, content, (nbformat.writes(notebook) + "\n").encode()))
        yield f"Run: {paths.shown(file)}"
    for file, content, _ in outcomes:
        if read_file(file) != content:
            raise AuthoringError(
                f"{paths.shown(file)} was saved while the solutions ran: run them again."
            )
    for file, _, outcome in outcomes:
        # If the name is a link, the file that it points to.
        atomic.write_whole(file.resolve(), outcome)


def run(notebook: nbformat.NotebookNode, file: Path) -> None:
    """Run a notebook in its folder; its cells get their outputs, and its metadata becomes ours."""
    client = NotebookClient(
        notebook,
        timeout=SECONDS,
        kernel_name=METADATA["kernelspec"]["name"],
        record_timing=False,
        resources={"metadata": {"path": str(file.parent)}},
    )
    try:
        client.execute(env={**os.environ, **STRICT})
    except NoSuchKernel as error:
        raise AuthoringError(
            "Jupyter cannot find the Python kernel: run `make setup` first."
        ) from error
    except (CellControlSignal, DeadKernelError) as error:
        raise AuthoringError(f"{why(notebook, file, error)}: nothing was changed.") from error
    notebook.metadata = nbformat.from_dict(METADATA)


def why(notebook: nbformat.NotebookNode, file: Path, error: Exception) -> str:
    """Return which cell failed, and with what."""
    for number, cell in enumerate(notebook.cells, start=1):
        for output in cell.get("outputs", ()):
            if output.output_type == "error":
                where = cell_name(file, number, cell)
                return f"{where} fails ({first_line(f'{output.ename}: {output.evalue}')})"
    if isinstance(error, CellTimeoutError):
        return f"{paths.shown(file)} has a cell that takes more than {SECONDS} s"
    return f"{paths.shown(file)} could not be run ({type(error).__name__})"
