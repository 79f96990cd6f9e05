"""What is no sound solution notebook is refused in one sentence."""

import json
import os

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from exercise_lib import authoring

CODE = new_code_cell("x = 1", id="x")
TEXT = new_markdown_cell("# Words", id="words")
SOUND = nbformat.writes(new_notebook(cells=[TEXT, CODE])).encode()


def notebook(*cells, **changes):
    """Return the bytes of a notebook with something changed."""
    book = {"cells": list(cells), "metadata": {}, "nbformat": 4, "nbformat_minor": 5, **changes}
    return json.dumps(book).encode()


def cell(kind="code", **changes):
    outputs = {"outputs": [], "execution_count": None} if kind == "code" else {}
    return {"cell_type": kind, "id": "x", "metadata": {}, "source": "x = 1", **outputs, **changes}


def tagged(*tags):
    return notebook(cell(metadata={"tags": list(tags)}))


KINDS = {
    "zero bytes": (b"", "is empty"),
    "blanks": (b" \n\n", "is empty"),
    "byte order mark": (b"\xef\xbb\xbf" + SOUND, "byte order mark"),
    "UTF-16": (SOUND.decode().encode("utf-16"), "byte order mark"),
    "UTF-16 without a mark": (SOUND.decode().encode("utf-16-le"), "zero bytes"),
    "Latin-1": (notebook(cell()).replace(b"x = 1", b"\xe4 = 1"), "UTF-8"),
    "binary": (bytes(range(256)), "UTF-8"),
    "a picture": (b"\x89PNG\r\n\x1a\n\x00\x00", "UTF-8"),
    "conflict": (b"<<<<<<< HEAD\n" + SOUND + b"=======\n>>>>>>> x\n", "merge conflict"),
    "conflict within": (SOUND.replace(b'"cells"', b'\n<<<<<<< a\n"cells"'), "merge conflict"),
    "half a file": (SOUND[: len(SOUND) // 2], "is not JSON"),
    "two in one": (SOUND + SOUND, "is not JSON"),
    "HTML": (b"<html><body>Please log in</body></html>", "is not JSON"),
    "a comma too many": (b'{"cells": [],}', "is not JSON"),
    "NaN": (notebook(cell(metadata={"x": float("nan")})), "is not JSON .NaN"),
    "Infinity": (notebook(cell(metadata={"x": float("-inf")})), "is not JSON .-Infinity"),
    "a key twice": (b'{"cells": [], "cells": []}', "'cells' occurs twice"),
    "very deep": (b"[" * 100_000 + b"]" * 100_000, "is not JSON"),
    "half a character": (notebook(cell(source="'\ud800'")), "half a character"),
    "a list": (b"[]", "not a notebook"),
    "a number": (b"1", "not a notebook"),
    "null": (b"null", "not a notebook"),
    "a text": (b'"x"', "not a notebook"),
    "an empty object": (b"{}", "not a notebook"),
    "other JSON": (b'{"name": "x", "version": 3}', "not a notebook"),
    "no cells": (b'{"metadata": {}, "nbformat": 4, "nbformat_minor": 5}', "no cells"),
    "cells are no list": (notebook(cells={}), "no cells"),
    "no metadata": (b'{"cells": [], "nbformat": 4, "nbformat_minor": 5}', "not a valid notebook"),
    "format 3": (b'{"worksheets": [], "nbformat": 3, "nbformat_minor": 0}', "format 3.0"),
    "format 4.4": (notebook(nbformat_minor=4), "format 4.4"),
    "format 4.6": (notebook(nbformat_minor=6), "format 4.6"),
    "format 5": (notebook(nbformat=5, nbformat_minor=0), "format 5.0"),
    "format as text": (notebook(nbformat="4"), "names no format"),
    "format true": (notebook(nbformat=True), "names no format"),
    "a cell that is none": (notebook(1), "cell 1"),
    "a cell without a type": (notebook({"source": ""}), "unknown type None"),
    "an unknown type": (notebook(cell(cell_type="heading")), "unknown type 'heading'"),
    "no id": (notebook({k: v for k, v in cell().items() if k != "id"}), "has no id"),
    "an id of blanks": (notebook(cell(id="a b")), "not a valid notebook"),
    "an id twice": (notebook(cell(), cell("markdown")), "the same id as cell 1"),
    "no source": (notebook({k: v for k, v in cell().items() if k != "source"}), "not a valid"),
    "source is a number": (notebook(cell(source=1)), "not a valid notebook"),
    "outputs are text": (notebook(cell(outputs="x")), "not a valid notebook"),
    "outputs in text": (notebook(cell("markdown", outputs=[{"x": 1}])), "has outputs"),
    "a count in text": (notebook(cell("markdown", execution_count=1)), "not a valid notebook"),
    "something more": (notebook(cell(answer="x")), "not a valid notebook"),
    "a picture in text": (
        notebook(cell("markdown", attachments={"cat.png": {"image/png": "AAAA"}})),
        "pictures pasted into it .cat.png",
    ),
    "a file in raw": (
        notebook(cell("raw", attachments={"a.txt": {"text/plain": "secret"}})),
        "pictures pasted into it .a.txt",
    ),
    "conflict in text": (notebook(cell(source="<<<<<<< local\nx\n>>>>>>> remote")), "conflict"),
    "conflict by nbdime": (
        notebook(cell("markdown", source="**&lt;&lt;&lt;&lt;&lt;&lt;&lt; local**")),
        "conflict",
    ),
    "a hidden line end": (notebook(cell(source="# x\u2028### BEGIN SOLUTION")), "U.2028"),
    "a form feed": (notebook(cell(source="x\x0c = 1")), "U.000C"),
    "a lone return": (notebook(cell(source="x = 1\ry = 2")), "U.000D"),
    "solution_only": (tagged("solution_only"), "unknown tag 'solution_only'"),
    "soluton-only": (tagged("soluton-only"), "unknown tag 'soluton-only'"),
    "Solution-Only": (tagged("Solution-Only"), "unknown tag"),
    "full-width": (tagged("ｓｏｌｕｔｉｏｎ-only"), "unknown tag"),
    "Cyrillic": (tagged("sоlution-only"), r"unknown tag 's\\u043elution-only'"),
    "invisible": (tagged("solution\u200b-only"), "unknown tag"),
    "blank": (tagged("solution-only "), "unknown tag"),
    "one of two": (tagged("nbval-check-output", "solutiononly"), "'solutiononly'"),
    "nbval's other tags": (tagged("nbval-ignore-output"), "unknown tag"),
    "hint": (tagged("hint"), "unknown tag"),
    "an empty tag": (tagged(""), r"not a valid notebook .cells\[0\].metadata.tags"),
    "a tag twice": (tagged("solution-only", "solution-only"), "not a valid notebook"),
    "tags as text": (notebook(cell(metadata={"tags": "solution-only"})), "not a valid notebook"),
    "Tags": (notebook(cell(metadata={"Tags": ["solution-only"]})), "in its metadata"),
    "tag": (notebook(cell(metadata={"tag": ["x"]})), "'tag' in its metadata"),
    "tags elsewhere": (notebook(cell(metadata={"jupyter": {"tags": []}})), "in its metadata"),
    "a key": (notebook(cell(metadata={"solution-only": True})), "'solution' in its metadata"),
    "nbgrader": (notebook(cell(metadata={"nbgrader": {"x": 1}})), "'nbgrader' in its metadata"),
    "tags of the whole": (notebook(cell(), metadata={"tags": ["solution-only"]}), "whole"),
    "a key of the whole": (notebook(cell(), metadata={"solutoin": True}), "in its metadata"),
}


@pytest.mark.parametrize(("content", "says"), KINDS.values(), ids=KINDS)
def test_a_file_that_is_no_sound_notebook_is_refused_in_one_sentence(tmp_path, content, says):
    file = tmp_path / "01_sums.ipynb"
    file.write_bytes(content)
    with pytest.raises(authoring.AuthoringError, match=says) as caught:
        authoring.read_solution(file)
    said = str(caught.value)
    assert said.startswith(str(file))
    assert said.endswith(".")
    assert "\n" not in said
    assert len(said) < 350 + len(str(file))


@pytest.mark.parametrize(
    "content",
    [
        SOUND,
        notebook(),
        notebook(cell(source=["x = 1\r\n", "y = 2"])),
        tagged("solution-only"),
        tagged("nbval-check-output", "within-0.05", "counts-within-2"),
        tagged("within-anything"),
        notebook(cell("markdown", attachments={})),
        notebook(cell(metadata={"collapsed": True, "slideshow": {"slide_type": "slide"}})),
        notebook(cell("markdown", source="Title\n=======\n\nwith <<< and >>>")),
        notebook(cell(), metadata={"kernelspec": {"name": "x", "display_name": "Solutions"}}),
    ],
)
def test_a_sound_notebook_is_read(tmp_path, content):
    file = tmp_path / "01_sums.ipynb"
    file.write_bytes(content)
    notebook, found = authoring.read_solution(file)
    assert found == content
    assert all(isinstance(cell.source, str) and "\r" not in cell.source for cell in notebook.cells)


@pytest.mark.parametrize("kind", ["folder", "pipe", "link to nothing", "link to itself"])
def test_what_is_no_file_is_refused(tmp_path, kind):
    file = tmp_path / "01_sums.ipynb"
    if kind == "folder":
        file.mkdir()
    elif kind == "pipe":
        if not hasattr(os, "mkfifo"):
            pytest.skip("this system has no pipes that are files")
        os.mkfifo(file)
    else:
        file.symlink_to("nothing" if kind == "link to nothing" else file.name)
    with pytest.raises(authoring.AuthoringError, match=r"01_sums\.ipynb (is|cannot)"):
        authoring.read_solution(file)


def test_a_file_that_may_not_be_read_is_refused(tmp_path):
    file = tmp_path / "01_sums.ipynb"
    file.write_bytes(SOUND)
    file.chmod(0)
    if os.access(file, os.R_OK):
        pytest.skip("this user may read everything")
    with pytest.raises(authoring.AuthoringError, match="cannot be read"):
        authoring.read_solution(file)


@pytest.mark.parametrize(
    "name",
    ["Untitled.ipynb", "1_sums.ipynb", "01.ipynb", "01_sums.yours.ipynb", "01_sums (copy).ipynb"],
)
def test_a_name_that_no_solution_has_is_refused(tmp_path, name):
    (tmp_path / name).write_bytes(SOUND)
    with pytest.raises(authoring.AuthoringError, match="is not named like a solution"):
        authoring.solution_files(tmp_path)


def test_two_of_one_number_are_refused(tmp_path):
    for name in ("01_sums.ipynb", "01_sums-Copy1.ipynb"):
        (tmp_path / name).write_bytes(SOUND)
    with pytest.raises(authoring.AuthoringError, match="has the same number as"):
        authoring.solution_files(tmp_path)


def test_hidden_and_other_files_are_not_looked_at(tmp_path):
    for name in ("01_sums.ipynb", "._01_sums.ipynb", ".01_sums.ipynb.7.ipynb", "notes.txt"):
        (tmp_path / name).write_bytes(SOUND)
    (tmp_path / ".ipynb_checkpoints").mkdir()
    assert [file.name for file in authoring.solution_files(tmp_path)] == ["01_sums.ipynb"]
