"""Damaged pictures and strange folders by the hundred: an error for people or a photo, never more.

A bounded run, the same each time. A longer one by hand, with new examples:

    EXERCISE_FUZZ=20000 python -m pytest tests/test_fuzzing.py
"""

import contextlib
import io
import os
import signal
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from exercise_lib import datasets, images
from exercise_lib.datasets import survey
from exercise_lib.errors import WorkshopError

LONGER = int(os.environ.get("EXERCISE_FUZZ", "0"))
SECONDS = 20  # No picture and no folder keeps anybody waiting for longer.
BOUNDED = settings(
    max_examples=LONGER or 150,
    derandomize=not LONGER,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::UserWarning"),
    pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning"),
]
# What a photo that is let through takes, decoded; how much decoding takes is in test_images.
MOST_BYTES = 3 * images.MAX_PIXELS


def pictures():
    """Whole picture files of many kinds, small."""
    pixels = np.random.default_rng(0).integers(0, 256, (24, 17, 3)).astype(np.uint8)
    picture = Image.fromarray(pixels)
    exif = Image.Exif()
    exif[0x0112] = 6
    kinds = [
        (picture, "JPEG", {"exif": exif}),
        (picture, "JPEG", {"progressive": True}),
        (picture.convert("CMYK"), "JPEG", {}),
        (picture, "PNG", {}),
        (picture.convert("P"), "PNG", {}),
        (picture.convert("RGBA"), "PNG", {}),
        (Image.fromarray(pixels[..., 0].astype(np.uint16) * 257), "PNG", {}),
        (picture, "GIF", {"save_all": True, "append_images": [picture.rotate(90)]}),
        (picture, "BMP", {}),
        (picture, "TIFF", {"compression": "tiff_lzw"}),
        (Image.fromarray(pixels[..., 0].astype(np.uint16) * 15), "PNG", {}),
        (picture, "PPM", {}),
        (picture, "WEBP", {}),
    ]
    for image, kind, options in kinds:
        buffer = io.BytesIO()
        image.save(buffer, kind, **options)
        yield buffer.getvalue()
    yield (Path(__file__).parent / "samples" / "phone.heic").read_bytes()


PICTURES = list(pictures())


def refused(work, argument):
    """Return the error for people that a call raised, or None; a call that hangs fails."""
    try:
        with waiting_at_most(SECONDS):
            work(argument)
    except WorkshopError as error:
        return error


@contextlib.contextmanager
def waiting_at_most(seconds):
    """Fail where the block takes longer; on Windows it is waited for."""
    if hasattr(signal, "alarm"):
        signal.signal(signal.SIGALRM, lambda *_: pytest.fail(f"it hung for {seconds} s"))
        signal.alarm(seconds)
    try:
        yield
    finally:
        if hasattr(signal, "alarm"):
            signal.alarm(0)


@st.composite
def damaged(draw):
    """The bytes of a picture with some of them changed, left out, put in, or cut off."""
    content = bytearray(draw(st.sampled_from(PICTURES)))
    for _ in range(draw(st.integers(1, 6))):
        place = draw(st.integers(0, max(0, len(content) - 1)))
        some = draw(st.binary(min_size=1, max_size=8))
        change = draw(st.sampled_from(["change", "insert", "remove", "cut"]))
        if change == "change":
            content[place : place + len(some)] = some
        elif change == "insert":
            content[place:place] = some
        elif change == "remove":
            del content[place : place + len(some)]
        else:
            del content[place:]
    return bytes(content)


@BOUNDED
@given(content=damaged())
def test_a_damaged_picture_is_a_photo_or_one_sentence(content):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "photo.jpg"
        path.write_bytes(content)
        if (found := refused(images.inspect, path)) is not None:
            assert found.reason
            assert "photo.jpg" in str(found)
            return
        # What was let through is read, too, and at a smaller size.
        with waiting_at_most(SECONDS):
            photo = images.load_photo(path)
            assert images.load_photo(path, (3, 2)).shape == (3, 2, 3)
        assert photo.dtype == np.uint8
        assert photo.shape[2] == 3
        assert photo.nbytes <= MOST_BYTES


ANY_NAME = st.text(
    st.characters(blacklist_characters="/\0", blacklist_categories=("Cs",)),
    min_size=1,
    max_size=12,
).filter(lambda name: name not in (".", ".."))
NAMES = st.one_of(ANY_NAME, st.sampled_from(["train", "test", "val", "a", "b"]))
LINKS = st.sampled_from(["..", ".", "../a", "/nowhere", "x" * 300])
CONTENTS = st.one_of(st.sampled_from(PICTURES), st.binary(max_size=40), damaged(), LINKS)
TREES = st.recursive(
    CONTENTS, lambda inside: st.dictionaries(NAMES, inside, max_size=5), max_leaves=15
)


def plant(folder, tree):
    """Write a tree of dictionaries (folders), bytes (files) and text (links)."""
    for name, inside in tree.items():
        path = folder / name
        try:
            if isinstance(inside, bytes):
                path.write_bytes(inside)
            elif isinstance(inside, str):
                path.symlink_to(inside)
            else:
                path.mkdir()
                plant(path, inside)
        except OSError:
            continue  # A name that this file system does not take, or one that is there already.


@BOUNDED
@given(tree=st.dictionaries(NAMES, TREES, max_size=5))
def test_any_folder_is_a_data_set_or_one_sentence(tree):
    with tempfile.TemporaryDirectory() as place, pytest.MonkeyPatch.context() as patch:
        patch.setenv("EXERCISE_CACHE", str(Path(place) / "cache"))
        folder = Path(place) / "photos"
        folder.mkdir()
        plant(folder, tree)
        with waiting_at_most(SECONDS):
            survey.as_text(survey.survey(folder)).encode("utf-8")
        if (found := refused(datasets.load, str(folder))) is not None:
            assert len(str(found).splitlines()) == 1
            return
        photos = datasets.load(str(folder))
        assert len(photos.class_names) >= 2
        for split in (photos.train, photos.validation, photos.test):
            images.load_photos(split.files, (8, 8))
