"""Approach 3a, `feature_extraction`: the weights are kept and frozen; only a head is trained.

The features are made comparable first: a root, so that a few strong channels do not drown the
others; minus their mean; and divided by their length. Then the best linear head under a penalty
has a closed form, and so, nearly, do its predictions for each photo when that photo is left out:
they choose the penalty, and say how confident the head may be. Nothing is random, and it takes
milliseconds.

Sources: the root: Perronnin et al., Improving the Fisher Kernel, 2010, section 3.2
(https://doi.org/10.1007/978-3-642-15561-1_11); mean and length: Wang et al., SimpleShot, 2019
(https://arxiv.org/abs/1911.04623); leaving one out: Hastie et al., The Elements of Statistical
Learning, 2nd edition 2009, section 7.10; the temperature: Guo et al., On Calibration of Modern
Neural Networks, 2017 (https://arxiv.org/abs/1706.04599).
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import keras
import numpy as np

from exercise_lib.approaches import frozen_parts
from exercise_lib.approaches.fitted import FittedNetwork, count_trainable
from exercise_lib.datasets import PhotoSet
from exercise_lib.models.pretrained import Pretrained

# Keeps the slope of the root finite at 0, for fine-tuning; features are about 0.1 to 1.
SOFT = 0.01
# Tried for each head, times the mean squared length of its features.
PENALTIES = np.logspace(-3, 1, 21)
TEMPERATURES = np.geomspace(1, 20, 31)
# If a class has fewer than 3 photos, leaving one out says little about it: then these are used,
# chosen on validation photos of three sets (tests/benchmarks/head.py).
FEW, PENALTY_OF_FEW, TEMPERATURE_OF_FEW = 3, 1.0, 6.0
VIEWS, MAX_VIEWS = 8, 960  # That a head learns from: per photo, and in total.


class FeatureExtraction(FittedNetwork):
    """Approach 3a, fitted: the unchanged base model, and a new head."""

    @classmethod
    def fit(
        cls, pretrained: Pretrained, dataset: PhotoSet, seed: int = 0, crop: float = 1.0
    ) -> Self:
        """Fit a head to the features; nothing is drawn, so the seed changes nothing."""
        head = head_for(pretrained, dataset, crop)
        trainable = count_trainable(head)
        return cls(pretrained, dataset.class_names, crop, pretrained.base_model, head, trainable)

    def predict(self, files: Sequence[str | os.PathLike]) -> np.ndarray:
        """Return labels for photo files, int array (photos,)."""
        values = features_of(self.pretrained, files, self.crop)
        return self.head.predict(values, verbose=0).argmax(axis=1)


def head_for(pretrained: Pretrained, dataset: PhotoSet, crop: float = 1.0) -> keras.Model:
    """Return a head fitted to the features of a data set's training photos."""
    values = features_to_learn_from(pretrained, dataset.train.files, crop)
    return train_head(values, dataset.train.labels, len(dataset.class_names))


@dataclass(frozen=True)
class FittedHead:
    """A head, and its predictions for each training photo when that photo is left out.

    Attributes:
        model: keras.Model, features (batch, dim) to probabilities (batch, classes).
        left_out: float array (photos, classes), probabilities.
        penalty: The one chosen from PENALTIES.
        temperature: Factor for the scores of the classes (Guo et al. divide by theirs).
    """

    model: keras.Model
    left_out: np.ndarray
    penalty: float
    temperature: float


def build_head(mean: np.ndarray, kernel: np.ndarray, bias: np.ndarray) -> keras.Model:
    """Build a head of plain layers: features (batch, dim) to probabilities (batch, classes).

    Args:
        mean: float array (dim,), mean of the roots of the features.
        kernel: float array (dim, classes).
        bias: float array (classes,).
    """
    inputs = keras.Input((len(mean),))
    x = inputs / keras.ops.sqrt(keras.ops.abs(inputs) + SOFT)
    x = keras.layers.Rescaling(1.0, offset=(-mean).tolist(), name="minus_mean")(x)
    x = keras.layers.UnitNormalization(name="length_1")(x)
    # Zeros, so that nothing is drawn for weights that are replaced anyway.
    head = keras.layers.Dense(
        len(bias), activation="softmax", kernel_initializer="zeros", name="head"
    )
    model = keras.Model(inputs, head(x), name="comparable_head")
    head.set_weights([kernel, bias])
    return model


def train_head(train_features: np.ndarray, labels: np.ndarray, classes: int) -> keras.Model:
    """Return the model of `fit_head`."""
    return fit_head(train_features, labels, classes).model


def fit_head(train_features: np.ndarray, labels: np.ndarray, classes: int) -> FittedHead:
    """Compute the best linear head on comparable features.

    Args:
        train_features: float array (photos, dim), or (views, photos, dim): all
            views of a photo are learned from, or left out, together.
        labels: int array (photos,).
        classes: Number of classes.

    Returns:
        FittedHead.
    """
    views = np.asarray(train_features, np.float64).reshape(-1, len(labels), _dim(train_features))
    roots = views / np.sqrt(np.abs(views) + SOFT)
    mean = roots.mean(axis=(0, 1))
    values = _with_length_1(roots - mean).reshape(-1, len(mean))
    targets = np.tile(np.eye(classes)[labels], (len(views), 1))
    middle, prior = values.mean(axis=0), targets.mean(axis=0)
    solver = _Ridge(values - middle, targets - prior, len(views))
    few = np.bincount(labels, minlength=classes).min() < FEW
    penalty = PENALTY_OF_FEW if few else min(PENALTIES, key=solver.error)
    kernel = solver.kernel(penalty)
    scores = targets[: len(labels)] - solver.residuals(penalty)[: len(labels)]
    temperature = TEMPERATURE_OF_FEW if few else _temperature(scores, labels)
    model = build_head(mean, temperature * kernel, temperature * (prior - middle @ kernel))
    return FittedHead(model, _softmax(temperature * scores), penalty, temperature)


class _Ridge:
    """Linear regression of centred targets on centred values under any penalty.

    Rows are views of photos: the views of one photo are as many rows apart as there are photos.
    """

    def __init__(self, values: np.ndarray, targets: np.ndarray, views: int) -> None:
        self.values, self.targets, self.views = values, targets, views
        self.scale = np.square(values).sum() / len(values)
        # The smaller of the two products is enough.
        if len(values) <= values.shape[1]:
            squares, self.left = np.linalg.eigh(values @ values.T)
        else:
            squares, right = np.linalg.eigh(values.T @ values)
            self.left = values @ right / np.sqrt(np.maximum(squares, squares.max() * 1e-12))
        kept = squares > squares.max() * 1e-10
        self.left, self.squares = self.left[:, kept], squares[kept]
        self.parts = self.left.T @ targets

    def _shares(self, penalty: float) -> np.ndarray:
        return self.squares / (self.squares + penalty * self.scale)

    def kernel(self, penalty: float) -> np.ndarray:
        """Return the coefficients (dim, classes)."""
        shares = self._shares(penalty) / self.squares
        return self.values.T @ (self.left @ (shares[:, None] * self.parts))

    def residuals(self, penalty: float) -> np.ndarray:
        """Return target minus prediction for each row, with all views of its photo left out.

        No refit is needed: what a group of rows adds to its own predictions is known.
        Source: the block form of Hastie et al., equation 7.64.
        """
        shares = self._shares(penalty)
        found = self.targets - self.left @ (shares[:, None] * self.parts)
        rows = self.left.reshape(self.views, -1, self.left.shape[1])
        own = np.einsum("ink,jnk,k->nij", rows, rows, shares, optimize=True)
        blocks = np.eye(self.views) - own - 1 / len(self.values)  # The mean contributes, too.
        by_photo = found.reshape(self.views, -1, found.shape[1]).swapaxes(0, 1)
        return np.linalg.solve(blocks, by_photo).swapaxes(0, 1).reshape(found.shape)

    def error(self, penalty: float) -> float:
        """Return the mean squared residual with each photo left out."""
        return np.square(self.residuals(penalty)).mean()


def _dim(train_features: np.ndarray) -> int:
    return np.shape(train_features)[-1]


def _with_length_1(values: np.ndarray) -> np.ndarray:
    return values / np.maximum(np.linalg.norm(values, axis=-1, keepdims=True), 1e-9)


def _temperature(scores: np.ndarray, labels: np.ndarray) -> float:
    """Return the temperature at which the probabilities of the true classes are highest."""

    def surprise(temperature: float) -> float:
        own = _softmax(temperature * scores)[np.arange(len(labels)), labels]
        return -np.log(np.maximum(own, 1e-12)).mean()

    return min(TEMPERATURES, key=surprise)


def _softmax(scores: np.ndarray) -> np.ndarray:
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def features_of(
    pretrained: Pretrained, files: Sequence[str | os.PathLike], crop: float = 1.0
) -> np.ndarray:
    """Return the features (photos, dim) of photos, from the cache where possible.

    Args:
        pretrained: A Pretrained.
        files: Paths of the photos.
        crop: Share of their sides to use; see images.load_photo.
    """
    return frozen_parts.extract(frozen_parts.pooled_base(pretrained, crop), files)[0]


def choose_views(photos: int) -> int:
    """Return how many views of each photo a head learns from, given the number of photos."""
    return min(VIEWS, max(1, MAX_VIEWS // photos))


def features_to_learn_from(
    pretrained: Pretrained,
    files: Sequence[str | os.PathLike],
    crop: float = 1.0,
    views: int | None = None,
) -> np.ndarray:
    """Return the features (views, photos, dim) of several views of each photo.

    The first is the photo itself, the second its mirror image, the others are
    random (see images.random_view).

    Args:
        pretrained: A Pretrained.
        files: Paths of the photos.
        crop: Share of their sides to use; see images.load_photo.
        views: How many; None uses `choose_views`.
    """
    views = views or choose_views(len(files))
    found = frozen_parts.extract(
        frozen_parts.pooled_base(pretrained, crop), files, max(1, views - 1)
    )
    if views == 1:
        return found
    mirrored = frozen_parts.extract(
        frozen_parts.pooled_base(pretrained, crop, mirrored=True), files
    )
    return np.concatenate([found[:1], mirrored, found[1:]])
