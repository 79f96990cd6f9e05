"""The folder of notebook 06 has the troubles that its card tells; its script writes it."""

import importlib.util

import numpy as np
import pytest

from exercise_lib import images, paths
from exercise_lib.datasets import survey

pytestmark = pytest.mark.usefixtures("own_cache")

FOLDER = paths.DATA / "phone_photos"


def test_every_trouble_is_met_by_its_own_reason():
    found = survey.survey(FOLDER)
    left_out = {reason: [file.name for file in files] for reason, files in found.left_out.items()}
    assert {reason: names for reason, names in left_out.items() if names} == {
        survey.NO_CLASS: ["IMG_0300.jpg"],
        survey.HIDDEN: ["Thumbs.db"],
        survey.EMPTY_CLASS: ["new"],
        survey.TWO_CLASSES: ["IMG_0104.jpg", "WhatsApp Image 7.jpg"],
        images.TOO_LARGE: ["scan.png"],
        images.EMPTY: ["IMG_0113.jpg"],
        images.NO_PHOTO: ["recipe.jpg"],
        images.CUT: ["IMG_0013.HEIC", "IMG_0209.jpg"],
    }
    remarks = {remark: [file.name for file in files] for remark, files in found.remarks.items()}
    assert remarks == {
        images.OTHER_FORMAT: ["IMG_0106.png.jpg"],
        images.ANIMATION: ["boomerang.gif"],
    }
    assert {name: len(photos) for name, photos in found.classes.items()} == {
        "blueberry": 13,
        "lemon": 11,
        "strawberry": 11,
    }


def test_the_photo_on_its_side_is_turned():
    original = paths.DATA / "yoghurts" / "train" / "blueberry"
    upright = images.load_photo(sorted(original.glob("*.jpg"))[4]).astype(int)
    turned = images.load_photo(FOLDER / "blueberry" / "IMG_0005.jpg").astype(int)
    assert np.abs(upright - turned).mean() < 5


def test_the_script_writes_this_folder(monkeypatch, tmp_path):
    specification = importlib.util.spec_from_file_location(
        "make_phone_photos", paths.REPOSITORY / "tools" / "make_phone_photos.py"
    )
    script = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(script)
    monkeypatch.setattr(script, "TARGET", tmp_path / "phone_photos")
    assert script.main() == 0

    def names(folder):
        return sorted(str(file.relative_to(folder)) for file in folder.rglob("*"))

    assert names(tmp_path / "phone_photos") == names(FOLDER)
