"""Fine-tuning: from the freeze boundary against the whole model in every step.

python -m tests.benchmarks.fine_tuning [--model M] [--data DATA] [--from-layer N] [--seeds K]

All without augmentation and with the same batches. Ours keeps its maps in half precision; it is
also run in single precision, so that the accuracies show what that costs.
"""

import argparse
import tempfile

import keras
import numpy as np

from exercise_lib import datasets, images
from exercise_lib.approaches import feature_extraction, fine_tuning, frozen_parts
from exercise_lib.comparison import metrics
from exercise_lib.models import pretrained, surgery
from tests.benchmarks import timing

ROUNDS = 5
WAYS = ("whole model in every step", "from the boundary, float32", "from the boundary, float16")


def main():
    """Print seconds of an epoch, ratio to the whole model, and test accuracy of each way."""
    parser = argparse.ArgumentParser(description="Time fine-tuning from the freeze boundary.")
    parser.add_argument("--model", help="imagenet200, MobileNetV2, ...")
    parser.add_argument("--data", default="yoghurts", help="as `compare` takes it")
    parser.add_argument("--from-layer", type=int, help="lowest layer that may learn")
    parser.add_argument("--seeds", type=int, default=3)
    options = parser.parse_args()
    model = pretrained.load_pretrained(options.model)
    photos = datasets.load(options.data)
    boundary = fine_tuning.choose_boundary(model.base_model)
    if options.from_layer is not None:
        boundary = cut_point_from(model.base_model, options.from_layer)
    runs = [run(model, photos, boundary, seed) for seed in range(options.seeds)]
    epochs = fine_tuning.choose_epochs(len(photos.train))
    _, upper = surgery.split_at(model.base_model, boundary)
    print(
        f"\n{model.name}, {photos.name}, {len(photos.train)} photos, above {boundary} "
        f"({upper.count_params():,} weights), {epochs} epochs, {options.seeds} seeds"
    )
    whole = np.mean([seeds[0][1] for seeds in runs])
    for way, *measured in zip(WAYS, *runs, strict=True):
        maps, training, accuracy = np.mean(measured, axis=0)
        print(
            f"  {way:<28}maps {maps:6.1f} s   an epoch {training:6.2f} s"
            f"   ratio {whole / training:4.1f}   test accuracy {accuracy:.3f}"
        )


def cut_point_from(base_model, first):
    """Return the lowest cut point at or above a layer's number."""
    names = [layer.name for layer in base_model.layers]
    return next(name for name in surgery.cut_points(base_model) if names.index(name) >= first)


def run(model, photos, boundary, seed):
    """Return (seconds for the maps, seconds of an epoch, test accuracy) of each way."""
    values = feature_extraction.features_of(model, photos.train.files)
    classes = len(photos.class_names)
    head = feature_extraction.train_head(values, photos.train.labels, classes)
    results = [run_whole(model, head, boundary, photos)]
    for dtype in ("float32", "float16"):
        part = frozen_parts.lower_part(model, boundary, dtype)
        upper = fine_tuning.build_upper(model, head, boundary)
        with tempfile.TemporaryDirectory() as cache:
            maps_seconds, maps = timing.timed(
                lambda part=part, cache=cache: frozen_parts.extract(
                    part, photos.train.files, cache=cache
                )
            )
            [test_maps] = frozen_parts.extract(part, photos.test.files, cache=cache)
        seconds = train(upper, maps, photos.train.labels)
        results.append((maps_seconds, seconds, accuracy(upper, test_maps, photos)))
    return results


def run_whole(model, head, boundary, photos):
    """Fine-tune with the frozen lower part in every step."""
    lower, _ = surgery.split_at(model.base_model, boundary)
    frozen = keras.models.clone_model(lower)
    frozen.set_weights(lower.get_weights())
    frozen.trainable = False
    upper = fine_tuning.build_upper(model, head, boundary)
    whole = keras.Model(frozen.input, upper(frozen.output))
    inputs, test_inputs = (
        model.preprocess(images.load_photos(split.files, model.image_size))
        for split in (photos.train, photos.test)
    )
    seconds = train(whole, inputs[None], photos.train.labels)
    return 0.0, seconds, accuracy(whole, test_inputs, photos)


def train(model, maps, labels):
    """Train as fine_tuning does; return the seconds of an epoch, the median of some after it."""
    fine_tuning.train(model, maps, labels)
    trained = model.get_weights()
    rows = np.array_split(np.arange(len(labels)), -(-len(labels) // fine_tuning.BATCH))
    model.train_on_batch(maps[0][rows[0]], labels[rows[0]])  # The first call compiles.
    rounds = [
        timing.timed(lambda: [model.train_on_batch(maps[0][some], labels[some]) for some in rows])
        for _ in range(ROUNDS)
    ]
    model.set_weights(trained)
    return np.median([seconds for seconds, _ in rounds])


def accuracy(model, inputs, photos):
    predicted = fine_tuning.predict(model, inputs).argmax(axis=1)
    return metrics.accuracy(predicted, photos.test.labels)


if __name__ == "__main__":
    main()
