"""The exercises of notebook 04, May the weights move a little?"""

import numpy as np

from exercise_lib.exercises import training
from exercise_lib.exercises.exercise import Exercise, Mistake, chosen_letter, loss_name

SETUP = """
import keras
import numpy as np
"""


def tiny_base():
    """A frozen base model of three stages, with a batch normalisation in each."""
    import keras

    inputs = x = keras.Input((8, 8, 3))
    for stage in ("stage1", "stage2", "stage3"):
        x = keras.layers.Conv2D(2, 3, use_bias=False, name=f"{stage}_convolution")(x)
        x = keras.layers.BatchNormalization(name=f"{stage}_batch_norm")(x)
        x = keras.layers.ReLU(name=f"{stage}_relu")(x)
    base_model = keras.Model(inputs, x)
    base_model.trainable = False
    return base_model


def what_learns(model):
    """Return the sorted names of the weights that learn, such as "stage3_convolution/kernel"."""
    return sorted(weight.path for weight in model.trainable_weights)


def after_unfreezing(unfreeze_above):
    base_model = tiny_base()
    unfreeze_above(base_model, "stage2_batch_norm")
    return " ".join(what_learns(base_model))


UNFREEZE = Exercise(
    number="4.1",
    name="unfreeze_above",
    probe=after_unfreezing,
    expected=lambda: "stage3_batch_norm/beta stage3_batch_norm/gamma stage3_convolution/kernel",
    expects="that exactly the layers after `stage2_batch_norm` learn",
    look_at="`trainable` of the whole model, and then of each layer up to the boundary",
    correct="The lower layers, which see edges and colours, stay; the last ones, which put them "
    "together, may move.",
    hints=(
        "A frozen model keeps all its layers from learning: first set `base_model.trainable = "
        "True`.",
        "Then go through `base_model.layers` and freeze those up to and including the boundary.",
        "`names = [layer.name for layer in base_model.layers]`, then "
        "`for layer in base_model.layers[: names.index(boundary) + 1]: layer.trainable = False`.",
    ),
    mistakes=(
        Mistake(
            says="The whole base model learns now, down to the first layer. `trainable` of the "
            "model sets it for every layer: do that first, then freeze up to the boundary.",
            code="""
                def unfreeze_above(base_model, boundary):
                    base_model.trainable = True
            """,
        ),
        Mistake(
            says="Nothing learns: the model itself is still frozen, and that overrules its "
            "layers. Set `base_model.trainable = True` first.",
            code="""
                def unfreeze_above(base_model, boundary):
                    names = [layer.name for layer in base_model.layers]
                    for layer in base_model.layers[names.index(boundary) + 1 :]:
                        layer.trainable = True
            """,
        ),
        Mistake(
            says="It is the wrong way round: the lower layers learn and the upper ones are "
            "frozen. Freeze the layers up to the boundary.",
            code="""
                def unfreeze_above(base_model, boundary):
                    base_model.trainable = True
                    names = [layer.name for layer in base_model.layers]
                    for layer in base_model.layers[names.index(boundary) + 1 :]:
                        layer.trainable = False
            """,
        ),
        Mistake(
            says="The boundary itself learns too. Freeze up to and including it: `+ 1`.",
            code="""
                def unfreeze_above(base_model, boundary):
                    base_model.trainable = True
                    names = [layer.name for layer in base_model.layers]
                    for layer in base_model.layers[: names.index(boundary)]:
                        layer.trainable = False
            """,
        ),
        Mistake(
            says="Only the very last layers learn. Go by the name of the boundary, not by a "
            "fixed number of layers.",
            code="""
                def unfreeze_above(base_model, boundary):
                    base_model.trainable = True
                    for layer in base_model.layers[:-2]:
                        layer.trainable = False
            """,
        ),
    ),
    setup=SETUP,
)


def after_batch_norm(freeze_batch_norm):
    base_model = tiny_base()
    base_model.trainable = True
    freeze_batch_norm(base_model)
    return " ".join(what_learns(base_model))


BATCH_NORM = Exercise(
    number="4.5",
    name="freeze_batch_norm",
    probe=after_batch_norm,
    expected=lambda: " ".join(f"stage{k}_convolution/kernel" for k in (1, 2, 3)),
    expects="that the convolutions learn and no batch normalisation does",
    look_at="the kind of each layer: `isinstance(layer, keras.layers.BatchNormalization)`",
    correct="A frozen batch normalisation goes on with the mean and the spread that it measured "
    "on ImageNet.",
    hints=(
        "Go through `model.layers`.",
        "`isinstance(layer, keras.layers.BatchNormalization)` tells which ones to freeze.",
        "`layer.trainable = False` freezes one layer, and for this kind also its statistics.",
    ),
    mistakes=(
        Mistake(
            says="Every layer is frozen now, the convolutions too. Freeze only the batch "
            "normalisations.",
            code="""
                def freeze_batch_norm(model):
                    model.trainable = False
            """,
            also=(
                """
                def freeze_batch_norm(model):
                    for layer in model.layers:
                        layer.trainable = False
                """,
            ),
        ),
        Mistake(
            says="It is the wrong way round: the convolutions are frozen and the batch "
            "normalisations learn.",
            code="""
                def freeze_batch_norm(model):
                    for layer in model.layers:
                        is_norm = isinstance(layer, keras.layers.BatchNormalization)
                        layer.trainable = is_norm
            """,
        ),
        Mistake(
            says="Nothing has changed: every batch normalisation still learns. Set "
            "`layer.trainable = False` on each of them.",
            code="""
                def freeze_batch_norm(model):
                    for layer in model.layers:
                        if isinstance(layer, keras.layers.BatchNormalization):
                            layer.training = False
            """,
            also=(
                """
                def freeze_batch_norm(model):
                    for layer in model.layers:
                        if layer.name == "batch_normalization":
                            layer.trainable = False
                """,
            ),
        ),
        Mistake(
            says="Only the last batch normalisation is frozen. All of them have statistics: go "
            "through all layers.",
            code="""
                def freeze_batch_norm(model):
                    layers = [
                        layer for layer in model.layers
                        if isinstance(layer, keras.layers.BatchNormalization)
                    ]
                    layers[-1].trainable = False
            """,
        ),
    ),
    setup=SETUP,
)


def of_compiling(compile_gently):
    """Return optimizer, learning rate, loss, and whether accuracy is measured, as a dict."""
    import keras

    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2, activation="softmax")])
    compile_gently(model)
    features, labels = np.eye(3, dtype=np.float32), np.array([0, 1, 1])
    try:
        history = model.fit(features, labels, verbose=0).history
    except ValueError:
        if model.loss is None or loss_name(model.loss) != "categorical_crossentropy":
            raise  # Keras says what is wrong.
        return {"loss": "categorical_crossentropy"}
    return {
        "optimizer": type(model.optimizer).__name__,
        "learning rate": f"{float(np.asarray(model.optimizer.learning_rate)):.3g}",
        "loss": loss_name(model.loss),
        "accuracy": any("acc" in name for name in history),
    }


def right_compiling():
    return {
        "optimizer": "Adam",
        "learning rate": "0.0001",
        "loss": "sparse_categorical_crossentropy",
        "accuracy": True,
    }


COMPILE = Exercise(
    number="4.3",
    name="compile_gently",
    probe=of_compiling,
    expected=right_compiling,
    expects="Adam at a learning rate of 0.0001, the loss for whole-number labels, and accuracy "
    "among the metrics",
    look_at="the learning rate: it is a hundredth of the head's",
    correct="Small steps: the weights are nearly right already, and a large step would throw "
    "away what they learnt on ImageNet.",
    hints=(
        "It is the `compile` of notebook 03 with another learning rate.",
        "`keras.optimizers.Adam(1e-4)` takes steps a hundred times smaller than the head's.",
        '`model.compile(optimizer=..., loss="sparse_categorical_crossentropy", '
        'metrics=["accuracy"])`.',
    ),
    mistakes=(
        Mistake(
            says="That is the learning rate of the head, 0.01. Weights that are nearly right "
            "need smaller steps: 0.0001.",
            code="""
                def compile_gently(model):
                    model.compile(
                        keras.optimizers.Adam(0.01),
                        "sparse_categorical_crossentropy",
                        metrics=["accuracy"],
                    )
            """,
        ),
        Mistake(
            says='`"adam"` alone means 0.001, ten times too large here. Say '
            "`keras.optimizers.Adam(1e-4)`.",
            code="""
                def compile_gently(model):
                    model.compile(
                        "adam", "sparse_categorical_crossentropy", metrics=["accuracy"]
                    )
            """,
        ),
        Mistake(
            says='Accuracy is not measured. Ask for it: `metrics=["accuracy"]`.',
            code="""
                def compile_gently(model):
                    model.compile(keras.optimizers.Adam(1e-4), "sparse_categorical_crossentropy")
            """,
        ),
        Mistake(
            says='The labels are whole numbers. Their loss is "sparse_categorical_crossentropy".',
            code="""
                def compile_gently(model):
                    model.compile(
                        optimizer=keras.optimizers.Adam(1e-4),
                        loss="categorical_crossentropy",
                        metrics=["accuracy"],
                    )
            """,
        ),
    ),
    setup=SETUP,
)


def of_tuning(tune):
    """Return how a compiled model was tuned, as a dict."""
    import keras

    model, data = training.small_classifier(), training.some_splits()
    model.compile(
        keras.optimizers.SGD(0.125), "sparse_categorical_crossentropy", metrics=["accuracy"]
    )
    history, outcome = training.watch_training(model, data, tune, 2)
    return outcome or {
        "epochs": model.asked_epochs,
        "learning rate": float(np.asarray(model.optimizer.learning_rate)),
        "watched": training.watched_split(model, data, history),
    }


TUNE = Exercise(
    number="4.4",
    name="tune",
    probe=of_tuning,
    expected=lambda: {"epochs": 2, "learning rate": 0.125, "watched": "validation"},
    expects="as many epochs as asked for, the model's own learning rate, and the validation "
    "photos watched",
    look_at="the arguments of `fit`, and nothing else",
    correct="Learning rate and number of epochs are choices. The validation photos are there to "
    "make them.",
    hints=(
        "It is one call, `model.fit(...)`; the model is compiled already.",
        'The photos to learn from are `*data["train"]`; the star hands over inputs and labels.',
        '`return model.fit(*data["train"], validation_data=data["validation"], epochs=epochs, '
        "verbose=0)`.",
    ),
    mistakes=(
        Mistake(
            says=training.WATCHED_TEST,
            code="""
                def tune(model, data, epochs):
                    return model.fit(
                        *data["train"], validation_data=data["test"], epochs=epochs, verbose=0
                    )
            """,
        ),
        Mistake(
            says="You compile again, so the low learning rate is lost. The model comes to you "
            "compiled: only fit it.",
            code="""
                def tune(model, data, epochs):
                    model.compile(
                        "adam", "sparse_categorical_crossentropy", metrics=["accuracy"]
                    )
                    return model.fit(
                        *data["train"], validation_data=data["validation"], epochs=epochs,
                        verbose=0,
                    )
            """,
        ),
        Mistake(
            says=training.WATCHED_NONE,
            code="""
                def tune(model, data, epochs):
                    return model.fit(*data["train"], epochs=epochs, verbose=0)
            """,
        ),
        Mistake(
            says=training.WATCHED_TRAIN,
            code="""
                def tune(model, data, epochs):
                    return model.fit(
                        *data["train"], validation_data=data["train"], epochs=epochs, verbose=0
                    )
            """,
        ),
        Mistake(
            says="`fit` runs a single epoch unless you say `epochs=epochs`.",
            code="""
                def tune(model, data, epochs):
                    return model.fit(
                        *data["train"], validation_data=data["validation"], verbose=0
                    )
            """,
        ),
        Mistake(
            says=training.GAVE_DICTIONARY,
            code="""
                def tune(model, data, epochs):
                    return model.fit(
                        *data["train"], validation_data=data["validation"], epochs=epochs,
                        verbose=0,
                    ).history
            """,
        ),
        Mistake(
            says=training.LOST_HISTORY,
            code="""
                def tune(model, data, epochs):
                    model.fit(
                        *data["train"], validation_data=data["validation"], epochs=epochs,
                        verbose=0,
                    )
            """,
        ),
    ),
    setup=SETUP,
)


BEFORE, AFTER = np.array([[1.0, 2.0], [2.0, 4.0]]), np.array([[1.3, 2.0], [2.0, 3.6]])

MOVED = Exercise(
    number="4.2",
    name="moved_by",
    probe=lambda moved_by: moved_by(BEFORE.copy(), AFTER.copy()),
    expected=lambda: 0.1,
    expects="one number, here 0.1: the length of the change divided by the length before",
    look_at="`np.linalg.norm`: of the difference, and of the weights before",
    correct="0.1 means: the weights moved by a tenth of their own length. This is what the "
    "freeze meter shows for each part.",
    hints=(
        "The change is `after - before`.",
        "`np.linalg.norm(x)` is the length of an array: the root of the sum of its squares.",
        "Divide the length of the change by the length of `before`.",
    ),
    mistakes=(
        Mistake(
            says="This is the length of the change alone. Is it much? That depends on how long "
            "the weights were: divide by the length of `before`.",
            code="""
                def moved_by(before, after):
                    return np.linalg.norm(after - before)
            """,
        ),
        Mistake(
            says="Changes up and down cancel in a sum. Take the length, `np.linalg.norm`, in "
            "which each counts.",
            code="""
                def moved_by(before, after):
                    return np.sum(after - before) / np.sum(before)
            """,
        ),
        Mistake(
            says="You compared two lengths. Weights can turn without growing: take the length "
            "of the difference.",
            code="""
                def moved_by(before, after):
                    return np.linalg.norm(after) / np.linalg.norm(before) - 1
            """,
        ),
        Mistake(
            says="This gives one number for each weight. One number for the whole array is asked "
            "for: take lengths before you divide.",
            code="""
                def moved_by(before, after):
                    return np.abs(after - before) / np.abs(before)
            """,
        ),
    ),
    setup=SETUP,
)


ORDER = Exercise(
    number="4.6",
    name="right_order",
    probe=chosen_letter,
    expected=lambda: "c",
    expects='one of the letters "a", "b", "c" and "d"',
    look_at="what is drawn at random, and how often it is drawn in each case",
    correct="The frozen layers run once over each view, not once in every epoch, and each epoch "
    "takes another view.",
    hints=(
        "What you do before you keep the result is done once; what comes after it, in every "
        "epoch.",
        "A random change that is made once is the same in every epoch.",
        "But the frozen layers must come before you keep the result, and the random change "
        "before the frozen layers. So one view is not enough.",
    ),
    mistakes=(
        Mistake(
            says="Then each photo is changed at random once, and that one change is repeated in "
            "every epoch: you still have one picture of each photo.",
            code="""
                def right_order():
                    return "a"
            """,
            also=('def right_order():\n    return "A."',),
        ),
        Mistake(
            says="What the frozen layers give is no photo any more: a crop or other light no "
            "longer means there what it means in a photo. Change the photo.",
            code="""
                def right_order():
                    return "b"
            """,
        ),
        Mistake(
            says="That is right, but the frozen part then runs in every epoch: it costs as many "
            "passes as there are epochs. One of the others keeps both.",
            code="""
                def right_order():
                    return "d"
            """,
        ),
    ),
    setup=SETUP,
)

EXERCISES = (UNFREEZE, MOVED, COMPILE, TUNE, BATCH_NORM, ORDER)
