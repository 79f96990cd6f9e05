"""One run of a comparison: which photos it learns from, and what is measured."""

import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Literal, cast

import numpy as np

from exercise_lib import approaches, datasets
from exercise_lib.approaches import cached_seconds, framing, resuming
from exercise_lib.comparison import metrics
from exercise_lib.datasets import splits
from exercise_lib.errors import WorkshopError
from exercise_lib.models.pretrained import Pretrained

if TYPE_CHECKING:
    from exercise_lib.approaches.registry import Approach

# How much of a photo to use: all of it, or what suits the photos.
WHOLE: Final = 1.0
CHOOSE: Final = "choose"
Crop = float | Literal["choose"]
NO_PHOTOS = splits.Split((), np.zeros(0, int))


@dataclass(frozen=True)
class Result:
    """One row of results.json: one approach, one size, one seed.

    crop is the share of a photo's sides that was used, in (0, 1].
    shift_accuracy is the accuracy on the test photos of another set with the
    same classes, such as "yoghurts_night"; None if none was given.
    """

    approach: str
    images_per_class: int
    seed: int
    crop: float
    val_accuracy: float | None
    test_accuracy: float
    test_images: int
    shift_accuracy: float | None
    train_seconds: float
    learnable_weights: int


def accuracy_on(fitted: "Approach", split: splits.Split) -> float | None:
    """Return the accuracy of a fitted approach on a split; None if it has no photos."""
    return metrics.accuracy(fitted.predict(split.files), split.labels) if len(split) else None


def draw(dataset: datasets.PhotoSet, images_per_class: int, seed: int) -> datasets.PhotoSet:
    """Return a data set with fewer training photos; the rest become validation photos.

    All test photos are kept.

    Args:
        dataset: datasets.PhotoSet; train and validation together are drawn from.
        images_per_class: Training photos per class.
        seed: Seed of the draw.

    Raises:
        errors.DatasetError: a class has fewer photos.
    """
    pool = splits.join(dataset.train, dataset.validation)
    train, rest = splits.draw(pool, images_per_class, seed)
    return replace(dataset, train=train, validation=rest)


def measure(
    pretrained: Pretrained,
    dataset: datasets.PhotoSet,
    approach: str,
    images_per_class: int,
    seed: int,
    shifted: splits.Split = NO_PHOTOS,
    crop: Crop = WHOLE,
) -> Result:
    """Fit one approach and measure it.

    Args:
        pretrained: A Pretrained; not changed.
        dataset: datasets.PhotoSet.
        approach: One of approaches.NAMES.
        images_per_class: Training photos per class.
        seed: Seed of the draw of photos, of new weights and of augmentation.
        shifted: splits.Split, more photos of the same classes to test on.
        crop: Share of a photo's sides to use, or CHOOSE.

    Returns:
        Result. train_seconds is the training time on this machine, including
        features: cached ones count what they took when they were computed, and
        a resumed training counts its first part.
    """
    drawn = draw(dataset, images_per_class, seed)
    start = time.perf_counter()
    with resuming.kept_until_saved():
        with cached_seconds.collected() as cached:
            crop = choose_crop(pretrained, drawn, crop)
            fitted = approaches.fit(approach, pretrained, drawn, seed, crop)
        seconds = time.perf_counter() - start + sum(cached)
        return Result(
            approach=approach,
            images_per_class=images_per_class,
            seed=seed,
            crop=crop,
            val_accuracy=accuracy_on(fitted, drawn.validation),
            test_accuracy=cast(float, accuracy_on(fitted, drawn.test)),  # There are test photos.
            test_images=len(drawn.test),
            shift_accuracy=accuracy_on(fitted, shifted),
            train_seconds=round(seconds, 2),
            learnable_weights=fitted.trainable_weights,
        )


def choose_crop(pretrained: Pretrained, dataset: datasets.PhotoSet, crop: Crop) -> float:
    """Return a crop, a share of a photo's sides; CHOOSE becomes the one that suits the photos."""
    if crop == CHOOSE:
        crop, _ = framing.choose_crop(pretrained, dataset.train, len(dataset.class_names))
    return crop


def load_both(data: str, shift: str | None) -> tuple[datasets.PhotoSet, splits.Split]:
    """Return (PhotoSet, test photos of another set with the same classes, or NO_PHOTOS).

    Raises:
        WorkshopError: the other set has different classes.
    """
    dataset = datasets.load(data)
    if not shift:
        return dataset, NO_PHOTOS
    other = datasets.load(shift)
    if other.class_names != dataset.class_names:
        raise WorkshopError(
            f"{shift} has the classes {', '.join(other.class_names)}, but the training photos "
            f"have {', '.join(dataset.class_names)}: name a data set with the same folders."
        )
    learned_from = splits.join(dataset.train, dataset.validation)
    return dataset, splits.without_copies(other.test, learned_from)


def fitting_sizes(dataset: datasets.PhotoSet, wanted: Iterable[int]) -> tuple[int, ...]:
    """Return the wanted numbers of photos per class that a data set allows; at least one.

    Args:
        dataset: datasets.PhotoSet.
        wanted: Numbers of photos per class.
    """
    pool = splits.join(dataset.train, dataset.validation)
    smallest = int(np.bincount(pool.labels).min())
    return tuple(size for size in wanted if size <= smallest) or (smallest,)
