"""Approach 1, `as_is`: the pretrained model with its own classes, given new names.

Each ImageNet class is mapped to the target class that it most often meant on
the training photos. Nothing is trained; a class never seen there maps to nothing.
"""

import os
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from exercise_lib.approaches import frozen_parts
from exercise_lib.datasets import PhotoSet
from exercise_lib.models.pretrained import Pretrained

UNKNOWN = -1


@dataclass(frozen=True)
class AsIs:
    """Approach 1, fitted: only the names of the classes are translated.

    Attributes:
        pretrained: The Pretrained.
        mapping: dict from ImageNet class to label.
        crop: Share of a photo's sides to use; see images.load_photo.
    """

    pretrained: Pretrained
    mapping: dict[int, int]
    crop: float
    trainable_weights = 0

    @classmethod
    def fit(
        cls, pretrained: Pretrained, dataset: PhotoSet, seed: int = 0, crop: float = 1.0
    ) -> Self:
        """Map classes on the training photos; nothing is drawn, so the seed changes nothing."""
        predicted = _imagenet_classes(pretrained, dataset.train.files, crop)
        return cls(pretrained, learn_mapping(predicted, dataset.train.labels), crop)

    def predict(self, files: Sequence[str | os.PathLike]) -> np.ndarray:
        """Return labels for photo files, int array (photos,); UNKNOWN where none fits."""
        return apply_mapping(self.mapping, _imagenet_classes(self.pretrained, files, self.crop))


def _imagenet_classes(
    pretrained: Pretrained, files: Sequence[str | os.PathLike], crop: float
) -> np.ndarray:
    return frozen_parts.probabilities_of(pretrained, files, crop).argmax(axis=1)


def learn_mapping(predicted_classes: np.ndarray, labels: np.ndarray) -> dict[int, int]:
    """Map each predicted ImageNet class to the label that it most often meant.

    Args:
        predicted_classes: int array (photos,), ImageNet classes.
        labels: int array (photos,), target classes of the same photos.

    Returns:
        dict from ImageNet class to label. If labels are equally
        frequent, the smallest wins.
    """
    counts: defaultdict[int, Counter[int]] = defaultdict(Counter)
    for predicted, label in zip(predicted_classes, labels, strict=True):
        counts[int(predicted)][int(label)] += 1
    return {
        predicted: max(sorted(meant), key=meant.__getitem__) for predicted, meant in counts.items()
    }


def apply_mapping(mapping: Mapping[int, int], predicted_classes: np.ndarray) -> np.ndarray:
    """Translate ImageNet classes to labels.

    Args:
        mapping: dict from `learn_mapping`.
        predicted_classes: int array (photos,), ImageNet classes.

    Returns:
        int array (photos,); UNKNOWN (-1) where the mapping has no answer.
    """
    return np.array([mapping.get(int(predicted), UNKNOWN) for predicted in predicted_classes])
