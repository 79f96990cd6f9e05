"""The eyes for what a training did: what was learned from, what was watched, how."""

import keras
import numpy as np
import pytest

from exercise_lib.exercises import practice

pytestmark = pytest.mark.slow

LOSS = "sparse_categorical_crossentropy"


def model_and_data(frozen_base=False):
    model, data = practice.small_classifier(frozen_base=frozen_base), practice.some_splits()
    model.compile("adam", LOSS, metrics=["accuracy"])
    return model, data


def test_a_training_as_it_should_be():
    model, data = model_and_data(frozen_base=True)
    history = model.fit(*data["train"], 5, 2, 0, validation_data=data["validation"])
    assert practice.learned_from(model) == ["train"]
    assert practice.watched(model) == ["validation"]
    assert practice.seen(model) == ["train", "validation"]
    assert practice.epochs(model, history) == 2
    assert practice.moved(model) == ["head"]
    assert practice.is_quiet(model)
    assert practice.began_as_it_was(model)


def test_many_epochs_are_asked_for_and_a_few_are_run():
    model, data = model_and_data()
    history = model.fit(*data["train"], epochs=100, verbose=0)
    assert len(history.epoch) == practice.MOST_EPOCHS
    assert practice.epochs(model, history) == 100
    assert practice.watched(model) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda x, y: (x[1:], y[1:]), "train, but not all of it in each epoch"),
        (lambda x, y: (x, y[::-1]), "train, with other labels"),
        (lambda x, y: (x / 255, y), "photos of no split"),
        (lambda x, y: (x, y, np.linspace(0, 1, len(x))), "train, some photos with more weight"),
        (
            lambda x, y: (np.concatenate([x, x]), np.concatenate([y, y])),
            "train, some photos more than once in an epoch",
        ),
    ],
)
def test_what_is_said_of_a_training_on_other_photos(change, said):
    model, data = model_and_data()
    x, y, *weights = change(*data["train"])
    model.fit(x, y, sample_weight=weights[0] if weights else None, verbose=0)
    assert practice.learned_from(model) == [said]


def test_photos_are_seen_wherever_they_go_through_the_model():
    model, data = model_and_data()
    model.fit(*data["train"], verbose=0)
    model.predict(data["test"][0], verbose=0)
    assert practice.seen(model) == ["train", "test"]
    assert practice.watched(model) == []  # That was not in `fit`.


def test_looking_at_loss_and_accuracy_leaves_no_trace():
    model, _ = model_and_data()
    assert practice.has_right_loss(model)
    assert practice.measures_accuracy(model)
    assert practice.seen(model) == practice.learned_from(model) == []


@pytest.mark.parametrize(
    "metric", ["acc", "sparse_categorical_accuracy", keras.metrics.SparseCategoricalAccuracy()]
)
def test_accuracy_in_every_spelling(metric):
    model = practice.small_classifier()
    model.compile("adam", keras.losses.SparseCategoricalCrossentropy(), metrics=[metric])
    assert practice.has_right_loss(model)
    assert practice.measures_accuracy(model)


@pytest.mark.parametrize("metrics", [None, [], [keras.metrics.Accuracy()], [LOSS]])
def test_other_metrics_are_no_accuracy_nor_are_those_of_an_earlier_compile(metrics):
    model, _ = model_and_data()
    model.compile("adam", LOSS, metrics=metrics)
    assert not practice.measures_accuracy(model)


@pytest.mark.parametrize("loss", ["mse", "categorical_crossentropy", "poisson"])
def test_other_losses_are_not_the_right_one(loss):
    model = practice.small_classifier()
    model.compile("adam", loss)
    assert not practice.has_right_loss(model)


def test_trainable_is_handed_down_also_where_it_does_not_change():
    model = practice.small_classifier(frozen_base=True)
    assert model.trainable
    assert not model.layers[0].trainable
    model.trainable = True
    assert model.layers[0].trainable


def test_the_learning_rate():
    model = practice.small_classifier()
    model.compile(keras.optimizers.Adam(0.5), LOSS)
    assert practice.learning_rate(model) == 0.5
    model.compile(keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(0.5, 9)), LOSS)
    assert "schedule" in practice.learning_rate(model)
