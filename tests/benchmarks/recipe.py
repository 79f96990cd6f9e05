"""The recipe that everyone copies against `compare`, as whole processes with an empty cache.

python -m tests.benchmarks.recipe DATA [--images-per-class N]

DATA is a folder with train/ and test/. The recipe: MobileNetV2 at 160 pixels, flips and rotations
in the model, 10 epochs with the base frozen (Adam, 1e-4), then 10 with its layers from 100 on
(RMSprop, 1e-5). Source of its numbers: TensorFlow's tutorial "Transfer learning and fine-tuning"
(https://www.tensorflow.org/tutorials/images/transfer_learning).
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import exercise_lib  # noqa: F401  (So that TensorFlow is quiet.)
from tests.benchmarks import timing

EPOCHS = 10
IMAGE_SIZE = (160, 160)
FIRST_LEARNING_LAYER = 100


def main():
    """Run the recipe, feature extraction alone, and feature extraction with fine-tuning."""
    parser = argparse.ArgumentParser(description="Time the usual recipe and ours.")
    parser.add_argument("data", help="folder with train/ and test/")
    parser.add_argument("--images-per-class", type=int, default=80, help="photos that ours takes")
    parser.add_argument("--model", default="EfficientNetLite0", help="that ours takes")
    parser.add_argument("--recipe-only", action="store_true", help="what the first process runs")
    options = parser.parse_args()
    if options.recipe_only:
        print(json.dumps(run_recipe(Path(options.data))))
        return
    recipe = timing.timed(lambda: start_recipe(options.data))
    for approaches in (["feature_extraction"], ["feature_extraction", "fine_tuning"]):
        ours = timing.timed(lambda approaches=approaches: start_ours(options, approaches))
        timing.report(
            f"{options.data}, whole processes: the recipe with MobileNetV2, ours with "
            f"{options.model}",
            ("the recipe", *recipe),
            (" + ".join(approaches), *ours),
        )


def start_recipe(data):
    """Run the recipe in a process of its own; returns the test accuracy."""
    command = [sys.executable, "-m", "tests.benchmarks.recipe", data, "--recipe-only"]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return json.loads(done.stdout.splitlines()[-1])


def start_ours(options, approaches):
    """Run `compare` in a process of its own, with an empty cache; returns the last accuracy."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "exercise_lib", "compare", options.data]
        command += ["--model", options.model, "--seeds", "1", "--out", folder]
        command += ["--images-per-class", str(options.images_per_class)]
        for approach in approaches:
            command += ["--approach", approach]
        environment = {**os.environ, "EXERCISE_CACHE": f"{folder}/cache"}
        subprocess.run(command, check=True, capture_output=True, env=environment)
        rows = json.loads((Path(folder) / "results.json").read_text(encoding="utf-8"))
    return rows[-1]["test_accuracy"]


def run_recipe(data):
    """Train after the recipe and return the accuracy on the test photos."""
    import keras
    import tensorflow as tf

    keras.utils.set_random_seed(0)
    train, test = (
        keras.utils.image_dataset_from_directory(
            data / split, image_size=IMAGE_SIZE, batch_size=32, shuffle=split == "train", verbose=0
        )
        for split in ("train", "test")
    )
    classes = len(train.class_names)
    train, test = (batches.prefetch(tf.data.AUTOTUNE) for batches in (train, test))
    base_model = keras.applications.MobileNetV2(
        input_shape=(*IMAGE_SIZE, 3), include_top=False, weights="imagenet"
    )
    base_model.trainable = False
    inputs = keras.Input((*IMAGE_SIZE, 3))
    x = keras.layers.RandomRotation(0.2)(keras.layers.RandomFlip("horizontal")(inputs))
    x = base_model(keras.applications.mobilenet_v2.preprocess_input(x), training=False)
    x = keras.layers.Dropout(0.2)(keras.layers.GlobalAveragePooling2D()(x))
    model = keras.Model(inputs, keras.layers.Dense(classes, activation="softmax")(x))
    fit(model, train, keras.optimizers.Adam(1e-4))
    base_model.trainable = True
    for layer in base_model.layers[:FIRST_LEARNING_LAYER]:
        layer.trainable = False
    fit(model, train, keras.optimizers.RMSprop(1e-5))
    return model.evaluate(test, verbose=0)[1]


def fit(model, train, optimizer):
    model.compile(optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(train, epochs=EPOCHS, verbose=0)


if __name__ == "__main__":
    main()
