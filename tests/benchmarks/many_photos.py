"""Thousands of large photos: time and memory of a first and a second look, decoding, the model.

python -m tests.benchmarks.many_photos [--model M] [--photos N] [--megapixels M]

The photos are made in a temporary folder: a few enlarged yoghurts with noise, each copied under
many names with some bytes after its end, so that no two files are the same. 3,000 of 12 megapixels
take about 4 GB of disk.
"""

import argparse
import io
import multiprocessing
import os
import resource
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
from PIL import Image

from exercise_lib import datasets, images
from exercise_lib.approaches import fine_tuning, frozen_parts
from exercise_lib.datasets import splits
from exercise_lib.models import pretrained
from tests.benchmarks import timing

KINDS = 12
SOME = 192  # Whole batches of photos of which decoding and the model are timed apart.
# macOS counts in bytes, Linux in KiB.
UNIT = 1 if sys.platform == "darwin" else 1024


def main():
    """Print seconds, photos a second and peak memory of each step."""
    parser = argparse.ArgumentParser(description="Look at thousands of large photos.")
    parser.add_argument("--model", help="imagenet200, MobileNetV2, ...")
    parser.add_argument("--photos", type=int, default=3000)
    parser.add_argument("--megapixels", type=float, default=12)
    options = parser.parse_args()
    model = pretrained.load_pretrained(options.model)
    part = frozen_parts.pooled_base(model)
    with tempfile.TemporaryDirectory() as folder:
        os.environ["EXERCISE_CACHE"] = f"{folder}/cache"
        place = Path(folder) / "photos"
        # In a process of its own, so that its memory is not counted.
        with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
            pool.submit(make_photos, place, options.photos, options.megapixels).result()
        size = sum(file.stat().st_size for file in place.rglob("*.jpg"))
        print(f"{options.photos} photos, {size / 1e9:.1f} GB, {model.name}; peak {peak():.2f} GB")
        report("first look (survey)", lambda: datasets.load(str(place)), options.photos)
        report("second look", lambda: datasets.load(str(place)), options.photos)
        photos = datasets.load(str(place))
        files = splits.join(splits.join(photos.train, photos.validation), photos.test).files
        report("features, first time", lambda: frozen_parts.extract(part, files), len(files))
        report("features, second time", lambda: frozen_parts.extract(part, files), len(files))
        decoding = report(
            "decoding alone, threads",
            lambda: images.load_photos(files[:SOME], part.image_size),
            SOME,
        )
        inputs = part.preprocess(images.load_photos(files[:SOME], part.image_size))
        passing = report(
            "the model alone", lambda: forward(frozen_parts.folded(part), inputs), SOME
        )
        views = fine_tuning.choose_views(SOME)
        report(
            f"features, {views} views",
            lambda: frozen_parts.extract(part, files[:SOME], views),
            SOME * views,
        )
    print(f"  decoding takes {decoding / passing:.1f} times as long as the model")


def forward(model, inputs):
    """Run a model over all inputs, in the batches that it has been compiled for."""
    for start in range(0, len(inputs), frozen_parts.BATCH):
        model.predict_on_batch(inputs[start : start + frozen_parts.BATCH])


def report(what, work, count):
    """Time some work on so many photos, print a line, and return the seconds."""
    seconds, _ = timing.timed(work)
    print(
        f"  {what:<26}{seconds:8.1f} s {count / seconds:8.0f} photos a second"
        f"   peak {peak():.2f} GB",
        flush=True,
    )
    return seconds


def peak():
    """Return the largest memory that this process has taken, in GB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * UNIT / 1e9


def make_photos(place, count, megapixels):
    """Write two classes of JPEG photos, 4 wide and 3 high."""
    width = round((megapixels * 1e6 * 4 / 3) ** 0.5)
    kinds = [large_photo(file, (width, width * 3 // 4)) for file in some_yoghurts()]
    for number in range(count):
        folder = place / ("left" if number % 2 else "right")
        folder.mkdir(parents=True, exist_ok=True)
        content = kinds[number % len(kinds)] + number.to_bytes(8, "big")
        (folder / f"IMG_{number:05d}.jpg").write_bytes(content)


def some_yoghurts():
    photo_files = datasets.load("yoghurts").train.files
    return photo_files[:: len(photo_files) // KINDS][:KINDS]


def large_photo(file, size):
    """Return the bytes of a JPEG as a camera might make it: large, and with some noise."""
    with Image.open(file) as image:
        pixels = np.asarray(image.resize(size, Image.Resampling.BICUBIC), np.int16)
    noise = np.random.default_rng(0).integers(-6, 7, pixels.shape, np.int16)
    buffer = io.BytesIO()
    Image.fromarray((pixels + noise).clip(0, 255).astype(np.uint8)).save(
        buffer, "JPEG", quality=85
    )
    return buffer.getvalue()


if __name__ == "__main__":
    main()
