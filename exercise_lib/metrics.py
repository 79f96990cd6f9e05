"""Numbers from arrays."""

import numpy as np


def accuracy(predicted, labels):
    """Return the share of right predictions, in [0, 1].

    Args:
        predicted: int array (photos,); a value that is no label counts as wrong.
        labels: int array (photos,).

    Raises:
        ValueError: the two differ in length, or are empty.
    """
    predicted, labels = np.asarray(predicted), np.asarray(labels)
    if predicted.shape != labels.shape or labels.size == 0:
        raise ValueError(
            f"accuracy needs one prediction for each photo: found predictions of shape "
            f"{predicted.shape} and labels of shape {labels.shape}."
        )
    return float(np.mean(predicted == labels))


def top_k_accuracy(probabilities, labels, k=5):
    """Return the share of photos whose label is among the k most probable classes, in [0, 1].

    Args:
        probabilities: float array (photos, classes).
        labels: int array (photos,).
        k: Number of classes looked at.
    """
    best = np.argsort(np.asarray(probabilities), axis=1)[:, -k:]
    return float(np.mean(np.any(best == np.asarray(labels)[:, np.newaxis], axis=1)))


def confusion_matrix(predicted, labels, classes):
    """Count how often each class was given which answer.

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
