"""All approaches on one task: the same photos, several seeds, an untouched test set."""

import time
from dataclasses import asdict, dataclass

import keras
import numpy as np

from exercise_lib import (
    as_is,
    datasets,
    feature_extraction,
    features,
    fine_tuning,
    from_scratch,
    images,
    metrics,
)
from exercise_lib.errors import WorkshopError

SCRATCH_SIZE = (128, 128)  # from_scratch sees photos no larger than this, to learn in time.
# In all: of many photos, fine-tuning takes fewer random views each.
MAX_VIEWS = 6000


@dataclass(frozen=True)
class Task:
    """Photos to learn from, to choose with and to judge by.

    Attributes:
        train, validation, test: datasets.Split; validation may be empty.
        classes: Number of classes.
    """

    train: datasets.Split
    validation: datasets.Split
    test: datasets.Split
    classes: int

    def judge(self, predict):
        """Return (validation accuracy or None, test accuracy) of predict(files) -> labels."""
        accuracies = [
            metrics.accuracy(predict(split.files), split.labels) if len(split) else None
            for split in (self.validation, self.test)
        ]
        return tuple(accuracies)


@dataclass(frozen=True)
class Result:
    """One row of results.json: one approach, one size, one seed."""

    approach: str
    images_per_class: int
    seed: int
    val_accuracy: float | None
    test_accuracy: float
    test_images: int
    train_seconds: float
    learnable_weights: int


@dataclass(frozen=True)
class Learnt:
    """What an approach came to.

    Attributes:
        predict: Paths of photos to labels, int array (photos,).
        learnable_weights: How many numbers learnt.
    """

    predict: object
    learnable_weights: int


def draw_task(photos, images_per_class, seed):
    """Draw the photos to learn from; those that are left over validate.

    The test photos are always all of them.

    Args:
        photos: datasets.PhotoSet; train and validation together are drawn from.
        images_per_class: Photos of each class to learn from.
        seed: Seed of the draw.

    Raises:
        datasets.DatasetError: a class has fewer photos.
    """
    pool = datasets.join(photos.train, photos.validation)
    train, rest = datasets.draw(pool, images_per_class, seed)
    return Task(train, rest, photos.test, len(photos.class_names))


def measure(pretrained, photos, approach, images_per_class, seed):
    """Train one approach and judge it.

    Args:
        pretrained: A Pretrained; it stays as it is.
        photos: datasets.PhotoSet.
        approach: A name in APPROACHES.
        images_per_class: Photos of each class to learn from.
        seed: Of the draw of the photos, of new weights and of augmentation.

    Returns:
        Result. train_seconds is the time to learn on this machine, computing
        features included unless they are in the cache.
    """
    task = draw_task(photos, images_per_class, seed)
    keras.utils.set_random_seed(seed)
    start = time.perf_counter()
    learnt = APPROACHES[approach](pretrained, task)
    seconds = time.perf_counter() - start
    val_accuracy, test_accuracy = task.judge(learnt.predict)
    return Result(
        approach,
        images_per_class,
        seed,
        val_accuracy,
        test_accuracy,
        len(task.test),
        round(seconds, 2),
        learnt.learnable_weights,
    )


def measure_all(pretrained, data, approaches, sizes, seeds, done=()):
    """Yield a row for each approach, size and seed: the fields of Result, model and data.

    Args:
        pretrained: A Pretrained; it stays as it is.
        data: Name of a bundled set, or a folder; see datasets.load.
        approaches: Names in APPROACHES.
        sizes: Photos of each class to learn from.
        seeds: How many seeds, from 0 upwards.
        done: Rows of an earlier run; they are not measured again.

    Raises:
        WorkshopError: the earlier run was of another model or other data.
    """
    whose = {"model": pretrained.name, "data": str(data)}
    known = {_place(row) for row in done}
    for row in done:
        if {**row, **whose} != row:
            raise WorkshopError(
                f"The results there are of {row['model']} on {row['data']}, not of "
                f"{pretrained.name} on {data}: choose another folder with --out."
            )
    photos = datasets.load(data)
    for size in sizes:
        for approach in approaches:
            for seed in range(seeds):
                if (approach, size, seed) not in known:
                    yield asdict(measure(pretrained, photos, approach, size, seed)) | whose


def _place(row):
    return row["approach"], row["images_per_class"], row["seed"]


def learn_as_is(pretrained, task):
    """Approach 1: only the names of the classes are translated."""
    part = features.whole_model(pretrained)

    def imagenet_classes(files):
        return features.extract(part, files)[0].argmax(axis=1)

    mapping = as_is.learn_mapping(imagenet_classes(task.train.files), task.train.labels)
    return Learnt(lambda files: as_is.apply_mapping(mapping, imagenet_classes(files)), 0)


def learn_from_scratch(pretrained, task):
    """Approach 2: the structure alone."""
    size = min(pretrained.image_size, SCRATCH_SIZE)
    model = from_scratch.build_model(pretrained, task.classes, size)
    from_scratch.train(model, images.load_photos(task.train.files, size), task.train.labels)

    def predict(files):
        return model.predict(images.load_photos(files, size), verbose=0).argmax(axis=1)

    return Learnt(predict, learnable(model))


def learn_feature_extraction(pretrained, task):
    """Approach 3a: the weights are kept, a head learns."""
    head = trained_head(pretrained, task)

    def predict(files):
        values = feature_extraction.features_of(pretrained, files)
        return head.predict(values, verbose=0).argmax(axis=1)

    return Learnt(predict, learnable(head))


def learn_fine_tuning(pretrained, task):
    """Approach 3b: first a head, then the upper part of the base with it."""
    head = trained_head(pretrained, task)
    boundary = fine_tuning.choose_boundary(pretrained.base_model)
    views = min(fine_tuning.VIEWS, max(2, MAX_VIEWS // len(task.train)))
    maps = fine_tuning.maps_of(pretrained, boundary, task.train.files, views)
    model = fine_tuning.build_upper(pretrained, head, boundary)
    fine_tuning.train(model, maps, task.train.labels)

    def predict(files):
        [maps] = fine_tuning.maps_of(pretrained, boundary, files)
        return model.predict(maps, verbose=0).argmax(axis=1)

    return Learnt(predict, learnable(model))


def trained_head(pretrained, task):
    """Return a head trained on the features of the training photos."""
    values = feature_extraction.features_of(pretrained, task.train.files)
    return feature_extraction.train_head(values, task.train.labels, task.classes)


def learnable(model):
    """Return how many numbers of a model learn."""
    return int(sum(np.prod(weights.shape) for weights in model.trainable_weights))


APPROACHES = {
    "as_is": learn_as_is,
    "from_scratch": learn_from_scratch,
    "feature_extraction": learn_feature_extraction,
    "fine_tuning": learn_fine_tuning,
}
