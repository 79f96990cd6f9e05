"""The head in closed form against one trained by gradient descent, on the same photos.

python -m tests.benchmarks.head [--model M] [--data DATA]... [--images-per-class N]... [--draws K]

DATA is judged by all photos that were not drawn, up to 200 of each class; test photos are not
looked at. The other head is what the workshop took before: one dense layer on the features as
they are, 300 steps of AdamW.
"""

import argparse

import keras
import numpy as np
import tensorflow as tf

from exercise_lib import datasets, seeds
from exercise_lib.approaches import feature_extraction
from exercise_lib.comparison import metrics
from exercise_lib.datasets import splits
from exercise_lib.models import pretrained

STEPS, LEARNING_RATE, WEIGHT_DECAY = 300, 0.01, 0.01
MOST = 220  # Photos of each class of which features are made.


def main():
    """Print both accuracies of each set and size, and their mean difference over the sets."""
    options = parse()
    model = pretrained.load_pretrained(options.model)
    gains = {}
    print(f"{'data':<24}{'photos a class':>15}{'before':>9}{'now':>9}{'gain':>9}")
    for data in options.data:
        photos = datasets.load(data)
        pool = splits.join(photos.train, photos.validation)
        pool, _ = splits.draw(pool, min(MOST, np.bincount(pool.labels).min()), seed=7)
        values = views_of(model, pool)
        for size in options.images_per_class:
            before, now = np.mean(
                [compare(values, pool, size, seed) for seed in range(options.draws)], axis=0
            )
            gains.setdefault(size, []).append(now - before)
            print(
                f"{photos.name:<24}{size:>15}{before:>9.3f}{now:>9.3f}{now - before:>+9.3f}",
                flush=True,
            )
    for size, found in gains.items():
        print(f"{'mean gain':<24}{size:>15}{np.mean(found):>+27.3f}   lowest {min(found):+.3f}")


def parse():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", default=None)
    parser.add_argument("--data", action="append", help="default: yoghurts_large")
    parser.add_argument("--images-per-class", type=int, action="append")
    parser.add_argument("--draws", type=int, default=10)
    options = parser.parse_args()
    options.data = options.data or ["yoghurts_large"]
    options.images_per_class = options.images_per_class or [1, 2, 5, 10, 20]
    return options


def views_of(model, pool):
    """Return the features (views, photos, dim) of the views that a head learns from."""
    views = feature_extraction.VIEWS
    return feature_extraction.features_to_learn_from(model, pool.files, views=views)


def compare(values, pool, size, seed):
    """Return the accuracies of both heads, learnt from the same photos."""
    drawn, rest = splits.draw(pool, size, seed)
    place = {file: row for row, file in enumerate(pool.files)}
    learning, judging = (
        np.array([place[file] for file in split.files]) for split in (drawn, rest)
    )
    classes = int(pool.labels.max()) + 1
    heads = (
        by_descent(values[0, learning], drawn.labels, classes, seed),
        feature_extraction.train_head(values[:, learning], drawn.labels, classes),
    )
    return [
        metrics.accuracy(
            head.predict(values[0, judging], batch_size=1024, verbose=0).argmax(axis=1),
            rest.labels,
        )
        for head in heads
    ]


def by_descent(train_features, labels, classes, seed):
    """Return a head trained with all photos at once in each step."""
    weights = keras.initializers.GlorotUniform(seed=next(seeds.stream(seed)))
    dense = keras.layers.Dense(classes, activation="softmax", kernel_initializer=weights)
    head = keras.Sequential([keras.Input((train_features.shape[1],)), dense])
    optimizer = keras.optimizers.AdamW(LEARNING_RATE, weight_decay=WEIGHT_DECAY)
    head.compile(optimizer, "sparse_categorical_crossentropy")
    step = tf.data.Dataset.from_tensors((train_features, labels))
    head.fit(step.repeat(STEPS), epochs=1, shuffle=False, verbose=0)
    return head


if __name__ == "__main__":
    main()
