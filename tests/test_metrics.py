"""Numbers from arrays."""

import numpy as np
import pytest

from exercise_lib import metrics


def test_accuracy_is_the_share_of_equal_entries():
    assert metrics.accuracy([1, -1, 2, 0], [1, 0, 2, 2]) == 0.5


def test_accuracy_refuses_other_lengths_and_nothing():
    with pytest.raises(ValueError, match="one prediction for each photo"):
        metrics.accuracy([1, 2], [1])
    with pytest.raises(ValueError, match="one prediction for each photo"):
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
