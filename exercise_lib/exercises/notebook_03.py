"""The exercises of notebook 03, What if we keep the weights?"""

import functools
import textwrap
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import keras
import numpy as np

from exercise_lib.exercises import kinds, training
from exercise_lib.exercises.comparing import same
from exercise_lib.exercises.exercise import Case, Exercise, Symptom, array_code
from exercise_lib.exercises.trying import Trial


def arguments_of(given: str) -> dict[str, Any]:
    """Return the names that the statements of a case make (NumPy alone), as a dict."""
    names: dict[str, Any] = {"np": np}
    exec(textwrap.dedent(given), names)
    return names


def small_network() -> keras.Model:
    """Return a network from photos of 8 x 8 pixels to two numbers, with seven weights."""
    import keras

    return keras.Sequential(
        [
            keras.Input((8, 8, 3)),
            keras.layers.Conv2D(4, 3, name="conv"),
            keras.layers.BatchNormalization(name="norm"),
            keras.layers.GlobalAveragePooling2D(name="average"),
            keras.layers.Dense(2, use_bias=False, name="dense"),
        ],
        name="small",
    )


def network_with_a_network_inside() -> keras.Model:
    """Return a network of which one layer is a network and another one is frozen already."""
    import keras

    inner = keras.Sequential(
        [
            keras.Input((6,)),
            keras.layers.Dense(5, name="dense"),
            keras.layers.LayerNormalization(),
        ],
        name="inner",
    )
    frozen = keras.layers.Dense(6, trainable=False, name="frozen")
    inputs = keras.Input((4,))
    outputs = keras.layers.Dense(3, name="last")(inner(frozen(inputs)))
    return keras.Model(inputs, outputs, name="outer")


def frozen_network() -> keras.Model:
    """Return a `small_network` that cannot learn."""
    model = small_network()
    model.trainable = False
    return model


def freeze_case(make_model: str, weights: int) -> Case:
    """Return a case for `freeze`."""
    return Case(
        given=f"""
            from exercise_lib.exercises.notebook_03 import {make_model}
            model = {make_model}()
            before = model.get_weights()
        """,
        call="freeze(model)",
        looks={
            "[weight.path for weight in model.trainable_weights]": [],
            "result is model": True,
            "len(model.get_weights())": weights,
            "all(map(np.array_equal, before, model.get_weights()))": True,
        },
    )


WEIGHTS_OF = {"conv": ("kernel", "bias"), "norm": ("gamma", "beta"), "dense": ("kernel",)}


def still_learns(*layers: str) -> Callable[[Trial], bool]:
    """Return a function that tells whether exactly these layers of `small_network` can learn."""
    learning = {f"small/{layer}/{name}" for layer in layers for name in WEIGHTS_OF[layer]}

    def proves(trial: Trial) -> bool:
        return set(trial.saw["[weight.path for weight in model.trainable_weights]"]) == learning

    return proves


def is_another_model(trial: Trial) -> bool:
    """Return whether another model came back, and the one handed over can learn."""
    return (
        trial.saw["result is model"] is False and len(trial.names["model"].trainable_weights) > 0
    )


def was_thawed(trial: Trial) -> Any:
    """Return whether a model that was frozen can learn."""
    return "frozen_network" in trial.case.given and trial.names["model"].trainable_weights


FREEZE = Exercise(
    number="3.1",
    name="freeze",
    cases=(
        freeze_case("small_network", 7),
        freeze_case("network_with_a_network_inside", 8),
        freeze_case("frozen_network", 7),
    ),
    wants=kinds.MODEL,
    look_at="the attribute `trainable`, and what it applies to",
    correct="From now on, no training can change what the base model learned on ImageNet.",
    hints=(
        "With a few photos, training would change all the weights and spoil what a million photos "
        "have taught them. So tell Keras to leave them alone: models and layers have an "
        "attribute for this, `trainable`.",
        "Set on a model, this attribute applies to everything inside it, however deep. "
        "Nothing is computed here, and no weight changes its value.",
        "The next cell uses what your function returns: the same model that was passed in.",
    ),
)


@FREEZE.mistake(
    when=lambda trial: (
        trial.other_kind.startswith("nothing") and not trial.names["model"].trainable_weights
    )
)
def returned_nothing(model):
    """The model is frozen, but your function returns nothing. The next cell needs the model."""
    model.trainable = False


@FREEZE.mistake(when=is_another_model)
def froze_a_clone(model):
    """What comes out is another model, and the weights of the model that was passed in are still
    trainable. Freeze that model, and return it.
    """
    clone = keras.models.clone_model(model)
    clone.trainable = False
    return clone


@froze_a_clone.also
def froze_a_deep_copy(model):
    import copy

    model = copy.deepcopy(model)
    model.trainable = False
    return model


@froze_a_clone.also
def rebuilt_from_layers(model):
    return keras.Sequential(model.layers[:1])


@FREEZE.mistake(when=was_thawed)
def toggled_trainable(model):
    """This model was already frozen, but after your function it has trainable weights."""
    model.trainable = not model.trainable
    for layer in model.layers:
        layer.trainable = model.trainable
    return model


@FREEZE.mistake(when=still_learns("conv", "norm", "dense"))
def left_trainable(model):
    """All weights are still trainable. The attribute `trainable` decides this, and it is not
    switched off for the model or for any of its layers.
    """
    model.trainable = True
    return model


@left_trainable.also
def left_trainable_cleared_list(model):
    model.trainable_weights.clear()
    return model


@left_trainable.also
def left_trainable_compiled(model):
    model.compile(optimizer="sgd")
    return model


@left_trainable.also
def left_trainable_other_attribute(model):
    model.training = False
    return model


@left_trainable.also
def left_trainable_compared(model):
    model.trainable == False
    return model


@FREEZE.mistake(when=still_learns("conv", "norm"))
def only_last_frozen(model):
    """Only the weights of the last layer are frozen; all others are trainable. None may be."""
    model.layers[-1].trainable = False
    return model


@FREEZE.mistake(when=still_learns("dense"))
def last_not_frozen(model):
    """The last layer is still trainable; the weights of all other layers are frozen. No weight may
    be trainable.
    """
    for layer in model.layers[:-1]:
        layer.trainable = False
    return model


@FREEZE.mistake(when=still_learns("norm", "dense"))
def only_first_frozen(model):
    """The weights of the first layer are frozen, but all others are still trainable. If there is a
    loop, does it reach the second layer?
    """
    for layer in model.layers:
        layer.trainable = False
        return model


@only_first_frozen.also
def only_first_frozen_by_index(model):
    model.layers[0].trainable = False
    return model


@FREEZE.mistake(when=still_learns("conv"))
def first_not_frozen(model):
    """The first layer is still trainable; the weights of all other layers are frozen. No weight
    may be trainable.
    """
    for layer in model.layers[1:]:
        layer.trainable = False
    return model


@FREEZE.mistake(when=still_learns("conv", "dense"))
def only_norm_frozen(model):
    """Only the batch normalisation is frozen; all other weights are trainable. None may be."""
    for layer in model.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.trainable = False
    return model


@FREEZE.mistake(
    when=lambda trial: (
        not trial.names["model"].trainable_weights
        and trial.saw["all(map(np.array_equal, before, model.get_weights()))"] is False
    )
)
def weights_zeroed(model):
    """No weight is trainable any more, but some have changed: freezing keeps every weight as it
    is.
    """
    model.set_weights([np.zeros_like(w) for w in model.get_weights()])
    model.trainable = False
    return model


def small_base(channels: int = 4) -> keras.Model:
    """Return a base model with batch normalisation: each 4 x 4 pixels of a photo give a place."""
    import keras

    inputs = keras.Input((None, None, 3))
    maps = keras.layers.AveragePooling2D(4)(inputs)
    maps = keras.layers.Conv2D(channels, 1)(maps)
    base_model = keras.Model(inputs, keras.layers.BatchNormalization()(maps))
    base_model.set_weights([*base_kernel_and_bias(channels), *base_norm(channels)])
    base_model.compile(run_eagerly=True)  # Quicker for a single step.
    return base_model


def base_kernel_and_bias(channels: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the weights of the convolution of `small_base`: (1, 1, 3, channels), (channels,)."""
    kernel = np.sin(1 + np.arange(3 * channels, dtype=np.float32)).reshape(1, 1, 3, channels)
    return kernel, np.arange(channels, dtype=np.float32) / 2


def base_norm(channels: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return factor, shift, mean and variance of the batch normalisation, each (channels,)."""
    count = np.arange(channels, dtype=np.float32)
    return 1 + count / 4, 1 - count, count / 3, np.full(channels, 4, np.float32)


def some_inputs(photos: int = 2, rows: int = 8, columns: int = 12) -> np.ndarray:
    """Return photos of which no two places are equal, float32 (photos, rows, columns, 3)."""
    values = np.arange(photos * rows * columns * 3, dtype=np.float32)
    return 5 * np.sin(values**1.3).reshape(photos, rows, columns, 3)


def expected_features(
    photos: int = 2, rows: int = 8, columns: int = 12, channels: int = 4
) -> np.ndarray:
    """Return the features of `some_inputs`, worked out with NumPy."""
    kernel, bias = base_kernel_and_bias(channels)
    factor, shift, mean, variance = base_norm(channels)
    colours = some_inputs(photos, rows, columns).astype(np.float64).mean(axis=(1, 2))
    sums = colours @ kernel[0, 0] + bias
    return factor * (sums - mean) / np.sqrt(variance + 1e-3) + shift


def features_case(photos: int, rows: int, columns: int, channels: int) -> Case:
    """Return a case for `features_of`."""
    again = f"small_base(channels={channels})"
    return Case(
        given=f"""
            from exercise_lib.exercises.notebook_03 import small_base, some_inputs
            base_model = {again}
            inputs = some_inputs(photos={photos}, rows={rows}, columns={columns})
        """,
        call="features_of(base_model, inputs)",
        looks={
            "result.shape": (photos, channels),
            "result": functools.partial(expected_features, photos, rows, columns, channels),
            f"all(map(np.array_equal, base_model.get_weights(), {again}.get_weights()))": True,
        },
    )


def made_of_maps(change: Callable[[np.ndarray], object]) -> Callable[[Trial], bool]:
    """Return a function that tells whether the maps were made to something else.

    Args:
        change: From maps (photos, rows, columns, channels) to that.
    """

    def proves(trial: Trial) -> bool:
        maps = np.asarray(trial.names["base_model"](trial.names["inputs"]))
        return same(trial.saw["result"], change(maps), 1e-4)

    return proves


def is_in_training_mode(trial: Trial) -> bool:
    """Return whether the base model normalised with the mean and spread of this batch."""
    maps = trial.names["base_model"](trial.names["inputs"], training=True)
    return same(trial.saw["result"], np.asarray(maps).mean(axis=(1, 2)), 1e-4)


FEATURES = Exercise(
    number="3.2",
    name="features_of",
    cases=(
        features_case(2, 8, 12, 4),
        features_case(3, 16, 8, 5),
        features_case(1, 12, 8, 2),
    ),
    wants=kinds.NUMBERS,
    look_at="the axes that you average over: (photos, rows, columns, channels)",
    correct="One row of features for each photo. Where something was in the photo is averaged "
    "away; what was there remains.",
    hints=(
        "The head needs to know *what* is in a photo, not where. So the base model makes its "
        "maps first, and then each map becomes one number.",
        "The maps are an array with four axes: photos, rows, columns, channels. Photos and "
        "channels must survive; the other two are averaged away.",
        "NumPy's `mean` takes several axes as a tuple. Keras offers the same step as a layer, "
        "`GlobalAveragePooling2D`.",
    ),
    tolerance=1e-4,
)


@FEATURES.mistake(when=made_of_maps(lambda maps: maps))
def unaveraged_maps(base_model, inputs):
    """These are the feature maps themselves. Average each map over its rows and columns."""
    return base_model.predict(inputs, verbose=0)


@FEATURES.mistake(when=made_of_maps(lambda maps: maps.reshape(len(maps), -1)))
def flattened_maps(base_model, inputs):
    """The maps are flattened: every position in the photo has its own numbers. Average over the
    positions instead.
    """
    maps = base_model.predict(inputs, verbose=0)
    return maps.reshape(len(maps), -1)


@flattened_maps.also
def flattened_maps_by_layer(base_model, inputs):
    return keras.layers.Flatten()(base_model(inputs))


@FEATURES.mistake(when=made_of_maps(lambda maps: maps.mean(axis=-1)))
def channels_averaged(base_model, inputs):
    """The channels are averaged away. They are the features: keep them, and average over the
    positions.
    """
    return base_model.predict(inputs, verbose=0).mean(axis=-1)


@FEATURES.mistake(when=made_of_maps(lambda maps: maps.mean(axis=(0, 1, 2))))
def photos_averaged(base_model, inputs):
    """There is one row for all photos together. The first axis counts the photos: do not average
    over it.
    """
    return base_model.predict(inputs, verbose=0).mean(axis=(0, 1, 2))


@FEATURES.mistake(when=made_of_maps(lambda maps: maps.max(axis=(1, 2))))
def largest_values(base_model, inputs):
    """These are the largest values of each map. They would also do for a head, but the task asks
    for the average.
    """
    return base_model.predict(inputs, verbose=0).max(axis=(1, 2))


@FEATURES.mistake(when=made_of_maps(lambda maps: maps.sum(axis=(1, 2))))
def summed_over_positions(base_model, inputs):
    """These are the sums over the positions, which grow with the size of the map. The task asks
    for the average.
    """
    return base_model.predict(inputs, verbose=0).sum(axis=(1, 2))


@FEATURES.mistake(when=made_of_maps(lambda maps: maps.mean(axis=1)))
def only_rows_averaged(base_model, inputs):
    """The rows are averaged away, but the columns are still there. Both say where something is."""
    return base_model.predict(inputs, verbose=0).mean(axis=1)


@FEATURES.mistake(when=made_of_maps(lambda maps: maps.mean(axis=2)))
def only_columns_averaged(base_model, inputs):
    """The columns are averaged away, but the rows are still there. Both say where something is."""
    return base_model.predict(inputs, verbose=0).mean(axis=2)


@FEATURES.mistake(when=made_of_maps(lambda maps: maps.mean(axis=(1, 2), keepdims=True)))
def map_axes_kept(base_model, inputs):
    """The numbers are right, but rows and columns are still there as axes of length 1. The task
    asks for the shape (photos, channels).
    """
    return base_model.predict(inputs, verbose=0).mean(axis=(1, 2), keepdims=True)


@FEATURES.mistake(when=made_of_maps(lambda maps: maps.mean(axis=(1, 2)).T))
def transposed_features(base_model, inputs):
    """The numbers are right, but each photo is a column. The task asks for one row per photo:
    (photos, channels).
    """
    return base_model.predict(inputs, verbose=0).mean(axis=(1, 2)).T


@FEATURES.mistake(when=made_of_maps(lambda maps: maps.mean()))
def overall_mean(base_model, inputs):
    """This is a single number for everything. Keep photos and channels apart."""
    return base_model.predict(inputs, verbose=0).mean()


@FEATURES.mistake(when=made_of_maps(lambda maps: maps[0].mean(axis=(0, 1))))
def first_photo_only(base_model, inputs):
    """These are the features of the first photo only. The task asks for one row per photo."""
    return base_model.predict(inputs, verbose=0)[0].mean(axis=(0, 1))


@FEATURES.mistake(
    when=lambda trial: same(trial.saw["result"], trial.names["inputs"].mean(axis=(1, 2)), 1e-4)
)
def averaged_inputs(base_model, inputs):
    """These are the colours of the photos themselves, averaged. The base model plays no part in
    them: average the maps that it makes.
    """
    return np.asarray(inputs).mean(axis=(1, 2))


@FEATURES.mistake(when=is_in_training_mode)
def training_mode(base_model, inputs):
    """The base model ran in training mode: its batch normalisation took the mean and spread from
    these photos, so the features of each photo depend on the others.
    """
    return np.asarray(base_model(inputs, training=True)).mean(axis=(1, 2))


def filled(model: keras.Model) -> keras.Model:
    """Give each weight of a model a number of its own, and return the model."""
    for weight in model.weights:
        weight.assign(filling(tuple(weight.shape)))
    return model


def filling(shape: tuple[int, ...]) -> np.ndarray:
    """Return the numbers that `filled` gives a weight, float32."""
    return np.cos(np.arange(np.prod(shape), dtype=np.float32)).reshape(shape)


FEATURE_ROWS = """
    from exercise_lib.exercises.notebook_03 import filled
    features = np.sin(np.arange({count}.0)).reshape({photos}, {dim})
"""


def sums_of(photos: int, dim: int, classes: int) -> np.ndarray:
    """Return the weighted sums of a `filled` head for the features of a case."""
    features = np.sin(np.arange(photos * dim)).reshape(photos, dim)
    return features @ filling((dim, classes)) + filling((classes,))


def softmax(sums: np.ndarray) -> np.ndarray:
    """Return probabilities (photos, classes) of weighted sums."""
    powers = np.exp(sums - sums.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


OUTPUTS = "np.array(result(features))"
FILLED = "np.array(filled(result)(features))"


def head_case(photos: int, dim: int, classes: int) -> Case:
    """Return a case for `build_head`."""
    return Case(
        given=FEATURE_ROWS.format(count=photos * dim, photos=photos, dim=dim),
        call=f"build_head({dim}, {classes})",
        looks={
            "result.built": True,
            "result.count_params()": dim * classes + classes,
            f"{OUTPUTS}.shape": (photos, classes),
            f"{OUTPUTS}.sum(axis=1)": np.ones(photos),
            "len(result.trainable_weights)": 2,
            FILLED: lambda: softmax(sums_of(photos, dim, classes)),
        },
    )


def gives_with_weights(change: Callable[[np.ndarray], object]) -> Callable[[Trial], bool]:
    """Return a function that tells whether a filled head makes something else of its sums.

    Args:
        change: From the weighted sums (photos, classes) to that.
    """

    def proves(trial: Trial) -> bool:
        photos, dim = trial.names["features"].shape
        sums = sums_of(photos, dim, _classes_of(trial))
        return same(trial.saw[FILLED], change(sums), 1e-4)

    return proves


def _classes_of(trial: Trial) -> int:
    return trial.case.expected()[f"{OUTPUTS}.shape"][1]


def _outputs_of(trial: Trial) -> int:
    return trial.saw[f"{OUTPUTS}.shape"][1]


def layers_with_weights(model: keras.Model) -> int:
    """Return how many layers of a model have weights."""
    return sum(bool(layer.weights) for layer in model.layers)


HEAD = Exercise(
    number="3.3",
    name="build_head",
    cases=(head_case(4, 5, 3), head_case(3, 2, 7), head_case(2, 6, 2)),
    wants=kinds.MODEL,
    look_at="the number of units of the Dense layer, and its activation",
    correct="This is all that will be trained: one weight for each feature and class, and one "
    "bias for each class.",
    hints=(
        "A probability for each class means: as many outputs as classes, none below 0, and a sum "
        "of 1. The layer has as many outputs as it has units; the activation takes care of the "
        "rest.",
        "`keras.Sequential` takes a list. Its first entry says how many numbers come in, so "
        "that the weights can be created at once.",
        "`keras.layers.Dense(units, activation=...)` is the only layer with weights. Its units "
        "are not features: think of what must come out.",
    ),
    tolerance=1e-4,
)


@HEAD.mistake(when=lambda trial: trial.other_kind.startswith("a Dense: "))
def bare_layer(dim, classes):
    """This is a layer. The task asks for a model, which knows how many features come in."""
    return keras.layers.Dense(classes, activation="softmax")


@HEAD.mistake(when=lambda trial: trial.saw["result.built"] is False)
def no_input_size(dim, classes):
    """The head has no weights yet: it does not know how many features come in. Use `dim` to say so
    at the start of the model.
    """
    return keras.Sequential([keras.layers.Dense(classes, activation="softmax")])


@HEAD.mistake(when=lambda trial: layers_with_weights(trial.names["result"]) > 1)
def extra_hidden_layer(dim, classes):
    """More than one layer has weights. You will try a larger head later in this notebook; start
    with one Dense layer.
    """
    return keras.Sequential(
        [
            keras.Input((dim,)),
            keras.layers.Dense(64, activation="relu"),
            keras.layers.Dense(classes, activation="softmax"),
        ]
    )


@extra_hidden_layer.also
def extra_norm_layer(dim, classes):
    return keras.Sequential(
        [
            keras.Input((dim,)),
            keras.layers.BatchNormalization(),
            keras.layers.Dense(classes, activation="softmax"),
        ]
    )


@HEAD.mistake(
    when=lambda trial: (
        trial.names["result"].input_shape == (None, _classes_of(trial))
        and trial.names["result"].output_shape == (None, trial.names["features"].shape[1])
    )
)
def swapped_sizes(dim, classes):
    """The head takes as many numbers as there are classes and returns as many as there are
    features. It should be the other way round.
    """
    return keras.Sequential(
        [keras.Input((classes,)), keras.layers.Dense(dim, activation="softmax")]
    )


@HEAD.mistake(
    when=lambda trial: trial.names["result"].input_shape[-1] != trial.names["features"].shape[1]
)
def other_input_size(dim, classes):
    """The number of features that the head takes is not `dim`."""
    return keras.Sequential(
        [keras.Input((256,)), keras.layers.Dense(classes, activation="softmax")]
    )


@HEAD.mistake(when=lambda trial: _outputs_of(trial) == trial.names["features"].shape[1])
def one_output_per_feature(dim, classes):
    """The head returns as many numbers as there are features. How many classes are there to choose
    from?
    """
    return keras.Sequential([keras.Input((dim,)), keras.layers.Dense(dim, activation="softmax")])


@HEAD.mistake(when=lambda trial: _outputs_of(trial) != _classes_of(trial))
def fixed_output_count(dim, classes):
    """The number of outputs is not the number of classes. It must depend on `classes`: a head for
    your own photos may have two, or two hundred.
    """
    return keras.Sequential([keras.Input((dim,)), keras.layers.Dense(6, activation="softmax")])


@fixed_output_count.also
def one_output_too_many(dim, classes):
    return keras.Sequential(
        [keras.Input((dim,)), keras.layers.Dense(classes + 1, activation="softmax")]
    )


@fixed_output_count.also
def single_sigmoid_output(dim, classes):
    return keras.Sequential([keras.Input((dim,)), keras.layers.Dense(1, activation="sigmoid")])


@HEAD.mistake(when=gives_with_weights(lambda sums: sums))
def no_softmax(dim, classes):
    """These are the weighted sums. Something must still turn them into probabilities."""
    return keras.Sequential([keras.Input((dim,)), keras.layers.Dense(classes)])


@HEAD.mistake(when=gives_with_weights(lambda sums: 1 / (1 + np.exp(-sums))))
def sigmoid_outputs(dim, classes):
    """A sigmoid treats each class on its own, so the outputs for a photo do not sum to 1. A photo
    shows one flavour: its classes have to share.
    """
    return keras.Sequential(
        [keras.Input((dim,)), keras.layers.Dense(classes, activation="sigmoid")]
    )


@HEAD.mistake(when=gives_with_weights(lambda sums: softmax(softmax(sums))))
def softmax_twice(dim, classes):
    """Softmax is applied twice. The second one makes all the probabilities similar: none of them
    can come close to 1.
    """
    return keras.Sequential(
        [
            keras.Input((dim,)),
            keras.layers.Dense(classes, activation="softmax"),
            keras.layers.Softmax(),
        ]
    )


@HEAD.mistake(
    when=lambda trial: not np.allclose(trial.saw[f"{OUTPUTS}.sum(axis=1)"], 1, atol=1e-4)
)
def relu_outputs(dim, classes):
    """The outputs for a photo do not sum to 1, so they are not probabilities. Look at the
    activation, and at what comes after it.
    """
    return keras.Sequential([keras.Input((dim,)), keras.layers.Dense(classes, activation="relu")])


@HEAD.mistake(
    when=lambda trial: (
        [tuple(weight.shape) for weight in trial.names["result"].weights]
        == [(trial.names["features"].shape[1], _classes_of(trial))]
    )
)
def no_bias(dim, classes):
    """There is one weight for each feature and class, but no bias: one more number for each class,
    which a Dense layer has unless told otherwise.
    """
    return keras.Sequential(
        [
            keras.Input((dim,)),
            keras.layers.Dense(classes, activation="softmax", use_bias=False),
        ]
    )


@HEAD.mistake(
    when=lambda trial: (
        trial.saw["len(result.trainable_weights)"] == 0
        and same(trial.saw[FILLED], trial.case.expected()[FILLED], 1e-4)
    )
)
def frozen_head(dim, classes):
    """The head is right, but it cannot learn: its weights are frozen. It is the base model that
    should stay as it is.
    """
    return keras.Sequential(
        [
            keras.Input((dim,)),
            keras.layers.Dense(classes, activation="softmax", trainable=False),
        ]
    )


def training_case(classes: int) -> Case:
    """Return a case for `train_head`."""
    return Case(
        given=f"""
            from exercise_lib.exercises import practice
            head, data = practice.small_classifier({classes}), practice.some_splits({classes})
        """,
        call="train_head(head, data)",
        looks={
            **training.looks(100, learning_rate=0.01, model="head"),
            "len(head.trainable_weights)": 2,
        },
    )


def train_code(
    optimizer: str = "keras.optimizers.Adam(0.01)",
    loss: str = '"sparse_categorical_crossentropy"',
    metrics: str = '["accuracy"]',
    inputs: str = '*data["train"]',
    watched: str = 'validation_data=data["validation"]',
    epochs: object = 100,
    verbose: object = 0,
    more: str = "",
    gives: str = "return {}",
    after: Iterable[str] = (),
) -> str:
    """Return an answer to 3.4 as code, with some part other than it should be.

    Args:
        optimizer, loss, metrics: What `compile` gets.
        inputs, watched, epochs, verbose, more: What `fit` gets.
        gives: What becomes of what `fit` gives back; {} stands for the call.
        after: Further lines.
    """
    fit = f"head.fit({inputs}, {watched}, epochs={epochs}, verbose={verbose}{more})"
    lines = [
        "def train_head(head, data):",
        f"head.compile(optimizer={optimizer}, loss={loss}, metrics={metrics})",
        gives.format(fit) if "{}" in gives else fit,
        *after,
    ]
    return "\n    ".join(lines)


TRAIN = Exercise(
    number="3.4",
    name="train_head",
    cases=(training_case(3), training_case(4)),
    wants=kinds.HISTORY,
    look_at="the arguments of `compile` and `fit`",
    correct="Seconds instead of minutes: no photo goes through the base model any more.",
    hints=(
        "There are two steps because there are two questions. `compile` settles *how* to learn "
        "(which optimizer, which loss, what to measure), `fit` *from what* and for how long.",
        "An optimizer given as a string has its own learning rate. As an object, "
        "`keras.optimizers.Adam(...)`, it takes the one that you want.",
        "`fit` learns from one pair and measures on another, `validation_data=`. Ask yourself "
        "what each of the three entries of `data` is for. What `fit` returns is what the cells "
        "below draw and print.",
    ),
)


TRAIN.shows(training.GAVE_A_PAIR, train_code(inputs='data["train"]'))

TRAIN.shows(training.SWAPPED, train_code(inputs='data["train"][1], data["train"][0]'))


@TRAIN.shows(training.NOT_COMPILED)
def never_compiled(head, data):
    return head.fit(*data["train"], validation_data=data["validation"], epochs=100, verbose=0)


TRAIN.shows(training.WRONG_LOSS_STOPPED, train_code(loss='"categorical_crossentropy"'))

TRAIN.shows(training.WRONG_METRIC, train_code(metrics="[keras.metrics.Accuracy()]"))


@TRAIN.shows(training.NO_FIT)
def never_fitted(head, data):
    head.compile(
        keras.optimizers.Adam(0.01),
        "sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )


TRAIN.shows(training.GAVE_DICTIONARY, train_code(gives="return {}.history"))

TRAIN.shows(
    Symptom(
        "returned_the_head",
        "What comes out is the head. It has been trained, but the task asks for the history, "
        "which `fit` returns.",
        lambda trial: trial.came_back is trial.names["head"] and trial.error is None,
    ),
    train_code(gives="{}", after=("return head",)),
)

TRAIN.shows(training.LOST_HISTORY, train_code(gives="{}"))


@TRAIN.shows(training.TRAINED_ANOTHER)
def trained_a_clone(head, data):
    head = keras.models.clone_model(head)
    head.compile(
        keras.optimizers.Adam(0.01),
        "sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return head.fit(*data["train"], epochs=1, verbose=0)


@TRAIN.mistake(when=lambda trial: training.saw(trial, "began_as_it_was") is False)
def weights_replaced(head, data):
    """The weights of the head were replaced before it learned. Let it start with the weights that
    it came with.
    """
    head.set_weights([np.zeros_like(weights) for weights in head.get_weights()])
    head.compile(
        keras.optimizers.Adam(0.01),
        "sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return head.fit(*data["train"], validation_data=data["validation"], epochs=100, verbose=0)


TRAIN.shows(training.LEARNED_FROM_TEST, train_code(inputs='*data["test"]'))

TRAIN.shows(training.LEARNED_FROM_VALIDATION, train_code(inputs='*data["validation"]'))

TRAIN.shows(
    training.OTHER_LABELS, train_code(inputs='data["train"][0], np.roll(data["train"][1], 1)')
)

TRAIN.shows(training.LEFT_SOME_OUT, train_code(watched="validation_split=0.25"))

TRAIN.shows(
    training.REPEATED,
    train_code(inputs='np.repeat(data["train"][0], 2, axis=0), np.repeat(data["train"][1], 2)'),
)

TRAIN.shows(training.WEIGHED, train_code(more=", class_weight={0: 2, 1: 1, 2: 1, 3: 1}"))

TRAIN.shows(training.WATCHED_TEST, train_code(watched='validation_data=data["test"]'))

TRAIN.shows(training.WATCHED_TRAIN, train_code(watched='validation_data=data["train"]'))

TRAIN.shows(training.WATCHED_NONE, train_code(watched="validation_data=None"))

TRAIN.shows(training.WATCHED_SOME, train_code(more=", validation_freq=10"))

TRAIN.shows(
    training.MEASURED_TEST,
    train_code(
        gives="history = {}",
        after=('head.evaluate(*data["test"], verbose=0)', "return history"),
    ),
)

TRAIN.shows(training.ONE_EPOCH, train_code(epochs=1))

TRAIN.shows(
    training.FITTED_AGAIN,
    train_code(gives="for _ in range(100): history = {}", epochs=1, after=("return history",)),
)

TRAIN.shows(training.OTHER_EPOCHS, train_code(epochs=10))

TRAIN.shows(
    training.STOPS_EARLY,
    train_code(more=", callbacks=[keras.callbacks.EarlyStopping(patience=5)]"),
)

TRAIN.shows(
    Symptom(
        "not_adam",
        "The optimizer is not Adam itself. The task asks for Adam, with a given learning rate.",
        lambda trial: trial.saw["type(head.optimizer).__name__"] != "Adam",
    ),
    train_code(optimizer="keras.optimizers.SGD(0.01)"),
)

TRAIN.shows(
    Symptom(
        "default_learning_rate",
        "The optimizer is Adam, and its learning rate is 0.001, which Adam uses unless told "
        "otherwise. This small head can take larger steps.",
        lambda trial: same(training.saw(trial, "learning_rate"), 0.001, 1e-6),
    ),
    train_code(optimizer='"adam"'),
    train_code(optimizer="keras.optimizers.Adam(1e-3)"),
)

TRAIN.shows(
    Symptom(
        "loss_from_logits",
        "The loss treats the outputs of the head as sums (`from_logits=True`). They are "
        "already probabilities: softmax made them.",
        lambda trial: trial.names["head"].loss.get_config()["from_logits"],
    ),
    train_code(loss="keras.losses.SparseCategoricalCrossentropy(from_logits=True)"),
)

TRAIN.shows(training.NO_LOSS, train_code(loss="None"))

TRAIN.shows(training.WRONG_LOSS, train_code(loss='"mse"'))

TRAIN.shows(training.NO_ACCURACY, train_code(metrics="[]"))


@TRAIN.shows(training.FROZE_IT)
def frozen_before_training(head, data):
    head.trainable = False
    head.compile(
        keras.optimizers.Adam(0.01),
        "sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return head.fit(*data["train"], validation_data=data["validation"], epochs=100, verbose=0)


TRAIN.shows(training.NOT_QUIET, train_code(verbose=1))


CLOUD = """
    random = np.random.default_rng(1)
    features = random.normal(size=(6, 4)) * [5, 0.5, 2, 0.2] + [10, -20, 30, 8]
"""
WIDE_CLOUD = """
    random = np.random.default_rng(2)
    features = random.normal(size=(6, 8)) * [1, 2, 9, 0.5, 1, 4, 0.1, 1] + np.arange(8.0)
"""
DISTANCES = "np.linalg.norm(result[:, None] - result, axis=-1)"


def best_plane(given: str) -> np.ndarray:
    """Return the features of a case as points in the plane of their widest spread."""
    features = arguments_of(given)["features"]
    centred = features - features.mean(axis=0)
    left, widths, _ = np.linalg.svd(centred, full_matrices=False)
    return left[:, :2] * widths[:2]


def plane_case(given: str) -> Case:
    """Return a case for `to_plane`; the direction of each axis may be either."""
    points = best_plane(given)
    return Case(
        given=given,
        call="to_plane(features)",
        looks={
            "result.shape": points.shape,
            "abs(result)": abs(points),
            DISTANCES: np.linalg.norm(points[:, None] - points, axis=-1),
        },
    )


PLANE = Exercise(
    number="3.5",
    name="to_plane",
    cases=(plane_case(CLOUD), plane_case(WIDE_CLOUD)),
    wants=kinds.NUMBERS,
    look_at="the three steps: subtract the mean, find the axes, multiply by the first two",
    correct="Two numbers for each photo instead of hundreds: enough for a picture. Which "
    "direction is called positive is a matter of chance.",
    hints=(
        "The axes start at zero. So move the photos there first: subtract from each feature its "
        "mean over the photos, which are the rows.",
        "`np.linalg.svd` finds the axes of the centred features. You need the third of the three "
        "things that it returns, and the first two of its rows.",
        "The product of a photo and an axis says how far along the axis the photo lies. Shapes: "
        "(photos, dim) times (dim, 2) gives (photos, 2), and `.T` turns rows into columns.",
    ),
    tolerance=1e-3,
)


@PLANE.mistake
def not_centred(features):
    """The features are not centred, so the first axis points towards their centre and not along
    their spread. Subtract the mean of each feature first.
    """
    _, _, axes = np.linalg.svd(features, full_matrices=False)
    return features @ axes[:2].T


@PLANE.mistake
def uncentred_points(features):
    """The axes are right, but the points are shifted: multiply the *centred* features by them."""
    centred = features - features.mean(axis=0)
    _, _, axes = np.linalg.svd(centred, full_matrices=False)
    return features @ axes[:2].T


@PLANE.mistake
def mean_per_photo(features):
    """The mean of its own features was subtracted from each photo. Subtract from each feature its
    mean over the photos: the other axis.
    """
    centred = features - features.mean(axis=1, keepdims=True)
    _, _, axes = np.linalg.svd(centred, full_matrices=False)
    return centred @ axes[:2].T


@PLANE.mistake
def one_mean_for_all(features):
    """The same mean was subtracted from all features. Each feature has its own mean."""
    centred = features - features.mean()
    _, _, axes = np.linalg.svd(centred, full_matrices=False)
    return centred @ axes[:2].T


@PLANE.mistake
def narrowest_axes(features):
    """These are the two axes with the least spread. `np.linalg.svd` returns the widest first."""
    centred = features - features.mean(axis=0)
    _, _, axes = np.linalg.svd(centred, full_matrices=False)
    return centred @ axes[-2:].T


@PLANE.mistake
def axes_swapped(features):
    """The two axes are right, but in the wrong order: the wider spread comes first."""
    centred = features - features.mean(axis=0)
    _, _, axes = np.linalg.svd(centred, full_matrices=False)
    return centred @ axes[[1, 0]].T


@PLANE.mistake
def first_two_features(features):
    """These are the first two features, centred. The axes of the widest spread run across all
    features: `np.linalg.svd` finds them.
    """
    return (features - features.mean(axis=0))[:, :2]


@PLANE.mistake
def all_axes_kept(features):
    """These are positions on all axes. The picture has room for the first two only."""
    centred = features - features.mean(axis=0)
    _, _, axes = np.linalg.svd(centred, full_matrices=False)
    return centred @ axes.T


@PLANE.mistake
def axes_as_rows(features):
    """The numbers are right, but each axis is a row. The task asks for one row per photo: (photos,
    2).
    """
    centred = features - features.mean(axis=0)
    _, _, axes = np.linalg.svd(centred, full_matrices=False)
    return axes[:2] @ centred.T


@PLANE.mistake(
    when=lambda trial: (
        trial.saw["result.shape"] in ((2, 4), (4, 2))
        and np.allclose(np.linalg.norm(trial.saw["abs(result)"].reshape(-1)), np.sqrt(2))
    )
)
def axes_returned(features):
    """These are the axes themselves. Multiply the centred features by them."""
    centred = features - features.mean(axis=0)
    _, _, axes = np.linalg.svd(centred, full_matrices=False)
    return axes[:2].T


@PLANE.mistake
def equal_spreads(features):
    """Both axes are stretched to the same spread. Leave the distances as they are: the first axis
    is the wider one.
    """
    centred = features - features.mean(axis=0)
    return np.linalg.svd(centred, full_matrices=False)[0][:, :2]


@PLANE.mistake
def divided_by_spreads(features):
    """The features are divided by their spreads, so that all of them count the same. The task is
    only to centre them.
    """
    centred = (features - features.mean(axis=0)) / features.std(axis=0)
    _, _, axes = np.linalg.svd(centred, full_matrices=False)
    return centred @ axes[:2].T


def nearest_case(features: Sequence[Sequence[float]], query: Sequence[float], k: int) -> Case:
    """Return a case for `nearest`."""
    distances = np.linalg.norm(np.subtract(features, query), axis=1)
    return Case(
        given=f"""
            features = {array_code(features)}
            query = np.array({query})
        """,
        call=f"nearest(features, query, {k})",
        gives=np.argsort(distances)[:k].tolist(),
    )


def are_distances(trial: Trial) -> bool:
    """Return whether the nearest distances came back in place of row numbers."""
    features, query = trial.names["features"], trial.names["query"]
    k = len(trial.case.gives)
    distances = np.sort(np.linalg.norm(features - query, axis=1))[:k]
    return same(trial.came_back, distances, 1e-6)


NEAREST = Exercise(
    number="3.6",
    name="nearest",
    cases=(
        nearest_case([[4.0, 4.0], [1.0, 0.0], [0.0, 1.5], [9.0, 8.0], [1.0, 2.5]], [2.0, 2.0], 3),
        nearest_case(
            [[5.0, 1.0, 2.0], [3.0, 3.2, 3.1], [0.0, -2.0, 2.0], [4.6, 0.0, 1.5], [3.0, 1.0, 1.0]],
            [3.0, 1.0, 2.1],
            2,
        ),
        nearest_case(
            [[0.5, 7.0], [-6.0, 1.0], [2.0, 3.0], [3.0, 9.0], [5.3, 3.2], [4.0, 5.5], [2.0, -9.0]],
            [2.0, 3.0],
            5,
        ),
    ),
    wants=kinds.WHOLE_NUMBERS,
    look_at="how the distances are computed, and in which order they are sorted",
    correct="Photos that lie near each other look alike to the model, whatever we call them.",
    hints=(
        "How alike two photos are to the model is one number: the length of the difference "
        "between their rows. You need that number for every row, and then the positions of the "
        "smallest.",
        "`features - query` subtracts the query from each row. `np.linalg.norm` returns lengths; "
        "its `axis` says what is added up: it must be the features, not the photos.",
        "If you sort the distances, you no longer know which photo each belongs to. `np.argsort` "
        "returns the row numbers in the order of the distances, the smallest first.",
    ),
)


@NEAREST.mistake
def farthest_photos(features, query, k):
    """These are the photos farthest away. `np.argsort` sorts in ascending order: so where are the
    nearest?
    """
    distances = np.linalg.norm(features - query, axis=1)
    return np.argsort(distances)[::-1][:k]


@NEAREST.mistake
def nearest_last(features, query, k):
    """These are the right photos, but the nearest of them comes last."""
    distances = np.linalg.norm(features - query, axis=1)
    return np.argsort(distances)[:k][::-1]


@NEAREST.mistake
def largest_products(features, query, k):
    """These rows have the largest product with the query, which favours rows with large features.
    The task asks for the distance, the length of the difference.
    """
    return np.argsort(-(features @ query))[:k]


@NEAREST.mistake
def nearest_to_zero(features, query, k):
    """These are the photos nearest to zero, not to the query. Where does the query come in?"""
    return np.argsort(np.linalg.norm(features, axis=1))[:k]


@NEAREST.mistake
def signed_differences(features, query, k):
    """The differences were added up with their signs: a photo far below the query counts as near.
    Use the length of the difference.
    """
    return np.argsort((features - query).sum(axis=1))[:k]


@NEAREST.mistake
def nearest_skipped(features, query, k):
    """The nearest photo is left out. Do not skip any row."""
    return np.argsort(np.linalg.norm(features - query, axis=1))[1 : k + 1]


@NEAREST.mistake
def photos_from_one(features, query, k):
    """These row numbers are counted from 1. Python counts from 0."""
    return np.argsort(np.linalg.norm(features - query, axis=1))[:k] + 1


@NEAREST.mistake(when=are_distances)
def distances_returned(features, query, k):
    """These are the right distances. The task asks for the row numbers of the photos: which rows
    have these distances?
    """
    return np.sort(np.linalg.norm(features - query, axis=1))[:k]


@NEAREST.mistake
def all_photos_sorted(features, query, k):
    """These are all the photos, sorted. The task asks for the `k` nearest."""
    return np.argsort(np.linalg.norm(features - query, axis=1))


@NEAREST.mistake
def absolute_differences(features, query, k):
    """The distances are sums of the differences without their signs. The length squares the
    differences first: `np.linalg.norm` does this.
    """
    return np.argsort(np.abs(features - query).sum(axis=1))[:k]


@NEAREST.mistake
def distance_per_feature(features, query, k):
    """This is one number for each feature, sorted. The task asks for a distance for each photo:
    the other axis.
    """
    return np.argsort(np.linalg.norm(features - query, axis=0))[:k]


def wrong_case(probabilities: Sequence[Sequence[float]], labels: Sequence[int]) -> Case:
    """Return a case for `most_wrong`."""
    rows = np.array(probabilities)
    sureness = {
        row: rows[row].max() for row, label in enumerate(labels) if rows[row].argmax() != label
    }
    return Case(
        given=f"""
            probabilities = {array_code(probabilities)}
            labels = np.array({labels})
        """,
        call="most_wrong(probabilities, labels)",
        gives=sorted(sureness, key=sureness.__getitem__, reverse=True),
    )


MOST_WRONG = Exercise(
    number="3.7",
    name="most_wrong",
    cases=(
        wrong_case(
            [[0.9, 0.1, 0.0], [0.2, 0.5, 0.3], [0.1, 0.1, 0.8], [0.05, 0.95, 0.0]], [0, 2, 1, 0]
        ),
        wrong_case(
            [
                [0.4, 0.15, 0.45],
                [0.0, 0.3, 0.7],
                [0.6, 0.21, 0.19],
                [0.52, 0.0, 0.48],
                [0.1, 0.8, 0.1],
            ],
            [1, 0, 1, 2, 1],
        ),
        wrong_case([[0.7, 0.1, 0.1, 0.1], [0.2, 0.1, 0.3, 0.4]], [0, 3]),
    ),
    wants=kinds.WHOLE_NUMBERS,
    look_at="which photos are misclassified, and the probability of the class that was predicted",
    correct="Look at the mistakes before you change anything: they often say what to do next.",
    hints=(
        "Two questions, one after the other: *which* photos are misclassified, and *how sure* "
        "was the model of its answer for each of these?",
        "The class that the model predicts is the position of the highest probability in a row "
        "(`argmax`), and that highest probability (`max`) says how sure it is. "
        "`np.flatnonzero` turns truth values into row numbers.",
        "`np.argsort` sorts in ascending order; with a minus in front of the numbers, in "
        "descending order. It returns positions among the misclassified photos only: look up "
        "there which rows they are.",
    ),
)


@MOST_WRONG.mistake
def correct_ones_included(probabilities, labels):
    """Correctly classified photos are among them. Keep only those whose predicted class is not the
    label.
    """
    return np.argsort(-probabilities.max(axis=1))


@MOST_WRONG.mistake
def least_sure_first(probabilities, labels):
    """The photo that the model was least sure of comes first. Reverse the order."""
    wrong = np.flatnonzero(probabilities.argmax(axis=1) != labels)
    return wrong[np.argsort(probabilities.max(axis=1)[wrong])]


@MOST_WRONG.mistake
def in_file_order(probabilities, labels):
    """The misclassified photos are all there, but in the order of the files. Sort them by how sure
    the model was.
    """
    return np.flatnonzero(probabilities.argmax(axis=1) != labels)


@MOST_WRONG.mistake
def positions_among_wrong(probabilities, labels):
    """These numbers count within the misclassified photos only. Which rows of `probabilities` are
    they?
    """
    wrong = np.flatnonzero(probabilities.argmax(axis=1) != labels)
    return np.argsort(-probabilities.max(axis=1)[wrong])


@MOST_WRONG.mistake
def correct_ones_only(probabilities, labels):
    """These are the correctly classified photos. The task asks for the misclassified ones."""
    right = np.flatnonzero(probabilities.argmax(axis=1) == labels)
    return right[np.argsort(-probabilities.max(axis=1)[right])]


@MOST_WRONG.mistake
def sorted_by_true_class(probabilities, labels):
    """These are the right photos, sorted by the probability of their *true* class. Sort by that of
    the answer that the model gave.
    """
    wrong = np.flatnonzero(probabilities.argmax(axis=1) != labels)
    return wrong[np.argsort(probabilities[wrong, labels[wrong]])]


@MOST_WRONG.mistake
def wrong_from_one(probabilities, labels):
    """These row numbers are counted from 1. Python counts from 0."""
    wrong = np.flatnonzero(probabilities.argmax(axis=1) != labels)
    return wrong[np.argsort(-probabilities.max(axis=1)[wrong])] + 1


@MOST_WRONG.mistake(
    when=lambda trial: same(
        trial.came_back,
        trial.names["probabilities"].max(axis=1)[trial.case.gives],
        1e-6,
    )
)
def probabilities_returned(probabilities, labels):
    """These are the probabilities. The task asks for the row numbers of the photos: which rows
    have these probabilities?
    """
    wrong = probabilities.argmax(axis=1) != labels
    return np.sort(probabilities.max(axis=1)[wrong])[::-1]


@MOST_WRONG.mistake
def most_wrong_only(probabilities, labels):
    """Only one photo came back. The task asks for all misclassified photos."""
    wrong = np.flatnonzero(probabilities.argmax(axis=1) != labels)
    return wrong[np.argsort(-probabilities.max(axis=1)[wrong])][:1]


def comparable_case(
    features: Sequence[Sequence[float]], train_features: Sequence[Sequence[float]]
) -> Case:
    """Return a case for `comparable`."""
    roots, train_roots = np.sqrt(np.array(features)), np.sqrt(np.array(train_features))
    centred = roots - train_roots.mean(axis=0)
    return Case(
        given=f"""
            features = {array_code(features)}
            train_features = {array_code(train_features)}
        """,
        call="comparable(features, train_features)",
        gives=centred / np.linalg.norm(centred, axis=1, keepdims=True),
    )


COMPARABLE = Exercise(
    number="3.8",
    name="comparable",
    cases=(
        comparable_case([[4.0, 0.0], [1.0, 9.0]], [[1.0, 4.0], [9.0, 16.0], [4.0, 1.0]]),
        comparable_case(
            [[0.25, 9.0, 1.0], [4.0, 0.0, 2.25], [1.0, 1.0, 16.0]],
            [[1.0, 4.0, 0.25], [0.0, 1.0, 9.0]],
        ),
        comparable_case(
            [[0.0, 0.0, 0.04, 6.25]],
            [[0.09, 1.0, 0.0, 4.0], [0.25, 0.0, 1.0, 0.0], [0.0, 0.16, 0.0, 9.0]],
        ),
    ),
    wants=kinds.NUMBERS,
    look_at="the order of the three steps, and the axis of the mean and of the length",
    correct="Strong channels no longer drown out the weak ones, and all rows have length 1: what "
    "counts now is the direction in which a photo lies from the mean.",
    hints=(
        "Three steps, one after the other: take the root, subtract the mean, divide by the "
        "length. For the mean and the length, ask: is it one number for each photo, or one for "
        "each feature?",
        "The mean is one number for each feature, over the *training* photos, and of their "
        "roots: `axis=0`. The photos that are classified later must play no part in it.",
        "The length is one number for each photo: `np.linalg.norm(..., axis=1, keepdims=True)`. "
        "With `keepdims` the lengths form a column, and each row is divided by its own.",
    ),
)


@COMPARABLE.mistake
def mean_of_own_photos(features, train_features):
    """The mean is that of the photos to be changed. Validation and test photos would then help to
    choose what is done to them: use the mean of the training photos.
    """
    roots = np.sqrt(features)
    centred = roots - roots.mean(axis=0)
    lengths = np.linalg.norm(centred, axis=1, keepdims=True)
    return centred / np.maximum(lengths, 1e-12)


@COMPARABLE.mistake
def mean_of_all_photos(features, train_features):
    """The mean is over all photos, including those to be changed. Use the mean of the training
    photos alone: nothing else may play a part in the choice.
    """
    roots = np.sqrt(features)
    mean = np.sqrt(np.concatenate([train_features, features])).mean(axis=0)
    centred = roots - mean
    return centred / np.linalg.norm(centred, axis=1, keepdims=True)


@COMPARABLE.mistake(
    when=lambda trial: any(same(trial.came_back, found, 1e-6) for found in length_first(trial))
)
def length_before_mean(features, train_features):
    """The rows were divided by their lengths first, and the mean was subtracted afterwards: now
    the rows differ in length. The length comes last.
    """

    def unit(rows):
        lengths = np.linalg.norm(rows, axis=1, keepdims=True)
        return rows / np.maximum(lengths, 1e-12)

    return unit(np.sqrt(features)) - unit(np.sqrt(train_features)).mean(axis=0)


@length_before_mean.also
def length_before_plain_mean(features, train_features):
    roots = np.sqrt(features)
    lengths = np.linalg.norm(roots, axis=1, keepdims=True)
    mean = np.sqrt(train_features).mean(axis=0)
    return roots / np.maximum(lengths, 1e-12) - mean


@COMPARABLE.mistake
def length_per_feature(features, train_features):
    """The length was taken down the columns, one for each feature. The task asks for the length of
    each photo's row.
    """
    centred = np.sqrt(features) - np.sqrt(train_features).mean(axis=0)
    return centred / np.linalg.norm(centred, axis=0)


@COMPARABLE.mistake
def one_length_for_all(features, train_features):
    """The whole array was divided by one length. The task asks for a length for each photo."""
    centred = np.sqrt(features) - np.sqrt(train_features).mean(axis=0)
    return centred / np.linalg.norm(centred)


@COMPARABLE.mistake
def divided_by_spread(features, train_features):
    """Each feature was divided by its spread over the training photos, which amplifies features
    that hardly vary. Divide each photo's row by its length instead.
    """
    roots = np.sqrt(train_features)
    return (np.sqrt(features) - roots.mean(axis=0)) / roots.std(axis=0)


@COMPARABLE.mistake
def no_root(features, train_features):
    """The root is missing: a few strong channels still outweigh all the others."""
    centred = features - train_features.mean(axis=0)
    return centred / np.linalg.norm(centred, axis=1, keepdims=True)


@COMPARABLE.mistake
def mean_without_root(features, train_features):
    """The mean is that of the training features, not of their roots. First take the root of both
    arrays, then the mean.
    """
    centred = np.sqrt(features) - train_features.mean(axis=0)
    return centred / np.linalg.norm(centred, axis=1, keepdims=True)


@COMPARABLE.mistake
def root_of_mean(features, train_features):
    """The root of the mean was subtracted; the task asks for the mean of the roots. First take the
    root of both arrays, then the mean.
    """
    centred = np.sqrt(features) - np.sqrt(train_features.mean(axis=0))
    return centred / np.linalg.norm(centred, axis=1, keepdims=True)


@COMPARABLE.mistake
def no_mean_subtracted(features, train_features):
    """The mean was never subtracted. All photos then lie in nearly the same direction, whatever
    they show.
    """
    roots = np.sqrt(features)
    return roots / np.linalg.norm(roots, axis=1, keepdims=True)


@COMPARABLE.mistake
def not_divided(features, train_features):
    """Root and mean are right. The last step is missing: divide each row by its length."""
    return np.sqrt(features) - np.sqrt(train_features).mean(axis=0)


@COMPARABLE.mistake
def one_mean_subtracted(features, train_features):
    """The mean was taken over everything at once, one number for all features. The task asks for a
    mean for each feature: an axis is missing.
    """
    centred = np.sqrt(features) - np.sqrt(train_features).mean()
    return centred / np.linalg.norm(centred, axis=1, keepdims=True)


@COMPARABLE.mistake
def divided_by_absolute_sum(features, train_features):
    """Each row was divided by the sum of its absolute values. The length is the root of the sum of
    the squares: `np.linalg.norm` computes it.
    """
    centred = np.sqrt(features) - np.sqrt(train_features).mean(axis=0)
    return centred / np.abs(centred).sum(axis=1, keepdims=True)


@COMPARABLE.mistake
def training_photos_returned(features, train_features):
    """These are the training photos, made comparable. The task asks for `features`; the training
    photos provide only the mean.
    """
    roots = np.sqrt(train_features)
    centred = roots - roots.mean(axis=0)
    return centred / np.linalg.norm(centred, axis=1, keepdims=True)


def length_first(trial: Trial) -> Iterator[np.ndarray]:
    """Yield what comes of dividing by the length before the mean is taken off."""

    def unit(rows: np.ndarray) -> np.ndarray:
        return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)

    roots, train_roots = np.sqrt(trial.names["features"]), np.sqrt(trial.names["train_features"])
    yield unit(roots) - unit(train_roots).mean(axis=0)
    yield unit(roots) - train_roots.mean(axis=0)


EXERCISES = (FREEZE, FEATURES, HEAD, TRAIN, PLANE, NEAREST, MOST_WRONG, COMPARABLE)
