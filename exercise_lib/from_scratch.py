"""Approach 2, `from_scratch`: the structure of the pretrained model with weights drawn anew."""

import keras
import tensorflow as tf

from exercise_lib import surgery

LEARNING_RATE = 2e-3
WEIGHT_DECAY = 1e-2
BATCH = 32
STEPS = 1800  # At least; and no photo is seen more often than MAX_EPOCHS times.
MIN_EPOCHS, MAX_EPOCHS = 20, 80


def build_model(pretrained, classes, image_size=None):
    """Build the same structure with fresh weights and a new head.

    Args:
        pretrained: A Pretrained; only its structure and preprocessing are used.
        classes: Number of classes.
        image_size: (height, width) of the photos; None takes the model's own.

    Returns:
        keras.Model, photos (batch, height, width, 3) in [0, 255] to
        probabilities (batch, classes).
    """
    image_size = image_size or pretrained.image_size
    base_model = surgery.fresh_copy(pretrained.base_model, image_size)
    inputs = keras.Input((*image_size, 3))
    x = pretrained.preprocess(augmentation()(inputs))
    x = keras.layers.GlobalAveragePooling2D()(base_model(x))
    x = keras.layers.Dropout(0.2)(x)
    outputs = keras.layers.Dense(classes, activation="softmax", name="head")(x)
    return keras.Model(inputs, outputs, name="from_scratch")


def augmentation():
    """Return layers that change photos at random in training, and not at all in inference."""
    return keras.Sequential(
        [
            keras.layers.RandomFlip("horizontal"),
            keras.layers.RandomTranslation(0.1, 0.1),
            keras.layers.RandomZoom((-0.25, 0.1)),
            keras.layers.RandomBrightness(0.15),
            keras.layers.RandomContrast(0.2),
        ],
        name="augmentation",
    )


def train(model, photos, labels, verbose=0):
    """Train a model from `build_model`; the learning rate rises shortly, then falls to zero.

    Args:
        model: The keras.Model; it is changed.
        photos: uint8 array (photos, height, width, 3) in [0, 255].
        labels: int array (photos,).
        verbose: As in keras.Model.fit.

    Returns:
        keras.callbacks.History.
    """
    steps_per_epoch = -(-len(labels) // BATCH)
    epochs = min(MAX_EPOCHS, max(MIN_EPOCHS, STEPS // steps_per_epoch))
    steps = epochs * steps_per_epoch
    schedule = keras.optimizers.schedules.CosineDecay(
        LEARNING_RATE / 10, steps, warmup_target=LEARNING_RATE, warmup_steps=steps // 10
    )
    model.compile(
        keras.optimizers.AdamW(schedule, weight_decay=WEIGHT_DECAY),
        "sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model.fit(batches(photos, labels), epochs=epochs, shuffle=False, verbose=verbose)


def batches(photos, labels):
    """Return shuffled batches of (photos, labels) as a tf.data.Dataset."""
    dataset = tf.data.Dataset.from_tensor_slices((photos, labels))
    dataset = dataset.shuffle(len(labels), seed=0).batch(BATCH).prefetch(2)
    options = tf.data.Options()
    # Autotune makes closing an iterator wait for a timer that doubles each time.
    options.autotune.enabled = False
    return dataset.with_options(options)
