"""The bundled photos: whole, balanced, boxed, and told apart by the fruit alone."""

import hashlib
import json
import re
import sys
import zipfile
from xml.etree import ElementTree

import keras
import numpy as np
import pytest

from exercise_lib import datasets, images, paths
from exercise_lib.approaches import feature_extraction
from exercise_lib.comparison import metrics
from exercise_lib.datasets import splits
from exercise_lib.storage import downloads

YOGHURTS = paths.DATA / "yoghurts"
FLAVOURS = ("blueberry", "cherry", "lemon", "peach", "raspberry", "strawberry")
SPLITS = ("train", "test", "test_night")
CARD = (paths.DATA / "README.md").read_text(encoding="utf-8")


def pictures(split):
    return sorted((YOGHURTS / split).glob("*/*.jpg"))


@pytest.mark.parametrize("split", SPLITS)
def test_a_split_holds_twenty_photos_of_each_flavour(split):
    counts = {
        flavour: len(list((YOGHURTS / split / flavour).glob("*.jpg"))) for flavour in FLAVOURS
    }
    assert counts == dict.fromkeys(FLAVOURS, 20)
    assert {images.load_photo(file).shape for file in pictures(split)} == {(224, 224, 3)}


@pytest.mark.parametrize("split", SPLITS)
def test_every_photo_has_boxes_as_labelimg_writes_them(split):
    for picture in pictures(split):
        root = ElementTree.parse(picture.with_suffix(".xml")).getroot()
        assert root.findtext("filename") == picture.name
        assert [root.findtext(f"size/{side}") for side in ("width", "height")] == ["224", "224"]
        boxes = root.findall("object")
        assert boxes[0].findtext("name") == picture.parent.name
        assert boxes[0].findtext("difficult") == "0"
        for box in boxes:
            assert box.findtext("name") in FLAVOURS
            assert {box.findtext("truncated"), box.findtext("difficult")} <= {"0", "1"}
            left, top, right, bottom = (int(edge.text) for edge in box.find("bndbox"))
            assert 1 <= left < right <= 224
            assert 1 <= top < bottom <= 224


@pytest.mark.parametrize("split", SPLITS)
def test_the_pot_in_the_middle_is_the_first_box(split):
    for picture in pictures(split):
        box = ElementTree.parse(picture.with_suffix(".xml")).find("object/bndbox")
        left, _, right, _ = (int(edge.text) for edge in box)
        assert left < 112 < right


def test_no_photo_is_in_two_splits():
    files = [file for split in SPLITS for file in pictures(split)]
    assert len({file.read_bytes() for file in files}) == len(files)


def test_no_brand_of_a_test_picture_is_seen_in_training(monkeypatch):
    monkeypatch.syspath_prepend(str(paths.REPOSITORY / "tools" / "rendering"))
    import designs

    assert not set(designs.NAMES["train"]) & set(designs.NAMES["test"])
    keys = {split: {d.key for d in designs.designs_of(split).values()} for split in designs.NAMES}
    assert len(keys["train"]) >= 24
    assert not keys["train"] & keys["test"]
    for name in ("designs", "flavours", "painting"):
        sys.modules.pop(name, None)


def test_the_night_shift_is_another_test_of_the_same_training_photos():
    night, day = datasets.load("yoghurts_night"), datasets.load("yoghurts")
    assert night.train.files == day.train.files
    assert not set(night.test.files) & set(day.test.files)


@pytest.mark.parametrize("name", ["yoghurts", "yoghurts_large"])
@pytest.mark.parametrize("size", [(1, 1), (8, 8)], ids=["mean colour", "8 x 8 thumbnail"])
def test_no_colour_gives_the_flavour_away(size, name):
    """A logistic regression on so little stays far from what the fruit tells."""
    photos = datasets.load(name)
    pool = splits.join(photos.train, photos.validation)
    train, test = (thumbnails(split, size) for split in (pool, photos.test))
    mean, deviation = train.mean(axis=0), train.std(axis=0)
    keras.utils.set_random_seed(0)
    head = feature_extraction.train_head((train - mean) / deviation, pool.labels, len(FLAVOURS))
    predicted = head.predict((test - mean) / deviation, verbose=0).argmax(axis=1)
    assert metrics.accuracy(predicted, photos.test.labels) < 0.45


def thumbnails(split, size):
    return images.load_photos(split.files, size).reshape(len(split), -1).astype(np.float32)


def test_the_large_set_is_balanced_and_has_boxes():
    with zipfile.ZipFile(paths.DATA / "yoghurts_large.zip") as archive:
        names = [name for name in archive.namelist() if name.endswith(".jpg")]
        boxes = json.loads(archive.read("boxes.json"))
        counts = {flavour: sum(n.startswith(f"{flavour}/") for n in names) for flavour in FLAVOURS}
    assert len(names) >= 3000
    assert len(set(counts.values())) == 1
    assert set(boxes) == set(names)
    for name, found in boxes.items():
        assert found[0]["name"] == name.split("/")[0]
        for box in found:
            left, top, right, bottom = box["box"]
            assert 1 <= left < right <= 128
            assert 1 <= top < bottom <= 128


def test_the_large_set_loads_beside_the_same_test_photos(monkeypatch, tmp_path):
    monkeypatch.setenv("EXERCISE_CACHE", str(tmp_path))
    large = datasets.load("yoghurts_large")
    assert len(large.train) + len(large.validation) >= 3000
    assert large.test.files == datasets.load("yoghurts").test.files
    assert images.load_photo(large.train.files[0]).shape == (128, 128, 3)


def test_no_photo_of_the_large_set_is_in_a_small_one(monkeypatch, tmp_path):
    monkeypatch.setenv("EXERCISE_CACHE", str(tmp_path))
    large = datasets.load("yoghurts_large")
    contents = {file.read_bytes() for file in (*large.train.files, *large.validation.files)}
    assert len(contents) == len(large.train) + len(large.validation)
    assert not contents & {file.read_bytes() for split in SPLITS for file in pictures(split)}


def test_the_hashes_are_those_of_the_data_card():
    assert folder_hash(YOGHURTS) in CARD
    assert downloads.hash_of(paths.DATA / "yoghurts_large.zip") in CARD


def folder_hash(folder):
    """The hash of the list of hashes, as the data card's command makes it."""
    lines = [
        f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.relative_to(folder).as_posix()}\n"
        for file in sorted(folder.glob("*/*/*"), key=lambda file: file.as_posix().encode())
    ]
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def test_all_the_data_stay_under_their_bound():
    size = sum(file.stat().st_size for file in paths.DATA.rglob("*") if file.is_file())
    assert size < 60e6


def test_the_data_card_names_every_set():
    for name in ("yoghurts/train", "yoghurts/test", "yoghurts/test_night", "yoghurts_large.zip"):
        assert name in CARD
    for link in re.findall(r"\]\(([^)#]+)\)", CARD):
        assert link.startswith("https://") or (paths.DATA / link).exists(), link
