"""The nbval run itself: each of these was seen to pass silently, or to hang, without care."""

import subprocess
import sys
import time

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from tests import validate

pytestmark = pytest.mark.slow


def run_nbval(folder, *cells):
    """Run a notebook of some cells under the options of `make test`."""
    path = folder / "book.ipynb"
    nbformat.write(new_notebook(cells=list(cells)), path)
    command = [part for part in validate.NBVAL if part not in validate.WORKERS]
    result = subprocess.run(
        [*command, "--nbval", str(path)],
        cwd=validate.paths.REPOSITORY,
        capture_output=True,
        text=True,
        timeout=100,
    )
    return result.returncode, result.stdout


def printed(text):
    return [new_output("stream", name="stdout", text=text)]


def test_equal_output_passes(tmp_path):
    status, _ = run_nbval(
        tmp_path, new_code_cell("print(0.123)", execution_count=1, outputs=printed("0.123\n"))
    )
    assert status == 0


def test_another_digit_fails(tmp_path):
    status, out = run_nbval(
        tmp_path, new_code_cell("print(0.123)", execution_count=1, outputs=printed("0.124\n"))
    )
    assert status == 1, out


def test_a_missing_figure_fails(tmp_path):
    figure = new_output("display_data", data={"image/png": "aGk=", "text/plain": "<Figure>"})
    status, out = run_nbval(tmp_path, new_code_cell("pass", execution_count=1, outputs=[figure]))
    assert status == 1, out


def test_a_dead_kernel_fails_within_seconds(tmp_path):
    start = time.monotonic()
    status, out = run_nbval(
        tmp_path, new_code_cell("import os; os._exit(1)", execution_count=1), new_code_cell("1")
    )
    assert status == 1
    assert "kernel has died" in out
    assert time.monotonic() - start < 60


@pytest.mark.skipif(sys.platform == "win32", reason="names of cell files differ on Windows")
def test_addresses_are_no_result(tmp_path):
    status, out = run_nbval(
        tmp_path,
        new_code_cell(
            "print(object())",
            execution_count=1,
            outputs=printed("<object object at 0x7f0000000000>\n"),
        ),
    )
    assert status == 0, out
