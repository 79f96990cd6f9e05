"""Numbers from arrays."""

import types

import numpy as np
import pytest

from exercise_lib.comparison import metrics


def test_accuracy_is_the_share_of_equal_entries():
    assert metrics.accuracy([1, -1, 2, 0], [1, 0, 2, 2]) == 0.5


def test_accuracy_refuses_other_lengths_and_nothing():
    with pytest.raises(ValueError, match="one prediction per photo"):
        metrics.accuracy([1, 2], [1])
    with pytest.raises(ValueError, match="one prediction per photo"):
        metrics.accuracy([], [])


def test_top_k_accuracy():
    probabilities = np.array([[0.5, 0.3, 0.2], [0.1, 0.2, 0.7]])
    assert metrics.top_k_accuracy(probabilities, [1, 0], k=1) == 0
    assert metrics.top_k_accuracy(probabilities, [1, 0], k=2) == 0.5
    assert metrics.top_k_accuracy(probabilities, [1, 0], k=3) == 1


def test_leep_is_zero_where_the_old_classes_are_the_new_ones():
    assert metrics.leep([[1, 0, 0], [0, 1, 0], [0, 0, 1]], [0, 1, 2]) == pytest.approx(0)


def test_leep_is_that_of_guessing_where_the_old_classes_tell_nothing():
    assert metrics.leep(np.full((6, 4), 0.25), [0, 0, 1, 1, 2, 2]) == pytest.approx(-np.log(3))


def test_leep_step_by_step():
    probabilities = np.array([[0.9, 0.1], [0.4, 0.6]])
    expected = [np.log(0.9**2 / 1.3 + 0.1**2 / 0.7), np.log(0.4**2 / 1.3 + 0.6**2 / 0.7)]
    assert metrics.leep(probabilities, [0, 1]) == pytest.approx(np.mean(expected))


def test_the_leep_of_guessing():
    assert metrics.leep_of_guessing([0, 0, 1, 1]) == pytest.approx(-np.log(2))
    assert metrics.leep_of_guessing([0] * 99 + [1]) == pytest.approx(-0.056, abs=1e-3)


def test_balanced_accuracy_of_always_the_same_answer():
    assert metrics.balanced_accuracy([0] * 100, [0] * 95 + [1] * 5) == 0.5
    assert metrics.balanced_accuracy([0, 1, 1], [0, 1, 1]) == 1.0


@pytest.mark.parametrize(
    "name", ["accuracy", "acc", "ACCURACY", "sparse_categorical_accuracy", "share_right"]
)
def test_curves_under_any_name_of_the_accuracy(name):
    history = {name: [0.5], "loss": [2.0], f"val_{name}": [0.25], "val_loss": [3.0]}
    expected = {"accuracy": [0.5], "loss": [2.0], "val_accuracy": [0.25], "val_loss": [3.0]}
    assert metrics.curves_of(history) == expected
    assert metrics.curves_of(types.SimpleNamespace(history=history)) == expected


def test_curves_where_nothing_was_watched_or_more_was_measured():
    history = {"acc": [1], "sparse_top_k_categorical_accuracy": [0], "mse": [9], "loss": [2]}
    assert metrics.curves_of(history) == {"accuracy": [1.0], "loss": [2.0]}


@pytest.mark.parametrize("history", [{}, {"loss": [1.0]}, {"loss": [1], "mse": [1], "mae": [1]}])
def test_curves_without_an_accuracy_are_refused(history):
    with pytest.raises(ValueError, match='metrics=\\["accuracy"\\]'):
        metrics.curves_of(history)


def test_curves_of_a_training():
    import keras

    for metric in ("accuracy", "acc", keras.metrics.SparseCategoricalAccuracy()):
        model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(2, "softmax")])
        model.compile(loss="sparse_categorical_crossentropy", metrics=[metric], run_eagerly=True)
        inputs, labels = np.eye(2), np.array([0, 1])
        history = model.fit(inputs, labels, validation_data=(inputs, labels), epochs=2, verbose=0)
        curves = metrics.curves_of(history)
        assert sorted(curves) == ["accuracy", "loss", "val_accuracy", "val_loss"]
        assert all(len(curve) == 2 for curve in curves.values())


def test_unequal_classes_are_noticed():
    equal, unequal = np.array([0, 0, 1, 1, 1]), np.array([0, 1, 1, 1, 1])
    assert not metrics.is_unequal(equal)
    assert metrics.is_unequal(unequal)
    assert metrics.is_unequal(np.array([2, 2]))
    assert metrics.share_of_largest(unequal) == 0.8
