"""The exercises of notebook 02, Can we take only its structure?"""

import numpy as np

from exercise_lib.exercises import training
from exercise_lib.exercises.exercise import Exercise, Mistake, loss_name

SETUP = """
import keras
import numpy as np
"""


def tiny_model():
    """A small classifier that has learnt something: no weight is as it was drawn."""
    import keras

    keras.utils.set_random_seed(0)
    model = keras.Sequential(
        [
            keras.Input((8, 8, 3)),
            keras.layers.Conv2D(4, 3, name="stem"),
            keras.layers.BatchNormalization(name="stem_norm"),
            keras.layers.GlobalAveragePooling2D(name="pool"),
            keras.layers.Dense(2, activation="softmax", name="head"),
        ]
    )
    model.set_weights([weights + 1 for weights in model.get_weights()])
    return model


def after_copying(fresh_copy):
    """Return what a copy has in common with its model, as a dict."""
    model = tiny_model()
    before = model.get_weights()
    copy = fresh_copy(model)
    if copy is None:
        return None
    copy(np.zeros((1, 8, 8, 3), np.float32))  # In case its layers have no weights yet.
    untouched = all(map(np.array_equal, before, model.get_weights()))
    kept = [np.array_equal(a, b) for a, b in zip(before, copy.get_weights(), strict=False)]
    return {
        "another model": copy is not model,
        "layers": " ".join(layer.name for layer in copy.layers if layer.weights),
        "layers shared": any(a is b for a in copy.layers for b in model.layers if b.weights),
        "weights kept": sum(kept),
        "may learn": len(copy.trainable_weights),
        "the model is untouched": untouched,
    }


COPY = Exercise(
    number="2.1",
    name="fresh_copy",
    probe=after_copying,
    expected=lambda: {
        "another model": True,
        "layers": "stem stem_norm head",
        "layers shared": False,
        "weights kept": 0,
        "may learn": 6,
        "the model is untouched": True,
    },
    expects="another model with the same layers, none of the old weights, and all of it free to "
    "learn",
    look_at="what `keras.models.clone_model` does, and what it leaves out",
    correct="The structure is there, and everything that was learnt is gone.",
    hints=(
        "Keras has one function for it. It makes new layers after the plan of the old ones.",
        "`keras.models.clone_model(model)` draws all weights anew.",
        "The whole body is `return keras.models.clone_model(model)`.",
    ),
    mistakes=(
        Mistake(
            says="This is the model itself under another name, with all that it learnt. Make new "
            "layers: `keras.models.clone_model`.",
            code="""
                def fresh_copy(model):
                    return model
            """,
        ),
        Mistake(
            says="The copy has the old weights: `set_weights` put them back. Approach 2 keeps the "
            "structure only.",
            code="""
                def fresh_copy(model):
                    copy = keras.models.clone_model(model)
                    copy.set_weights(model.get_weights())
                    return copy
            """,
        ),
        Mistake(
            says="Another model, but with the very layers of the old one and all that they "
            "learnt. Make new layers: `keras.models.clone_model`.",
            code="""
                def fresh_copy(model):
                    return keras.Sequential(model.layers)
            """,
            also=(
                """
                def fresh_copy(model):
                    return keras.Model(model.inputs, model.outputs)
                """,
            ),
        ),
        Mistake(
            says="The copy is frozen, so nothing in it can learn. Fresh weights have everything "
            "to learn.",
            code="""
                def fresh_copy(model):
                    copy = keras.models.clone_model(model)
                    copy.trainable = False
                    return copy
            """,
        ),
        Mistake(
            says="The weights of the model itself were overwritten. Leave it as it is, and give "
            "back a new one.",
            code="""
                def fresh_copy(model):
                    model.set_weights(keras.models.clone_model(model).get_weights())
                    return model
            """,
        ),
        Mistake(
            says="The copy was made, but your function does not give it back. Write `return`.",
            code="""
                def fresh_copy(model):
                    copy = keras.models.clone_model(model)
            """,
        ),
    ),
    setup=SETUP,
)


RATIO = Exercise(
    number="2.2",
    name="weights_per_photo",
    probe=lambda weights_per_photo: weights_per_photo(tiny_model(), 10),
    expected=lambda: 13.0,
    expects="13.0 for a model with 130 weights that learn, and 10 photos",
    look_at="the shape of each array in `model.trainable_weights`",
    correct="So many numbers must be found for every photo that you have. Nothing forces them to "
    "be those that work on other photos.",
    hints=(
        "`model.trainable_weights` is a list of arrays. Each holds many numbers.",
        "`np.prod(weights.shape)` is how many numbers one array holds.",
        "`sum(np.prod(weights.shape) for weights in model.trainable_weights) / photos`.",
    ),
    mistakes=(
        Mistake(
            says="You counted the statistics of the batch normalisations, too. They do not learn: "
            "count only `model.trainable_weights`.",
            code="""
                def weights_per_photo(model, photos):
                    return model.count_params() / photos
            """,
            also=(
                """
                def weights_per_photo(model, photos):
                    return sum(np.prod(weights.shape) for weights in model.weights) / photos
                """,
            ),
        ),
        Mistake(
            says="You counted arrays. One array holds many numbers: `np.prod(weights.shape)`.",
            code="""
                def weights_per_photo(model, photos):
                    return len(model.trainable_weights) / photos
            """,
        ),
        Mistake(
            says="It is upside down: these are the photos for each weight.",
            code="""
                def weights_per_photo(model, photos):
                    count = sum(np.prod(weights.shape) for weights in model.trainable_weights)
                    return photos / count
            """,
        ),
        Mistake(
            says="This is how many weights learn in all. Divide by the number of photos.",
            code="""
                def weights_per_photo(model, photos):
                    return sum(np.prod(weights.shape) for weights in model.trainable_weights)
            """,
        ),
    ),
    setup=SETUP,
)


def tiny_base():
    """A base model: photos (batch, 8, 8, 3) to maps (batch, 4, 4, 5)."""
    import keras

    inputs = keras.Input((8, 8, 3))
    return keras.Model(inputs, keras.layers.Conv2D(5, 2, strides=2)(inputs))


def of_classifier(build_classifier):
    """Return what is to be known of a classifier on a tiny base, as a tuple."""
    import keras

    keras.utils.set_random_seed(0)
    base_model = tiny_base()
    model = build_classifier(base_model, 3)
    if model is None:
        return None
    photos = np.random.default_rng(0).random((6, 8, 8, 3), dtype=np.float32)
    outputs = np.asarray(model(photos))
    sums = bool(np.allclose(outputs.sum(axis=-1), 1, atol=1e-3))
    return (
        outputs.shape,
        sums,
        model.count_params(),
        len(model.trainable_weights),
        kind_of_pooling(np.asarray(base_model(photos)), model.get_weights(), outputs),
    )


def kind_of_pooling(maps, weights, outputs):
    """Return "average" if the outputs are those of averaged maps, else another word."""
    if outputs.ndim != 2 or len(weights) != 4 or weights[2].shape != (5, 3):
        return "another"
    for name, pooled in (("average", maps.mean(axis=(1, 2))), ("highest", maps.max(axis=(1, 2)))):
        sums = pooled @ weights[2] + weights[3]
        powers = np.exp(sums - sums.max(axis=1, keepdims=True))
        for values in (powers / powers.sum(axis=1, keepdims=True), sums):
            if np.allclose(values, outputs, rtol=1e-3, atol=1e-4):
                return name
    return "another"


CLASSIFIER = Exercise(
    number="2.3",
    name="build_classifier",
    probe=of_classifier,
    expected=lambda: ((6, 3), True, 83, 4, "average"),
    expects="for 6 photos and 3 classes an array of shape (6, 3) with rows that sum to 1, from "
    "65 weights of the base model and 5 x 3 + 3 of the last layer",
    look_at="what lies between the feature maps (photos, rows, columns, channels) and the "
    "probabilities (photos, classes)",
    correct="The same three parts as in every classifier of photos: base model, average, last "
    "layer.",
    hints=(
        "`keras.Sequential([...])` takes models and layers alike: begin with `base_model`.",
        "`keras.layers.GlobalAveragePooling2D()` averages each map over its rows and columns.",
        'Last comes `keras.layers.Dense(classes, activation="softmax")`.',
    ),
    mistakes=(
        Mistake(
            says="Each place of the feature maps gets probabilities of its own. Average over rows "
            "and columns first: `GlobalAveragePooling2D`.",
            code="""
                def build_classifier(base_model, classes):
                    return keras.Sequential(
                        [base_model, keras.layers.Dense(classes, activation="softmax")]
                    )
            """,
        ),
        Mistake(
            says="`Flatten` gives the last layer a weight for every place in the photo: many more "
            "to learn. Average instead: `GlobalAveragePooling2D`.",
            code="""
                def build_classifier(base_model, classes):
                    return keras.Sequential([
                        base_model,
                        keras.layers.Flatten(),
                        keras.layers.Dense(classes, activation="softmax"),
                    ])
            """,
        ),
        Mistake(
            says='The outputs do not sum to 1. The last layer needs `activation="softmax"`.',
            code="""
                def build_classifier(base_model, classes):
                    return keras.Sequential([
                        base_model,
                        keras.layers.GlobalAveragePooling2D(),
                        keras.layers.Dense(classes),
                    ])
            """,
        ),
        Mistake(
            says="You took the highest value of each map. That works too, but here the average is "
            "asked for: `GlobalAveragePooling2D`.",
            code="""
                def build_classifier(base_model, classes):
                    return keras.Sequential([
                        base_model,
                        keras.layers.GlobalMaxPooling2D(),
                        keras.layers.Dense(classes, activation="softmax"),
                    ])
            """,
        ),
        Mistake(
            says="Each place of the maps gets probabilities, which are then averaged. Average the "
            "maps first, then comes the `Dense` layer.",
            code="""
                def build_classifier(base_model, classes):
                    return keras.Sequential([
                        base_model,
                        keras.layers.Dense(classes, activation="softmax"),
                        keras.layers.GlobalAveragePooling2D(),
                    ])
            """,
        ),
        Mistake(
            says="The base model is frozen, with weights that were only drawn. Here it must "
            "learn.",
            code="""
                def build_classifier(base_model, classes):
                    base_model.trainable = False
                    return keras.Sequential([
                        base_model,
                        keras.layers.GlobalAveragePooling2D(),
                        keras.layers.Dense(classes, activation="softmax"),
                    ])
            """,
        ),
    ),
    setup=SETUP,
)


def of_training(train):
    """Return how a model was trained, as a dict."""
    model, data = training.small_classifier(), training.some_splits()
    history, outcome = training.watch_training(model, data, train, 2)
    return outcome or {
        "epochs": model.asked_epochs,
        "optimizer": type(model.optimizer).__name__,
        "loss": loss_name(model.loss),
        "accuracy": "accuracy" in history.history,
        "watched": training.watched_split(model, data, history),
    }


TRAIN = Exercise(
    number="2.4",
    name="train",
    probe=of_training,
    expected=lambda: {
        "epochs": 2,
        "optimizer": "Adam",
        "loss": "sparse_categorical_crossentropy",
        "accuracy": True,
        "watched": "validation",
    },
    expects="as many epochs as asked for, Adam, the loss for whole-number labels, accuracy among "
    "the metrics, and the validation photos watched",
    look_at="the arguments of `compile` and `fit`",
    correct="After each epoch Keras measures the accuracy on photos that the model does not learn "
    "from. That is the curve to watch.",
    hints=(
        "Two calls: `model.compile(...)` says how to learn, `model.fit(...)` learns.",
        '`model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])`.',
        '`return model.fit(*data["train"], validation_data=data["validation"], epochs=epochs, '
        "verbose=0)`; the star hands over inputs and labels.",
    ),
    mistakes=(
        Mistake(
            says=training.WATCHED_TEST,
            code="""
                def train(model, data, epochs):
                    model.compile(
                        "adam", "sparse_categorical_crossentropy", metrics=["accuracy"]
                    )
                    return model.fit(
                        *data["train"], validation_data=data["test"], epochs=epochs, verbose=0
                    )
            """,
        ),
        Mistake(
            says=training.WATCHED_TRAIN,
            code="""
                def train(model, data, epochs):
                    model.compile(
                        "adam", "sparse_categorical_crossentropy", metrics=["accuracy"]
                    )
                    return model.fit(
                        *data["train"], validation_data=data["train"], epochs=epochs, verbose=0
                    )
            """,
        ),
        Mistake(
            says=training.WATCHED_NONE,
            code="""
                def train(model, data, epochs):
                    model.compile(
                        "adam", "sparse_categorical_crossentropy", metrics=["accuracy"]
                    )
                    return model.fit(
                        *data["train"], epochs=epochs, verbose=0
                    )
            """,
        ),
        Mistake(
            says=training.WRONG_LOSS,
            code="""
                def train(model, data, epochs):
                    model.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
                    return model.fit(
                        *data["train"], validation_data=data["validation"], epochs=epochs,
                        verbose=0,
                    )
            """,
        ),
        Mistake(
            says=training.NO_ACCURACY,
            code="""
                def train(model, data, epochs):
                    model.compile("adam", "sparse_categorical_crossentropy")
                    return model.fit(
                        *data["train"], validation_data=data["validation"], epochs=epochs,
                        verbose=0,
                    )
            """,
        ),
        Mistake(
            says="`fit` runs a single epoch unless you say `epochs=epochs`.",
            code="""
                def train(model, data, epochs):
                    model.compile(
                        "adam", "sparse_categorical_crossentropy", metrics=["accuracy"]
                    )
                    return model.fit(
                        *data["train"], validation_data=data["validation"], verbose=0
                    )
            """,
        ),
        Mistake(
            says=training.GAVE_DICTIONARY,
            code="""
                def train(model, data, epochs):
                    model.compile(
                        "adam", "sparse_categorical_crossentropy", metrics=["accuracy"]
                    )
                    return model.fit(
                        *data["train"], validation_data=data["validation"], epochs=epochs,
                        verbose=0,
                    ).history
            """,
        ),
        Mistake(
            says=training.LOST_HISTORY,
            code="""
                def train(model, data, epochs):
                    model.compile(
                        "adam", "sparse_categorical_crossentropy", metrics=["accuracy"]
                    )
                    model.fit(
                        *data["train"], validation_data=data["validation"], epochs=epochs,
                        verbose=0,
                    )
            """,
        ),
        Mistake(
            says=training.NO_FIT,
            code="""
                def train(model, data, epochs):
                    model.compile(
                        "adam", "sparse_categorical_crossentropy", metrics=["accuracy"]
                    )
            """,
        ),
    ),
    setup=SETUP,
)


# Every curve has its extremes in epochs of its own.
CURVES = {
    "accuracy": [0.3, 0.2, 0.5, 0.6, 0.8, 0.7, 1.0, 0.9, 0.9],
    "loss": [1.8, 1.5, 1.2, 0.9, 0.7, 0.5, 0.4, 0.1, 0.3],
    "val_accuracy": [0.3, 0.4, 0.5, 0.4, 0.3, 0.2, 0.3, 0.4, 0.4],
    "val_loss": [1.6, 1.5, 1.4, 1.2, 1.7, 1.8, 1.9, 2.0, 1.9],
}

BEST = Exercise(
    number="2.5",
    name="best_epoch",
    probe=lambda best_epoch: best_epoch({name: list(curve) for name, curve in CURVES.items()}),
    expected=lambda: 3,
    expects="3: the validation accuracy is 0.3, 0.4, 0.5, 0.4, …, and epochs count from 1",
    look_at='`curves["val_accuracy"]`, and the number that `np.argmax` begins to count with',
    correct="In all the epochs that you trained, the validation curve found no higher place.",
    hints=(
        '`curves["val_accuracy"]` is a list with one accuracy for each epoch.',
        "`np.argmax` gives the place of the highest value.",
        'NumPy counts from 0, people from 1: `np.argmax(curves["val_accuracy"]) + 1`.',
    ),
    mistakes=(
        Mistake(
            says="NumPy counts places from 0, but the first epoch is number 1. Add 1.",
            code="""
                def best_epoch(curves):
                    return np.argmax(curves["val_accuracy"])
            """,
        ),
        Mistake(
            says="This is the best epoch on the photos that the model learns from. There, longer "
            "nearly always looks better. Take `val_accuracy`.",
            code="""
                def best_epoch(curves):
                    return np.argmax(curves["accuracy"]) + 1
            """,
        ),
        Mistake(
            says="This is the epoch with the lowest validation *loss*. People choose by that, "
            "too; here the highest validation accuracy is asked for.",
            code="""
                def best_epoch(curves):
                    return np.argmin(curves["val_loss"]) + 1
            """,
        ),
        Mistake(
            says="This is the last epoch. The best one is often earlier.",
            code="""
                def best_epoch(curves):
                    return len(curves["val_accuracy"])
            """,
        ),
        Mistake(
            says="This is the highest accuracy itself. Its place is asked for: `np.argmax`.",
            code="""
                def best_epoch(curves):
                    return max(curves["val_accuracy"])
            """,
        ),
    ),
    setup=SETUP,
)


COST = Exercise(
    number="2.6",
    name="hours_of_work",
    probe=lambda hours_of_work: hours_of_work(7200, 5, 10, 20.0),
    expected=lambda: (20.0, 0.5),
    expects="(20.0, 0.5): 7,200 photos at 10 seconds each are 20 hours of labelling; 7,200 photos "
    "in 5 epochs at 20 photos a second are half an hour of training",
    look_at="which of the numbers each of the two times depends on",
    correct="Machines get faster every year; people who label do not.",
    hints=(
        "A person looks at each photo once. The computer looks at each photo in every epoch.",
        "An hour has 3,600 seconds.",
        "`photos * label_seconds / 3600` hours of labelling; the training takes "
        "`photos * epochs / photos_per_second` seconds.",
    ),
    mistakes=(
        Mistake(
            says="These are seconds. Divide both by 3,600.",
            code="""
                def hours_of_work(photos, epochs, label_seconds, photos_per_second):
                    return photos * label_seconds, photos * epochs / photos_per_second
            """,
        ),
        Mistake(
            says="The computer looks at every photo once in each epoch: the training takes "
            "`epochs` times as long as you say.",
            code="""
                def hours_of_work(photos, epochs, label_seconds, photos_per_second):
                    return photos * label_seconds / 3600, photos / photos_per_second / 3600
            """,
        ),
        Mistake(
            says="Photos *per second* says how many are done in one second. Divide by it.",
            code="""
                def hours_of_work(photos, epochs, label_seconds, photos_per_second):
                    return (
                        photos * label_seconds / 3600, photos * epochs * photos_per_second / 3600
                    )
            """,
        ),
        Mistake(
            says="Both times are right, but the other way round: labelling first.",
            code="""
                def hours_of_work(photos, epochs, label_seconds, photos_per_second):
                    return (
                        photos * epochs / photos_per_second / 3600, photos * label_seconds / 3600
                    )
            """,
        ),
        Mistake(
            says="People label each photo once, not once in each epoch.",
            code="""
                def hours_of_work(photos, epochs, label_seconds, photos_per_second):
                    passes = photos * epochs
                    return passes * label_seconds / 3600, passes / photos_per_second / 3600
            """,
        ),
    ),
    setup=SETUP,
)

EXERCISES = (COPY, RATIO, CLASSIFIER, TRAIN, BEST, COST)
