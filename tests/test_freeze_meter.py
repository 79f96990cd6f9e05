"""The freeze meter: what moved is told, what did not is not."""

import keras
import numpy as np
import pytest

from exercise_lib.models import freeze_meter
from exercise_lib.models.freeze_meter import FreezeMeter, relative_change

pytestmark = pytest.mark.slow


@pytest.fixture
def model():
    keras.utils.set_random_seed(0)
    return keras.Sequential(
        [
            keras.Input((6, 6, 3)),
            keras.layers.Conv2D(4, 3, name="lower"),
            keras.layers.BatchNormalization(name="norm"),
            keras.layers.Dropout(0.1, name="drop"),
            keras.layers.GlobalAveragePooling2D(),
            keras.layers.Dense(2, activation="softmax", name="head"),
        ]
    )


def train(model):
    model.compile("sgd", "sparse_categorical_crossentropy")
    photos = np.random.default_rng(0).normal(2, 1, (8, 6, 6, 3)).astype("float32")
    model.fit(photos, np.arange(8) % 2, verbose=0)


def meter_of(model):
    names = ("lower", "norm", "drop", "head")
    return FreezeMeter({name: model.get_layer(name) for name in names})


def test_a_frozen_part_does_not_move_and_the_head_does(model):
    for name in ("lower", "norm"):
        model.get_layer(name).trainable = False
    with meter_of(model) as meter:
        train(model)
    assert meter.moved["lower"] == (0, None)
    assert meter.moved["norm"] == (0, 0)
    assert meter.moved["head"][0] > 0


def test_statistics_move_without_a_gradient(model):
    with meter_of(model) as meter:
        train(model)
    assert meter.moved["norm"][1] > 0.01


def test_random_layers_have_neither_weights_nor_statistics(model):
    with meter_of(model) as meter:
        train(model)
    assert meter.moved["drop"] == (None, None)


def test_several_layers_make_one_part(model):
    with FreezeMeter({"all": model.layers}) as meter:
        train(model)
    assert meter.moved["all"][0] > 0


def test_the_change_is_a_share_of_the_length():
    before, after = (
        [np.array([3.0, 0.0]), np.array([4.0])],
        [np.array([3.0, 0.3]), np.array([3.6])],
    )
    assert relative_change(before, after) == pytest.approx(0.1)
    assert relative_change([], []) is None


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (None, "has none"),
        (0, "not at all"),
        (0.0001, "under 0.1 %"),
        (0.0149, "1.5 %"),
        (0.7671, "76.7 %"),
    ],
)
def test_a_share_in_words(share, text):
    assert freeze_meter._percent(share) == text


def test_it_is_shown_in_words(model, capsys):
    model.get_layer("lower").trainable = False
    with meter_of(model) as meter:
        train(model)
    meter.show()
    lines = capsys.readouterr().out.splitlines()
    assert lines[1].split() == ["lower", "not", "at", "all", "has", "none"]
    assert "%" in lines[4]
