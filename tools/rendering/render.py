"""Command line: render one split of the yoghurts.

    python tools/rendering/render.py --out data/yoghurts --split train --per-flavour 20

Pictures that exist are left alone, so a stopped run goes on where it was.
"""

import argparse
import multiprocessing
import os
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from annotations import write_voc
from designs import NAMES
from flavours import FLAVOURS
from scene import SPLITS, Photographer
from tqdm import tqdm


def parse_arguments(arguments=None):
    """Read the command line."""
    parser = argparse.ArgumentParser(description="Render yoghurt pots on a production lane.")
    parser.add_argument("--out", type=Path, required=True, help="folder of the data set")
    parser.add_argument("--split", choices=SPLITS, required=True)
    parser.add_argument("--per-flavour", type=int, default=20, help="pictures of each flavour")
    parser.add_argument("--samples", type=int, default=20, help="light paths for each pixel")
    parser.add_argument("--seed", type=int, default=20, help="another seed gives other pictures")
    parser.add_argument("--workers", type=int, default=os.cpu_count(), help="pictures at a time")
    return parser.parse_args(arguments)


def picture_rng(seed, split, flavour, number):
    """Return the random generator of one picture; no two pictures share one."""
    place = (list(SPLITS).index(split), FLAVOURS.index(flavour), number)
    return np.random.default_rng([seed, *place])


def brand_of(seed, split, flavour, number):
    """Return the brand number of a picture: all brands in turn, in a shuffled order."""
    brands = len(NAMES[SPLITS[split].designs])
    place = (list(SPLITS).index(split), FLAVOURS.index(flavour), number // brands)
    order = np.random.default_rng([seed, *place, 99]).permutation(brands)
    return int(order[number % brands])


@contextmanager
def quiet_renderer():
    """Send what the renderer prints from C to nowhere; Python's stderr stays."""
    sys.stdout.flush()
    kept = os.dup(1)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    try:
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)
        os.close(nowhere)


class Worker:
    """Renders single pictures of a split in a process of its own."""

    def __init__(self, options, scratch):
        self.options = options
        self.raw = scratch / f"raw_{os.getpid()}.png"
        self.photographer = Photographer(options.split, scratch, options.samples)

    def render(self, flavour, number):
        """Render one picture with its boxes; both appear whole or not at all."""
        seed, split = self.options.seed, self.options.split
        path = picture_path(self.options, flavour, number)
        path.parent.mkdir(parents=True, exist_ok=True)
        brand = brand_of(seed, split, flavour, number)
        rng = picture_rng(seed, split, flavour, number)
        with quiet_renderer():
            image, boxes, quality = self.photographer.take(flavour, brand, rng, self.raw)
        part = path.with_name(f".{path.stem}.part")
        write_voc(part, path.parent.name, path.name, image.size, boxes)
        part.replace(path.with_suffix(".xml"))
        image.save(part, "JPEG", quality=quality)
        part.replace(path)  # Last, because an existing picture means: done.


_worker = None


def start_worker(options, scratch):
    """Make the Worker of this process."""
    global _worker
    _worker = Worker(options, scratch)


def render_one(wanted):
    """Render (flavour, number) in this process."""
    _worker.render(*wanted)


def picture_path(options, flavour, number):
    """Return where a picture goes."""
    return options.out / options.split / flavour / f"{flavour}_{number + 1:03d}.jpg"


def main(arguments=None):
    """Render what is missing; returns the exit status."""
    options = parse_arguments(arguments)
    # All flavours of one number before the next number: a stopped run leaves a balanced set.
    wanted = [
        (flavour, number)
        for number in range(options.per_flavour)
        for flavour in FLAVOURS
        if not picture_path(options, flavour, number).exists()
    ]
    context = multiprocessing.get_context("spawn")  # A forked renderer would hang.
    # bpy puts its inner modules on the path; a worker would find these first and not bpy itself.
    sys.path[:] = [folder for folder in sys.path if "bpy" not in folder]
    with tempfile.TemporaryDirectory() as folder:
        setting = (options, Path(folder))
        with ProcessPoolExecutor(options.workers, context, start_worker, setting) as pool:
            running = [pool.submit(render_one, picture) for picture in wanted]
            for picture in tqdm(as_completed(running), total=len(wanted), unit="picture"):
                picture.result()
    return 0


if __name__ == "__main__":
    sys.exit(main())
