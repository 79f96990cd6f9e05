"""Approach 3a, `feature_extraction`: the weights are kept and frozen, only a head learns.

The head is trained on features that were computed once, so it takes seconds.
"""

import keras
import tensorflow as tf

from exercise_lib import features, seeds

STEPS = 300
LEARNING_RATE = 0.01
WEIGHT_DECAY = 0.01


def build_head(dim, classes, seed=0):
    """Build a linear head: features (batch, dim) to probabilities (batch, classes).

    Args:
        dim: Length of the features of a photo.
        classes: Number of classes.
        seed: Of its weights.
    """
    weights = keras.initializers.GlorotUniform(seed=next(seeds.stream(seed)))
    dense = keras.layers.Dense(
        classes, activation="softmax", kernel_initializer=weights, name="head"
    )
    return keras.Sequential([keras.Input((dim,)), dense])


def train_head(train_features, labels, classes, seed=0):
    """Train a new head on features, all photos at once in each step.

    Args:
        train_features: float array (photos, dim).
        labels: int array (photos,).
        classes: Number of classes.
        seed: Of the head's weights at the start; nothing else is drawn.

    Returns:
        keras.Model, features (batch, dim) to probabilities (batch, classes).
    """
    head = build_head(train_features.shape[1], classes, seed)
    optimizer = keras.optimizers.AdamW(LEARNING_RATE, weight_decay=WEIGHT_DECAY)
    head.compile(optimizer, "sparse_categorical_crossentropy")
    # One epoch of many equal steps: an epoch for each would spend its time on bookkeeping.
    step = tf.data.Dataset.from_tensors((train_features, labels))
    head.fit(step.repeat(STEPS), epochs=1, shuffle=False, verbose=0)
    return head


def features_of(pretrained, files):
    """Return the features (photos, dim) of photos, from the cache where they are there."""
    return features.extract(features.pooled_base(pretrained), files)[0]
