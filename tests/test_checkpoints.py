"""Trainings that were interrupted: they go on, and come to the same end."""

import shutil

import keras
import numpy as np
import pytest

from exercise_lib import images
from exercise_lib.approaches import cached_seconds, fine_tuning, from_scratch, resuming

pytestmark = pytest.mark.slow

EPOCHS = 5
STOPPED_AFTER = 3


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("EXERCISE_CACHE", str(tmp_path))
    return tmp_path / "checkpoints"


@pytest.fixture
def few_epochs(monkeypatch):
    monkeypatch.setattr(from_scratch, "choose_epochs", lambda photos: EPOCHS)


@pytest.fixture(autouse=True)
def several_batches(monkeypatch):
    """Let the order of the photos matter."""
    monkeypatch.setattr(from_scratch, "BATCH", 5)
    monkeypatch.setattr(fine_tuning, "BATCH", 5)


@pytest.fixture
def stopped(monkeypatch):
    """Stop a training as Ctrl-C does, once, in its fourth epoch."""
    keep = resuming.Checkpoint.on_epoch_end
    left = [STOPPED_AFTER]

    def keep_and_stop(self, epoch, logs=None):
        if left[0] == 0:
            left[0] = None
            raise KeyboardInterrupt
        if left[0]:
            left[0] -= 1
        keep(self, epoch, logs)

    monkeypatch.setattr(resuming.Checkpoint, "on_epoch_end", keep_and_stop)


def train_from_scratch(pretrained, photo_files, photo_labels):
    keras.utils.set_random_seed(0)
    model = from_scratch.build_model(pretrained, classes=2)
    curves = from_scratch.train(model, photo_files, photo_labels, (32, 32))
    return model.get_weights(), curves


BOUNDARY, CHANNELS = "dropout16", 16


def maps_at_boundary():
    return np.random.default_rng(0).random((2, 12, 8, 8, CHANNELS), np.float32)


def train_from_boundary(pretrained, maps, photo_labels):
    keras.utils.set_random_seed(0)
    head = keras.Sequential([keras.Input((32,)), keras.layers.Dense(2, "softmax")])
    model = fine_tuning.build_upper(pretrained, head, BOUNDARY)
    losses = fine_tuning.train(model, maps, photo_labels, epochs=EPOCHS)
    return model.get_weights(), losses


def assert_same(first, second):
    for one, other in zip(first, second, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-5)


@pytest.fixture
def trained(tiny_pretrained, photo_files, photo_labels, few_epochs):
    return train_from_scratch(tiny_pretrained, photo_files, photo_labels)


def test_from_scratch_goes_on_to_the_same_end(
    trained, stopped, tiny_pretrained, photo_files, photo_labels, cache, capsys
):
    with pytest.raises(KeyboardInterrupt):
        train_from_scratch(tiny_pretrained, photo_files, photo_labels)
    assert len(list(cache.iterdir())) == 1
    with cached_seconds.collected() as spared:
        weights, curves = train_from_scratch(tiny_pretrained, photo_files, photo_labels)
    assert f"training after epoch {STOPPED_AFTER}." in capsys.readouterr().out
    assert sum(spared) > 0
    assert_same(weights, trained[0])
    np.testing.assert_allclose(curves["loss"], trained[1]["loss"], rtol=1e-4)
    assert list(cache.iterdir()) == []


def test_fine_tuning_goes_on_to_the_same_end(
    tiny_pretrained, photo_labels, cache, capsys, request
):
    weights, losses = train_from_boundary(tiny_pretrained, maps_at_boundary(), photo_labels)
    request.getfixturevalue("stopped")
    with pytest.raises(KeyboardInterrupt):
        train_from_boundary(tiny_pretrained, maps_at_boundary(), photo_labels)
    again, losses_again = train_from_boundary(tiny_pretrained, maps_at_boundary(), photo_labels)
    assert f"training after epoch {STOPPED_AFTER}." in capsys.readouterr().out
    assert_same(weights, again)
    np.testing.assert_allclose(losses, losses_again, rtol=1e-4)
    assert list(cache.iterdir()) == []


def test_a_changed_photo_is_another_training(
    stopped, tiny_pretrained, photo_files, photo_labels, few_epochs, tmp_path, capsys
):
    copies = [shutil.copy2(file, tmp_path / file.name) for file in photo_files]
    with pytest.raises(KeyboardInterrupt):
        train_from_scratch(tiny_pretrained, copies, photo_labels)
    shutil.copy(copies[3], copies[5])
    train_from_scratch(tiny_pretrained, copies, photo_labels)
    assert "Resuming" not in capsys.readouterr().out


def test_changed_maps_are_another_training(stopped, tiny_pretrained, photo_labels, capsys):
    maps = maps_at_boundary()
    with pytest.raises(KeyboardInterrupt):
        train_from_boundary(tiny_pretrained, maps, photo_labels)
    maps[0, 7] += 0.1
    train_from_boundary(tiny_pretrained, maps, photo_labels)
    assert "Resuming" not in capsys.readouterr().out


def test_what_could_not_be_saved_is_not_lost(tiny_pretrained, photo_labels, cache, capsys):
    with pytest.raises(OSError, match="full"), resuming.kept_until_saved():
        train_and_fail_to_save(tiny_pretrained, photo_labels)
    assert len(list(cache.iterdir())) == 1
    with resuming.kept_until_saved():
        train_from_boundary(tiny_pretrained, maps_at_boundary(), photo_labels)
        assert f"training after epoch {EPOCHS}." in capsys.readouterr().out
    assert list(cache.iterdir()) == []


def train_and_fail_to_save(pretrained, photo_labels):
    train_from_boundary(pretrained, maps_at_boundary(), photo_labels)
    raise OSError("the disk is full")


def test_a_photo_that_is_gone_is_one_sentence(tiny_pretrained, photo_files, photo_labels):
    gone = [*photo_files[:-1], photo_files[0].with_name("gone.jpg")]
    with pytest.raises(images.BadPhotoError, match=r"gone\.jpg cannot be read"):
        train_from_scratch(tiny_pretrained, gone, photo_labels)


def test_a_damaged_file_is_nothing_to_go_on_from(
    trained, stopped, tiny_pretrained, photo_files, photo_labels, cache, capsys
):
    with pytest.raises(KeyboardInterrupt):
        train_from_scratch(tiny_pretrained, photo_files, photo_labels)
    [kept] = cache.iterdir()
    kept.write_bytes(kept.read_bytes()[:1000])
    weights, _ = train_from_scratch(tiny_pretrained, photo_files, photo_labels)
    assert "Resuming" not in capsys.readouterr().out
    assert_same(weights, trained[0])


def test_a_full_disk_stops_no_training(
    trained, tiny_pretrained, photo_files, photo_labels, cache, monkeypatch
):
    def full(*arguments, **values):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "savez", full)
    weights, _ = train_from_scratch(tiny_pretrained, photo_files, photo_labels)
    assert_same(weights, trained[0])
    assert list(cache.iterdir()) == []
