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
