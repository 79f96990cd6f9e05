"""Feature extraction: the frozen base once per photo against once per epoch; folded against not.

python -m tests.benchmarks.feature_extraction [MODEL] [DATA]
"""

import sys
import tempfile
from functools import partial

import keras
import numpy as np

from exercise_lib import datasets, images
from exercise_lib.approaches import frozen_parts
from exercise_lib.comparison import metrics
from exercise_lib.models import pretrained
from tests.benchmarks import timing

EPOCHS = 20
SEEDS = 3


def main(name=None, data="yoghurts"):
    """Print seconds, ratio and test accuracy of both ways, then photos a second of both models."""
    model = pretrained.load_pretrained(name)
    photos = datasets.load(data)
    inputs, test_inputs = (prepared(model, split) for split in (photos.train, photos.test))
    naive, ours = [], []
    for seed in range(SEEDS):
        seconds, whole = timing.timed(partial(train_naively, model, inputs, photos, seed))
        naive.append((seconds, accuracy(whole, test_inputs, photos)))
        with tempfile.TemporaryDirectory() as cache:
            seconds, head = timing.timed(partial(train_ours, model, photos, cache, seed))
            ours.append((seconds, accuracy(head, extract(model, photos.test, cache), photos)))
    timing.report(
        f"{EPOCHS} epochs of a head on {len(photos.train)} photos of {photos.name}, {model.name}, "
        f"{SEEDS} seeds",
        ("frozen base in every epoch", *np.mean(naive, axis=0)),
        ("features once", *np.mean(ours, axis=0)),
    )
    report_folding(model, inputs)


def prepared(model, split):
    return model.preprocess(images.load_photos(split.files, model.image_size))


def train_naively(model, inputs, photos, seed):
    """Train a head on top of the frozen base, which runs in every step."""
    keras.utils.set_random_seed(seed)
    base_model = keras.models.clone_model(model.base_model)
    base_model.set_weights(model.base_model.get_weights())
    base_model.trainable = False
    pooled = keras.layers.GlobalAveragePooling2D()(base_model.output)
    head = build_head(pooled.shape[-1], len(photos.class_names))
    whole = keras.Model(base_model.input, head(pooled))
    return fit(whole, inputs, photos.train.labels)


def train_ours(model, photos, cache, seed):
    """Train a head on features that are computed once."""
    keras.utils.set_random_seed(seed)
    frozen_parts._folded.cache_clear()  # Each seed compiles anew, as the other way does.
    values = extract(model, photos.train, cache)
    head = build_head(values.shape[1], len(photos.class_names))
    return fit(head, values, photos.train.labels)


def build_head(dim, classes):
    return keras.Sequential(
        [keras.Input((dim,)), keras.layers.Dense(classes, activation="softmax")]
    )


def extract(model, split, cache):
    return frozen_parts.extract(frozen_parts.pooled_base(model), split.files, cache=cache)[0]


def fit(model, inputs, labels):
    model.compile(keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy")
    model.fit(inputs, labels, epochs=EPOCHS, verbose=0)
    return model


def accuracy(model, inputs, photos):
    return metrics.accuracy(model.predict(inputs, verbose=0).argmax(axis=1), photos.test.labels)


def report_folding(model, inputs):
    """Print photos a second of the base model as it is and with batch norm folded."""
    folded = frozen_parts.folded(frozen_parts.pooled_base(model))
    batch = inputs[:32]
    for network in (model.base_model, folded):
        network.predict_on_batch(batch)  # The first call also compiles.
    plain = min(
        timing.timed(lambda: model.base_model.predict_on_batch(batch))[0] for _ in range(9)
    )
    ours = min(timing.timed(lambda: folded.predict_on_batch(batch))[0] for _ in range(9))
    apart = np.abs(
        model.base_model.predict_on_batch(batch).mean(axis=(1, 2)) - folded.predict_on_batch(batch)
    ).max()
    print(f"\nBase model on 32 photos, {model.name}")
    print(f"  as it is           {32 / plain:7.0f} photos a second")
    print(f"  batch norm folded  {32 / ours:7.0f} photos a second")
    print(f"  ratio {plain / ours:.2f}, features apart by at most {apart:.1e}")


if __name__ == "__main__":
    main(*sys.argv[1:3])
