"""The input pipeline: first decoding, then the model, against both at the same time.

python -m tests.benchmarks.input_pipeline [MODEL] [FOLDER]

FOLDER holds photos; without it, the test photos of the yoghurts are used, each several times.
"""

import sys
from pathlib import Path

from exercise_lib import datasets, images
from exercise_lib.approaches import frozen_parts
from exercise_lib.datasets import splits
from exercise_lib.models import pretrained
from tests.benchmarks import timing

PHOTOS = 480


def main(name=None, folder=None):
    """Print photos a second of decoding, of the model, and of both ways of doing both."""
    model = pretrained.load_pretrained(name)
    files = splits.photo_files(Path(folder)) if folder else datasets.load("yoghurts").test.files
    files = (list(files) * (PHOTOS // len(files) + 1))[:PHOTOS]
    part = frozen_parts.pooled_base(model)
    # Nothing is kept: the same photo again is decoded again.
    jobs = [(file, "0", 0) for file in files]
    list(frozen_parts.run(part, jobs[:64]))  # The first batches also compile.
    decoding, photos = timing.timed(lambda: images.load_photos(files, part.image_size))
    inputs = part.preprocess(photos)
    passing, _ = timing.timed(
        lambda: frozen_parts.folded(part).predict(inputs, batch_size=32, verbose=0)
    )
    together, _ = timing.timed(lambda: list(frozen_parts.run(part, jobs)))
    print(f"\n{PHOTOS} photos, {model.name}, photos a second")
    for what, seconds in (
        ("decoded by threads, nothing else", decoding),
        ("through the model", passing),
        ("first decoded, then through the model", decoding + passing),
        ("decoded by threads while the model works", together),
    ):
        print(f"  {what:<42}{PHOTOS / seconds:7.0f}")
    print(f"  ratio {(decoding + passing) / together:.2f}")


if __name__ == "__main__":
    main(*sys.argv[1:3])
