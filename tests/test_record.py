"""Progress survives the kernel, and a damaged file harms nobody."""

import json
import subprocess
import sys

import pytest

from exercise_lib import paths
from exercise_lib.exercises import hinting, record

pytestmark = pytest.mark.usefixtures("own_progress")


def restart_kernel(monkeypatch):
    monkeypatch.setattr(record, "_entries", {})
    monkeypatch.setattr(record, "_begun", set())
    monkeypatch.setattr(record, "_trouble", [])


def test_what_was_noted_survives_a_restart(monkeypatch):
    record.note("1.1", "not yet")
    record.note("1.1", "correct")
    record.note("1.2", hint=True)
    restart_kernel(monkeypatch)
    assert record.entry("1.1") == record.Entry("correct", attempts=2)
    assert record.entry("1.2") == record.Entry("", hints=1)
    assert record.entry("6.5") == record.Entry()


def test_untouched_after_an_attempt_stays_attempted():
    record.note("1.1", "correct")
    record.note("1.1", "not attempted")
    assert record.entry("1.1").verdict == "correct"


def test_the_file_is_plain_and_holds_nothing_personal():
    record.note("1.1", "correct")
    content = json.loads(record.path().read_text(encoding="utf-8"))
    fields = {"verdict": "correct", "attempts": 1, "hints": 0, "saw_answer": False}
    assert content == {"1.1": fields}


def test_it_lies_beside_the_notebooks(monkeypatch):
    monkeypatch.delenv("EXERCISE_PROGRESS")
    assert record.path() == paths.NOTEBOOKS / "progress.json"


def test_a_validation_run_writes_nothing(monkeypatch):
    monkeypatch.setenv("EXERCISE_STRICT", "1")
    record.note("1.1", "correct")
    assert not record.path().exists()
    assert record.entry("1.1").verdict == "correct"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff\xfe",
        b"<<<<<<< HEAD\n{}\n=======\n",
        b"[" * 100_000,
        b" " * 2_000_000,
    ],
)
def test_a_damaged_file_is_kept_apart_and_told_once(content, monkeypatch):
    record.path().write_bytes(content)
    assert record.entries() == {}
    told = record.note("1.1", "correct")
    assert "was started again" in told
    assert record.note("1.2", "correct") == ""
    assert record.path().with_suffix(".damaged.json").read_bytes() == content
    restart_kernel(monkeypatch)
    assert record.entry("1.1").verdict == "correct"


@pytest.mark.parametrize(
    "fields",
    [
        {},
        None,
        7,
        {"verdict": "correct"},
        {"verdict": "perfect", "attempts": 1, "hints": 0, "saw_answer": False},
        {"verdict": "correct", "attempts": -1, "hints": 0, "saw_answer": False},
        {"verdict": "correct", "attempts": 1e9, "hints": 0, "saw_answer": False},
        {"verdict": "correct", "attempts": 10**9, "hints": 0, "saw_answer": False},
        {"verdict": "correct", "attempts": True, "hints": 0, "saw_answer": False},
        {"verdict": ["correct"], "attempts": 1, "hints": 0, "saw_answer": False},
        {"verdict": "correct", "attempts": 1, "hints": 0, "saw_answer": "no"},
    ],
)
def test_crafted_entries_are_passed_over(fields):
    record.path().write_text(json.dumps({"1.1": fields}), encoding="utf-8")
    assert record.entries() == {}


def test_a_folder_that_may_not_be_written_to_is_told_once(monkeypatch, tmp_path):
    monkeypatch.setenv("EXERCISE_PROGRESS", str(tmp_path / "nowhere" / "progress.json"))
    assert "kept only until the kernel stops" in record.note("1.1", "correct")
    assert record.note("1.2", "correct") == ""
    assert record.entry("1.1").verdict == "correct"


def test_progress_shows_the_notebook_begun(capsys):
    record.note("3.1", "correct")
    record.note("3.2", "not yet")
    record.note("3.2", hint=True)
    hinting.progress()
    printed = capsys.readouterr().out
    assert "3.1  ✔ correct        freeze   1 attempt\n" in printed
    assert "3.2  ✘ not yet        features_of   1 attempt, 1 hint\n" in printed
    assert printed.endswith("1 of 8 correct.\n")


def test_progress_knows_the_notebook_by_jupyters_name(capsys, monkeypatch):
    record.note("3.1", "correct")
    monkeypatch.setenv("JPY_SESSION_NAME", "/somewhere/notebooks/01_pretrained_model.ipynb")
    hinting.progress()
    printed = capsys.readouterr().out
    assert "1.1" in printed
    assert "3.1" not in printed


def test_the_command_shows_all_notebooks():
    record.note("1.1", "correct")
    answer = subprocess.run(
        [sys.executable, "-m", "exercise_lib", "progress"],
        capture_output=True,
        text=True,
        check=True,
        cwd=paths.REPOSITORY,
    )
    assert "1.1  ✔ correct" in answer.stdout
    assert "6.5    not checked" in answer.stdout
    assert "1 of 37 correct." in answer.stdout
