"""How folders are read: by what they are, and never silently as something else."""

import itertools
import shutil
import unicodedata

import numpy as np
import pytest
from PIL import Image

from exercise_lib import __main__ as command_line
from exercise_lib import datasets, errors
from exercise_lib.datasets import layout

pytestmark = pytest.mark.usefixtures("own_cache")

CLASSES = ("round", "square")


@pytest.fixture
def write(tmp_path):
    """A function: a folder in tmp_path and a number; writes so many photos, all different."""
    numbers = itertools.count()

    def write(place, count, names="{}.png"):
        folder = tmp_path / place
        folder.mkdir(parents=True, exist_ok=True)
        for number in range(count):
            pixels = np.random.default_rng(next(numbers)).integers(0, 255, (4, 4, 3), np.uint8)
            Image.fromarray(pixels).save(folder / names.format(number))

    return write


@pytest.mark.parametrize(
    ("names", "role"),
    [
        ("train Train TRAIN training Training train_set training-set TrainingSet", "training"),
        ("seg_train train_images trainset trn train2017 training_data images_train", "training"),
        ("val valid Validation validation_set dev devset val2017 valid_images", "validation"),
        ("test Test testing Testing test_set testset seg_test eval evaluation", "test"),
        ("holdout hold_out Held-Out test-images tests test_photos", "test"),
        ("trainer toy_train contest latest evaluated value values device medal", None),
        ("round cat images photos data set train_test train_val 2017 été", None),
    ],
)
def test_names_of_splits(names, role):
    assert {layout.role_of(name) for name in names.split()} == {role}


@pytest.mark.parametrize(
    ("train", "validation", "test"),
    [
        ("train", None, "test"),
        ("Training", None, "Testing"),
        ("Train", "Valid", "Test"),
        ("training_set/training_set", None, "test_set/test_set"),
        ("seg_train", None, "seg_test"),
        ("archive/seg_train/seg_train", "archive/seg_dev/seg_dev", "archive/seg_test/seg_test"),
        ("photos/of/mine/train", "photos/of/mine/val", "photos/of/mine/holdout"),
        ("train/images", "valid/images", "test/images"),
    ],
)
def test_splits_are_read_as_what_they_are(train, validation, test, write, tmp_path, capsys):
    for folder, count in ((train, 5), (validation, 3), (test, 2)):
        for name in CLASSES if folder else ():
            write(f"{folder}/{name}", count)
    photos = datasets.load(str(tmp_path))
    assert photos.class_names == CLASSES
    assert len(photos.test) == 4
    if validation:
        assert (len(photos.train), len(photos.validation)) == (10, 6)
    else:
        assert len(photos.train) + len(photos.validation) == 10
    said = capsys.readouterr().out
    is_plain = {train, validation, test} <= {"train", "val", "test", None}
    assert ("read as training" in said) == (not is_plain)


def test_photos_for_validation_are_used_for_it(write, tmp_path):
    for name in CLASSES:
        write(f"train/{name}", 5)
        write(f"val/{name}", 3)
        write(f"test/{name}", 2)
    photos = datasets.load(str(tmp_path))
    assert {file.parent.parent.name for file in photos.validation.files} == {"val"}
    assert (len(photos.train), len(photos.validation), len(photos.test)) == (10, 6, 4)


@pytest.mark.parametrize("name", ["val", "dev", "Valid"])
def test_where_there_is_no_test_the_validation_photos_test(name, write, tmp_path, capsys):
    for class_name in CLASSES:
        write(f"train/{class_name}", 5)
    write(f"{name}/round", 3)
    photos = datasets.load(str(tmp_path))
    assert np.bincount(photos.test.labels, minlength=2).tolist() == [3, 0]
    said = capsys.readouterr().out
    assert f"those in {name}/ are the test photos" in said
    assert "There are no test photos of square." in said


def test_a_split_without_labels_is_ignored_and_told(write, tmp_path, capsys):
    for name in CLASSES:
        write(f"train/{name}", 5)
        write(f"val/{name}", 3)
    write("test", 4)
    photos = datasets.load(str(tmp_path))
    assert len(photos.test) == 6
    assert "test/ is ignored: its test photos are not in class folders" in capsys.readouterr().out


@pytest.mark.parametrize("names", [("train", "bus"), ("train", "test"), ("trains", "test", "dev")])
def test_classes_may_have_such_names(names, write, tmp_path):
    for name in names:
        write(name, 4)
    assert datasets.load(str(tmp_path)).class_names == tuple(sorted(names))


def test_two_folders_for_the_same_photos_are_one_sentence(write, tmp_path):
    for split, name in itertools.product(("train", "Training", "test"), CLASSES):
        write(f"{split}/{name}", 3)
    with pytest.raises(errors.DatasetError, match=r"Training/ and train/ .* training photos"):
        datasets.load(str(tmp_path))


def test_splits_without_training_photos_are_one_sentence(write, tmp_path):
    for split, name in itertools.product(("val", "test"), CLASSES):
        write(f"{split}/{name}", 3)
    with pytest.raises(errors.DatasetError, match="val/ and test/ but no training photos"):
        datasets.load(str(tmp_path))


@pytest.mark.parametrize(
    ("train", "test"),
    [
        (unicodedata.normalize("NFC", "Käse"), unicodedata.normalize("NFD", "Käse")),
        ("Cat", "cat"),
        ("cat ", "cat"),
        ("STRASSE", "straße"),
    ],
)
def test_the_same_class_by_another_spelling(train, test, write, tmp_path):
    for name in (train, "other"):
        write(f"train/{name}", 5)
    for name in (test, "other"):
        write(f"test/{name}", 2)
    photos = datasets.load(str(tmp_path))
    assert np.bincount(photos.test.labels).tolist() == [2, 2]


@pytest.mark.parametrize("folder", ["", "train", "images"])
@pytest.mark.parametrize("name", ["cat.{}.png", "cat_{}.png", "cat ({}).png", "cat{}.png"])
def test_labels_in_the_names_are_one_sentence(folder, name, write, tmp_path):
    write(folder, 3, name)
    write(folder, 3, name.replace("cat", "dog"))
    with pytest.raises(errors.DatasetError, match="their names begin with cat, dog: move"):
        datasets.load(str(tmp_path))


def test_loose_photos_beside_class_folders_are_left_out(write, tmp_path, capsys):
    for name in CLASSES:
        write(name, 4)
    write("", 2, "cat_{}.png")
    write("", 2, "dog_{}.png")
    (tmp_path / "labels.csv").write_text("file,label\n")
    assert datasets.load(str(tmp_path)).class_names == CLASSES
    assert "left out" in capsys.readouterr().out


def test_an_empty_split_is_told(write, tmp_path, capsys):
    for split, name in itertools.product(("train", "val"), CLASSES):
        write(f"{split}/{name}", 3)
    (tmp_path / "test").mkdir()
    assert len(datasets.load(str(tmp_path)).test) == 6
    assert "test/ is ignored: it has no photos." in capsys.readouterr().out


def test_a_table_of_labels_is_one_sentence(write, tmp_path):
    write("images", 6)
    (tmp_path / "labels.csv").write_text("file,label\n")
    with pytest.raises(errors.DatasetError, match=r"a table, labels\.csv, lies beside them"):
        datasets.load(str(tmp_path))


@pytest.mark.parametrize("kind", ["zip", "tar", "gztar", "bztar", "xztar"])
def test_an_archive_is_unpacked(kind, write, tmp_path):
    for split, name in itertools.product(("Training", "Testing"), CLASSES):
        write(f"mine/{split}/{name}", 3)
    archive = shutil.make_archive(str(tmp_path / "photos"), kind, tmp_path, "mine")
    photos = datasets.load(archive)
    assert (photos.class_names, len(photos.test)) == (CLASSES, 6)


@pytest.mark.parametrize(
    "name",
    ["@eaDir", "$RECYCLE.BIN", "#recycle", "lost+found", ".snapshot", "System Volume Information"],
)
def test_what_programs_leave_is_no_class_and_no_photo(name, write, tmp_path, capsys):
    for class_name in CLASSES:
        write(f"{class_name}/{name}", 3)
        write(class_name, 4)
    write(name, 4)
    photos = datasets.load(str(tmp_path))
    assert photos.class_names == CLASSES
    assert len(photos.train) + len(photos.validation) + len(photos.test) == 8
    assert "left out: hidden, or created by a program" in capsys.readouterr().out


def test_survey_says_how_the_folder_is_read_and_counts(write, tmp_path, capsys):
    write("Training/round", 9)
    write("Training/square", 1 + 2)
    for name in CLASSES:
        write(f"Testing/{name}", 2)
    assert command_line.main(["survey", str(tmp_path)]) == 0
    said = capsys.readouterr().out
    assert "Training/ and Testing/ are read as training and test photos." in said
    assert "round: 9 usable photos" in said
    assert "Always answering 'round' would be right for 75% of them." in said
