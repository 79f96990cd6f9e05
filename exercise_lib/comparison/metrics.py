"""Compute metrics from arrays."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import keras


def accuracy(predicted: np.ndarray, labels: np.ndarray) -> float:
    """Return the share of correct predictions, in [0, 1].

    Args:
        predicted: int array (photos,); a value that is not a label counts as wrong.
        labels: int array (photos,).

    Raises:
        ValueError: the two differ in length, or are empty.
    """
    predicted, labels = np.asarray(predicted), np.asarray(labels)
    if predicted.shape != labels.shape or labels.size == 0:
        raise ValueError(
            f"accuracy needs one prediction per photo: found predictions of shape "
            f"{predicted.shape} and labels of shape {labels.shape}."
        )
    return float(np.mean(predicted == labels))


def top_k_accuracy(probabilities: np.ndarray, labels: np.ndarray, k: int = 5) -> float:
    """Return the share of photos whose label is among the k most probable classes, in [0, 1].

    Args:
        probabilities: float array (photos, classes).
        labels: int array (photos,).
        k: Number of classes that count.
    """
    best = np.argsort(np.asarray(probabilities), axis=1)[:, -k:]
    return float(np.mean(np.any(best == np.asarray(labels)[:, np.newaxis], axis=1)))


def balanced_accuracy(predicted: np.ndarray, labels: np.ndarray) -> float:
    """Return the mean over the classes of the share correctly classified, in [0, 1].

    Always answering with the most frequent class scores 1 / classes, like
    guessing.

    Args:
        predicted: int array (photos,).
        labels: int array (photos,).
    """
    predicted, labels = np.asarray(predicted), np.asarray(labels)
    return float(
        np.mean([accuracy(predicted[labels == y], labels[labels == y]) for y in np.unique(labels)])
    )


def share_of_largest(labels: np.ndarray) -> float:
    """Return the accuracy of always answering with the most frequent class, in [0, 1]."""
    return float(np.bincount(labels).max() / len(labels))


def is_unequal(labels: np.ndarray) -> bool:
    """Return whether one class has at least twice as many photos as another, or all of them."""
    counts = np.unique(labels, return_counts=True)[1]
    return len(counts) == 1 or bool(counts.max() >= 2 * counts.min())


def confusion_matrix(predicted: np.ndarray, labels: np.ndarray, classes: int) -> np.ndarray:
    """Count how often each class got which answer.

    Args:
        predicted: int array (photos,), in [0, classes).
        labels: int array (photos,), in [0, classes).
        classes: Number of classes.

    Returns:
        int array (classes, classes): a row for each label, a column for each
        prediction.
    """
    matrix = np.zeros((classes, classes), int)
    np.add.at(matrix, (np.asarray(labels), np.asarray(predicted)), 1)
    return matrix


def leep_of_guessing(labels: np.ndarray) -> float:
    """Return the LEEP score of a model that knows nothing: the logarithm of 1 / classes.

    With classes of different sizes it is a little more, because the sizes help.
    """
    shares = np.unique(labels, return_counts=True)[1] / len(labels)
    return float((shares * np.log(shares)).sum())


def leep(probabilities: np.ndarray, labels: np.ndarray) -> float:
    """Score how much a model's classes say about other classes, without any training.

    The mean log probability of each photo's own label if each old class means
    the labels that it occurred with on these photos. 0 is best; a model that
    knows nothing scores `leep_of_guessing`. With few photos the score is too
    high, because it is measured on the photos that were counted.
    Source: Nguyen et al., LEEP: A New Measure to Evaluate Transferability of
    Learned Representations, 2020, section 3 (https://arxiv.org/abs/2002.12462).

    Args:
        probabilities: float array (photos, old classes), from the old model.
        labels: int array (photos,), the new classes, from 0 upwards, each at least once.

    Returns:
        float, at most 0.
    """
    probabilities, labels = np.asarray(probabilities, np.float64), np.asarray(labels)
    together = np.stack(
        [probabilities[labels == label].sum(axis=0) for label in range(labels.max() + 1)]
    )
    meaning = together / together.sum(axis=0)
    return float(np.log((meaning[labels] * probabilities).sum(axis=1)).mean())


def curves_of(
    history: "keras.callbacks.History | Mapping[str, Sequence[float]]",
) -> dict[str, list[float]]:
    """Return the curves of a training, whatever its accuracy metric is called.

    Keras names a curve after the metric: `metrics=["acc"]` makes "acc" and
    "val_acc", `SparseCategoricalAccuracy()` a longer name.

    Args:
        history: What Keras's `fit` returns, or the dict inside it.

    Returns:
        dict with the lists "accuracy" and "loss", one number for each epoch,
        and "val_accuracy" and "val_loss" if validation photos were watched.

    Raises:
        ValueError: no accuracy was measured.
    """
    curves = getattr(history, "history", history)
    name = _accuracy_name([name for name in curves if not name.startswith("val_")])
    if name is None:
        raise ValueError(
            f"This training measured no accuracy, only {', '.join(curves) or 'nothing'}. "
            'Compile the model with metrics=["accuracy"].'
        )
    wanted = {
        f"{split}{known}": f"{split}{own}"
        for split in ("", "val_")
        for known, own in (("accuracy", name), ("loss", "loss"))
    }
    return {
        known: [float(value) for value in curves[own]]
        for known, own in wanted.items()
        if own in curves
    }


def _accuracy_name(names: Sequence[str]) -> str | None:
    """Return the accuracy metric: recognised by its name, or the only one there is."""
    known = [name for name in names if "acc" in name.lower() and "top_k" not in name]
    others = [name for name in names if name not in ("loss", "learning_rate")]
    if known:
        return min(known, key=len)
    return others[0] if len(others) == 1 else None
