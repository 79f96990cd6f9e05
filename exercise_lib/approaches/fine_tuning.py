"""Approach 3b, `fine_tuning`: after feature extraction, the upper part of the base is trained too.

The head comes first and the base afterwards: an untrained head would distort the features.
Source: Kumar et al., Fine-Tuning can Distort Pretrained Features, 2022
(https://arxiv.org/abs/2202.10054), who call it linear probing, then fine-tuning.

Training starts at the freeze boundary: the output of the frozen lower part is
computed once for each view of a photo, and each step runs only what is above.
"""

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
from exercise_lib.storage.fingerprint import fingerprint

LEARNING_RATE = 5e-4  # The peak; the rate rises to it and falls to zero.
WEIGHT_DECAY = 1e-2
BATCH = 32
VIEWS, MAX_VIEWS = 8, 1600  # Per photo, and in total.
# Many photos make many steps in each epoch, so they need fewer epochs.
STEPS = 110
MIN_EPOCHS, MAX_EPOCHS = 6, 16
LEARNING_SHARE = 0.35
PHOTOS_HALF_WAY = 60  # With so many, half of the training is kept; see `choose_share`.
UPPER, HEAD = "upper", "comparable_head"  # Names of the trained parts.
LEARNING_SCALE = 0.89  # Share of a photo's side; see `choose_learning_size`.


@dataclass(frozen=True)
class FineTuning(FittedNetwork):
    """Approach 3b, fitted: first a head, then the head with the upper part of the base model.

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
        maps = boundary_features(pretrained, boundary, files, views, size, crop)
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
        """Return labels for photo files, int array (photos,)."""
        [maps] = boundary_features(self.pretrained, self.boundary, files, crop=self.crop)
        return predict(self.upper, maps).argmax(axis=1)


def join(
    pretrained: Pretrained, upper: keras.Model, boundary: str
) -> tuple[keras.Model, keras.Model]:
    """Join the tuned part to the frozen part below it.

    Args:
        pretrained: The Pretrained.
        upper: keras.Model from `build_upper`.
        boundary: The cut point that it was built for.

    Returns:
        (base_model, head): keras.Models, preprocessed photos to feature maps, and features to
        probabilities.
    """
    lower, _ = surgery.split_at(pretrained.base_model, boundary)
    layers = {layer.name: layer for layer in upper.layers}
    base_model = keras.Model(lower.input, layers[UPPER](lower.output))
    return base_model, layers[HEAD]


def choose_boundary(base_model: keras.Model, share: float = LEARNING_SHARE) -> str:
    """Name the highest cut point above which at least a share of the base's weights lies.

    Args:
        base_model: Functional keras.Model.
        share: Share of the weights, in (0, 1], to train.
    """
    wanted = share * base_model.count_params()
    for name in reversed(surgery.cut_points(base_model)):
        _, upper = surgery.split_at(base_model, name)
        if upper.count_params() >= wanted:
            return name
    return surgery.cut_points(base_model)[0]


def build_upper(
    pretrained: Pretrained, head: keras.Model, boundary: str, seed: int = 0
) -> keras.Model:
    """Build the part to train: a copy of the base above the boundary and of a trained head.

    Args:
        pretrained: A Pretrained; not changed.
        head: keras.Model from feature_extraction.
        boundary: Name of one of surgery.cut_points(pretrained.base_model).
        seed: Seed of the dropout layers that some base models have.

    Returns:
        keras.Model, feature maps at the boundary, of any height and width, to
        probabilities.
    """
    _, upper = surgery.split_at(pretrained.base_model, boundary)
    shape = (None, None, upper.input_shape[-1])
    upper_copy, head_copy = (
        surgery.clone_with_weights(upper, shape, seed),
        surgery.clone_with_weights(head),
    )
    upper_copy.name, head_copy.name = UPPER, HEAD
    freeze_batch_norm(upper_copy)
    inputs = keras.Input(shape)
    x = keras.layers.GlobalAveragePooling2D()(upper_copy(inputs))
    return keras.Model(inputs, head_copy(x), name="fine_tuning")


def freeze_batch_norm(model: keras.Model) -> None:
    """Keep all batch normalisations of a model in inference mode, even during training.

    They keep using ImageNet's statistics instead of those of small batches.
    `model(x, training=False)`, as in Keras's guide to transfer learning, is not
    enough: in Keras 3.15, fit() on a model built around that call still passes
    training=True.
    Source: operation_fn in keras/src/models/functional.py, Keras 3.15.1.
    """
    for layer in model.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.trainable = False


def choose_learning_size(image_size: tuple[int, int]) -> tuple[int, int]:
    """Return (height, width) of the views to learn from, at most the size of whole photos.

    Smaller views take less time. On validation photos 192 pixels were as good
    as 224; see the figures in tests/benchmarks/README.md.

    Args:
        image_size: (height, width) in pixels that the pretrained model takes.
    """
    # Multiples of 32: most structures halve the size five times.
    height, width = (32 * round(LEARNING_SCALE * side / 32) for side in image_size)
    return height, width


def choose_views(photos: int) -> int:
    """Return how many random views to make per photo, given the number of photos."""
    return min(VIEWS, max(2, MAX_VIEWS // photos))


def choose_epochs(photos: int) -> int:
    """Return how many epochs are enough for this many photos."""
    steps_per_epoch = -(-photos // BATCH)
    return min(MAX_EPOCHS, max(MIN_EPOCHS, STEPS // steps_per_epoch))


def choose_share(num_photos: int) -> float:
    """Return where the final weights lie between the start (0) and the end (1) of the training.

    The fewer the photos, the closer to the start: fine-tuning then keeps most of its gain, and is
    hardly ever worse than the head that it starts from, even where photos are few or look much
    like those of ImageNet.
    Source of weights in between: Wortsman et al., Robust Fine-Tuning, 2022
    (https://arxiv.org/abs/2109.01903). What was measured of the rule on validation photos of four
    sets: tests/benchmarks/README.md.
    """
    return num_photos**2 / (num_photos**2 + PHOTOS_HALF_WAY**2)


def train(
    model: keras.Model,
    maps: np.ndarray,
    labels: np.ndarray,
    epochs: int | None = None,
    seed: int = 0,
) -> list[float]:
    """Train what `build_upper` built, at a low learning rate.

    At the end the weights move back towards the start (see `choose_share`). If
    interrupted and started again, it resumes after the last complete epoch.
    Shows a progress bar.

    Args:
        model: The keras.Model; changed in place.
        maps: Array (views, photos, ...), feature maps at the boundary.
        labels: int array (photos,).
        epochs: Passes over the photos, each on their next views; None uses
            `choose_epochs`.
        seed: Seed of the order of the photos.

    Returns:
        list of float: the mean loss of each epoch.
    """
    epochs = epochs or choose_epochs(len(labels))
    start = model.get_weights()
    steps = epochs * -(-len(labels) // BATCH)
    optimizer = training.warm_cosine(LEARNING_RATE, WEIGHT_DECAY, steps)
    model.compile(optimizer, "sparse_categorical_crossentropy")
    schedule = [epochs, BATCH, LEARNING_RATE, WEIGHT_DECAY, seed]
    photos = [maps.shape, fingerprint([maps[0]])]
    kept = resuming.Checkpoint(model, [photos, labels.tolist(), schedule])
    orders = resuming.orders(len(labels), kept.epochs, seed)
    for epoch in progress.bar(range(kept.epochs, epochs), "epoch"):
        order = next(orders)
        view = maps[epoch % len(maps)]
        rows = [order[start : start + BATCH] for start in range(0, len(order), BATCH)]
        losses = [_step(model, view[some], labels[some]) for some in rows]
        kept.on_epoch_end(epoch, {"loss": np.mean(losses)})
    kept.finish()
    model.set_weights(between(start, model.get_weights(), choose_share(len(labels))))
    return kept.history["loss"]


def between(
    start: Sequence[np.ndarray], end: Sequence[np.ndarray], share: float
) -> list[np.ndarray]:
    """Interpolate between two lists of weights: 0 returns the first, 1 the second."""
    return [first + share * (second - first) for first, second in zip(start, end, strict=True)]


def _step(model: keras.Model, maps: np.ndarray, labels: np.ndarray) -> float:
    return model.train_on_batch(maps.astype("float32"), labels)


def predict(model: keras.Model, maps: np.ndarray) -> np.ndarray:
    """Return the probabilities (photos, classes) for maps, read one batch at a time.

    `model.predict` would convert all of them to single precision at once.
    """
    starts = range(0, len(maps), BATCH)
    batches = (maps[start : start + BATCH].astype("float32") for start in starts)
    return np.concatenate([model.predict_on_batch(batch) for batch in batches])


def boundary_features(
    pretrained: Pretrained,
    boundary: str,
    files: Sequence[str | os.PathLike],
    views: int = 1,
    image_size: tuple[int, int] | None = None,
    crop: float = 1.0,
) -> np.ndarray:
    """Return the maps (views, photos, ...) at a boundary, from the cache where possible.

    Args:
        pretrained: A Pretrained.
        boundary: Name of one of surgery.cut_points(pretrained.base_model).
        files: Paths of the photos.
        views: How many per photo; the first is the photo itself.
        image_size: (height, width) of the views; None uses the model's own.
        crop: Share of a photo's sides to use; see images.load_photo.
    """
    part = frozen_parts.lower_part(pretrained, boundary, image_size=image_size, crop=crop)
    return frozen_parts.extract(part, files, views)
