"""Folders from the environment, and what a reader sees of them."""

from pathlib import Path

from exercise_lib import paths


def test_relative_folder_is_found_from_a_notebooks_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("EXERCISE_WEIGHTS", "../nowhere-near")
    assert paths.weights_folder() == (paths.REPOSITORY / "../nowhere-near").resolve()


def test_relative_folder_of_the_working_folder_wins(tmp_path, monkeypatch):
    (tmp_path / "stick").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("EXERCISE_WEIGHTS", "stick")
    assert paths.weights_folder() == tmp_path / "stick"


def test_unset_and_empty_are_none(monkeypatch):
    monkeypatch.delenv("EXERCISE_WEIGHTS", raising=False)
    assert paths.weights_folder() is None
    monkeypatch.setenv("EXERCISE_WEIGHTS", "")
    assert paths.weights_folder() is None


def test_keras_home(monkeypatch, tmp_path):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    assert paths.keras_models() == tmp_path / "models"
    monkeypatch.delenv("KERAS_HOME")
    assert paths.keras_home() == Path.home() / ".keras"


def test_shown_path_is_relative_inside_the_repository(tmp_path):
    assert paths.shown(paths.DATA / "yoghurts") == str(Path("data") / "yoghurts")
    assert paths.shown(tmp_path) == str(tmp_path)
