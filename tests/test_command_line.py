"""The command line as its user meets it."""

import json
import re
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from exercise_lib import __main__ as command_line
from exercise_lib import datasets, paths
from exercise_lib.approaches import feature_extraction
from exercise_lib.datasets import survey
from tests.test_survey import KINDS, make_bad

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def bundled_model(monkeypatch):
    monkeypatch.setenv("EXERCISE_MODEL", "imagenet200")


@pytest.fixture
def photo(tmp_path):
    path = tmp_path / "grey photo.jpg"
    Image.fromarray(np.full((50, 60, 3), 128, np.uint8)).save(path)
    return path


@pytest.mark.parametrize("arguments", [[], ["dance"], ["predict"], ["predict", "imagenet200"]])
def test_wrong_use_exits_with_2(arguments, capsys):
    with pytest.raises(SystemExit) as caught:
        command_line.main(arguments)
    assert caught.value.code == 2
    assert "usage" in capsys.readouterr().err


COMMANDS = [command.__name__.rsplit(".", 1)[1] for command in command_line.COMMANDS]


@pytest.mark.parametrize("command", [[], *([name] for name in COMMANDS)])
def test_every_command_has_help(command, capsys):
    with pytest.raises(SystemExit) as caught:
        command_line.main([*command, "--help"])
    assert caught.value.code == 0
    assert "usage" in capsys.readouterr().out


def test_predict_prints_five_classes_of_each_photo(photo, capsys):
    assert command_line.main(["predict", "imagenet200", str(photo), str(photo)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines.count(str(photo)) == 2
    assert sum("%" in line for line in lines) == 10


def test_predict_as_json_is_nothing_but_json(photo, capsys):
    assert command_line.main(["predict", "imagenet200", str(photo), "--json", "--top", "2"]) == 0
    [result] = json.loads(capsys.readouterr().out)
    assert result["photo"] == str(photo)
    assert len(result["top"]) == 2
    assert 0 <= result["top"][0]["probability"] <= 1


def test_a_bad_photo_is_named_and_the_others_go_on(photo, tmp_path, capsys):
    bad = tmp_path / "letter.jpg"
    bad.write_text("Dear all")
    assert command_line.main(["predict", "imagenet200", str(bad), str(photo)]) == 1
    captured = capsys.readouterr()
    assert str(photo) in captured.out
    assert "letter.jpg is not an image" in captured.err
    assert "Traceback" not in captured.err


@pytest.mark.parametrize(
    "command", [["predict", "Mobilnet", "a.jpg"], ["download", "--model", "x"]]
)
def test_an_unknown_model_is_one_sentence(command, capsys):
    assert command_line.main(command) == 1
    assert "There is no model" in capsys.readouterr().err


@pytest.mark.parametrize("top", ["0", "-1", "many"])
def test_top_must_be_a_positive_number(photo, top, capsys):
    with pytest.raises(SystemExit) as caught:
        command_line.main(["predict", "imagenet200", str(photo), "--top", top])
    assert caught.value.code == 2


def test_doctor_finds_nothing_wrong(capsys):
    assert command_line.main(["doctor"]) == 0
    out = capsys.readouterr().out
    for part in ("Python", "Packages", "yoghurts", "imagenet200 calls the cat", "01_pretrained"):
        assert part in out
    assert "All is well" in out


def test_doctor_names_what_is_wrong(monkeypatch, capsys, tmp_path):
    monkeypatch.setattr("exercise_lib.paths.DATA", tmp_path)
    monkeypatch.setattr("exercise_lib.commands.machine_check.MEMORY_NEEDED_GB", 10**6)
    assert command_line.main(["doctor"]) == 1
    err = capsys.readouterr().err
    assert "close other programs" in err or "imagenet200" in err


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Reddish and bluish noise, 12 photos of each."""
    monkeypatch.setenv("EXERCISE_CACHE", str(tmp_path / "cache"))
    random = np.random.default_rng(0)
    for channel, name in ((0, "red"), (2, "blue")):
        place = tmp_path / "photos" / name
        place.mkdir(parents=True)
        for number in range(12):
            pixels = random.integers(0, 120, (40, 40, 3))
            pixels[..., channel] += 120
            Image.fromarray(pixels.astype(np.uint8)).save(place / f"{number}.png")
    return tmp_path / "photos"


def test_train_writes_a_file_that_predict_reads(folder, tmp_path, capsys):
    out = tmp_path / "model.keras"
    arguments = ["train", str(folder), "--out", str(out), "--approach", "feature_extraction"]
    assert command_line.main(arguments) == 0
    printed = capsys.readouterr().out
    assert "Accuracy on 6 test photos: 1.000" in printed
    photo = folder / "red" / "0.png"
    assert command_line.main(["predict", str(out), str(photo), "--json"]) == 0
    [result] = json.loads(capsys.readouterr().out)
    assert result["top"][0]["class"] == "red"
    assert len(result["top"]) == 2
    exported = tmp_path / "model.tflite"
    arguments = ["export", str(out), "--format", "tflite", "--out", str(exported)]
    assert command_line.main(arguments) == 0
    assert exported.read_bytes()[4:8] == b"TFL3"
    printed = capsys.readouterr().out
    assert "photos of 96 x 96 pixels" in printed
    assert printed.endswith("blue, red\n")


def test_train_takes_the_advice_where_no_approach_is_named(folder, tmp_path, capsys):
    out = tmp_path / "model.keras"
    assert command_line.main(["train", str(folder), "--out", str(out)]) == 0
    assert "Advice: feature_extraction." in capsys.readouterr().out
    assert out.exists()


def test_train_on_a_folder_full_of_troubles(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("EXERCISE_CACHE", str(tmp_path / "cache"))
    folder, out = paths.DATA / "phone_photos", tmp_path / "model.keras"
    before = {f: (f.stat().st_mtime_ns, f.read_bytes()) for f in files_in(folder)}
    arguments = ["train", str(folder), "--out", str(out), "--approach", "feature_extraction"]
    assert command_line.main(arguments) == 0
    printed = capsys.readouterr().out
    for reason, bad_files in survey.survey(folder).left_out.items():
        assert reason in printed
        assert all(file.name in printed for file in bad_files)
    assert {f: (f.stat().st_mtime_ns, f.read_bytes()) for f in files_in(folder)} == before
    assert out.exists()


def test_train_on_two_good_classes_among_all_troubles(folder, tmp_path, capsys):
    bad_names = []
    for place in (folder / "red", folder / "blue" / "2024" / "summer"):
        place.mkdir(parents=True, exist_ok=True)
        for kind in KINDS:
            bad_names.append(f"{kind} {place.name}.jpg")
            make_bad(kind, place / bad_names[-1])
    (folder / "green").mkdir()
    (folder / "__MACOSX").mkdir()
    (folder / "alone.png").write_bytes((folder / "red" / "0.png").read_bytes()[:-1])
    (folder / "blue" / "both.png").write_bytes((folder / "red" / "1.png").read_bytes())
    (folder / "red" / "again").symlink_to(folder, target_is_directory=True)
    bad_names += ["green", "__MACOSX", "alone.png", "both.png", "1.png", "again"]
    before = {f: (f.stat().st_mtime_ns, f.read_bytes()) for f in files_in(folder)}
    out = tmp_path / "model.keras"
    assert command_line.main(["train", str(folder), "--out", str(out)]) == 0
    assert command_line.main(["survey", str(folder)]) == 0
    listed = capsys.readouterr().out
    for name in bad_names:
        assert re.search(rf"^  .*{re.escape(name)}$", listed, re.MULTILINE), name
    assert {f: (f.stat().st_mtime_ns, f.read_bytes()) for f in files_in(folder)} == before
    assert out.exists()


def test_train_on_two_classes_of_two_photos(folder, tmp_path, capsys):
    for photo in folder.rglob("*.png"):
        if int(photo.stem) > 1:
            photo.unlink()
    out = tmp_path / "model.keras"
    assert command_line.main(["train", str(folder), "--out", str(out)]) == 0
    assert "Too few photos to choose an approach" in capsys.readouterr().out
    assert out.exists()


@pytest.mark.parametrize(
    ("command", "says"), [("train", "finished work is kept"), ("compare", "finished work is kept")]
)
def test_ctrl_c_is_one_sentence(command, says, folder, tmp_path, capsys, monkeypatch):
    def stop(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(feature_extraction, "fit_head", stop)
    out = tmp_path / ("model.keras" if command == "train" else "results")
    arguments = [command, str(folder), "--out", str(out), "--approach", "feature_extraction"]
    if command == "compare":
        arguments += ["--images-per-class", "2"]
    assert command_line.main(arguments) == 1
    errors = capsys.readouterr().err
    assert says in errors
    assert "Traceback" not in errors
    assert not out.is_file()
    assert not (out / "results.json").exists()


def test_survey_names_every_file_that_is_left_out(folder, capsys):
    for number in range(5):
        (folder / "red" / f"letter {number}.jpg").write_text("Dear reader")
    assert command_line.main(["survey", str(folder)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[1:4] == [
        "  blue: 12 usable photos",
        "  red: 12 usable photos",
        "5 left out: not in a supported image format",
    ]
    assert lines[4:] == [f"  {Path('red', f'letter {number}.jpg')}" for number in range(5)]
    datasets.load(str(folder))
    assert f'python -m exercise_lib survey "{folder}"' in capsys.readouterr().out


def files_in(folder):
    return sorted(file for file in folder.rglob("*") if file.is_file())


@pytest.mark.parametrize("trouble", ["missing", "file", "empty", "one class"])
def test_train_on_what_is_no_data_set_is_one_sentence(trouble, folder, tmp_path, capsys):
    place = {"missing": tmp_path / "nowhere", "file": folder / "red" / "0.png"}.get(trouble)
    if place is None:
        place = tmp_path / "place"
        place.mkdir()
        if trouble == "one class":
            (folder / "red").rename(place / "red")
    out = tmp_path / "model.keras"
    assert command_line.main(["train", str(place), "--out", str(out)]) == 1
    captured = capsys.readouterr()
    assert len(captured.err.strip().splitlines()) == 1
    assert not out.exists()


def test_a_name_that_does_not_end_in_keras_is_wrong_use(folder, capsys):
    with pytest.raises(SystemExit) as caught:
        command_line.main(["train", str(folder), "--out", "model.h5"])
    assert caught.value.code == 2
    assert ".keras" in capsys.readouterr().err


def test_advise_prints_findings_and_advice(folder, capsys):
    assert command_line.main(["advise", str(folder)]) == 0
    assert "Advice: feature_extraction." in capsys.readouterr().out
    assert command_line.main(["advise", str(folder), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["findings"]["classes"] == 2
    assert found["findings"]["head_accuracy"] == 1.0
    assert found["approach"] == "feature_extraction"


def test_predict_takes_folders_and_patterns(folder, capsys):
    (folder / "red" / "@eaDir").mkdir()
    shutil.copy(folder / "red" / "0.png", folder / "red" / "@eaDir" / "0.png")
    arguments = ["predict", "imagenet200", "--json", "--top", "1"]
    assert (
        command_line.main([*arguments, str(folder / "red"), str(folder / "blue" / "1?.png")]) == 0
    )
    results = json.loads(capsys.readouterr().out)
    assert len(results) == 12 + 2
    assert command_line.main([*arguments, str(folder), str(folder / "*.gif")]) == 1
    out, err = capsys.readouterr()
    assert len(json.loads(out)) == 24
    assert "There are no photos in" in err


def test_unequal_classes_are_told_by_train(folder, tmp_path, capsys):
    for number in range(4, 12):
        (folder / "blue" / f"{number}.png").unlink()
    arguments = ["train", str(folder), "--model", "imagenet200", "--crop", "1"]
    arguments += ["--approach", "feature_extraction", "--out", str(tmp_path / "model.keras")]
    assert command_line.main(arguments) == 0
    printed = capsys.readouterr().out
    assert "the mean over the classes: " in printed
    assert "always answering the largest class: 0.750" in printed
    assert "red: 3 of 3" in printed
