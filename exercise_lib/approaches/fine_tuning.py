"""Approach 3b, `fine_tuning`: after feature extraction, the upper part of the base learns too.

A head first and the base afterwards: what a new head does not know yet would distort the features.
Source: Kumar et al., Fine-Tuning can Distort Pretrained Features, 2022
(https://arxiv.org/abs/2202.10054), who call it linear probing, then fine-tuning.

Training runs from the freeze boundary: what the frozen lower part gives is
computed once for each view of a photo, and each step runs only what is above.
"""

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import keras
import numpy as np

from exercise_lib import progress
from exercise_lib.approaches import feature_extraction, frozen_parts, resuming, training
from exercise_lib.approaches.fitted import FittedNetwork, count_trainable
from exercise_lib.datasets import PhotoSet
from exercise_lib.models import surgery
from exercise_lib.models.pretrained import Pretrained

LEARNING_RATE = 5e-4  # The highest one; the rate rises to it and falls to zero.
WEIGHT_DECAY = 1e-2
BATCH = 32
VIEWS, MAX_VIEWS = 8, 1600  # Of each photo, and of all together.
# Many photos make many steps in each epoch, so they need fewer epochs.
STEPS = 110
MIN_EPOCHS, MAX_EPOCHS = 6, 16
LEARNING_SHARE = 0.35
# How far from the start (0) to the end (1) of the training the weights are put in the end: so
# tuning keeps most of what it gains, and hardly ever loses to the head that it starts from.
# Source of weights between both: Wortsman et al., Robust Fine-Tuning, 2022
# (https://arxiv.org/abs/2109.01903). Chosen on validation photos of four sets, 5 to 80 photos of
# each class: tests/benchmarks/README.md.
KEPT_SHARE = 0.6
UPPER, HEAD = "upper", "comparable_head"  # Names of the parts of what learns.
LEARNING_SCALE = 0.89  # Of the side of a photo; see `choose_learning_size`.


@dataclass(frozen=True)
class FineTuning(FittedNetwork):
    """Approach 3b, fitted: first a head, then the upper part of the base model with it.

    Attributes:
        boundary: Name of the cut point above which the base model learned.
        upper: keras.Model, feature maps at the boundary to probabilities.
    """

    boundary: str
    upper: keras.Model

    @classmethod
    def fit(
        cls, pretrained: Pretrained, dataset: PhotoSet, seed: int = 0, crop: float = 1.0
    ) -> Self:
        """Fit a head, then train it with the upper part of the base model."""
        head = feature_extraction.head_for(pretrained, dataset, crop)
        boundary = choose_boundary(pretrained.base_model)
        files, labels = dataset.train.files, dataset.train.labels
        views, size = choose_views(len(files)), choose_learning_size(pretrained.image_size)
        maps = maps_of(pretrained, boundary, files, views, size, crop)
        upper = build_upper(pretrained, head, boundary, seed)
        train(upper, maps, labels, seed=seed)
        base_model, tuned_head = join(pretrained, upper, boundary)
        return cls(
            pretrained,
            dataset.class_names,
            crop,
            base_model,
            tuned_head,
            count_trainable(upper),
            boundary,
            upper,
        )

    def predict(self, files: Sequence[str | os.PathLike]) -> np.ndarray:
        """Return the labels, int array (photos,), of photo files."""
        [maps] = maps_of(self.pretrained, self.boundary, files, crop=self.crop)
        return predict(self.upper, maps).argmax(axis=1)


def join(
    pretrained: Pretrained, upper: keras.Model, boundary: str
) -> tuple[keras.Model, keras.Model]:
    """Put what was tuned on the frozen part below it.

    Args:
        pretrained: The Pretrained.
        upper: keras.Model from `build_upper`.
        boundary: The cut point that it was built for.

    Returns:
        (base_model, head): keras.Models, preprocessed photos to feature maps, and features to
        probabilities.
    """
    lower, _ = surgery.cut(pretrained.base_model, boundary)
    layers = {layer.name: layer for layer in upper.layers}
    base_model = keras.Model(lower.input, layers[UPPER](lower.output))
    return base_model, layers[HEAD]


def choose_boundary(base_model: keras.Model, share: float = LEARNING_SHARE) -> str:
    """Name the highest cut point above which at least a share of the base's weights lies.

    Args:
        base_model: Functional keras.Model.
        share: Part of the weights, in (0, 1], that is to learn.
    """
    wanted = share * base_model.count_params()
    for name in reversed(surgery.cut_points(base_model)):
        _, upper = surgery.cut(base_model, name)
        if upper.count_params() >= wanted:
            return name
    return surgery.cut_points(base_model)[0]


def build_upper(
    pretrained: Pretrained, head: keras.Model, boundary: str, seed: int = 0
) -> keras.Model:
    """Build what learns: a copy of the base above the boundary, with a copy of a trained head.

    Args:
        pretrained: A Pretrained; it stays as it is.
        head: keras.Model from feature_extraction.
        boundary: Name of one of surgery.cut_points(pretrained.base_model).
        seed: Of the dropouts that some base models have.

    Returns:
        keras.Model, feature maps at the boundary, of any height and width, to
        probabilities.
    """
    _, upper = surgery.cut(pretrained.base_model, boundary)
    shape = (None, None, upper.input_shape[-1])
    upper_copy, head_copy = surgery.copy(upper, shape, seed), surgery.copy(head)
    upper_copy.name, head_copy.name = UPPER, HEAD
    freeze_batch_norm(upper_copy)
    inputs = keras.Input(shape)
    x = keras.layers.GlobalAveragePooling2D()(upper_copy(inputs))
    return keras.Model(inputs, head_copy(x), name="fine_tuning")


def freeze_batch_norm(model: keras.Model) -> None:
    """Keep all batch normalisations of a model in inference mode, also while it is trained.

    They go on with the statistics of ImageNet instead of those of small batches.
    `model(x, training=False)`, as in Keras's guide to transfer learning, does
    not do it: in Keras 3.15, fit() on a model built around that call passes
    training=True all the same.
    Source: operation_fn in keras/src/models/functional.py, Keras 3.15.1.
    """
    for layer in model.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.trainable = False


def choose_learning_size(image_size: tuple[int, int]) -> tuple[int, int]:
    """Return (height, width) of the views to learn from, at most that of whole photos.

    Smaller views take less time. On validation photos 192 pixels were as good
    as 224; figures in tests/benchmarks/README.md.

    Args:
        image_size: (height, width) in pixels that the pretrained model takes.
    """
    # In multiples of 32: most structures halve five times.
    height, width = (32 * round(LEARNING_SCALE * side / 32) for side in image_size)
    return height, width


def choose_views(photos: int) -> int:
    """Return how many random views to make of each of so many photos."""
    return min(VIEWS, max(2, MAX_VIEWS // photos))


def choose_epochs(photos: int) -> int:
    """Return how many passes over so many photos are enough."""
    steps_per_epoch = -(-photos // BATCH)
    return min(MAX_EPOCHS, max(MIN_EPOCHS, STEPS // steps_per_epoch))


def train(
    model: keras.Model,
    maps: np.ndarray,
    labels: np.ndarray,
    epochs: int | None = None,
    seed: int = 0,
) -> list[float]:
    """Train what `build_upper` built, at a low learning rate.

    In the end the weights are put back towards the start (see KEPT_SHARE).
    Interrupted and started again, it goes on after the last whole epoch. Shows
    a progress bar.

    Args:
        model: The keras.Model; it is changed.
        maps: Array (views, photos, ...), feature maps at the boundary.
        labels: int array (photos,).
        epochs: Passes over the photos, each on the next view of all; None
            takes `choose_epochs`.
        seed: Of the order of the photos.

    Returns:
        list of float: the mean loss of each epoch.
    """
    epochs = epochs or choose_epochs(len(labels))
    start = model.get_weights()
    steps = epochs * -(-len(labels) // BATCH)
    optimizer = training.warm_cosine(LEARNING_RATE, WEIGHT_DECAY, steps)
    model.compile(optimizer, "sparse_categorical_crossentropy")
    schedule = [epochs, BATCH, LEARNING_RATE, WEIGHT_DECAY, seed]
    photos = [maps.shape, hashlib.sha256(np.ascontiguousarray(maps[0]).data).hexdigest()]
    kept = resuming.Checkpoint(model, [photos, labels.tolist(), schedule])
    orders = resuming.orders(len(labels), kept.epochs, seed)
    for epoch in progress.bar(range(kept.epochs, epochs), "epoch"):
        order = next(orders)
        view = maps[epoch % len(maps)]
        rows = [order[start : start + BATCH] for start in range(0, len(order), BATCH)]
        losses = [_step(model, view[some], labels[some]) for some in rows]
        kept.on_epoch_end(epoch, {"loss": np.mean(losses)})
    kept.finish()
    model.set_weights(between(start, model.get_weights(), KEPT_SHARE))
    return kept.history["loss"]


def between(
    start: Sequence[np.ndarray], end: Sequence[np.ndarray], share: float
) -> list[np.ndarray]:
    """Return weights between two lists of weights: 0 gives the first, 1 the second."""
    return [first + share * (second - first) for first, second in zip(start, end, strict=True)]


def _step(model: keras.Model, maps: np.ndarray, labels: np.ndarray) -> float:
    return model.train_on_batch(maps.astype("float32"), labels)


def predict(model: keras.Model, maps: np.ndarray) -> np.ndarray:
    """Return the probabilities (photos, classes) of maps, of which one batch at a time is read.

    `model.predict` would make single precision of all of them at once.
    """
    starts = range(0, len(maps), BATCH)
    batches = (maps[start : start + BATCH].astype("float32") for start in starts)
    return np.concatenate([model.predict_on_batch(batch) for batch in batches])


def maps_of(
    pretrained: Pretrained,
    boundary: str,
    files: Sequence[str | os.PathLike],
    views: int = 1,
    image_size: tuple[int, int] | None = None,
    crop: float = 1.0,
) -> np.ndarray:
    """Return the maps (views, photos, ...) at a boundary, from the cache where they are there.

    Args:
        pretrained: A Pretrained.
        boundary: Name of one of surgery.cut_points(pretrained.base_model).
        files: Paths of the photos.
        views: How many of each photo; the first is the photo itself.
        image_size: (height, width) of the views; None takes the model's own.
        crop: Share of a photo's sides that is looked at; see images.load_photo.
    """
    part = frozen_parts.below(pretrained, boundary, image_size=image_size, crop=crop)
    return frozen_parts.extract(part, files, views)
