"""All approaches on one task: the same photos, several seeds, an untouched test set."""

import contextlib
import functools
import hashlib
import os
import time
from dataclasses import asdict, dataclass, replace

import joblib
import numpy as np

from exercise_lib import (
    checkpoints,
    datasets,
    framing,
    metrics,
    spared_time,
    splits,
)
from exercise_lib.approaches import APPROACHES, Task
from exercise_lib.errors import WorkshopError
from exercise_lib.pretrained import load_pretrained

WHOLE, CHOOSE = 1.0, "choose"  # What of a photo is looked at: all, or what suits the photos.
NO_PHOTOS = splits.Split((), np.zeros(0, int))


def judge(predict, split):
    """Return the accuracy of predict(files) -> labels on a split; None if it has no photos."""
    return metrics.accuracy(predict(split.files), split.labels) if len(split) else None


@dataclass(frozen=True)
class Result:
    """One row of results.json: one approach, one size, one seed.

    crop is the share of a photo's sides that was looked at, in (0, 1].
    shift_accuracy is that on the test photos of another set of the same
    classes, such as "yoghurts_night"; None if none was given.
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


def draw_task(photos, images_per_class, seed):
    """Draw the photos to learn from; those that are left over validate.

    The test photos are always all of them.

    Args:
        photos: datasets.PhotoSet; train and validation together are drawn from.
        images_per_class: Photos of each class to learn from.
        seed: Seed of the draw.

    Raises:
        errors.DatasetError: a class has fewer photos.
    """
    pool = splits.join(photos.train, photos.validation)
    train, rest = splits.draw(pool, images_per_class, seed)
    return Task(train, rest, photos.test, len(photos.class_names))


def measure(pretrained, photos, approach, images_per_class, seed, shifted=NO_PHOTOS, crop=WHOLE):
    """Train one approach and judge it.

    Args:
        pretrained: A Pretrained; it stays as it is.
        photos: datasets.PhotoSet.
        approach: A name in APPROACHES.
        images_per_class: Photos of each class to learn from.
        seed: Of the draw of the photos, of new weights and of augmentation.
        shifted: splits.Split, photos of the same classes to judge by as well.
        crop: Share of a photo's sides to look at, or CHOOSE.

    Returns:
        Result. train_seconds is the time to learn on this machine, features
        included: for those in the cache, what they took when they were computed,
        and of a training that was interrupted, what its first part took.
    """
    task = draw_task(photos, images_per_class, seed)
    start = time.perf_counter()
    with checkpoints.kept_until_saved():
        with spared_time.collected() as spared:
            task = framed(pretrained, task, crop)
            learnt = APPROACHES[approach](pretrained, task, seed)
        seconds = time.perf_counter() - start + sum(spared)
        return Result(
            approach=approach,
            images_per_class=images_per_class,
            seed=seed,
            crop=task.crop,
            val_accuracy=judge(learnt.predict, task.validation),
            test_accuracy=judge(learnt.predict, task.test),
            test_images=len(task.test),
            shift_accuracy=judge(learnt.predict, shifted),
            train_seconds=round(seconds, 2),
            learnable_weights=learnt.learnable_weights,
        )


def framed(pretrained, task, crop):
    """Return a task at this crop: a share of a photo's sides, or what CHOOSE comes to."""
    if crop == CHOOSE:
        crop, _ = framing.choose_crop(pretrained, task.train, task.classes)
    return replace(task, crop=crop)


def fitting_sizes(photos, wanted):
    """Return those of the wanted photos a class that a data set has; at least its smallest class.

    Args:
        photos: datasets.PhotoSet.
        wanted: Numbers of photos.
    """
    pool = splits.join(photos.train, photos.validation)
    smallest = int(np.bincount(pool.labels).min())
    return tuple(size for size in wanted if size <= smallest) or (smallest,)


def measure_all(
    model,
    data,
    approaches,
    sizes,
    seeds,
    done=(),
    shift=None,
    scheduler=None,
    loaded=None,
    crop=WHOLE,
):
    """Yield a row for each approach, size and seed: the fields of Result, and of what they are.

    Each row also has the names `model`, `data`, `shift` and `framing` (the
    crop that was asked for), and hashes of the weights and of the photos, so
    that no later run is mixed with another one.

    Args:
        model: A Pretrained; it stays as it is.
        data: Name of a bundled set, or a folder; see datasets.load.
        approaches: Names in APPROACHES.
        sizes: Photos of each class to learn from.
        seeds: How many seeds, from 0 upwards.
        done: Rows of an earlier run; they are not measured again.
        shift: Data as `data`, of the same classes, to be judged by as well.
        scheduler: Address of a Dask scheduler, whose workers measure the rows;
            None measures them here, one after the other.
        loaded: What `load_both(data, shift)` gave, if it was called before.
        crop: Share of a photo's sides to look at, or CHOOSE.

    Raises:
        WorkshopError: the earlier run was of another model, other weights,
            other data or other photos, `shift` has other classes, or there is
            no such scheduler.
    """
    names = {"model": model.name, "data": _normal(data), "shift": _normal(shift), "framing": crop}
    _refuse_other_names(done, names)
    photos, shifted = loaded or load_both(data, shift)
    hashes = {"weights": _weights_hash(model), "photos": _photos_hash(photos, shifted)}
    _refuse_other_contents(done, hashes)
    draw_task(photos, max(sizes), seed=0)  # Too many asked for: say so before anything is trained.
    if scheduler is None:
        call = functools.partial(
            joblib.delayed(measure), model, photos, shifted=shifted, crop=crop
        )
    else:  # A worker elsewhere loads model and photos by their names.
        call = functools.partial(
            joblib.delayed(measure_by_name), model.name, data, shift, crop=crop
        )
    with workers(scheduler) as count:
        run = joblib.Parallel(count, return_as="generator_unordered")
        places = missing_places(approaches, sizes, seeds, done)
        for result in run(call(*place) for place in places):
            yield asdict(result) | names | hashes


def place_of(row):
    """Return (approach, images_per_class, seed) of a row."""
    return row["approach"], row["images_per_class"], row["seed"]


def missing_places(approaches, sizes, seeds, done):
    """Return the place of each row that is not done yet."""
    known = set(map(place_of, done))
    places = [(a, size, seed) for size in sizes for a in approaches for seed in range(seeds)]
    return [place for place in dict.fromkeys(places) if place not in known]


def _normal(data):
    return None if data is None else os.path.normpath(data)


def _refuse_other_names(done, names):
    for row in done:
        if {**row, **names} != row:
            found, wanted = (_told(one) for one in (row, names))
            raise WorkshopError(
                f"The results there are of {found}, not of {wanted}: choose another folder with "
                "--out."
            )


def _told(names):
    shift = f" and {names['shift']}" if names["shift"] else ""
    return f"{names['model']} on {names['data']}{shift} (crop: {names['framing']})"


def _refuse_other_contents(done, hashes):
    for row in done:
        for what, found in hashes.items():
            if row.get(what, found) != found:
                raise WorkshopError(
                    f"The results there are of other {what} under the same name: choose another "
                    "folder with --out."
                )


def _weights_hash(model):
    found = hashlib.sha256()
    for weights in model.model.get_weights():
        found.update(np.ascontiguousarray(weights).tobytes())
    return found.hexdigest()[:16]


def _photos_hash(photos, shifted):
    """Return a hash of all photos and their labels; of bundled sets, that do not change, None."""
    parts = [photos.train, photos.validation, photos.test, shifted]
    if all(part.contents is None for part in parts):
        return None
    said = [(part.contents, part.labels.tolist()) for part in parts]
    return hashlib.sha256(repr(said).encode()).hexdigest()[:16]


@contextlib.contextmanager
def workers(scheduler):
    """Let joblib use the workers of a Dask scheduler inside the block; yields their number.

    Args:
        scheduler: Its address, such as "tcp://10.0.0.1:8786"; None yields 1.
    """
    if scheduler is None:
        yield 1
        return
    try:
        from distributed import Client
    except ImportError as error:
        raise WorkshopError(
            "--scheduler needs Dask, here and on the workers: pip install distributed"
        ) from error
    try:
        client = Client(scheduler, timeout=10)
    except (OSError, ValueError) as error:
        raise WorkshopError(
            f"There is no Dask scheduler at {scheduler}: start one with `dask scheduler`, and "
            "workers with `dask worker --nthreads 1 ADDRESS`."
        ) from error
    with client:
        threads = client.nthreads().values()
        if not threads or max(threads) > 1:  # A training uses all cores by itself.
            raise WorkshopError(
                f"The scheduler at {scheduler} needs workers that do one thing at a time: start "
                "them with `dask worker --nthreads 1 ADDRESS`, and more of them with --nworkers."
            )
        with joblib.parallel_config("dask"):
            yield len(threads)


def measure_by_name(model_name, data, shift, approach, images_per_class, seed, crop=WHOLE):
    """Measure as `measure` does, with model and photos loaded once in this process."""
    model, photos, shifted = load_by_name(model_name, data, shift)
    return measure(model, photos, approach, images_per_class, seed, shifted, crop)


@functools.cache
def load_by_name(model_name, data, shift):
    """Return (Pretrained, PhotoSet, Split to judge by as well)."""
    return load_pretrained(model_name), *load_both(data, shift)


def load_both(data, shift):
    """Return (PhotoSet, the test photos of another set of the same classes or NO_PHOTOS)."""
    photos = datasets.load(data)
    if not shift:
        return photos, NO_PHOTOS
    shifted = test_photos_of(shift, photos.class_names)
    learnt_from = splits.join(photos.train, photos.validation)
    return photos, splits.without_copies(shifted, learnt_from)


def test_photos_of(data, class_names):
    """Return the test photos of data with the same classes."""
    other = datasets.load(data)
    if other.class_names != class_names:
        raise WorkshopError(
            f"{data} has the classes {', '.join(other.class_names)}, but what is learnt has "
            f"{', '.join(class_names)}: give a set with the same folders."
        )
    return other.test
