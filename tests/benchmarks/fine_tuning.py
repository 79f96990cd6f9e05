"""Fine-tuning: from the freeze boundary against the whole model in every step.

python -m tests.benchmarks.fine_tuning [MODEL]

Both without augmentation and with the same batches; ours also keeps its maps
in half precision, so the accuracies show what that costs.
"""

import sys
import tempfile

import keras

from exercise_lib import (
    datasets,
    feature_extraction,
    features,
    fine_tuning,
    images,
    metrics,
    pretrained,
    surgery,
)
from tests.benchmarks import timing


def main(name=None):
    """Print seconds, ratio and test accuracy of both ways."""
    model = pretrained.load_pretrained(name)
    photos = datasets.load("yoghurts")
    values = feature_extraction.features_of(model, photos.train.files)
    keras.utils.set_random_seed(0)
    head = feature_extraction.train_head(values, photos.train.labels, len(photos.class_names))
    boundary = fine_tuning.choose_boundary(model.base_model)
    naive_seconds, naive = timing.timed(lambda: train_naively(model, head, boundary, photos))
    with tempfile.TemporaryDirectory() as cache:
        our_seconds, ours = timing.timed(lambda: train_ours(model, head, boundary, photos, cache))
        test_maps = maps_of(model, boundary, photos.test, cache)
    timing.report(
        f"{fine_tuning.choose_epochs(len(photos.train))} epochs above {boundary}, {model.name}",
        (
            "whole model in every step",
            naive_seconds,
            accuracy(naive, prepared(model, photos.test), photos),
        ),
        ("from the boundary", our_seconds, accuracy(ours, test_maps[0], photos)),
    )


def prepared(model, split):
    return model.preprocess(images.load_photos(split.files, model.image_size))


def train_naively(model, head, boundary, photos):
    """Fine-tune with the frozen lower part in every step."""
    lower, _ = surgery.cut(model.base_model, boundary)
    frozen = keras.models.clone_model(lower)
    frozen.set_weights(lower.get_weights())
    frozen.trainable = False
    upper = fine_tuning.build_upper(model, head, boundary)
    whole = keras.Model(frozen.input, upper(frozen.output))
    fine_tuning.train(whole, prepared(model, photos.train)[None], photos.train.labels)
    return whole


def train_ours(model, head, boundary, photos, cache):
    """Fine-tune on maps that are computed once."""
    upper = fine_tuning.build_upper(model, head, boundary)
    maps = maps_of(model, boundary, photos.train, cache)
    fine_tuning.train(upper, maps, photos.train.labels)
    return upper


def maps_of(model, boundary, split, cache):
    return features.extract(features.below(model, boundary), split.files, cache=cache)


def accuracy(model, inputs, photos):
    return metrics.accuracy(model.predict(inputs, verbose=0).argmax(axis=1), photos.test.labels)


if __name__ == "__main__":
    main(*sys.argv[1:2])
