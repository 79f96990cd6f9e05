"""What `make notebooks` writes, and that nothing of a person's is lost by it."""

import errno
import json
import os
import shutil
import subprocess
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from exercise_lib import authoring
from exercise_lib.authoring import marks, writing

NAME = "01_sums.ipynb"
KEPT = "01_sums.yours.ipynb"
OTHER = "02_more.ipynb"
ANSWER = "def add(a, b):\n    ### BEGIN SOLUTION\n    return a + b\n    ### END SOLUTION"


@pytest.fixture
def folders(tmp_path):
    """(notebooks, solutions): two solutions, and what is made of them."""
    notebooks, solutions = tmp_path / "notebooks", tmp_path / "solutions"
    solutions.mkdir()
    for name in (NAME, OTHER):
        solve(solutions / name, ANSWER)
    authoring.write_all(notebooks, solutions)
    return notebooks, solutions


def solve(file, answer):
    """Write a solution notebook."""
    cells = [new_markdown_cell("# Sums", id="title"), new_code_cell(answer, id="answer")]
    nbformat.write(new_notebook(cells=cells), file)


def change(file, edit):
    """Edit a notebook as a program that reads and saves it does; return the new bytes."""
    notebook = nbformat.read(file, as_version=nbformat.NO_CONVERT)
    edit(notebook)
    nbformat.write(notebook, file)
    return file.read_bytes()


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def answer(notebook):
    notebook.cells[1].source = "def add(a, b):\n    return a + b"


def run(notebook):
    notebook.cells[1].outputs = [new_output("stream", text="42")]
    notebook.cells[1].execution_count = 7


def clear_stub(notebook):
    notebook.cells[1].source = ""


def count(notebook):
    notebook.cells[1].execution_count = 1


def reword(notebook):
    notebook.cells[0].source += "\n\nMy note."


def paste(notebook):
    notebook.cells[0].attachments = {"cat.png": {"image/png": "AAAA"}}


def add(notebook):
    notebook.cells.append(new_code_cell("mine = 1", id="mine"))


def add_empty(notebook):
    notebook.cells.append(new_code_cell("", id="mine"))


def remove(notebook):
    del notebook.cells[1]


def remove_all(notebook):
    notebook.cells.clear()


def turn(notebook):
    notebook.cells.reverse()


def rename(notebook):
    notebook.cells[1].id = "other"


def retype(notebook):
    notebook.cells[0].cell_type = "raw"


def tag(notebook):
    notebook.cells[0].metadata["tags"] = ["important"]


def title(notebook):
    notebook.metadata["title"] = "My notebook"


def unmark(notebook):
    del notebook.metadata[marks.KEY]
    answer(notebook)


def forge(notebook):
    answer(notebook)
    notebook.metadata[marks.KEY] = {"file": NAME, "unchanged": True}


def break_mark(notebook):
    answer(notebook)
    notebook.metadata[marks.KEY] = [NAME]


EDITS = [
    *(answer, run, clear_stub, count, reword, paste, add, add_empty, remove, remove_all, turn),
    *(rename, retype, tag, title, unmark, forge, break_mark),
]


@pytest.mark.parametrize("edit", EDITS)
def test_a_changed_notebook_is_kept_byte_for_byte_and_said(folders, edit):
    notebooks, solutions = folders
    before = contents(notebooks)
    mine = change(notebooks / NAME, edit)
    assert authoring.differences(notebooks, solutions)
    said = authoring.write_all(notebooks, solutions)
    assert contents(notebooks) == {**before, KEPT: mine}
    assert len(said) == 2
    assert said[0].startswith("Changed by hand: ")
    assert NAME in said[0]
    assert KEPT in said[0]
    assert authoring.differences(notebooks, solutions) == []


def test_copies_are_never_overwritten_and_never_made_twice(folders):
    notebooks, solutions = folders
    made = (notebooks / NAME).read_bytes()
    kept = [change(notebooks / NAME, edit) for edit in (answer, add, run)]
    for place in (0, 1, 0, 1, 2, 2):
        (notebooks / NAME).write_bytes(kept[place])
        said = authoring.write_all(notebooks, solutions)
        assert f"01_sums.yours{('', '-2', '-3')[place]}.ipynb" in said[0]
    copies = [notebooks / f"01_sums.yours{number}.ipynb" for number in ("", "-2", "-3")]
    assert [copy.read_bytes() for copy in copies] == kept
    assert (notebooks / NAME).read_bytes() == made
    assert len(contents(notebooks)) == 5


def test_a_copy_goes_past_whatever_has_its_name(folders, tmp_path):
    notebooks, solutions = folders
    (notebooks / KEPT).mkdir()
    outside = tmp_path / "outside.ipynb"
    (notebooks / "01_sums.yours-2.ipynb").symlink_to(outside)
    mine = change(notebooks / NAME, answer)
    authoring.write_all(notebooks, solutions)
    assert (notebooks / "01_sums.yours-3.ipynb").read_bytes() == mine
    assert not outside.exists()


def test_a_link_to_the_notebook_itself_is_no_copy(folders):
    notebooks, solutions = folders
    (notebooks / KEPT).symlink_to(notebooks / NAME)
    mine = change(notebooks / NAME, answer)
    authoring.write_all(notebooks, solutions)
    assert (notebooks / "01_sums.yours-2.ipynb").read_bytes() == mine


def test_where_the_disk_has_no_links_copies_are_made_all_the_same(folders, monkeypatch):
    def no_links(*_):
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(writing.os, "link", no_links)
    notebooks, solutions = folders
    (notebooks / KEPT).write_text("another copy")
    mine = change(notebooks / NAME, answer)
    authoring.write_all(notebooks, solutions)
    assert (notebooks / "01_sums.yours-2.ipynb").read_bytes() == mine
    assert (notebooks / KEPT).read_text() == "another copy"
    assert not [path for path in notebooks.iterdir() if path.name.startswith(".")]


def as_jupyterlab(notebook):
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3 (ipykernel)"}
    notebook.metadata["language_info"] = {"name": "python", "version": "3.12.1", "mimetype": "x"}
    for cell in notebook.cells:
        cell.metadata["trusted"] = True


def as_with_times(notebook):
    notebook.cells[1].metadata["execution"] = {"iopub.status.idle": "2026-01-01T00:00:00Z"}
    notebook.cells[1].metadata["jupyter"] = {"source_hidden": True}
    notebook["nbformat_minor"] = 6  # A newer program.
    notebook.metadata["widgets"] = {"application/vnd.jupyter.widget-state+json": {}}


@pytest.mark.parametrize("save", [as_jupyterlab, as_with_times])
@pytest.mark.parametrize("layout", [{"indent": 1}, {"indent": 4}, {"separators": (",", ":")}])
def test_saving_in_another_layout_is_no_change(folders, save, layout):
    notebooks, solutions = folders
    before = contents(notebooks)
    path = notebooks / NAME
    notebook = nbformat.read(path, as_version=nbformat.NO_CONVERT)
    save(notebook)
    path.write_text(json.dumps(notebook, **layout))  # Sources as one text each.
    assert authoring.differences(notebooks, solutions) == []
    assert authoring.write_all(notebooks, solutions) == [f"Written: {path}"]
    assert contents(notebooks) == before


def test_an_outdated_notebook_that_nobody_changed_is_replaced_without_a_copy(folders):
    notebooks, solutions = folders
    solve(solutions / NAME, ANSWER.replace("add", "total"))
    assert authoring.differences(notebooks, solutions)
    assert authoring.write_all(notebooks, solutions) == [f"Written: {notebooks / NAME}"]
    assert "def total" in (notebooks / NAME).read_text()


def test_a_notebook_without_a_mark_but_with_our_cells_is_replaced_without_a_copy(folders):
    notebooks, solutions = folders
    before = contents(notebooks)
    change(notebooks / NAME, lambda notebook: notebook.metadata.pop(marks.KEY))
    assert authoring.differences(notebooks, solutions)
    assert authoring.write_all(notebooks, solutions) == [f"Written: {notebooks / NAME}"]
    assert contents(notebooks) == before


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        b"[]",
        b"null",
        b"<<<<<<< HEAD\n{}\n=======\n>>>>>>> theirs\n",
        b'{"cells": [], "nbformat": 4}',
        b'{"cells": [1], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}',
        b'{"cells": [{"source": [1], "metadata": {}}], "metadata": {}, "nbformat": 4}',
        b'{"cells": {}, "metadata": [], "nbformat": 4}',
        b'{"worksheets": [], "metadata": {}, "nbformat": 3, "nbformat_minor": 0}',
        b'{"cells": [], "metadata": {}, "nbformat": 5, "nbformat_minor": 0}',
        b"[" * 100_000,
        bytes(range(256)),
        "# Notizen: größer".encode("utf-16"),
    ],
)
def test_what_is_no_notebook_is_kept_too(folders, content):
    notebooks, solutions = folders
    before = contents(notebooks)
    (notebooks / NAME).write_bytes(content)
    assert authoring.differences(notebooks, solutions)
    authoring.write_all(notebooks, solutions)
    assert contents(notebooks) == {**before, KEPT: content}


@pytest.mark.parametrize("kind", ["folder", "link", "link to nothing", "pipe"])
def test_what_is_no_file_is_refused_and_nothing_is_changed(folders, tmp_path, kind):
    notebooks, solutions = folders
    outside = tmp_path / "outside.ipynb"
    path = notebooks / OTHER
    path.unlink()
    if kind == "folder":
        path.mkdir()
        (path / "mine.txt").write_text("mine")
    elif kind == "pipe":
        if not hasattr(os, "mkfifo"):
            pytest.skip("this system has no pipes that are files")
        os.mkfifo(path)
    else:
        path.symlink_to(outside)
        if kind == "link":
            outside.write_text("mine")
    change(notebooks / NAME, answer)
    before = contents(notebooks)
    for call in (authoring.write_all, authoring.differences):
        with pytest.raises(authoring.AuthoringError, match=OTHER):
            call(notebooks, solutions)
    assert contents(notebooks) == before
    assert outside.exists() == (kind == "link")
    assert kind != "link" or outside.read_text() == "mine"


def test_other_notebooks_are_a_persons_own(folders):
    notebooks, solutions = folders
    ours = (notebooks / NAME).read_bytes()
    own = {
        "Untitled.ipynb": b"{}",
        "mine.ipynb": b"",
        "01_sums-Copy1.ipynb": ours,
        "03_of_mine.ipynb": ours,
        "99_gone.ipynb": nbformat.writes(new_notebook()).encode(),
        KEPT: ours,
        ".hidden.ipynb": ours,
        "notes.txt": b"x",
    }
    for name, content in own.items():
        (notebooks / name).write_bytes(content)
    (notebooks / "folder.ipynb").mkdir()
    (notebooks / "pointer.ipynb").symlink_to(notebooks / NAME)
    before = contents(notebooks)
    assert authoring.differences(notebooks, solutions) == []
    [said] = authoring.write_all(notebooks, solutions)
    assert "nothing to do" in said
    assert contents(notebooks) == before


def test_a_notebook_without_a_solution_goes_if_nobody_changed_it(folders):
    notebooks, solutions = folders
    (solutions / OTHER).unlink()
    assert authoring.differences(notebooks, solutions) == [
        f"{notebooks / OTHER} no longer has a solution"
    ]
    assert authoring.write_all(notebooks, solutions) == [f"Removed: {notebooks / OTHER}"]
    assert set(contents(notebooks)) == {NAME}


@pytest.mark.parametrize("edit", [answer, run, reword, remove_all])
def test_a_notebook_without_a_solution_stays_if_somebody_changed_it(folders, edit):
    notebooks, solutions = folders
    change(notebooks / OTHER, edit)
    (solutions / OTHER).unlink()
    before = contents(notebooks)
    assert authoring.differences(notebooks, solutions) == []
    [said] = authoring.write_all(notebooks, solutions)
    assert said.startswith(f"Left alone: {notebooks / OTHER} ")
    assert contents(notebooks) == before


def test_a_missing_notebook_is_made(folders):
    notebooks, solutions = folders
    before = contents(notebooks)
    shutil.rmtree(notebooks)
    assert authoring.differences(notebooks, solutions) == [
        f"{notebooks / NAME} is missing",
        f"{notebooks / OTHER} is missing",
    ]
    authoring.write_all(notebooks, solutions)
    assert contents(notebooks) == before


def test_a_file_in_place_of_the_folder_is_refused(folders):
    notebooks, solutions = folders
    shutil.rmtree(notebooks)
    notebooks.write_text("mine")
    with pytest.raises(authoring.AuthoringError, match="is not a folder"):
        authoring.write_all(notebooks, solutions)
    assert notebooks.read_text() == "mine"


def test_one_faulty_solution_and_nothing_is_changed(folders):
    notebooks, solutions = folders
    change(notebooks / NAME, answer)
    solve(solutions / NAME, ANSWER.replace("add", "total"))
    solve(solutions / OTHER, "### BEGIN SOLUTON")
    before = contents(notebooks)
    with pytest.raises(authoring.AuthoringError, match=OTHER):
        authoring.write_all(notebooks, solutions)
    assert contents(notebooks) == before


def test_a_full_disk_loses_nothing(folders, monkeypatch):
    notebooks, solutions = folders
    change(notebooks / NAME, answer)
    before = contents(notebooks)

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space left"):
        authoring.write_all(notebooks, solutions)
    assert contents(notebooks) == before


def test_what_is_saved_in_the_meantime_is_not_overwritten(folders, monkeypatch):
    notebooks, solutions = folders
    solve(solutions / OTHER, ANSWER.replace("add", "total"))
    change(notebooks / NAME, answer)
    keep = writing.keep_copy

    def save_then_keep(path, content):
        change(notebooks / OTHER, answer)  # As a person would, while we copy.
        return keep(path, content)

    monkeypatch.setattr(writing, "keep_copy", save_then_keep)
    with pytest.raises(authoring.AuthoringError, match="saved in the meantime"):
        authoring.write_all(notebooks, solutions)
    assert "return a + b" in (notebooks / OTHER).read_text()


def test_only_what_differs_is_written(folders):
    notebooks, solutions = folders
    times = {path.name: path.stat().st_mtime_ns for path in notebooks.iterdir()}
    solve(solutions / OTHER, ANSWER.replace("add", "total"))
    authoring.write_all(notebooks, solutions)
    assert (notebooks / NAME).stat().st_mtime_ns == times[NAME]


def test_git_sees_no_change_after_writing_again(folders):
    notebooks, solutions = folders
    git = shutil.which("git")
    if git is None:
        pytest.skip("needs git")

    def call(*arguments):
        command = [git, "-c", "user.name=x", "-c", "user.email=x@x", *arguments]
        return subprocess.run(
            command, cwd=notebooks.parent, check=True, capture_output=True, text=True
        ).stdout

    call("init", "-q")
    call("add", "-A")
    call("commit", "-q", "-m", "x")
    authoring.write_all(notebooks, solutions)
    assert call("status", "--short") == ""
    change(notebooks / NAME, as_jupyterlab)
    assert call("status", "--short") != ""
    authoring.write_all(notebooks, solutions)
    assert call("status", "--short") == ""
    change(notebooks / NAME, answer)
    authoring.write_all(notebooks, solutions)
    assert call("status", "--short") == f"?? notebooks/{KEPT}\n"


def test_jupyters_own_saving_is_no_change(folders):
    """As JupyterLab's server opens, saves and duplicates notebooks."""
    from jupyter_server.services.contents.largefilemanager import LargeFileManager

    notebooks, solutions = folders
    before = contents(notebooks)
    manager = LargeFileManager(root_dir=str(notebooks))
    notebook = manager.get(NAME)["content"]
    as_jupyterlab(notebook)
    manager.save({"type": "notebook", "content": notebook}, NAME)
    copy = manager.copy(NAME)["name"]
    copied = (notebooks / copy).read_bytes()
    assert (notebooks / NAME).read_bytes() != before[NAME]
    assert authoring.differences(notebooks, solutions) == []
    authoring.write_all(notebooks, solutions)
    assert contents(notebooks) == {**before, copy: copied}
