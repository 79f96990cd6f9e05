"""Approach 1, `as_is`: the pretrained model with its own classes, given new names.

Each ImageNet class is mapped to the target class that it most often meant on
the training photos. Nothing learns; a class never seen there means nothing.
"""

from collections import Counter, defaultdict

import numpy as np

UNKNOWN = -1


def learn_mapping(predicted_classes, labels):
    """Map each predicted ImageNet class to the label that it most often meant.

    Args:
        predicted_classes: int array (photos,), ImageNet classes.
        labels: int array (photos,), target classes of the same photos.

    Returns:
        dict from ImageNet class to label. Of equally frequent labels the
        smallest is taken.
    """
    counts = defaultdict(Counter)
    for predicted, label in zip(predicted_classes, labels, strict=True):
        counts[int(predicted)][int(label)] += 1
    return {predicted: max(sorted(meant), key=meant.get) for predicted, meant in counts.items()}


def apply_mapping(mapping, predicted_classes):
    """Translate ImageNet classes to labels.

    Args:
        mapping: dict from `learn_mapping`.
        predicted_classes: int array (photos,), ImageNet classes.

    Returns:
        int array (photos,); UNKNOWN (-1) where the mapping has no answer.
    """
    return np.array([mapping.get(int(predicted), UNKNOWN) for predicted in predicted_classes])
