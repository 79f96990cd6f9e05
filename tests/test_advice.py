"""The advice: what a quick look finds, and what follows from it."""

import numpy as np
import pytest

from exercise_lib import datasets
from exercise_lib.comparison import advice
from exercise_lib.datasets import splits
from exercise_lib.errors import WorkshopError

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("own_cache")]


@pytest.fixture
def photos(photo_files, photo_labels):
    """Noise, reddish and bluish; the test photos do not exist, so nobody can look at them."""
    learning = splits.Split(tuple(photo_files[:8]), photo_labels[:8])
    validation = splits.Split(tuple(photo_files[8:]), photo_labels[8:])
    nowhere = splits.Split(("nowhere.jpg",), np.array([0]))
    return datasets.PhotoSet("noise", ("blue", "red"), learning, validation, nowhere)


def test_a_quick_look_finds_what_tells_red_from_blue(small_pretrained, photos):
    found = advice.examine(small_pretrained, photos)
    assert (found.images_per_class, found.classes) == (6, 2)
    assert found.head_accuracy == 1.0
    assert -np.log(2) - 1e-6 <= found.leep <= 0
    assert list(found.nearest) == ["blue", "red"]
    assert len(found.nearest["red"]) == 3
    assert set(found.nearest["red"]) <= set(small_pretrained.class_names)


def findings(**changed):
    usual = {
        "images_per_class": 50,
        "classes": 4,
        "validation_photos": 40,
        "as_is_accuracy": 0.4,
        "head_accuracy": 0.8,
        "leep": -1.0,
        "leep_of_guessing": -1.4,
        "nearest": {"a": ["cup"]},
    }
    return advice.Findings(**usual | changed)


@pytest.mark.parametrize(
    ("changed", "approach"),
    [
        ({}, "fine_tuning"),
        ({"as_is_accuracy": 0.97}, "as_is"),
        ({"head_accuracy": 0.97}, "feature_extraction"),
        ({"head_accuracy": 0.97, "validation_photos": 8}, "fine_tuning"),
        ({"images_per_class": 4}, "feature_extraction"),
        ({"head_accuracy": 0.3}, "fine_tuning"),
        ({"images_per_class": 900, "head_accuracy": 0.4}, "fine_tuning"),
    ],
)
def test_the_advice(changed, approach):
    advised, why = advice.advise(findings(**changed))
    assert advised == approach
    assert why


def test_with_many_photos_far_from_imagenet_from_scratch_is_named():
    far = {"images_per_class": 900, "head_accuracy": 0.4, "leep": -1.3}
    _, why = advice.advise(findings(**far))
    assert "from_scratch" in why
    _, why = advice.advise(findings(**far | {"leep": -0.6}))
    assert "from_scratch" not in why, "so near to ImageNet, that its weights must be of use"


def test_a_poor_head_is_not_called_a_good_start():
    _, why = advice.advise(findings(head_accuracy=0.3))
    assert "good start" not in why
    assert "0.30" in why


@pytest.mark.parametrize(
    ("classes", "head", "poor"), [(2, 0.72, True), (2, 0.9, False), (100, 0.5, True)]
)
def test_what_is_poor_depends_on_the_number_of_classes(classes, head, poor):
    assert findings(classes=classes, head_accuracy=head).is_poor == poor


@pytest.mark.parametrize(("probability", "near"), [(0.52, False), (0.7, True)])
def test_two_classes_may_be_near_to_imagenet(probability, near):
    found = findings(classes=2, leep=np.log(probability), leep_of_guessing=np.log(0.5))
    assert found.is_near_imagenet == near


def test_without_validation_photos_there_is_one_sentence(small_pretrained, photos):
    nothing = splits.Split((), np.zeros(0, int))
    few = datasets.PhotoSet("noise", ("blue", "red"), photos.train, nothing, photos.test)
    with pytest.raises(WorkshopError, match="too few photos"):
        advice.examine(small_pretrained, few)


def test_findings_as_text_end_with_the_advice():
    lines = advice.as_text(findings()).splitlines()
    assert lines[-1].startswith("Advice: fine_tuning.")
    assert "  a: cup" in lines
