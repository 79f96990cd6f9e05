"""What is looked at of a photo: the middle, never squeezed, and the same wherever it is asked."""

import numpy as np
import pytest
from PIL import Image

from exercise_lib import approaches, images
from exercise_lib.approaches import from_scratch
from exercise_lib.models import classifier

pytestmark = pytest.mark.slow


@pytest.fixture
def wide(tmp_path):
    """Save a photo twice as wide as high: green in the middle, red to the left, blue right."""
    photo = np.zeros((60, 120, 3), np.uint8)
    photo[:, :30, 0] = photo[:, 30:90, 1] = photo[:, 90:, 2] = 200
    Image.fromarray(photo).save(tmp_path / "wide.png")
    return tmp_path / "wide.png"


def test_a_wide_photo_is_not_squeezed(wide):
    photo = images.load_photo(wide, (40, 40))
    assert photo.shape == (40, 40, 3)
    assert (photo[:, 2:-2] == (0, 200, 0)).all()


def test_proportions_of_the_size_decide(wide):
    photo = images.load_photo(wide, (30, 60))
    assert photo[15, 2, 0] == 200
    assert photo[15, -2, 2] == 200


def test_without_a_size_the_whole_photo_comes(wide):
    assert images.load_photo(wide).shape == (60, 120, 3)


@pytest.mark.parametrize("crop", [0.5, 0.6, 0.7, 0.85, 1.0])
@pytest.mark.parametrize("size", [(96, 96), (224, 224), (64, 128)])
def test_a_crop_is_the_middle_of_the_whole(tmp_path, crop, size):
    photo = np.random.default_rng(0).integers(0, 256, (150, 210, 3)).astype(np.uint8)
    Image.fromarray(photo).save(tmp_path / "photo.png")
    whole_size = images.whole_size(size, crop)
    whole = images.load_photo(tmp_path / "photo.png", whole_size)
    found = images.load_photo(tmp_path / "photo.png", size, crop)
    top, left = ((have - want) // 2 for have, want in zip(whole_size, size, strict=True))
    middle = whole[top : top + size[0], left : left + size[1]]
    apart = np.abs(found.astype(int) - middle)
    assert np.mean(apart > 1) < 0.03  # At the edge of this photo of noise, Pillow rounds.
    assert apart.mean() < 0.5
    assert abs(size[0] / whole_size[0] - crop) < 0.01


@pytest.mark.parametrize("crop", [0.6, 0.7, 0.85, 1.0])
def test_no_size_of_a_photo_is_beyond_its_edge(crop):
    """Rounding may put a box a part of a pixel outside, which Pillow refuses."""
    random = np.random.default_rng(0)
    for width, height in random.integers(3, 60, (300, 2)):
        photo = np.zeros((height, width, 3), np.uint8)
        for size in ((96, 96), (97, 61)):
            left, top, right, bottom = images.middle_box((width, height), size, crop)
            assert 0 <= left < right <= width
            assert 0 <= top < bottom <= height
            images.random_view(photo, size, random, crop)


@pytest.mark.parametrize("crop", [0, -0.5, 1.01, float("nan")])
def test_no_other_crop(wide, crop):
    with pytest.raises(ValueError, match="at most 1"):
        images.load_photo(wide, (40, 40), crop)


def test_views_stay_near_the_crop(wide):
    """Red and blue lie outside the square in the middle, which is green."""
    randoms = [np.random.default_rng(seed) for seed in range(20)]
    for view in images.load_random_views(wide, (40, 40), randoms, crop=0.6):
        assert view.shape == (40, 40, 3)
        assert (view.argmax(axis=2) == 1).mean() > 0.99


def test_views_of_a_crop_show_less_and_more_than_it():
    shares = []
    for seed in range(200):
        random = np.random.default_rng(seed)
        left, top, right, bottom = images._random_box((100, 100), (40, 40), random, crop=0.6)
        assert 0 <= left < right <= 100
        assert 0 <= top < bottom <= 100
        shares.append((right - left) / 100)
    assert min(shares) < 0.45
    assert max(shares) > 0.8


@pytest.mark.parametrize("approach", approaches.NAMES[1:])
def test_the_saved_file_looks_at_what_was_learnt_from(
    small_pretrained, photo_files, noise_photos, tmp_path, monkeypatch, approach
):
    monkeypatch.setattr(from_scratch, "MAX_EPOCHS", 2)
    learnt = approaches.fit(approach, small_pretrained, noise_photos, crop=0.6)
    classifier.save(learnt.to_classifier(), tmp_path / "model.keras")
    loaded = classifier.load(tmp_path / "model.keras")
    assert loaded.image_size == images.whole_size(learnt.image_size, 0.6)
    answers = loaded.predict(photo_files).argmax(axis=1)
    assert np.array_equal(answers, learnt.predict(photo_files))
