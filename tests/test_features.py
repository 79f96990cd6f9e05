"""Frozen parts: the same numbers as the model's own, computed once, never stale."""

import dataclasses
import shutil
import subprocess
import sys
import threading

import keras
import numpy as np
import pytest

from exercise_lib import images
from exercise_lib.approaches import cached_seconds, frozen_parts
from exercise_lib.models import surgery
from exercise_lib.storage import atomic

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def part(small_pretrained):
    return frozen_parts.pooled_base(small_pretrained)


def test_features_are_those_of_the_base_model(small_pretrained, part, photo_files, tmp_path):
    found = frozen_parts.extract(part, photo_files, cache=tmp_path)
    photos = images.load_photos(photo_files, small_pretrained.image_size)
    maps = small_pretrained.base_model.predict(small_pretrained.preprocess(photos), verbose=0)
    assert found.shape == (1, 12, maps.shape[-1])
    assert np.ptp(maps) > 0.01
    np.testing.assert_allclose(found[0], maps.mean(axis=(1, 2)), rtol=1e-3, atol=1e-5)


def test_probabilities_follow_from_the_features(small_pretrained, photo_files):
    photos = images.load_photos(photo_files, small_pretrained.image_size)
    expected = small_pretrained.model.predict(small_pretrained.preprocess(photos), verbose=0)
    assert frozen_parts.dense_on_features(small_pretrained) is not None
    found = frozen_parts.probabilities_of(small_pretrained, photo_files)
    np.testing.assert_allclose(found, expected, atol=1e-4)
    assert np.ptp(expected) > 0.01


def test_of_a_model_with_more_above_its_base_the_whole_is_run(small_pretrained, photo_files):
    base_model = small_pretrained.base_model
    x = keras.layers.GlobalMaxPooling2D()(base_model.output)
    model = keras.Model(base_model.input, keras.layers.Dense(3, "softmax")(x))
    other = dataclasses.replace(small_pretrained, model=model)
    photos = images.load_photos(photo_files, other.image_size)
    expected = model.predict(other.preprocess(photos), verbose=0)
    assert frozen_parts.dense_on_features(other) is None
    np.testing.assert_allclose(
        frozen_parts.probabilities_of(other, photo_files), expected, atol=1e-4
    )


def test_a_second_run_runs_no_model(part, photo_files, tmp_path, monkeypatch):
    first = frozen_parts.extract(part, photo_files, views=2, cache=tmp_path)
    monkeypatch.setattr(images, "load_photo", None)
    second = frozen_parts.extract(part, photo_files, views=2, cache=tmp_path)
    assert np.array_equal(first, second)


def test_a_changed_photo_is_computed_anew(part, photo_files, tmp_path):
    photo = tmp_path / "photo.png"
    shutil.copy(photo_files[0], photo)
    first = frozen_parts.extract(part, [photo], cache=tmp_path / "cache")
    shutil.copy(photo_files[1], photo)
    second = frozen_parts.extract(part, [photo], cache=tmp_path / "cache")
    assert np.abs(first - second).max() > 1e-4


def test_another_weight_or_preprocessing_is_another_identity(small_pretrained):
    base = frozen_parts.pooled_base(small_pretrained).identity
    assert frozen_parts.pooled_base(small_pretrained).identity == base
    layer = small_pretrained.base_model.get_layer("stem_convolution")
    [kernel] = layer.get_weights()
    layer.set_weights([kernel * 1.001])
    changed = frozen_parts.pooled_base(small_pretrained).identity
    layer.set_weights([kernel])
    assert changed != base
    halved = dataclasses.replace(
        small_pretrained, preprocess=lambda photos: small_pretrained.preprocess(photos) / 2
    )
    assert frozen_parts.pooled_base(halved).identity != base
    assert frozen_parts.lower_part(small_pretrained, "stage3_relu").identity != base


def test_views_differ_and_are_the_same_at_every_run(part, photo_files, tmp_path):
    first = frozen_parts.extract(part, photo_files, views=3, cache=tmp_path / "a")
    again = frozen_parts.extract(part, photo_files[::-1], views=3, cache=tmp_path / "b")[:, ::-1]
    np.testing.assert_allclose(first, again, rtol=1e-4, atol=1e-5)
    assert np.abs(first[0] - first[1]).max() > 1e-4
    assert np.abs(first[1] - first[2]).max() > 1e-4


def test_a_cut_file_in_the_cache_is_replaced(part, photo_files, tmp_path):
    first = frozen_parts.extract(part, photo_files, cache=tmp_path)
    kept = sorted(tmp_path.rglob("*.npy"))
    kept[0].write_bytes(kept[0].read_bytes()[:100])
    kept[1].write_bytes(b"")
    assert np.array_equal(frozen_parts.extract(part, photo_files, cache=tmp_path), first)
    assert np.load(kept[0]).shape == first.shape[2:]


def test_maps_at_a_boundary_are_kept_in_half_precision(small_pretrained, photo_files, tmp_path):
    part = frozen_parts.lower_part(small_pretrained, "stage3_relu")
    maps = frozen_parts.extract(part, photo_files, cache=tmp_path)
    assert maps.dtype == np.float16
    assert maps.shape == (1, 12, 12, 12, 128)


def test_the_cache_is_bounded(part, photo_files, tmp_path, monkeypatch):
    frozen_parts.extract(part, photo_files[:1], cache=tmp_path)
    [entry] = tmp_path.rglob("*.npy")
    monkeypatch.setattr(frozen_parts, "CACHE_BYTES", 2 * entry.stat().st_size)
    frozen_parts.extract(part, photo_files, cache=tmp_path)
    assert len(list(tmp_path.rglob("*.npy"))) == 2


def test_two_processes_may_fill_the_same_cache(photo_files, tmp_path):
    program = (
        "import sys\n"
        "from exercise_lib.approaches import frozen_parts\n"
        "from exercise_lib.models import pretrained\n"
        "part = frozen_parts.pooled_base(pretrained.load_pretrained('imagenet200'))\n"
        "print(frozen_parts.extract(part, sys.argv[2:], cache=sys.argv[1]).sum())\n"
    )
    command = [sys.executable, "-c", program, str(tmp_path), *map(str, photo_files)]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    first, second = (process.communicate()[0].splitlines()[-1] for process in both)
    assert [process.returncode for process in both] == [0, 0]
    assert float(first) == pytest.approx(float(second), rel=1e-5)
    assert len(list(tmp_path.rglob("*.npy"))) == len(photo_files)


def test_nothing_is_nothing(part, tmp_path):
    assert frozen_parts.extract(part, [], cache=tmp_path).shape == (1, 0, 256)


def test_the_pretrained_model_is_not_changed(small_pretrained, part):
    kinds = {type(layer) for layer in small_pretrained.base_model.layers}
    assert keras.layers.BatchNormalization in kinds
    assert surgery.foldable_pairs(small_pretrained.base_model)
    assert not surgery.foldable_pairs(frozen_parts.folded(part))


def test_equal_parts_are_folded_once(small_pretrained, part):
    again = frozen_parts.pooled_base(small_pretrained)
    assert again == part
    assert frozen_parts.folded(again) is frozen_parts.folded(part)
    assert frozen_parts.folded(frozen_parts.lower_part(small_pretrained, "stage3_relu")) is not (
        frozen_parts.folded(part)
    )


def test_a_part_of_another_size_gives_the_maps_of_that_size(
    small_pretrained, photo_files, tmp_path
):
    part = frozen_parts.lower_part(
        small_pretrained, "stage3_relu", "float32", image_size=(64, 128)
    )
    found = frozen_parts.extract(part, photo_files, cache=tmp_path)
    assert part.image_size == (64, 128)
    assert found.shape[2:4] == (8, 16)
    any_size = surgery.clone_with_weights(
        surgery.split_at(small_pretrained.base_model, "stage3_relu")[0], (None, None, 3)
    )
    photos = small_pretrained.preprocess(images.load_photos(photo_files, (64, 128)))
    expected = any_size.predict(photos, verbose=0)
    np.testing.assert_allclose(found[0], expected, rtol=1e-3, atol=1e-4 * expected.max())
    own = frozen_parts.lower_part(small_pretrained, "stage3_relu", "float32")
    assert frozen_parts.lower_part(small_pretrained, "stage3_relu", "float32", (96, 96)) == own
    assert own != part


def test_a_photo_is_decoded_once_for_all_its_views(part, photo_files, tmp_path, monkeypatch):
    read = []
    plain, random = images.load_photo, images.load_random_views
    monkeypatch.setattr(
        images, "load_photo", lambda f, *a: read.append(("plain", f)) or plain(f, *a)
    )
    monkeypatch.setattr(
        images, "load_random_views", lambda f, *a: read.append(("random", f)) or random(f, *a)
    )
    views = frozen_parts.extract(part, photo_files, views=5, cache=tmp_path / "all")
    assert sorted(read) == sorted((how, f) for how in ("plain", "random") for f in photo_files)
    for number in (1, 4):  # In whatever company a view is made, it is the same.
        alone = frozen_parts.extract(
            part, photo_files[3:4], views=number + 1, cache=tmp_path / "one"
        )
        np.testing.assert_allclose(alone[number, 0], views[number, 3], rtol=1e-3, atol=1e-5)


def test_many_batches_come_in_order_and_a_photo_may_come_twice(
    part, photo_files, tmp_path, monkeypatch
):
    in_one = frozen_parts.extract(part, photo_files, views=3, cache=tmp_path / "one")
    monkeypatch.setattr(frozen_parts, "BATCH", 2)
    twice = [photo_files[0], photo_files[0], *photo_files]
    in_many = frozen_parts.extract(part, twice, views=3, cache=tmp_path / "many")
    np.testing.assert_allclose(in_many[:, 2:], in_one, rtol=1e-3, atol=1e-5)
    np.testing.assert_allclose(in_many[:, :2], in_one[:, [0, 0]], rtol=1e-3, atol=1e-5)


def test_a_bad_photo_among_many_is_named_and_the_threads_end(
    part, photo_files, tmp_path, monkeypatch
):
    monkeypatch.setattr(frozen_parts, "BATCH", 2)
    bad = tmp_path / "bad.jpg"
    bad.write_bytes(b"no photo")
    before = threading.active_count()
    with pytest.raises(images.BadPhotoError, match=r"bad\.jpg"):
        frozen_parts.extract(part, [*photo_files[:7], bad, *photo_files[7:]], cache=tmp_path)
    assert threading.active_count() == before


def test_what_is_too_large_for_memory_is_read_from_a_file(
    part, photo_files, tmp_path, monkeypatch
):
    expected = frozen_parts.extract(part, photo_files, views=2, cache=tmp_path)
    monkeypatch.setattr(atomic, "MEMORY_BYTES", expected.nbytes - 1)
    found = frozen_parts.extract(part, photo_files, views=2, cache=tmp_path)
    assert isinstance(found, np.memmap)
    assert np.array_equal(found, expected)


def test_what_the_cache_spares_is_what_it_took_before(part, photo_files, tmp_path):
    with cached_seconds.collected() as first:
        frozen_parts.extract(part, photo_files, cache=tmp_path)
    with cached_seconds.collected() as second:
        frozen_parts.extract(part, photo_files[:6], cache=tmp_path)
    store = frozen_parts.Store(tmp_path / part.identity[:24])
    assert first == [0]
    assert second == [pytest.approx(6 * store.seconds_per_photo())]
    assert second[0] > 0
    (store.folder / frozen_parts.TIMES).write_text("broken")
    assert store.seconds_per_photo() == 0


def test_a_cache_that_cannot_be_written_is_no_trouble(part, photo_files, tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    expected = frozen_parts.extract(part, photo_files, cache=tmp_path / "good")
    found = frozen_parts.extract(part, photo_files, cache=tmp_path / "file")
    assert np.array_equal(found, expected)

    def full(path, content):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(frozen_parts.atomic, "write_whole", full)
    found = frozen_parts.extract(part, photo_files, cache=tmp_path / "full")
    assert np.array_equal(found, expected)
