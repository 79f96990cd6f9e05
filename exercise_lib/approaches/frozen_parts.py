"""Run a frozen part over photos once and keep its output.

A frozen part returns the same numbers for the same photo in every epoch and
every run, so they are computed once. The cache on disk is keyed by content:
the hash of the photo's bytes and of everything that the numbers depend on. A
changed photo or model never meets stale numbers, and deleting the cache costs
only time.
"""

import contextlib
import functools
import io
import itertools
import json
import os
import time
from collections import deque
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import keras
import numpy as np

from exercise_lib import images, paths, progress
from exercise_lib.approaches import cached_seconds
from exercise_lib.models import surgery
from exercise_lib.models.pretrained import Preprocess, Pretrained
from exercise_lib.storage import atomic
from exercise_lib.storage.fingerprint import fingerprint

BATCH = 32
CACHE_BYTES = 2_000_000_000  # If the cache is larger, the oldest entries are deleted.
Job = tuple[str | os.PathLike, str, int]  # A photo, the hash of its content, and which view.
TIMES = "times.json"  # Beside the arrays: [seconds, photos] computed so far.


@dataclass(frozen=True)
class FrozenPart:
    """A frozen model and everything that its output for a photo depends on.

    Equal ones give equal outputs. Use one before the model's weights change, and
    make a new one afterwards: the identity is that of the weights it was made with.

    Attributes:
        model: keras.Model, preprocessed photos to one array each.
        preprocess: Photos in [0, 255] to what the model expects.
        image_size: (height, width) in pixels.
        crop: Share of a photo's sides to use; see images.load_photo.
        mirrored: Whether photos are flipped left to right first.
        dtype: Type of the stored numbers: float32, or float16 for large maps.
        network: Hash of weights, structure, preprocessing and size.
    """

    model: keras.Model = field(compare=False)
    preprocess: Preprocess = field(compare=False)
    image_size: tuple[int, int]
    crop: float
    mirrored: bool
    dtype: str
    network: str

    @classmethod
    def of(
        cls,
        model: keras.Model,
        pretrained: Pretrained,
        dtype: str,
        crop: float = 1.0,
        mirrored: bool = False,
    ) -> "FrozenPart":
        """Make one of a model that takes photos prepared as those of a Pretrained."""
        probe = np.linspace(0, 255, 48, dtype=np.float32).reshape(1, 4, 4, 3)
        prepared = keras.ops.convert_to_numpy(pretrained.preprocess(probe))
        layers = [
            (type(layer).__name__, layer.get_config() | {"name": ""}) for layer in model.layers
        ]
        image_size = model.input_shape[1:3]
        network = fingerprint([*model.get_weights(), prepared], (layers, image_size))
        return cls(model, pretrained.preprocess, image_size, crop, mirrored, dtype, network)

    @property
    def identity(self) -> str:
        """Hash of everything that the outputs depend on."""
        seen = (self.network, self.crop, self.mirrored, self.dtype, images.VERSION)
        return fingerprint([], seen)


def folded(part: FrozenPart) -> keras.Model:
    """Return the faster model that a FrozenPart runs, cached with its compiled functions."""
    return _folded(_Network(part.network, part.model))


@dataclass(frozen=True)
class _Network:
    identity: str
    model: keras.Model = field(compare=False)


@functools.lru_cache(maxsize=3)  # Fine-tuning needs three: for the head, for views, for photos.
def _folded(network: _Network) -> keras.Model:
    return surgery.fold_batch_norm(network.model)


def pooled_base(pretrained: Pretrained, crop: float = 1.0, mirrored: bool = False) -> FrozenPart:
    """Return the whole base model with average pooling: photos to features (photos, dim)."""
    maps = pretrained.base_model.output
    model = keras.Model(pretrained.base_model.input, keras.layers.GlobalAveragePooling2D()(maps))
    return FrozenPart.of(model, pretrained, "float32", crop, mirrored)


def probabilities_of(
    pretrained: Pretrained, files: Sequence[str | os.PathLike], crop: float = 1.0
) -> np.ndarray:
    """Return a pretrained model's probabilities (photos, classes) for its own classes.

    Most models are a base, an average and one dense layer. They need only the
    features, which other approaches need as well.
    """
    last = dense_on_features(pretrained)
    if last is None:
        return extract(FrozenPart.of(pretrained.model, pretrained, "float32", crop), files)[0]
    return keras.ops.convert_to_numpy(last(extract(pooled_base(pretrained, crop), files)[0]))


def dense_on_features(pretrained: Pretrained) -> keras.layers.Dense | None:
    """Return the dense layer that turns features into probabilities; None if it takes more."""
    base_layers = set(pretrained.base_model.layers)
    above = [layer for layer in pretrained.model.layers if layer not in base_layers]
    kinds = [type(layer) for layer in above if not isinstance(layer, keras.layers.Dropout)]
    plain = kinds == [keras.layers.GlobalAveragePooling2D, keras.layers.Dense]
    return above[-1] if plain else None


def lower_part(
    pretrained: Pretrained,
    boundary: str,
    dtype: str = "float16",
    image_size: tuple[int, int] | None = None,
    crop: float = 1.0,
) -> FrozenPart:
    """Return the base model up to a layer: photos to the feature maps at that boundary.

    Args:
        pretrained: A Pretrained.
        boundary: Name of one of surgery.cut_points(pretrained.base_model).
        dtype: Type of the stored numbers; half precision takes half the space.
        image_size: (height, width) of the photos; None uses the model's own.
        crop: Share of a photo's sides to use; see images.load_photo.
    """
    lower, _ = surgery.split_at(pretrained.base_model, boundary)
    if image_size not in (None, pretrained.image_size):
        lower = surgery.clone_with_weights(lower, (*image_size, 3))
    return FrozenPart.of(lower, pretrained, dtype, crop)


def extract(
    part: FrozenPart,
    photos: Sequence[str | os.PathLike],
    views: int = 1,
    cache: str | os.PathLike | None = None,
) -> np.ndarray:
    """Run a frozen part over photos, or read its earlier output.

    Args:
        part: A FrozenPart.
        photos: Paths of the photos.
        views: How many views per photo: the first is the photo itself, the
            others are random views (see images.random_view), the same in
            every run.
        cache: Folder to keep the numbers in; None uses the workshop's cache.

    Returns:
        Array (views, photos, ...) of part.dtype; one of more than
        atomic.MEMORY_BYTES is kept in a file and read as needed.

    Raises:
        images.BadPhotoError: for the first photo that cannot be read.
        WorkshopError: the disk has no room for large maps.
    """
    store = Store(Path(cache or paths.cache() / "features") / part.identity[:24])
    start = time.perf_counter()
    contents = [images.content_hash(file)[:32] for file in photos]
    shape = (views, len(photos), *part.model.output_shape[1:])
    result = atomic.empty_array(shape, part.dtype, store.folder)
    missing = []
    for row, view in itertools.product(range(len(photos)), range(views)):
        kept = store.read(f"{contents[row]}-{view}", result.shape[2:], part.dtype)
        if kept is None:
            missing.append((row, view))
        else:
            result[view, row] = kept
    jobs = [(photos[row], contents[row], view) for row, view in missing]
    for count, ((row, view), values) in enumerate(zip(missing, run(part, jobs), strict=True)):
        result[view, row] = values
        store.write(f"{contents[row]}-{view}", result[view, row])
        if count % 5000 == 4999:  # So that the cache stays bounded meanwhile.
            atomic.remove_oldest(store.folder.parent, "*.npy", CACHE_BYTES)
    if missing:
        store.add_time(time.perf_counter() - start, len(missing))
        atomic.remove_oldest(store.folder.parent, "*.npy", CACHE_BYTES)
    cached_seconds.add((views * len(photos) - len(missing)) * store.seconds_per_photo())
    return result


def run(part: FrozenPart, jobs: Sequence[Job]) -> Iterator[np.ndarray]:
    """Yield the output of a frozen part for each job, in order.

    Threads decode the next photos while the model works; a photo with several
    random views is decoded once for all of them.

    Args:
        part: A FrozenPart.
        jobs: list of (path, content hash, view), with those of a photo together.
    """
    bar = progress.bar(total=len(jobs), least=progress.MANY)
    with bar, contextlib.closing(_decoded(jobs, part)) as views:
        while batch := list(itertools.islice(views, BATCH)):
            photos = part.preprocess(np.stack(batch))
            yield from folded(part).predict_on_batch(_padded(photos))[: len(batch)]
            bar.update(len(batch))


def _decoded(jobs: Sequence[Job], part: FrozenPart) -> Generator[np.ndarray, None, None]:
    """Yield the view of each job as an array; threads stay about two batches ahead."""
    by_photo = [list(same) for _, same in itertools.groupby(jobs, key=lambda job: job[:2])]
    most = max(map(len, by_photo), default=1)
    waiting = iter(by_photo)
    coming: deque[Future[list[np.ndarray]]] = deque()
    pool = ThreadPoolExecutor(os.cpu_count())

    def submit(count: int) -> None:
        for same in itertools.islice(waiting, count):
            coming.append(pool.submit(_views, same, part))

    try:
        submit(1 + 2 * BATCH // most)
        while coming:
            arrays = coming.popleft().result()
            submit(1)
            yield from arrays
    finally:  # Also if a photo cannot be read, or nobody wants the rest.
        pool.shutdown(cancel_futures=True)


def _views(jobs: Sequence[Job], part: FrozenPart) -> list[np.ndarray]:
    """Return the views that a photo's jobs ask for; view 0 is the photo itself."""
    (file, content), views = jobs[0][:2], [view for _, _, view in jobs]
    plain = images.load_photo(file, part.image_size, part.crop) if 0 in views else None
    seeds = [[int(content, 16), view] for view in views if view > 0]
    random = iter(
        images.load_random_views(
            file, part.image_size, map(np.random.default_rng, seeds), part.crop
        )
        if seeds
        else ()
    )
    made = [plain if view == 0 and plain is not None else next(random) for view in views]
    return [view[:, ::-1] for view in made] if part.mirrored else made


def _padded(batch: np.ndarray) -> np.ndarray:
    # Always the same size: a photo's output is rounded differently in a batch of another size
    # (most of all in a batch of one), so it would depend on what was in the cache. TensorFlow
    # also builds a new graph for each size, which takes longer than a few more photos.
    return np.concatenate([batch, np.repeat(batch[-1:], BATCH - len(batch), axis=0)])


class Store:
    """Arrays in one folder, one file each; a file is complete or absent.

    If they cannot be written (a full disk, say), they are computed again next time.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with contextlib.suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True)

    def read(self, name: str, shape: tuple[int, ...], dtype: str) -> np.ndarray | None:
        """Return the array of this name; None if it is missing, damaged or of another shape."""
        path = self.folder / f"{name}.npy"
        content = atomic.read_checked(path)
        if content is None:
            return None
        values = np.load(io.BytesIO(content))
        with contextlib.suppress(OSError):  # The oldest go first when the cache is full.
            os.utime(path)
        return values if values.shape == shape and values.dtype == dtype else None

    def add_time(self, seconds: float, photos: int) -> None:
        """Add to the record of how long photos took."""
        total = np.add(self._times(), (seconds, photos))
        with contextlib.suppress(OSError):
            atomic.write_checked(self.folder / TIMES, json.dumps(total.tolist()).encode())

    def seconds_per_photo(self) -> float:
        """Return how long a photo took to compute; 0 if unknown."""
        seconds, photos = self._times()
        return seconds / photos if photos else 0.0

    def _times(self) -> tuple[float, int]:
        content = atomic.read_checked(self.folder / TIMES)
        seconds, photos = json.loads(content) if content else (0.0, 0)
        return seconds, photos

    def write(self, name: str, values: np.ndarray) -> None:
        """Keep an array; another notebook may write the same one at the same time."""
        content = io.BytesIO()
        np.save(content, values)
        with contextlib.suppress(OSError):
            atomic.write_checked(self.folder / f"{name}.npy", content.getvalue())
