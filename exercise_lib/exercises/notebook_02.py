"""The exercises of notebook 02, Can we take only its structure?"""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np

from exercise_lib.exercises import kinds, training
from exercise_lib.exercises.comparing import same
from exercise_lib.exercises.exercise import Case, Exercise
from exercise_lib.exercises.trying import Trial


def learnt_model(branched: bool = False) -> keras.Model:
    """Return a small classifier of photos of 8 x 8 pixels, no weight of which is as drawn.

    Args:
        branched: Whether a second path leads around its convolution.
    """
    import keras

    inputs = keras.Input((8, 8, 3))
    x = keras.layers.Conv2D(8, 3, padding="same", name="convolution")(inputs)
    x = keras.layers.BatchNormalization(name="batch_norm")(x)
    if branched:
        x = keras.layers.Concatenate(name="both")([x, keras.layers.AveragePooling2D(1)(inputs)])
    x = keras.layers.GlobalAveragePooling2D(name="average")(keras.layers.ReLU(name="relu")(x))
    outputs = keras.layers.Dense(10, activation="softmax", name="head")(x)
    model = keras.Model(inputs, outputs)
    random = np.random.default_rng(0)
    model.set_weights([_learnt(random, weight) for weight in model.weights])
    return model


def _learnt(random: np.random.Generator, weight: keras.Variable) -> np.ndarray:
    if weight.name == "moving_variance":
        return random.permutation(4.0 ** np.arange(-3, 5))
    return random.normal(1, 2, weight.shape)


def shared_layers(copy: keras.Model, model: keras.Model) -> list[str]:
    """Return the names of the layers with weights that two models have in common."""
    own = {id(weight) for weight in model.weights}
    return sorted({w.path.split("/")[-2] for w in copy.weights if id(w) in own})


def weights_kept(copy: keras.Model, model: keras.Model) -> list[str]:
    """Return the names of the weights that are those of the model, as they are or scaled."""
    return [
        kept.path
        for fresh, kept in zip(copy.weights, model.weights, strict=False)
        if _cosine(np.ravel(fresh), np.ravel(kept)) > 0.95
    ]


def _cosine(left: np.ndarray, right: np.ndarray) -> float:
    lengths = np.linalg.norm(left) * np.linalg.norm(right)
    return left @ right / lengths if len(left) == len(right) and lengths > 0 else 0.0


def weights_not_fresh(copy: keras.Model) -> list[str]:
    """Return the names of the weights that are not as a layer of Keras begins."""
    return [weight.path for weight in copy.weights if not _is_fresh(weight)]


def _is_fresh(weight: keras.Variable) -> bool:
    values = np.asarray(weight)
    if weight.name == "kernel":
        # Glorot's draw: as widely spread as the numbers of inputs and outputs ask for.
        places = np.prod(values.shape[:-2])
        spread = np.sqrt(2 / (places * sum(values.shape[-2:])))
        return 0.5 < values.std() / spread < 2 and abs(values.mean()) < spread
    return bool((values == (weight.name in ("gamma", "moving_variance"))).all())


def same_structure(copy: keras.Model, model: keras.Model) -> bool:
    """Return whether a copy answers as the model does if it is given the model's weights."""
    photos = np.random.default_rng(0).random((2, 8, 8, 3), dtype=np.float32)
    copy.set_weights(model.get_weights())
    return bool(np.allclose(copy(photos), model(photos), atol=1e-5))


def copy_case(branched: bool) -> Case:
    """Return a case for `fresh_copy`."""
    return Case(
        given=f"""
            from exercise_lib.exercises.notebook_02 import (
                learnt_model, same_structure, shared_layers, weights_kept, weights_not_fresh)
            model = learnt_model(branched={branched})
            before = model.get_weights()
        """,
        call="fresh_copy(model)",
        looks={
            "result is model": False,
            "all(map(np.array_equal, model.get_weights(), before))": True,
            "len(model.trainable_weights)": 6,
            "shared_layers(result, model)": [],
            "weights_kept(result, model)": [],
            "weights_not_fresh(result)": [],
            "len(result.trainable_weights)": 6,
            "same_structure(result, model)": True,
        },
    )


def _gave_the_model(trial: Trial) -> Any:
    return trial.saw["result is model"]


def _model_is_as_before(trial: Trial) -> Any:
    return (
        trial.saw["all(map(np.array_equal, model.get_weights(), before))"]
        and trial.saw["len(model.trainable_weights)"] == 6
    )


COPY = Exercise(
    number="2.1",
    name="fresh_copy",
    cases=(copy_case(branched=False), copy_case(branched=True)),
    wants=kinds.MODEL,
    look_at="the layers and the weights of the model that you return: whose are they?",
    correct="The structure is there, and everything that the model had learned is gone.",
    hints=(
        "Everything that the model has learned is in its weights. So you need only the plan of "
        "the layers, carried out again with new layers.",
        "Keras can carry out the same plan again, even one with branches: look at the functions "
        "in `keras.models`.",
        "However you make the copy, compare one number: `model.get_weights()[0].flat[0]` must "
        "differ between the two models.",
    ),
    tolerance=1e-6,
)


@COPY.mistake(
    when=lambda trial: not trial.saw["all(map(np.array_equal, model.get_weights(), before))"]
)
def model_overwritten(model):
    """The weights of the model that was passed in were overwritten, so what it had learned is
    lost. Leave that model as it is, and return another one.
    """
    model.set_weights(keras.models.clone_model(model).get_weights())
    return model


@COPY.mistake(when=lambda trial: _gave_the_model(trial) and _model_is_as_before(trial))
def same_model(model):
    """What you returned is the model that was passed in, not a second one. The exercise asks for a
    new model, with layers of its own.
    """
    return model


@COPY.mistake(
    when=lambda trial: not _gave_the_model(trial) and trial.saw["shared_layers(result, model)"]
)
def layers_reused(model):
    """This is another model, but it uses layers of the old one, and with them everything that they
    learned. Make new layers from the same plan.
    """
    return keras.Model(model.inputs, model.outputs)


@COPY.mistake(
    when=lambda trial: (
        trial.saw["weights_kept(result, model)"]
        and trial.saw["shared_layers(result, model)"] == []
    )
)
def weights_copied(model):
    """The copy has weights that the model learned, unchanged or scaled. Approach 2 keeps only the
    structure.
    """
    copy = keras.models.clone_model(model)
    copy.set_weights(model.get_weights())
    return copy


@weights_copied.also
def weights_deep_copied(model):
    import copy

    return copy.deepcopy(model)


@weights_copied.also
def weights_halved(model):
    copy = keras.models.clone_model(model)
    copy.set_weights([weights / 2 for weights in model.get_weights()])
    return copy


@COPY.mistake(when=lambda trial: trial.saw["len(model.trainable_weights)"] == 0)
def original_frozen(model):
    """The model that was passed in is now frozen. It must stay as it was, with its weights
    trainable.
    """
    copy = keras.models.clone_model(model)
    model.trainable = False
    return copy


@COPY.mistake(when=lambda trial: trial.saw["len(result.trainable_weights)"] == 0)
def copy_frozen(model):
    """The copy is frozen, so nothing in it can learn. Fresh weights still have everything to
    learn.
    """
    copy = keras.models.clone_model(model)
    copy.trainable = False
    return copy


@COPY.mistake(
    when=lambda trial: (
        trial.saw["weights_not_fresh(result)"] and not trial.saw["weights_kept(result, model)"]
    )
)
def weights_zeroed(model):
    """The weights of the copy are new, but they are not what new layers begin with: kernels drawn
    at random around 0, and 0 or 1 for the rest. Keras sets these values by itself when it makes a
    layer.
    """
    copy = keras.models.clone_model(model)
    copy.set_weights([0 * weights for weights in model.get_weights()])
    return copy


@weights_zeroed.also
def weights_uniform(model):
    copy = keras.models.clone_model(model)
    copy.set_weights([np.random.random(w.shape) for w in model.get_weights()])
    return copy


@COPY.mistake(when=lambda trial: trial.other_kind.startswith("nothing"))
def nothing_returned(model):
    """Your function returns nothing. Its caller needs the new model: use `return`."""
    copy = keras.models.clone_model(model)


RATIO = Exercise(
    number="2.2",
    name="weights_per_photo",
    cases=(
        Case(
            given="""
                model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3)])
                photos = 7
            """,
            call="weights_per_photo(model, photos)",
            looks={"result": 15 / 7, "len(model.trainable_weights)": 2},
        ),
        Case(
            given="""
                model = keras.Sequential([
                    keras.Input((8, 8, 2)),
                    keras.layers.Conv2D(5, 3),
                    keras.layers.BatchNormalization(),
                    keras.layers.GlobalAveragePooling2D(),
                    keras.layers.Dense(4, trainable=False),
                    keras.layers.Dense(3),
                ])
                photos = 7
            """,
            call="weights_per_photo(model, photos)",
            looks={
                "result": (3 * 3 * 2 * 5 + 5 + 5 + 5 + 4 * 3 + 3) / 7,
                "len(model.trainable_weights)": 6,
            },
        ),
    ),
    wants=kinds.NUMBER,
    look_at="the shape of each array in `model.trainable_weights`",
    correct="Training must find this many numbers for every photo that you have. Nothing forces "
    "them to be the ones that work on other photos.",
    hints=(
        "`model.trainable_weights` is a list of arrays, and each holds many numbers: go through "
        "the list.",
        "An array of shape (3, 3, 2, 5) holds 3 · 3 · 2 · 5 numbers. `np.prod` multiplies the "
        "numbers in a shape.",
        "Add up how many numbers the arrays hold. Divide by `photos` only after that.",
    ),
)


@RATIO.mistake
def all_weights(model, photos):
    """This number includes all weights of the model, even those that do not learn: the statistics
    of batch normalisation layers, and the weights of frozen layers. Count only
    `model.trainable_weights`.
    """
    return model.count_params() / photos


@all_weights.also
def all_weights_by_array(model, photos):
    return sum(np.prod(weights.shape) for weights in model.weights) / photos


@RATIO.mistake
def arrays_counted(model, photos):
    """This counts the arrays. One array holds many numbers; its shape says how many."""
    return len(model.trainable_weights) / photos


@RATIO.mistake
def upside_down(model, photos):
    """The fraction is upside down: this is the number of photos per weight."""
    count = sum(np.prod(weights.shape) for weights in model.trainable_weights)
    return photos / count


@RATIO.mistake
def not_divided(model, photos):
    """This is the total number of trainable weights. Divide it by the number of photos."""
    return sum(np.prod(weights.shape) for weights in model.trainable_weights)


@RATIO.mistake
def fraction_cut(model, photos):
    """The result was cut off or rounded to a whole number. Return what the division gives: `/`
    keeps the fraction.
    """
    count = sum(np.prod(weights.shape) for weights in model.trainable_weights)
    return count // photos


@fraction_cut.also
def fraction_rounded(model, photos):
    count = sum(np.prod(weights.shape) for weights in model.trainable_weights)
    return round(count / photos)


@RATIO.mistake
def shapes_added(model, photos):
    """The numbers in each shape were added. An array of shape (3, 2) holds 3 · 2 numbers: multiply
    them.
    """
    return sum(sum(weights.shape) for weights in model.trainable_weights) / photos


@RATIO.mistake
def first_axis_only(model, photos):
    """Only the first number in each shape was counted, which is what `len` returns. An array of
    shape (3, 2) holds 3 · 2 numbers.
    """
    return sum(weights.shape[0] for weights in model.trainable_weights) / photos


@RATIO.mistake
def biases_missing(model, photos):
    """Arrays with a single axis, such as the biases, are missing. They learn, too."""
    return (
        sum(
            np.prod(weights.shape) for weights in model.trainable_weights if len(weights.shape) > 1
        )
        / photos
    )


@RATIO.mistake(
    when=lambda trial: same(
        trial.saw["result"] * trial.names["photos"],
        sum(np.asarray(w).sum() for w in trial.names["model"].trainable_weights),
        1e-4,
    )
)
def values_summed(model, photos):
    """The values of the weights were added up. The question is how many weights there are,
    whatever their values.
    """
    return sum(np.sum(w.numpy()) for w in model.trainable_weights) / photos


@RATIO.mistake(when=lambda trial: trial.other_kind.startswith("a list: ["))
def list_of_ratios(model, photos):
    """This is a list. Return a single number, for all arrays together."""
    return [np.prod(w.shape) / photos for w in model.trainable_weights]


def small_base(channels: int = 5, size: tuple[int, int] = (8, 8)) -> keras.Model:
    """Return a base model of two paths: photos to maps of half their height and width.

    Args:
        channels: How many maps it makes.
        size: (height, width) of its photos.
    """
    import keras

    inputs = keras.Input((*size, 3))
    paths = [
        keras.layers.Conv2D(
            channels,
            2,
            strides=2,
            kernel_initializer=keras.initializers.RandomNormal(0, 0.5, seed=seed),
        )(inputs)
        for seed in (0, 1)
    ]
    return keras.Model(inputs, keras.layers.Add()(paths), name="base")


def some_photos(photos: int, size: tuple[int, int] = (8, 8)) -> np.ndarray:
    """Return random photos, float32 (photos, height, width, 3) in [0, 1]."""
    return np.random.default_rng(0).random((photos, *size, 3), dtype=np.float32)


def added_weights(model: keras.Model, base_model: keras.Model) -> list[tuple[int, ...]]:
    """Return the shapes of the weights that a model has beyond those of its base model."""
    base = {id(weight) for weight in base_model.weights}
    return [tuple(weight.shape) for weight in model.weights if id(weight) not in base]


def contains(model: keras.Model, base_model: keras.Model) -> bool:
    """Return whether all weights of a base model are weights of the model."""
    own = {id(weight) for weight in model.weights}
    return all(id(weight) in own for weight in base_model.weights)


def steps_after_base(model: keras.Model, base_model: keras.Model, photos: np.ndarray) -> str:
    """Return what comes out between the base model's maps and the answer, in words.

    Worked out with NumPy from the last `Dense` layer's weights.
    """
    maps, found = np.asarray(base_model(photos)), np.asarray(model(photos))
    [matrix] = [w for w in model.weights if tuple(w.shape) == (maps.shape[-1], found.shape[-1])]
    matrix = np.asarray(matrix)
    ways = {
        "average, Dense, softmax": _softmax(maps.mean(axis=(1, 2)) @ matrix),
        "average, Dense": maps.mean(axis=(1, 2)) @ matrix,
        "maximum, Dense, softmax": _softmax(maps.max(axis=(1, 2)) @ matrix),
        "Dense, softmax, average": _softmax(maps @ matrix).mean(axis=(1, 2)),
        "average, Dense, softmax, softmax": _softmax(_softmax(maps.mean(axis=(1, 2)) @ matrix)),
        "average, Dense, sigmoid": 1 / (1 + np.exp(-maps.mean(axis=(1, 2)) @ matrix)),
    }
    same = [way for way, output in ways.items() if np.allclose(output, found, atol=1e-4)]
    return same[0] if same else "something else"


def same_while_training(model: keras.Model, photos: np.ndarray) -> bool:
    """Return whether a model answers while it trains as it does when it predicts."""
    many = np.repeat(photos, 100, axis=0)  # Chance must show, if there is any.
    return bool(np.allclose(model(many, training=True), model(many), atol=1e-5))


def _softmax(sums: np.ndarray) -> np.ndarray:
    powers = np.exp(sums - sums.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def classifier_case(photos: int, classes: int, channels: int, size: tuple[int, int]) -> Case:
    """Return a case for `build_classifier`."""
    return Case(
        given=f"""
            from exercise_lib.exercises.notebook_02 import (
                added_weights, contains, same_while_training, small_base, some_photos,
                steps_after_base)
            base_model = small_base(channels={channels}, size={size})
            photos = some_photos({photos}, size={size})
            before = base_model.get_weights()
        """,
        call=f"build_classifier(base_model, {classes})",
        looks={
            "np.asarray(result(photos)).shape": (photos, classes),
            "contains(result, base_model)": True,
            "added_weights(result, base_model)": [(channels, classes), (classes,)],
            "np.asarray(result(photos)).sum(axis=1)": np.ones(photos, np.float32),
            "steps_after_base(result, base_model, photos)": "average, Dense, softmax",
            "same_while_training(result, photos)": True,
            "len(result.trainable_weights)": 6,
            "all(map(np.array_equal, base_model.get_weights(), before))": True,
        },
    )


def _shape(trial: Trial) -> tuple[int, ...]:
    return tuple(trial.saw["np.asarray(result(photos)).shape"])


def _added(trial: Trial) -> Any:
    return trial.saw["added_weights(result, base_model)"]


def _steps(trial: Trial) -> Any:
    return trial.saw["steps_after_base(result, base_model, photos)"]


CLASSIFIER = Exercise(
    number="2.3",
    name="build_classifier",
    cases=(classifier_case(2, 3, 5, (8, 8)), classifier_case(3, 4, 7, (6, 10))),
    wants=kinds.MODEL,
    look_at="what lies between the feature maps (photos, rows, columns, channels) and the "
    "probabilities (photos, classes)",
    correct="These are the same three parts as in every photo classifier: base model, average, "
    "last layer.",
    hints=(
        "The base model returns maps with rows and columns, but the flavour must not depend on "
        "where a pot stands. So the positions are averaged away before anything is decided.",
        "`keras.Sequential` takes a list of models and layers, in the order in which a photo "
        "passes through them.",
        "To make a layer, call its class: `GlobalAveragePooling2D()`, with parentheses. The last "
        "layer needs to know how many classes there are, and which activation to use.",
    ),
    tolerance=1e-4,
)


@CLASSIFIER.mistake(
    when=lambda trial: (
        "Only instances of `keras.Layer`" in str(trial.error)
        and "(of type <class 'type'>)" in str(trial.error)
    )
)
def class_not_called(base_model, classes):
    """Your code stopped: Keras got the class of a layer instead of a layer. To make a layer, call
    its class, with parentheses: `Layer()`.
    """
    return keras.Sequential(
        [
            base_model,
            keras.layers.GlobalAveragePooling2D,
            keras.layers.Dense(classes, activation="softmax"),
        ]
    )


@CLASSIFIER.mistake(when=lambda trial: len(_shape(trial)) == 4)
def not_averaged(base_model, classes):
    """Each position in the feature maps gets outputs of its own: the result still has rows and
    columns. Average over these before the last layer.
    """
    return keras.Sequential([base_model, keras.layers.Dense(classes, activation="softmax")])


@CLASSIFIER.mistake(when=lambda trial: _added(trial)[0] in ((80, 3), (105, 4)))
def maps_flattened(base_model, classes):
    """The last layer has a weight for every position in the maps. That is many more weights to
    learn, and it ties each flavour to a place in the photo. Average over rows and columns first.
    """
    return keras.Sequential(
        [
            base_model,
            keras.layers.Flatten(),
            keras.layers.Dense(classes, activation="softmax"),
        ]
    )


@CLASSIFIER.mistake(
    when=lambda trial: (
        len(_shape(trial)) == 2
        and _shape(trial)[1] != trial.case.expected()["np.asarray(result(photos)).shape"][1]
    )
)
def fixed_class_count(base_model, classes):
    """The number of outputs for each photo is not `classes`. The last layer must have as many
    outputs as `classes` says.
    """
    return keras.Sequential(
        [
            base_model,
            keras.layers.GlobalAveragePooling2D(),
            keras.layers.Dense(6, activation="softmax"),
        ]
    )


@CLASSIFIER.mistake(when=lambda trial: trial.saw["contains(result, base_model)"] is False)
def base_model_cloned(base_model, classes):
    """The base model that was passed in is not in your classifier, or not with its own weights.
    Use `base_model` itself.
    """
    return keras.Sequential(
        [
            keras.models.clone_model(base_model),
            keras.layers.GlobalAveragePooling2D(),
            keras.layers.Dense(classes, activation="softmax"),
        ]
    )


@CLASSIFIER.mistake(when=lambda trial: len(_added(trial)) > 2)
def extra_dense(base_model, classes):
    """On top of the base model are more layers with weights than the exercise asks for. After the
    average comes a single `Dense` layer.
    """
    return keras.Sequential(
        [
            base_model,
            keras.layers.GlobalAveragePooling2D(),
            keras.layers.Dense(64, activation="relu"),
            keras.layers.Dense(classes, activation="softmax"),
        ]
    )


@CLASSIFIER.mistake(
    when=lambda trial: (
        len(_shape(trial)) == 2
        and not np.allclose(trial.saw["np.asarray(result(photos)).sum(axis=1)"], 1)
    )
)
def no_activation(base_model, classes):
    """The outputs for a photo do not sum to 1, so they are not probabilities. Look at the
    activation of the last layer.
    """
    return keras.Sequential(
        [
            base_model,
            keras.layers.GlobalAveragePooling2D(),
            keras.layers.Dense(classes),
        ]
    )


@no_activation.also
def sigmoid_activation(base_model, classes):
    return keras.Sequential(
        [
            base_model,
            keras.layers.GlobalAveragePooling2D(),
            keras.layers.Dense(classes, activation="sigmoid"),
        ]
    )


@CLASSIFIER.mistake(when=lambda trial: _steps(trial) == "maximum, Dense, softmax")
def maximum_of_maps(base_model, classes):
    """Your model takes the highest value of each map. That works too, but this exercise asks for
    the average.
    """
    return keras.Sequential(
        [
            base_model,
            keras.layers.GlobalMaxPooling2D(),
            keras.layers.Dense(classes, activation="softmax"),
        ]
    )


@CLASSIFIER.mistake(when=lambda trial: _steps(trial) == "Dense, softmax, average")
def averaged_last(base_model, classes):
    """Each position in the maps gets probabilities, which are then averaged. Average the maps
    first; the `Dense` layer comes after that.
    """
    return keras.Sequential(
        [
            base_model,
            keras.layers.Dense(classes, activation="softmax"),
            keras.layers.GlobalAveragePooling2D(),
        ]
    )


@CLASSIFIER.mistake(when=lambda trial: _steps(trial) == "average, Dense, softmax, softmax")
def softmax_twice(base_model, classes):
    """Softmax was applied twice, the second time to probabilities. That makes all of them nearly
    equal: once is enough.
    """
    return keras.Sequential(
        [
            base_model,
            keras.layers.GlobalAveragePooling2D(),
            keras.layers.Dense(classes, activation="softmax"),
            keras.layers.Softmax(),
        ]
    )


@CLASSIFIER.mistake(when=lambda trial: trial.saw["same_while_training(result, photos)"] is False)
def dropout_added(base_model, classes):
    """The outputs of your model during training differ from those when it predicts, as with
    `Dropout`. The exercise asks for the three parts only.
    """
    return keras.Sequential(
        [
            base_model,
            keras.layers.GlobalAveragePooling2D(),
            keras.layers.Dropout(0.5),
            keras.layers.Dense(classes, activation="softmax"),
        ]
    )


@CLASSIFIER.mistake(
    when=lambda trial: (
        len(trial.names["result"].trainable_weights) == 2
        and trial.names["base_model"].trainable_weights == []
    )
)
def base_model_frozen(base_model, classes):
    """Only the last layer can learn: the base model is frozen. Its weights have only been drawn at
    random, so here it must learn, too.
    """
    base_model.trainable = False
    return keras.Sequential(
        [
            base_model,
            keras.layers.GlobalAveragePooling2D(),
            keras.layers.Dense(classes, activation="softmax"),
        ]
    )


def train_case(classes: int, epochs: int) -> Case:
    """Return a case for `train`."""
    return Case(
        given=f"""
            from exercise_lib.exercises import practice
            model, data = practice.small_classifier({classes}), practice.some_splits({classes})
        """,
        call=f"train(model, data, {epochs})",
        looks=training.looks(epochs, learning_rate=0.001),
    )


def training_answer(
    compiled: str = '"adam", "sparse_categorical_crossentropy", metrics=["accuracy"]',
    inputs: str = '*data["train"]',
    watched: str = 'validation_data=data["validation"], ',
    epochs: str = "epochs=epochs, ",
    gives: str = "return ",
    after: str = "",
) -> str:
    """Return an answer to 2.4 as code, with one part other than it should be."""
    return (
        "def train(model, data, epochs):\n"
        f"    model.compile({compiled})\n"
        f"    {gives}model.fit({inputs}, {watched}{epochs}verbose=0){after}\n"
    )


TRAIN = Exercise(
    number="2.4",
    name="train",
    cases=(train_case(3, epochs=2), train_case(4, epochs=3)),
    wants=kinds.HISTORY,
    look_at="the arguments of `compile` and `fit`",
    correct="After each epoch, Keras measures the accuracy on photos that the model does not "
    "learn from. That is the curve to watch.",
    hints=(
        "You need two calls. The first says *how* the model learns: with which optimizer and "
        "loss, and what is reported. The second trains it, and says *what* it learns from.",
        "`model.compile` takes an optimizer, a loss and metrics, all three as strings if you "
        "like. The metrics go in a list, since there may be several.",
        "`model.fit` takes inputs and labels, then, by name, the photos to watch, the number of "
        "epochs, and `verbose=0`. Your function returns what `fit` returns.",
    ),
)


TRAIN.shows(training.GAVE_A_PAIR, training_answer(inputs='data["train"]'))
TRAIN.shows(training.SWAPPED, training_answer(inputs='data["train"][1], data["train"][0]'))


@TRAIN.shows(training.NOT_COMPILED)
def never_compiled(model, data, epochs):
    return model.fit(
        *data["train"],
        validation_data=data["validation"],
        epochs=epochs,
        verbose=0,
    )


TRAIN.shows(
    training.WRONG_LOSS_STOPPED,
    training_answer('"adam", "categorical_crossentropy", metrics=["accuracy"]'),
    training_answer('"adam", keras.losses.CategoricalCrossentropy(), metrics=["accuracy"]'),
)
TRAIN.shows(
    training.WRONG_METRIC,
    training_answer(
        '"adam", "sparse_categorical_crossentropy", metrics=[keras.metrics.Accuracy()]'
    ),
)


@TRAIN.shows(training.NO_FIT)
def never_fitted(model, data, epochs):
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])


TRAIN.shows(training.GAVE_DICTIONARY, training_answer(after=".history"))
TRAIN.shows(training.LOST_HISTORY, training_answer(gives=""))


@TRAIN.shows(training.TRAINED_ANOTHER)
def clone_trained(model, data, epochs):
    model = keras.models.clone_model(model)
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model.fit(
        *data["train"],
        validation_data=data["validation"],
        epochs=epochs,
        verbose=0,
    )


@TRAIN.shows(training.BEGAN_ANEW)
def weights_redrawn(model, data, epochs):
    model.set_weights(keras.models.clone_model(model).get_weights())
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model.fit(
        *data["train"],
        validation_data=data["validation"],
        epochs=epochs,
        verbose=0,
    )


TRAIN.shows(training.LEARNED_FROM_TEST, training_answer(inputs='*data["test"]'))
TRAIN.shows(training.LEARNED_FROM_VALIDATION, training_answer(inputs='*data["validation"]'))
TRAIN.shows(
    training.OTHER_LABELS, training_answer(inputs='data["train"][0], np.sort(data["train"][1])')
)
TRAIN.shows(training.LEFT_SOME_OUT, training_answer(watched="validation_split=0.25, "))
TRAIN.shows(
    training.REPEATED,
    training_answer(inputs="*(np.concatenate([part, part]) for part in data['train'])"),
)
TRAIN.shows(
    training.WEIGHED, training_answer(epochs="epochs=epochs, class_weight={0: 2, 1: 1, 2: 1}, ")
)
TRAIN.shows(
    training.FITTED_AGAIN,
    training_answer(gives="for _ in range(epochs):\n        history = ", epochs="")
    + "    return history\n",
)
TRAIN.shows(training.WATCHED_TEST, training_answer(watched='validation_data=data["test"], '))
TRAIN.shows(training.WATCHED_TRAIN, training_answer(watched='validation_data=data["train"], '))
TRAIN.shows(training.WATCHED_NONE, training_answer(watched=""))
TRAIN.shows(
    training.WATCHED_SOME,
    training_answer(watched='validation_data=data["validation"], validation_freq=2, '),
)
TRAIN.shows(
    training.MEASURED_TEST,
    training_answer(gives="history = ")
    + '    model.evaluate(*data["test"], verbose=0)\n    return history\n',
)
TRAIN.shows(training.ONE_EPOCH, training_answer(epochs=""))
TRAIN.shows(training.OTHER_EPOCHS, training_answer(epochs="epochs=40, "))
TRAIN.shows(
    training.STOPS_EARLY,
    training_answer(
        epochs="epochs=epochs, callbacks=[keras.callbacks.EarlyStopping(patience=5)], "
    ),
)
TRAIN.shows(training.NO_LOSS, training_answer('"adam", metrics=["accuracy"]'))
TRAIN.shows(training.WRONG_LOSS, training_answer('"adam", "mse", metrics=["accuracy"]'))
TRAIN.shows(training.NO_ACCURACY, training_answer('"adam", "sparse_categorical_crossentropy"'))
TRAIN.shows(
    training.OTHER_OPTIMIZER,
    training_answer('"sgd", "sparse_categorical_crossentropy", metrics=["accuracy"]'),
)


@TRAIN.shows(training.FROZE_IT)
def model_frozen(model, data, epochs):
    model.trainable = False
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model.fit(
        *data["train"],
        validation_data=data["validation"],
        epochs=epochs,
        verbose=0,
    )


@TRAIN.shows(training.NOT_QUIET)
def progress_printed(model, data, epochs):
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model.fit(*data["train"], validation_data=data["validation"], epochs=epochs)


def curves_case(
    val_accuracy: Sequence[float],
    val_loss: Sequence[float],
    accuracy: Sequence[float],
    loss: Sequence[float],
    gives: object,
) -> Case:
    """Return a case for `best_epoch`."""
    return Case(
        given=f"""
            curves = {{
                "accuracy": {accuracy},
                "loss": {loss},
                "val_accuracy": {val_accuracy},
                "val_loss": {val_loss},
            }}
        """,
        call="best_epoch(curves)",
        gives=gives,
    )


BEST = Exercise(
    number="2.5",
    name="best_epoch",
    # Every curve has its extremes in epochs of its own.
    cases=(
        curves_case(
            accuracy=[0.3, 0.2, 0.5, 0.6, 0.8, 1.0, 0.9],
            loss=[1.8, 1.5, 1.2, 0.9, 0.7, 0.5, 0.6],
            val_accuracy=[0.3, 0.25, 0.5, 0.4, 0.35, 0.2, 0.45],
            val_loss=[1.6, 1.2, 1.4, 1.5, 1.9, 1.8, 1.7],
            gives=3,
        ),
        curves_case(
            accuracy=[0.4, 0.9, 0.7, 0.8],
            loss=[1.0, 0.8, 0.3, 0.6],
            val_accuracy=[0.6, 0.3, 0.5, 0.2],
            val_loss=[1.1, 1.6, 1.2, 0.7],
            gives=1,
        ),
        curves_case(
            accuracy=[0.2, 0.1, 0.9, 0.5, 0.4],
            loss=[0.9, 0.4, 0.8, 0.6, 0.5],
            val_accuracy=[0.28, 0.31, 0.29, 0.3, 0.32],
            val_loss=[1.4, 1.6, 1.5, 1.3, 1.7],
            gives=5,
        ),
    ),
    wants=kinds.NUMBER,
    look_at='`curves["val_accuracy"]`, and the number of the first epoch',
    correct="In none of the epochs that you trained was the validation accuracy higher.",
    hints=(
        "The training curve nearly always rises, whether or not anything useful is learned. So "
        "choose by the curve of the photos that were held out.",
        "You need the *place* of the highest accuracy, not the accuracy itself. `np.argmax` "
        "returns the place.",
        "Mind the first place: for NumPy, it is 0. What number does the first epoch have?",
    ),
)


@BEST.mistake
def counted_from_zero(curves):
    """The epochs were counted from 0, but the first epoch is number 1."""
    return np.argmax(curves["val_accuracy"])


@BEST.mistake
def highest_training_accuracy(curves):
    """This is the best epoch on the photos that the model learns from. On those, more epochs
    nearly always look better. Use the validation photos.
    """
    return np.argmax(curves["accuracy"]) + 1


@BEST.mistake
def lowest_validation_loss(curves):
    """This is the epoch with the lowest validation *loss*. That is a common choice, too, but this
    exercise asks for the highest validation accuracy.
    """
    return np.argmin(curves["val_loss"]) + 1


@BEST.mistake
def highest_validation_loss(curves):
    """This is the epoch with the highest validation *loss*, the worst one on that curve. Look at
    the validation accuracy.
    """
    return np.argmax(curves["val_loss"]) + 1


@BEST.mistake
def lowest_accuracy(curves):
    """This is the epoch with the *lowest* validation accuracy. Find the one with the highest."""
    return np.argmin(curves["val_accuracy"]) + 1


@BEST.mistake
def last_epoch(curves):
    """This is the last epoch. The best one is often earlier."""
    return len(curves["val_accuracy"])


@BEST.mistake
def accuracy_itself(curves):
    """This is the highest accuracy itself. The exercise asks where it is: in which epoch was it
    reached?
    """
    return max(curves["val_accuracy"])


def to_two_numbers(value: object) -> tuple[float, float]:
    """Return two numbers, in a tuple, a list or an array, as a tuple of int or float."""
    first, second = kinds.to_list(value)
    return kinds.to_number(first), kinds.to_number(second)


def hours_case(
    photos: int, epochs: int, label_seconds: float, photos_per_second: float, gives: object
) -> Case:
    """Return a case for `hours_of_work`."""
    return Case(
        call=f"hours_of_work({photos}, {epochs}, {label_seconds}, {photos_per_second})",
        gives=gives,
    )


COST = Exercise(
    number="2.6",
    name="hours_of_work",
    cases=(
        hours_case(7200, 5, 10, 20.0, gives=(20.0, 0.5)),
        hours_case(1000, 3, 7, 64, gives=(7000 / 3600, 46.875 / 3600)),
        hours_case(90, 40, 30, 0.5, gives=(0.75, 2.0)),
    ),
    wants=kinds.Kind("two numbers, as in `return first, second`", to_two_numbers),
    look_at="which of the numbers each of the two times depends on",
    correct="Machines get faster every year; people who label do not.",
    hints=(
        "A person looks at each photo once; the computer looks at it in every epoch. So the two "
        "times depend on different numbers.",
        "Work in seconds first. How long does a person take for one photo? And how long does the "
        "computer take, if it processes `photos_per_second` of them in one second?",
        "An hour has 3,600 seconds, for people and for computers.",
    ),
)


@COST.mistake
def left_in_seconds(photos, epochs, label_seconds, photos_per_second):
    """These times are in seconds. Return hours, of 3,600 seconds each."""
    return photos * label_seconds, photos * epochs / photos_per_second


@COST.mistake
def left_in_minutes(photos, epochs, label_seconds, photos_per_second):
    """These times are in minutes. Return hours, of 3,600 seconds each."""
    return photos * label_seconds / 60, photos * epochs / photos_per_second / 60


@COST.mistake
def epochs_ignored(photos, epochs, label_seconds, photos_per_second):
    """The labelling is right. The computer looks at every photo once in each epoch, so the
    training takes `epochs` times as long as you say.
    """
    return photos * label_seconds / 3600, photos / photos_per_second / 3600


@COST.mistake
def multiplied_by_speed(photos, epochs, label_seconds, photos_per_second):
    """The labelling is right. `photos_per_second` says how many photos are processed in one
    second: the larger it is, the shorter the training must be.
    """
    return photos * label_seconds / 3600, photos * epochs * photos_per_second / 3600


@COST.mistake
def order_swapped(photos, epochs, label_seconds, photos_per_second):
    """Both times are right, but in the wrong order: labelling comes first."""
    return photos * epochs / photos_per_second / 3600, photos * label_seconds / 3600


@COST.mistake
def labelled_every_epoch(photos, epochs, label_seconds, photos_per_second):
    """The training is right. But people label each photo once, not once in each epoch."""
    passes = photos * epochs
    return passes * label_seconds / 3600, passes / photos_per_second / 3600


@COST.mistake
def whole_hours(photos, epochs, label_seconds, photos_per_second):
    """The labelling is rounded down to whole hours. `/` keeps the fraction, `//` drops it."""
    return photos * label_seconds // 3600, photos * epochs / photos_per_second / 3600


@COST.mistake
def training_in_seconds(photos, epochs, label_seconds, photos_per_second):
    """The labelling is in hours, but the training is still in seconds."""
    return photos * label_seconds / 3600, photos * epochs / photos_per_second


@COST.mistake(when=lambda trial: trial.other_kind in ("a float: 20.5", "a float64: 20.5"))
def times_added(photos, epochs, label_seconds, photos_per_second):
    """This is one number, the sum of both times. Return two numbers: labelling, then training."""
    seconds = photos * label_seconds + photos * epochs / photos_per_second
    return seconds / 3600


EXERCISES = (COPY, RATIO, CLASSIFIER, TRAIN, BEST, COST)
