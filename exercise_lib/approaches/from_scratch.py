"""Approach 2, `from_scratch`: the structure of the pretrained model with new random weights.

The photos grow while the model learns: it learns quickly on small ones, and
the large ones refine that.
Source: Tan and Le, EfficientNetV2, 2021, section 4 (https://arxiv.org/abs/2104.00298).
"""

import functools
import os
from collections.abc import Iterator, Sequence
from typing import Self

import keras
import numpy as np
import tensorflow as tf

from exercise_lib import images, progress, seeds
from exercise_lib.approaches import resuming, training
from exercise_lib.approaches.fitted import FittedNetwork, count_trainable
from exercise_lib.datasets import PhotoSet
from exercise_lib.models import surgery
from exercise_lib.models.pretrained import Pretrained

LEARNING_RATE = 2e-3
WEIGHT_DECAY = 1e-2
BATCH = 32
STEPS = 1800
MIN_EPOCHS, MAX_EPOCHS = 30, 80
MAX_SIZE = (128, 128)  # No larger than this, so that training stays short.
# Share of the full photo size, and the share of the epochs until which it is used.
GROWTH = ((0.5, 0.5), (0.75, 0.8), (1.0, 1.0))

AT_A_TIME = 512  # Photos in memory at once during prediction.


class FromScratch(FittedNetwork):
    """Approach 2, fitted: the structure alone."""

    @classmethod
    def fit(
        cls, pretrained: Pretrained, dataset: PhotoSet, seed: int = 0, crop: float = 1.0
    ) -> Self:
        """Draw new weights and train all of them."""
        model = build_model(pretrained, len(dataset.class_names), seed)
        split = dataset.train
        train(model, split.files, split.labels, choose_size(pretrained), crop, seed)
        base_model = model.get_layer(pretrained.base_model.name)
        return cls(
            pretrained,
            dataset.class_names,
            crop,
            base_model,
            model.get_layer("head"),
            count_trainable(model),
        )

    @property
    def image_size(self) -> tuple[int, int]:
        """(height, width) in pixels of the cropped photos that the network takes."""
        return choose_size(self.pretrained)

    @functools.cached_property
    def model(self) -> keras.Model:
        """Preprocessed photos to probabilities; made once, as its first use is slow."""
        features = keras.layers.GlobalAveragePooling2D()(self.base_model.output)
        return keras.Model(self.base_model.input, self.head(features))

    def predict(self, files: Sequence[str | os.PathLike]) -> np.ndarray:
        """Return labels for photo files, int array (photos,)."""
        starts = range(0, len(files), AT_A_TIME)
        batches = (
            images.load_photos(files[start : start + AT_A_TIME], self.image_size, self.crop)
            for start in starts
        )
        prepared = (self.pretrained.preprocess(batch) for batch in batches)
        return np.concatenate(
            [self.model.predict(batch, verbose=0).argmax(axis=1) for batch in prepared]
        )


def choose_size(pretrained: Pretrained) -> tuple[int, int]:
    """Return (height, width) of the photos that the structure learns from and predicts on."""
    return min(pretrained.image_size, MAX_SIZE)


def build_model(pretrained: Pretrained, classes: int, seed: int = 0) -> keras.Model:
    """Build the same structure with fresh weights and a new head.

    Args:
        pretrained: A Pretrained; only its structure and preprocessing are used.
        classes: Number of classes.
        seed: Seed of the weights, of the dropout and of the augmentation.

    Returns:
        keras.Model, photos (batch, height, width, 3) of any size in [0, 255]
        to probabilities (batch, classes).
    """
    numbers = seeds.stream(seed)
    base_model = surgery.clone_fresh(pretrained.base_model, (None, None), numbers=numbers)
    inputs = keras.Input((None, None, 3))
    x = pretrained.preprocess(augmentation(numbers)(inputs))
    x = keras.layers.GlobalAveragePooling2D()(base_model(x))
    x = keras.layers.Dropout(0.2, seed=next(numbers))(x)
    weights = keras.initializers.GlorotUniform(seed=next(numbers))
    head = keras.layers.Dense(
        classes, activation="softmax", kernel_initializer=weights, name="head"
    )
    return keras.Model(inputs, head(x), name="from_scratch")


def augmentation(numbers: Iterator[int]) -> keras.Sequential:
    """Return layers that change photos randomly in training, and not at all in inference.

    Args:
        numbers: Iterator of ints, a seed for each of the layers.
    """
    return keras.Sequential(
        [
            keras.layers.RandomFlip("horizontal", seed=next(numbers)),
            keras.layers.RandomTranslation(0.1, 0.1, seed=next(numbers)),
            keras.layers.RandomZoom((-0.25, 0.1), seed=next(numbers)),
            keras.layers.RandomBrightness(0.15, seed=next(numbers)),
            keras.layers.RandomContrast(0.2, seed=next(numbers)),
        ],
        name="augmentation",
    )


def train(
    model: keras.Model,
    files: Sequence[str | os.PathLike],
    labels: np.ndarray,
    image_size: tuple[int, int],
    crop: float = 1.0,
    seed: int = 0,
) -> dict[str, list[float]]:
    """Train a model from `build_model`; the learning rate rises briefly, then falls to zero.

    If interrupted and started again, it resumes after the last complete epoch.
    Shows a progress bar.

    Args:
        model: The keras.Model; changed in place.
        files: Paths of the photos.
        labels: int array (photos,).
        image_size: (height, width) of the photos at the end.
        crop: Share of a photo's sides to use; see images.load_photo.
        seed: Seed of the order of the photos.

    Returns:
        dict from "loss" and "accuracy" to a list with one number per epoch.
    """
    epochs = choose_epochs(len(labels))
    model.compile(
        training.warm_cosine(LEARNING_RATE, WEIGHT_DECAY, epochs * _steps(len(labels))),
        "sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    schedule = [epochs, BATCH, LEARNING_RATE, WEIGHT_DECAY, GROWTH, image_size, crop, seed]
    given = [resuming.file_stamps(files), labels.tolist(), schedule]
    kept = resuming.Checkpoint(model, given)
    photos = None
    with progress.bar(unit="epoch", total=epochs, initial=kept.epochs) as bar:
        told = keras.callbacks.LambdaCallback(on_epoch_end=lambda *_: bar.update())
        for share, until in GROWTH:
            last = round(until * epochs)
            if kept.epochs < last:
                del photos  # Room for larger ones.
                photos = images.load_photos(files, _scaled(image_size, share), crop)
                model.fit(
                    batches(photos, labels, kept.epochs, seed),
                    initial_epoch=kept.epochs,
                    epochs=last,
                    shuffle=False,
                    verbose=0,
                    callbacks=[kept, told],
                )
    kept.finish()
    return kept.history


def choose_epochs(photos: int) -> int:
    """Return how many epochs make about STEPS steps with this many photos, within bounds."""
    return min(MAX_EPOCHS, max(MIN_EPOCHS, STEPS // _steps(photos)))


def _steps(photos: int) -> int:
    return -(-photos // BATCH)


def _scaled(image_size: tuple[int, int], share: float) -> tuple[int, int]:
    """Return a share of a size, in multiples of 16 pixels: most structures halve it four times."""
    height, width = (max(16, 16 * round(share * side / 16)) for side in image_size)
    return height, width


def batches(
    photos: np.ndarray, labels: np.ndarray, first_epoch: int = 0, seed: int = 0
) -> tf.data.Dataset:
    """Return batches of (photos, labels) as a tf.data.Dataset, in a new order each epoch."""
    orders = resuming.orders(len(labels), first_epoch, seed)

    def shuffled() -> Iterator[tuple[np.ndarray, np.ndarray]]:
        order = next(orders)
        for start in range(0, len(order), BATCH):
            rows = order[start : start + BATCH]
            yield photos[rows], labels[rows]

    signature = (
        tf.TensorSpec((None, *photos.shape[1:]), photos.dtype),
        tf.TensorSpec((None,), labels.dtype),
    )
    dataset = tf.data.Dataset.from_generator(shuffled, output_signature=signature)
    known = tf.data.experimental.assert_cardinality(_steps(len(labels)))
    dataset = dataset.apply(known).prefetch(2)
    options = tf.data.Options()
    # Autotune makes closing an iterator wait for a timer that doubles each time.
    options.autotune.enabled = False
    return dataset.with_options(options)
