"""The exercises of notebook 03, What if we keep the weights?"""

import functools
import textwrap

import numpy as np

from exercise_lib.exercises import kinds, training
from exercise_lib.exercises.comparing import same
from exercise_lib.exercises.exercise import Case, Exercise, Mistake, array_code


def arguments_of(given):
    """Return the names that the statements of a case make (NumPy alone), as a dict."""
    names = {"np": np}
    exec(textwrap.dedent(given), names)
    return names


def small_network():
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


def network_with_a_network_inside():
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


def frozen_network():
    """Return a `small_network` that cannot learn."""
    model = small_network()
    model.trainable = False
    return model


def freeze_case(make_model, weights):
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


def still_learns(*layers):
    """Return a function that tells whether exactly these layers of `small_network` can learn."""
    learning = {f"small/{layer}/{name}" for layer in layers for name in WEIGHTS_OF[layer]}

    def proves(trial):
        return set(trial.saw["[weight.path for weight in model.trainable_weights]"]) == learning

    return proves


def is_another_model(trial):
    """Return whether another model came back, and the one handed over can learn."""
    return (
        trial.saw["result is model"] is False and len(trial.names["model"].trainable_weights) > 0
    )


def was_thawed(trial):
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
    look_at="the attribute `trainable`, and what it holds for",
    correct="From now on no training can change what the base model learnt on ImageNet.",
    hints=(
        "With a few photos, a training would pull at all weights and spoil what a million photos "
        "have taught them. So tell Keras to leave them alone: models and layers have an "
        "attribute for it, `trainable`.",
        "An attribute that is set on a model holds for everything inside it, however deep. "
        "Nothing is computed here, and no weight changes its value.",
        "The next cell goes on with what your function gives back: the very model that it got.",
    ),
    mistakes=(
        Mistake(
            says="The model is frozen, but your function gives nothing back. The next cell goes "
            "on with what comes back.",
            when=lambda trial: (
                trial.other_kind.startswith("nothing")
                and not trial.names["model"].trainable_weights
            ),
            code="""
                def freeze(model):
                    model.trainable = False
            """,
        ),
        Mistake(
            says="What comes back is another model, and the weights of the one that was handed "
            "over can still learn. Freeze that one, and give it back.",
            when=is_another_model,
            code="""
                def freeze(model):
                    clone = keras.models.clone_model(model)
                    clone.trainable = False
                    return clone
            """,
            also=(
                """
                import copy
                def freeze(model):
                    model = copy.deepcopy(model)
                    model.trainable = False
                    return model
                """,
                """
                def freeze(model):
                    return keras.Sequential(model.layers[:1])
                """,
            ),
        ),
        Mistake(
            says="This model was frozen already, and after your function it can learn.",
            when=was_thawed,
            code="""
                def freeze(model):
                    model.trainable = not model.trainable
                    for layer in model.layers:
                        layer.trainable = model.trainable
                    return model
            """,
        ),
        Mistake(
            says="All weights can still learn. What decides is `trainable`, and of no model or "
            "layer it says no.",
            when=still_learns("conv", "norm", "dense"),
            code="""
                def freeze(model):
                    model.trainable = True
                    return model
            """,
            also=(
                """
                def freeze(model):
                    model.trainable_weights.clear()
                    return model
                """,
                """
                def freeze(model):
                    model.compile(optimizer="sgd")
                    return model
                """,
                """
                def freeze(model):
                    model.training = False
                    return model
                """,
                """
                def freeze(model):
                    model.trainable == False
                    return model
                """,
            ),
        ),
        Mistake(
            says="The weights of the last layer are frozen, and all others can still learn. None "
            "may.",
            when=still_learns("conv", "norm"),
            code="""
                def freeze(model):
                    model.layers[-1].trainable = False
                    return model
            """,
        ),
        Mistake(
            says="The last layer can still learn; the weights of all others are frozen. None may "
            "learn.",
            when=still_learns("dense"),
            code="""
                def freeze(model):
                    for layer in model.layers[:-1]:
                        layer.trainable = False
                    return model
            """,
        ),
        Mistake(
            says="The weights of the first layer are frozen, and all others can still learn. If "
            "there is a loop, does it reach the second layer?",
            when=still_learns("norm", "dense"),
            code="""
                def freeze(model):
                    for layer in model.layers:
                        layer.trainable = False
                        return model
            """,
            also=(
                """
                def freeze(model):
                    model.layers[0].trainable = False
                    return model
                """,
            ),
        ),
        Mistake(
            says="The first layer can still learn; the weights of all others are frozen. None "
            "may learn.",
            when=still_learns("conv"),
            code="""
                def freeze(model):
                    for layer in model.layers[1:]:
                        layer.trainable = False
                    return model
            """,
        ),
        Mistake(
            says="The batch normalisation is frozen, and all other weights can still learn. None "
            "may.",
            when=still_learns("conv", "dense"),
            code="""
                def freeze(model):
                    for layer in model.layers:
                        if isinstance(layer, keras.layers.BatchNormalization):
                            layer.trainable = False
                    return model
            """,
        ),
        Mistake(
            says="No weight can learn any more, but some are not what they were: freezing keeps "
            "each weight as it is.",
            when=lambda trial: (
                not trial.names["model"].trainable_weights
                and trial.saw["all(map(np.array_equal, before, model.get_weights()))"] is False
            ),
            code="""
                def freeze(model):
                    model.set_weights([np.zeros_like(w) for w in model.get_weights()])
                    model.trainable = False
                    return model
            """,
        ),
    ),
)


def small_base(channels=4):
    """Return a base model with batch normalisation: each 4 x 4 pixels of a photo give a place."""
    import keras

    inputs = keras.Input((None, None, 3))
    maps = keras.layers.AveragePooling2D(4)(inputs)
    maps = keras.layers.Conv2D(channels, 1)(maps)
    base_model = keras.Model(inputs, keras.layers.BatchNormalization()(maps))
    base_model.set_weights([*base_kernel_and_bias(channels), *base_norm(channels)])
    base_model.compile(run_eagerly=True)  # Quicker for a single step.
    return base_model


def base_kernel_and_bias(channels):
    """Return the weights of the convolution of `small_base`: (1, 1, 3, channels), (channels,)."""
    kernel = np.sin(1 + np.arange(3 * channels, dtype=np.float32)).reshape(1, 1, 3, channels)
    return kernel, np.arange(channels, dtype=np.float32) / 2


def base_norm(channels):
    """Return factor, shift, mean and variance of the batch normalisation, each (channels,)."""
    count = np.arange(channels, dtype=np.float32)
    return 1 + count / 4, 1 - count, count / 3, np.full(channels, 4, np.float32)


def some_inputs(photos=2, rows=8, columns=12):
    """Return photos of which no two places are equal, float32 (photos, rows, columns, 3)."""
    values = np.arange(photos * rows * columns * 3, dtype=np.float32)
    return 5 * np.sin(values**1.3).reshape(photos, rows, columns, 3)


def expected_features(photos=2, rows=8, columns=12, channels=4):
    """Return the features of `some_inputs`, worked out with NumPy."""
    kernel, bias = base_kernel_and_bias(channels)
    factor, shift, mean, variance = base_norm(channels)
    colours = some_inputs(photos, rows, columns).astype(np.float64).mean(axis=(1, 2))
    sums = colours @ kernel[0, 0] + bias
    return factor * (sums - mean) / np.sqrt(variance + 1e-3) + shift


def features_case(photos, rows, columns, channels):
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


def made_of_maps(change):
    """Return a function that tells whether the maps were made to something else.

    Args:
        change: From maps (photos, rows, columns, channels) to that.
    """

    def proves(trial):
        maps = np.asarray(trial.names["base_model"](trial.names["inputs"]))
        return same(trial.saw["result"], change(maps), 1e-4)

    return proves


def is_in_training_mode(trial):
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
    correct="One row of features for each photo. Where in the photo something was is averaged "
    "away; what was there remains.",
    hints=(
        "The head needs to know *what* is in a photo, not where. So first the base model makes "
        "its maps, and then each map becomes one number.",
        "The maps are an array with four axes: photos, rows, columns, channels. Photos and "
        "channels must survive; the other two are averaged away.",
        "NumPy's `mean` takes several axes as a tuple. Keras has the same step as a layer, "
        "`GlobalAveragePooling2D`.",
    ),
    mistakes=(
        Mistake(
            says="These are the feature maps themselves. Average each map over its rows and "
            "columns.",
            when=made_of_maps(lambda maps: maps),
            code="""
                def features_of(base_model, inputs):
                    return base_model.predict(inputs, verbose=0)
            """,
        ),
        Mistake(
            says="The maps are flattened: every place in the photo has numbers of its own. "
            "Average over the places instead.",
            when=made_of_maps(lambda maps: maps.reshape(len(maps), -1)),
            code="""
                def features_of(base_model, inputs):
                    maps = base_model.predict(inputs, verbose=0)
                    return maps.reshape(len(maps), -1)
            """,
            also=(
                """
                def features_of(base_model, inputs):
                    return keras.layers.Flatten()(base_model(inputs))
                """,
            ),
        ),
        Mistake(
            says="The channels are averaged away. They are the features: keep them, and average "
            "over the places.",
            when=made_of_maps(lambda maps: maps.mean(axis=-1)),
            code="""
                def features_of(base_model, inputs):
                    return base_model.predict(inputs, verbose=0).mean(axis=-1)
            """,
        ),
        Mistake(
            says="There is one row for all photos together. The first axis counts the photos: "
            "leave it alone.",
            when=made_of_maps(lambda maps: maps.mean(axis=(0, 1, 2))),
            code="""
                def features_of(base_model, inputs):
                    return base_model.predict(inputs, verbose=0).mean(axis=(0, 1, 2))
            """,
        ),
        Mistake(
            says="These are the largest values of each map. That would do for a head, too, but "
            "asked for is the average.",
            when=made_of_maps(lambda maps: maps.max(axis=(1, 2))),
            code="""
                def features_of(base_model, inputs):
                    return base_model.predict(inputs, verbose=0).max(axis=(1, 2))
            """,
        ),
        Mistake(
            says="These are the sums over the places, which grow with the size of the map. Asked "
            "for is the average.",
            when=made_of_maps(lambda maps: maps.sum(axis=(1, 2))),
            code="""
                def features_of(base_model, inputs):
                    return base_model.predict(inputs, verbose=0).sum(axis=(1, 2))
            """,
        ),
        Mistake(
            says="The rows are averaged away, the columns are still there. Both say where "
            "something is.",
            when=made_of_maps(lambda maps: maps.mean(axis=1)),
            code="""
                def features_of(base_model, inputs):
                    return base_model.predict(inputs, verbose=0).mean(axis=1)
            """,
        ),
        Mistake(
            says="The columns are averaged away, the rows are still there. Both say where "
            "something is.",
            when=made_of_maps(lambda maps: maps.mean(axis=2)),
            code="""
                def features_of(base_model, inputs):
                    return base_model.predict(inputs, verbose=0).mean(axis=2)
            """,
        ),
        Mistake(
            says="The numbers are right, but rows and columns are still there as axes of length "
            "1. Asked for is (photos, channels).",
            when=made_of_maps(lambda maps: maps.mean(axis=(1, 2), keepdims=True)),
            code="""
                def features_of(base_model, inputs):
                    return base_model.predict(inputs, verbose=0).mean(axis=(1, 2), keepdims=True)
            """,
        ),
        Mistake(
            says="The numbers are right, but each photo is a column. Asked for is a row for each "
            "photo: (photos, channels).",
            when=made_of_maps(lambda maps: maps.mean(axis=(1, 2)).T),
            code="""
                def features_of(base_model, inputs):
                    return base_model.predict(inputs, verbose=0).mean(axis=(1, 2)).T
            """,
        ),
        Mistake(
            says="This is one number for everything. Keep photos and channels apart.",
            when=made_of_maps(lambda maps: maps.mean()),
            code="""
                def features_of(base_model, inputs):
                    return base_model.predict(inputs, verbose=0).mean()
            """,
        ),
        Mistake(
            says="These are the features of the first photo only. Asked for is a row for each.",
            when=made_of_maps(lambda maps: maps[0].mean(axis=(0, 1))),
            code="""
                def features_of(base_model, inputs):
                    return base_model.predict(inputs, verbose=0)[0].mean(axis=(0, 1))
            """,
        ),
        Mistake(
            says="These are the photos' own colours, averaged. The base model has no part in "
            "them: average the maps that it makes.",
            when=lambda trial: same(
                trial.saw["result"], trial.names["inputs"].mean(axis=(1, 2)), 1e-4
            ),
            code="""
                def features_of(base_model, inputs):
                    return np.asarray(inputs).mean(axis=(1, 2))
            """,
        ),
        Mistake(
            says="The base model ran as if in training: its batch normalisation took mean and "
            "spread from these photos, so the features of a photo hang on its neighbours.",
            when=is_in_training_mode,
            code="""
                def features_of(base_model, inputs):
                    return np.asarray(base_model(inputs, training=True)).mean(axis=(1, 2))
            """,
        ),
    ),
    tolerance=1e-4,
)


def filled(model):
    """Give each weight of a model a number of its own, and return the model."""
    for weight in model.weights:
        weight.assign(filling(tuple(weight.shape)))
    return model


def filling(shape):
    """Return the numbers that `filled` gives a weight, float32."""
    return np.cos(np.arange(np.prod(shape), dtype=np.float32)).reshape(shape)


FEATURE_ROWS = """
    from exercise_lib.exercises.notebook_03 import filled
    features = np.sin(np.arange({count}.0)).reshape({photos}, {dim})
"""


def sums_of(photos, dim, classes):
    """Return the weighted sums of a `filled` head for the features of a case."""
    features = np.sin(np.arange(photos * dim)).reshape(photos, dim)
    return features @ filling((dim, classes)) + filling((classes,))


def softmax(sums):
    """Return probabilities (photos, classes) of weighted sums."""
    powers = np.exp(sums - sums.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


OUTPUTS = "np.array(result(features))"
FILLED = "np.array(filled(result)(features))"


def head_case(photos, dim, classes):
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


def gives_with_weights(change):
    """Return a function that tells whether a filled head makes something else of its sums.

    Args:
        change: From the weighted sums (photos, classes) to that.
    """

    def proves(trial):
        photos, dim = trial.names["features"].shape
        sums = sums_of(photos, dim, _classes_of(trial))
        return same(trial.saw[FILLED], change(sums), 1e-4)

    return proves


def _classes_of(trial):
    return trial.case.expected()[f"{OUTPUTS}.shape"][1]


def _outputs_of(trial):
    return trial.saw[f"{OUTPUTS}.shape"][1]


def layers_with_weights(model):
    """Return how many layers of a model have weights."""
    return sum(bool(layer.weights) for layer in model.layers)


HEAD = Exercise(
    number="3.3",
    name="build_head",
    cases=(head_case(4, 5, 3), head_case(3, 2, 7), head_case(2, 6, 2)),
    wants=kinds.MODEL,
    look_at="the number of units of the Dense layer, and its activation",
    correct="This is all that will learn: one weight for each feature and class, and one bias "
    "for each class.",
    hints=(
        "A probability for each class means: as many outputs as classes, none below 0, and their "
        "sum is 1. The layer gives as many outputs as it has units; the activation sees to the "
        "rest.",
        "`keras.Sequential` takes a list. What it begins with says how many numbers come in, so "
        "that the weights can be made at once.",
        "`keras.layers.Dense(units, activation=...)` is the one layer with weights. Its units "
        "are not features: think of what must come out.",
    ),
    mistakes=(
        Mistake(
            says="This is a layer. Asked for is a model, which knows how many features come in.",
            when=lambda trial: trial.other_kind.startswith("a Dense: "),
            code="""
                def build_head(dim, classes):
                    return keras.layers.Dense(classes, activation="softmax")
            """,
        ),
        Mistake(
            says="The head has no weights yet: it does not know how many features come in. Let "
            "`dim` say so at the beginning of the model.",
            when=lambda trial: trial.saw["result.built"] is False,
            code="""
                def build_head(dim, classes):
                    return keras.Sequential([keras.layers.Dense(classes, activation="softmax")])
            """,
        ),
        Mistake(
            says="More than one layer has weights. You will try a larger head later in this "
            "notebook; begin with one Dense layer.",
            when=lambda trial: layers_with_weights(trial.names["result"]) > 1,
            code="""
                def build_head(dim, classes):
                    return keras.Sequential([
                        keras.Input((dim,)),
                        keras.layers.Dense(64, activation="relu"),
                        keras.layers.Dense(classes, activation="softmax"),
                    ])
            """,
            also=(
                """
                def build_head(dim, classes):
                    return keras.Sequential([
                        keras.Input((dim,)),
                        keras.layers.BatchNormalization(),
                        keras.layers.Dense(classes, activation="softmax"),
                    ])
                """,
            ),
        ),
        Mistake(
            says="The head takes as many numbers as there are classes and gives as many as there "
            "are features. It should be the other way round.",
            when=lambda trial: (
                trial.names["result"].input_shape == (None, _classes_of(trial))
                and trial.names["result"].output_shape == (None, trial.names["features"].shape[1])
            ),
            code="""
                def build_head(dim, classes):
                    return keras.Sequential([
                        keras.Input((classes,)), keras.layers.Dense(dim, activation="softmax")
                    ])
            """,
        ),
        Mistake(
            says="The head takes another number of features than `dim` says.",
            when=lambda trial: (
                trial.names["result"].input_shape[-1] != trial.names["features"].shape[1]
            ),
            code="""
                def build_head(dim, classes):
                    return keras.Sequential([
                        keras.Input((256,)), keras.layers.Dense(classes, activation="softmax")
                    ])
            """,
        ),
        Mistake(
            says="The head gives as many numbers as there are features. How many classes are "
            "there to choose from?",
            when=lambda trial: _outputs_of(trial) == trial.names["features"].shape[1],
            code="""
                def build_head(dim, classes):
                    return keras.Sequential([
                        keras.Input((dim,)), keras.layers.Dense(dim, activation="softmax")
                    ])
            """,
        ),
        Mistake(
            says="The number of outputs is not that of the classes. It must follow `classes`: a "
            "head for your own photos may have two, or two hundred.",
            when=lambda trial: _outputs_of(trial) != _classes_of(trial),
            code="""
                def build_head(dim, classes):
                    return keras.Sequential([
                        keras.Input((dim,)), keras.layers.Dense(6, activation="softmax")
                    ])
            """,
            also=(
                """
                def build_head(dim, classes):
                    return keras.Sequential([
                        keras.Input((dim,)), keras.layers.Dense(classes + 1, activation="softmax")
                    ])
                """,
                """
                def build_head(dim, classes):
                    return keras.Sequential([
                        keras.Input((dim,)), keras.layers.Dense(1, activation="sigmoid")
                    ])
                """,
            ),
        ),
        Mistake(
            says="These are the weighted sums themselves. Something must still turn them into "
            "probabilities.",
            when=gives_with_weights(lambda sums: sums),
            code="""
                def build_head(dim, classes):
                    return keras.Sequential([keras.Input((dim,)), keras.layers.Dense(classes)])
            """,
        ),
        Mistake(
            says="A sigmoid judges each class by itself, so the outputs for a photo do not sum "
            "to 1. A photo shows one flavour: its classes have to share.",
            when=gives_with_weights(lambda sums: 1 / (1 + np.exp(-sums))),
            code="""
                def build_head(dim, classes):
                    return keras.Sequential([
                        keras.Input((dim,)), keras.layers.Dense(classes, activation="sigmoid")
                    ])
            """,
        ),
        Mistake(
            says="Softmax is applied twice. The second one makes all probabilities alike: none "
            "of them can come near to 1.",
            when=gives_with_weights(lambda sums: softmax(softmax(sums))),
            code="""
                def build_head(dim, classes):
                    return keras.Sequential([
                        keras.Input((dim,)),
                        keras.layers.Dense(classes, activation="softmax"),
                        keras.layers.Softmax(),
                    ])
            """,
        ),
        Mistake(
            says="The outputs for a photo do not sum to 1, so they are no probabilities. Look at "
            "the activation, and at what comes after it.",
            when=lambda trial: not np.allclose(trial.saw[f"{OUTPUTS}.sum(axis=1)"], 1, atol=1e-4),
            code="""
                def build_head(dim, classes):
                    return keras.Sequential([
                        keras.Input((dim,)), keras.layers.Dense(classes, activation="relu")
                    ])
            """,
        ),
        Mistake(
            says="There is one weight for each feature and class, but no bias: a number of its "
            "own for each class, which a Dense layer has unless it is told otherwise.",
            when=lambda trial: (
                [tuple(weight.shape) for weight in trial.names["result"].weights]
                == [(trial.names["features"].shape[1], _classes_of(trial))]
            ),
            code="""
                def build_head(dim, classes):
                    return keras.Sequential([
                        keras.Input((dim,)),
                        keras.layers.Dense(classes, activation="softmax", use_bias=False),
                    ])
            """,
        ),
        Mistake(
            says="The head is right, but it cannot learn: its weights are frozen. It is the base "
            "model that stays as it is.",
            when=lambda trial: (
                trial.saw["len(result.trainable_weights)"] == 0
                and same(trial.saw[FILLED], trial.case.expected()[FILLED], 1e-4)
            ),
            code="""
                def build_head(dim, classes):
                    return keras.Sequential([
                        keras.Input((dim,)),
                        keras.layers.Dense(classes, activation="softmax", trainable=False),
                    ])
            """,
        ),
    ),
    tolerance=1e-4,
)


def training_case(classes):
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
    optimizer="keras.optimizers.Adam(0.01)",
    loss='"sparse_categorical_crossentropy"',
    metrics='["accuracy"]',
    inputs='*data["train"]',
    watched='validation_data=data["validation"]',
    epochs=100,
    verbose=0,
    more="",
    gives="return {}",
    after=(),
):
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
        "(which optimizer, which loss, what to measure), `fit` *from what* and how long.",
        "An optimizer named by a text has its own learning rate. As an object, "
        "`keras.optimizers.Adam(...)`, it takes the one that you want.",
        "`fit` learns from one pair and measures on another, `validation_data=`. Ask yourself of "
        "each of the three entries of `data` what it is there for. What `fit` gives back is what "
        "the cells below draw and print.",
    ),
    mistakes=(
        training.GAVE_A_PAIR(code=train_code(inputs='data["train"]')),
        training.SWAPPED(code=train_code(inputs='data["train"][1], data["train"][0]')),
        training.NOT_COMPILED(
            code="""
                def train_head(head, data):
                    return head.fit(
                        *data["train"], validation_data=data["validation"], epochs=100, verbose=0
                    )
            """
        ),
        training.WRONG_LOSS_STOPPED(code=train_code(loss='"categorical_crossentropy"')),
        training.WRONG_METRIC(code=train_code(metrics="[keras.metrics.Accuracy()]")),
        training.NO_FIT(
            code="""
                def train_head(head, data):
                    head.compile(
                        keras.optimizers.Adam(0.01),
                        "sparse_categorical_crossentropy",
                        metrics=["accuracy"],
                    )
            """
        ),
        training.GAVE_DICTIONARY(code=train_code(gives="return {}.history")),
        Mistake(
            says="What comes back is the head. It has learnt already; asked for is the history, "
            "what `fit` gives back.",
            when=lambda trial: trial.came_back is trial.names["head"] and trial.error is None,
            code=train_code(gives="{}", after=("return head",)),
        ),
        training.LOST_HISTORY(code=train_code(gives="{}")),
        training.TRAINED_ANOTHER(
            code="""
                def train_head(head, data):
                    head = keras.models.clone_model(head)
                    head.compile(
                        keras.optimizers.Adam(0.01),
                        "sparse_categorical_crossentropy",
                        metrics=["accuracy"],
                    )
                    return head.fit(*data["train"], epochs=1, verbose=0)
            """
        ),
        Mistake(
            says="The weights of the head were replaced before it learnt. Let it begin with those "
            "that it came with.",
            when=lambda trial: training.saw(trial, "began_as_it_was") is False,
            code="""
                def train_head(head, data):
                    head.set_weights([np.zeros_like(weights) for weights in head.get_weights()])
                    head.compile(
                        keras.optimizers.Adam(0.01),
                        "sparse_categorical_crossentropy",
                        metrics=["accuracy"],
                    )
                    return head.fit(
                        *data["train"], validation_data=data["validation"], epochs=100, verbose=0
                    )
            """,
        ),
        training.LEARNT_FROM_TEST(code=train_code(inputs='*data["test"]')),
        training.LEARNT_FROM_VALIDATION(code=train_code(inputs='*data["validation"]')),
        training.OTHER_LABELS(
            code=train_code(inputs='data["train"][0], np.roll(data["train"][1], 1)')
        ),
        training.LEFT_SOME_OUT(code=train_code(watched="validation_split=0.25")),
        training.REPEATED(
            code=train_code(
                inputs='np.repeat(data["train"][0], 2, axis=0), np.repeat(data["train"][1], 2)'
            )
        ),
        training.WEIGHED(code=train_code(more=", class_weight={0: 2, 1: 1, 2: 1, 3: 1}")),
        training.WATCHED_TEST(code=train_code(watched='validation_data=data["test"]')),
        training.WATCHED_TRAIN(code=train_code(watched='validation_data=data["train"]')),
        training.WATCHED_NONE(code=train_code(watched="validation_data=None")),
        training.WATCHED_SOME(code=train_code(more=", validation_freq=10")),
        training.MEASURED_TEST(
            code=train_code(
                gives="history = {}",
                after=('head.evaluate(*data["test"], verbose=0)', "return history"),
            )
        ),
        training.ONE_EPOCH(code=train_code(epochs=1)),
        training.FITTED_AGAIN(
            code=train_code(
                gives="for _ in range(100): history = {}", epochs=1, after=("return history",)
            )
        ),
        training.OTHER_EPOCHS(code=train_code(epochs=10)),
        training.STOPS_EARLY(
            code=train_code(more=", callbacks=[keras.callbacks.EarlyStopping(patience=5)]")
        ),
        Mistake(
            says="The optimizer is not Adam, as such. Asked for is Adam, with a learning rate of "
            "its own.",
            when=lambda trial: trial.saw["type(head.optimizer).__name__"] != "Adam",
            code=train_code(optimizer="keras.optimizers.SGD(0.01)"),
        ),
        Mistake(
            says="The optimizer is Adam, and its learning rate is 0.001, which Adam has unless it "
            "is told another. This small head can take larger steps.",
            when=lambda trial: same(training.saw(trial, "learning_rate"), 0.001, 1e-6),
            code=train_code(optimizer='"adam"'),
            also=(train_code(optimizer="keras.optimizers.Adam(1e-3)"),),
        ),
        Mistake(
            says="The loss takes the outputs of the head for sums (`from_logits=True`). They are "
            "probabilities already: softmax made them.",
            when=lambda trial: trial.names["head"].loss.get_config()["from_logits"],
            code=train_code(loss="keras.losses.SparseCategoricalCrossentropy(from_logits=True)"),
        ),
        training.NO_LOSS(code=train_code(loss="None")),
        training.WRONG_LOSS(code=train_code(loss='"mse"')),
        training.NO_ACCURACY(code=train_code(metrics="[]")),
        training.FROZE_IT(
            code="""
                def train_head(head, data):
                    head.trainable = False
                    head.compile(
                        keras.optimizers.Adam(0.01),
                        "sparse_categorical_crossentropy",
                        metrics=["accuracy"],
                    )
                    return head.fit(
                        *data["train"], validation_data=data["validation"], epochs=100, verbose=0
                    )
            """
        ),
        training.NOT_QUIET(code=train_code(verbose=1)),
    ),
)


CLOUD = """
    random = np.random.default_rng(1)
    features = random.normal(size=(6, 4)) * [5, 0.5, 2, 0.2] + [10, -20, 30, 8]
"""
WIDE_CLOUD = """
    random = np.random.default_rng(2)
    features = random.normal(size=(6, 8)) * [1, 2, 9, 0.5, 1, 4, 0.1, 1] + np.arange(8.0)
"""
DISTANCES = "np.linalg.norm(result[:, None] - result, axis=-1)"


def best_plane(given):
    """Return the features of a case as points in the plane of their widest spread."""
    features = arguments_of(given)["features"]
    centred = features - features.mean(axis=0)
    left, widths, _ = np.linalg.svd(centred, full_matrices=False)
    return left[:, :2] * widths[:2]


def plane_case(given):
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
    look_at="the three steps: subtract the mean, find the axes, multiply with the first two",
    correct="Two numbers for each photo instead of hundreds: enough for a picture. Which "
    "direction is called positive is a matter of chance.",
    hints=(
        "The axes start at zero. So first move the photos there: from each feature goes its mean "
        "over the photos, which are the rows.",
        "`np.linalg.svd` finds the axes of the centred features. You need the third of the three "
        "things that it gives, and of its rows the first two.",
        "The product of a photo and an axis says how far along the axis the photo lies. Shapes: "
        "(photos, dim) times (dim, 2) gives (photos, 2), and `.T` turns rows into columns.",
    ),
    mistakes=(
        Mistake(
            says="The features are not centred, so the first axis points to their middle and not "
            "along their spread. Subtract the mean of each feature first.",
            code="""
                def to_plane(features):
                    _, _, axes = np.linalg.svd(features, full_matrices=False)
                    return features @ axes[:2].T
            """,
        ),
        Mistake(
            says="The axes are right, and the points are shifted: it is the *centred* features "
            "that are multiplied with the axes.",
            code="""
                def to_plane(features):
                    centred = features - features.mean(axis=0)
                    _, _, axes = np.linalg.svd(centred, full_matrices=False)
                    return features @ axes[:2].T
            """,
        ),
        Mistake(
            says="From each photo went the mean of its own features. Asked for is from each "
            "feature its mean over the photos: the other axis.",
            code="""
                def to_plane(features):
                    centred = features - features.mean(axis=1, keepdims=True)
                    _, _, axes = np.linalg.svd(centred, full_matrices=False)
                    return centred @ axes[:2].T
            """,
        ),
        Mistake(
            says="From all features went one and the same mean. Each feature has a mean of its "
            "own.",
            code="""
                def to_plane(features):
                    centred = features - features.mean()
                    _, _, axes = np.linalg.svd(centred, full_matrices=False)
                    return centred @ axes[:2].T
            """,
        ),
        Mistake(
            says="These are the two axes with the least spread. `np.linalg.svd` gives the widest "
            "first.",
            code="""
                def to_plane(features):
                    centred = features - features.mean(axis=0)
                    _, _, axes = np.linalg.svd(centred, full_matrices=False)
                    return centred @ axes[-2:].T
            """,
        ),
        Mistake(
            says="The two axes are right, but in the other order: the one with the widest spread "
            "comes first.",
            code="""
                def to_plane(features):
                    centred = features - features.mean(axis=0)
                    _, _, axes = np.linalg.svd(centred, full_matrices=False)
                    return centred @ axes[[1, 0]].T
            """,
        ),
        Mistake(
            says="These are the first two features, centred. The axes of the widest spread lie "
            "across all features: `np.linalg.svd` finds them.",
            code="""
                def to_plane(features):
                    return (features - features.mean(axis=0))[:, :2]
            """,
        ),
        Mistake(
            says="These are places on all axes. The picture has room for the first two.",
            code="""
                def to_plane(features):
                    centred = features - features.mean(axis=0)
                    _, _, axes = np.linalg.svd(centred, full_matrices=False)
                    return centred @ axes.T
            """,
        ),
        Mistake(
            says="The numbers are right, but each axis is a row. Asked for is a row for each "
            "photo: (photos, 2).",
            code="""
                def to_plane(features):
                    centred = features - features.mean(axis=0)
                    _, _, axes = np.linalg.svd(centred, full_matrices=False)
                    return axes[:2] @ centred.T
            """,
        ),
        Mistake(
            says="These are the axes themselves. Multiply the centred features with them.",
            when=lambda trial: (
                trial.saw["result.shape"] in ((2, 4), (4, 2))
                and np.allclose(np.linalg.norm(trial.saw["abs(result)"].reshape(-1)), np.sqrt(2))
            ),
            code="""
                def to_plane(features):
                    centred = features - features.mean(axis=0)
                    _, _, axes = np.linalg.svd(centred, full_matrices=False)
                    return axes[:2].T
            """,
        ),
        Mistake(
            says="Both axes are stretched to the same spread. Leave the distances as they are: "
            "the first axis is the wider one.",
            code="""
                def to_plane(features):
                    centred = features - features.mean(axis=0)
                    return np.linalg.svd(centred, full_matrices=False)[0][:, :2]
            """,
        ),
        Mistake(
            says="The features are divided by their spreads, and then all of them count alike. "
            "Asked for is to centre them only.",
            code="""
                def to_plane(features):
                    centred = (features - features.mean(axis=0)) / features.std(axis=0)
                    _, _, axes = np.linalg.svd(centred, full_matrices=False)
                    return centred @ axes[:2].T
            """,
        ),
    ),
    tolerance=1e-3,
)


def nearest_case(features, query, k):
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


def are_distances(trial):
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
    look_at="how the distances are made, and in which order they are sorted",
    correct="Photos that lie near each other look alike to the model, whatever we call them.",
    hints=(
        "How alike two photos are for the model is one number: the length of the difference of "
        "their rows. You need that number for every row, and then the places of the smallest.",
        "`features - query` subtracts the query from each row. `np.linalg.norm` gives lengths; "
        "its `axis` says what is added up: it must be the features, not the photos.",
        "Sorting the distances would lose which photo each belongs to. `np.argsort` gives the "
        "row numbers in the order of the distances, the smallest first.",
    ),
    mistakes=(
        Mistake(
            says="These are the photos farthest away. `np.argsort` sorts upwards: where are the "
            "nearest then?",
            code="""
                def nearest(features, query, k):
                    distances = np.linalg.norm(features - query, axis=1)
                    return np.argsort(distances)[::-1][:k]
            """,
        ),
        Mistake(
            says="The right photos, but the nearest of them is last.",
            code="""
                def nearest(features, query, k):
                    distances = np.linalg.norm(features - query, axis=1)
                    return np.argsort(distances)[:k][::-1]
            """,
        ),
        Mistake(
            says="These rows have the largest product with the query: that favours rows with "
            "large features. Asked for is the distance, the length of the difference.",
            code="""
                def nearest(features, query, k):
                    return np.argsort(-(features @ query))[:k]
            """,
        ),
        Mistake(
            says="These are the photos nearest to zero, not to the query. Where does the query "
            "come in?",
            code="""
                def nearest(features, query, k):
                    return np.argsort(np.linalg.norm(features, axis=1))[:k]
            """,
        ),
        Mistake(
            says="The differences were added up with their signs: a photo far below the query "
            "counts as near. Take the length of the difference.",
            code="""
                def nearest(features, query, k):
                    return np.argsort((features - query).sum(axis=1))[:k]
            """,
        ),
        Mistake(
            says="The nearest photo is left out. No row is to be skipped.",
            code="""
                def nearest(features, query, k):
                    return np.argsort(np.linalg.norm(features - query, axis=1))[1:k + 1]
            """,
        ),
        Mistake(
            says="These are row numbers counted from 1. Python counts from 0.",
            code="""
                def nearest(features, query, k):
                    return np.argsort(np.linalg.norm(features - query, axis=1))[:k] + 1
            """,
        ),
        Mistake(
            says="These are the right distances. Asked for are the numbers of the photos: which "
            "rows have them?",
            when=are_distances,
            code="""
                def nearest(features, query, k):
                    return np.sort(np.linalg.norm(features - query, axis=1))[:k]
            """,
        ),
        Mistake(
            says="These are all photos, sorted. Asked for are the `k` nearest.",
            code="""
                def nearest(features, query, k):
                    return np.argsort(np.linalg.norm(features - query, axis=1))
            """,
        ),
        Mistake(
            says="The distances are added up from the differences without their signs. The "
            "length squares them first: `np.linalg.norm` does.",
            code="""
                def nearest(features, query, k):
                    return np.argsort(np.abs(features - query).sum(axis=1))[:k]
            """,
        ),
        Mistake(
            says="This is one number for each feature, sorted. Asked for is a distance for each "
            "photo: the other axis.",
            code="""
                def nearest(features, query, k):
                    return np.argsort(np.linalg.norm(features - query, axis=0))[:k]
            """,
        ),
    ),
)


def wrong_case(probabilities, labels):
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
        gives=sorted(sureness, key=sureness.get, reverse=True),
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
    look_at="which photos are wrong, and the probability of the class that the model named",
    correct="Look at mistakes before you change anything: they often say what to do next.",
    hints=(
        "Two questions, one after the other: *which* photos are wrong, and *how sure* was the "
        "model of its answer to each of these?",
        "The class that the model names is the place of the highest probability in a row "
        "(`argmax`), and its sureness is that highest probability (`max`). `np.flatnonzero` "
        "turns truth values into row numbers.",
        "`np.argsort` sorts upwards; with a minus in front of the numbers it sorts downwards. "
        "What it gives are places among the wrong photos only: look up there which rows they are.",
    ),
    mistakes=(
        Mistake(
            says="The rightly named photos are among them. Keep only those whose class is not "
            "the label.",
            code="""
                def most_wrong(probabilities, labels):
                    return np.argsort(-probabilities.max(axis=1))
            """,
        ),
        Mistake(
            says="The photo that the model was least sure of comes first. Turn the order round.",
            code="""
                def most_wrong(probabilities, labels):
                    wrong = np.flatnonzero(probabilities.argmax(axis=1) != labels)
                    return wrong[np.argsort(probabilities.max(axis=1)[wrong])]
            """,
        ),
        Mistake(
            says="The wrong photos are all there, but in the order of the files. Sort them by "
            "how sure the model was.",
            code="""
                def most_wrong(probabilities, labels):
                    return np.flatnonzero(probabilities.argmax(axis=1) != labels)
            """,
        ),
        Mistake(
            says="These numbers count within the wrong photos only. Which rows of "
            "`probabilities` are they?",
            code="""
                def most_wrong(probabilities, labels):
                    wrong = np.flatnonzero(probabilities.argmax(axis=1) != labels)
                    return np.argsort(-probabilities.max(axis=1)[wrong])
            """,
        ),
        Mistake(
            says="These are the rightly named photos. Asked for are the wrong ones.",
            code="""
                def most_wrong(probabilities, labels):
                    right = np.flatnonzero(probabilities.argmax(axis=1) == labels)
                    return right[np.argsort(-probabilities.max(axis=1)[right])]
            """,
        ),
        Mistake(
            says="The right photos, sorted by the probability of their *true* class. Asked for "
            "is that of the answer that the model gave.",
            code="""
                def most_wrong(probabilities, labels):
                    wrong = np.flatnonzero(probabilities.argmax(axis=1) != labels)
                    return wrong[np.argsort(probabilities[wrong, labels[wrong]])]
            """,
        ),
        Mistake(
            says="These are row numbers counted from 1. Python counts from 0.",
            code="""
                def most_wrong(probabilities, labels):
                    wrong = np.flatnonzero(probabilities.argmax(axis=1) != labels)
                    return wrong[np.argsort(-probabilities.max(axis=1)[wrong])] + 1
            """,
        ),
        Mistake(
            says="These are the probabilities. Asked for are the numbers of the photos: which "
            "rows have them?",
            when=lambda trial: same(
                trial.came_back,
                trial.names["probabilities"].max(axis=1)[trial.case.gives],
                1e-6,
            ),
            code="""
                def most_wrong(probabilities, labels):
                    wrong = probabilities.argmax(axis=1) != labels
                    return np.sort(probabilities.max(axis=1)[wrong])[::-1]
            """,
        ),
        Mistake(
            says="Only one photo came back. Asked for are all that are named wrongly.",
            code="""
                def most_wrong(probabilities, labels):
                    wrong = np.flatnonzero(probabilities.argmax(axis=1) != labels)
                    return wrong[np.argsort(-probabilities.max(axis=1)[wrong])][:1]
            """,
        ),
    ),
)


def comparable_case(features, train_features):
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
    correct="Strong channels no longer drown the weak ones, and all rows have length 1: what "
    "counts now is the direction in which a photo lies from the mean.",
    hints=(
        "Three steps, one after the other: root, minus the mean, divided by the length. For "
        "mean and length, ask: is it one number for each photo, or one for each feature?",
        "The mean is one number for each feature, over the *training* photos, and of their "
        "roots: `axis=0`. The photos that are judged later must play no part in it.",
        "The length is one number for each photo: `np.linalg.norm(..., axis=1, keepdims=True)`. "
        "With `keepdims` the lengths form a column, and each row is divided by its own.",
    ),
    mistakes=(
        Mistake(
            says="The mean is that of the photos to be changed. Then validation and test photos "
            "would help to choose what is done to them: take the mean of the training photos.",
            code="""
                def comparable(features, train_features):
                    roots = np.sqrt(features)
                    centred = roots - roots.mean(axis=0)
                    lengths = np.linalg.norm(centred, axis=1, keepdims=True)
                    return centred / np.maximum(lengths, 1e-12)
            """,
        ),
        Mistake(
            says="The mean is over all photos, those to be changed among them. Take the mean of "
            "the training photos alone: nothing else may choose.",
            code="""
                def comparable(features, train_features):
                    roots = np.sqrt(features)
                    mean = np.sqrt(np.concatenate([train_features, features])).mean(axis=0)
                    centred = roots - mean
                    return centred / np.linalg.norm(centred, axis=1, keepdims=True)
            """,
        ),
        Mistake(
            says="The rows were divided by their lengths first, and the mean was subtracted "
            "afterwards: now they are not equally long. The length comes last.",
            code="""
                def comparable(features, train_features):
                    def unit(rows):
                        lengths = np.linalg.norm(rows, axis=1, keepdims=True)
                        return rows / np.maximum(lengths, 1e-12)
                    return unit(np.sqrt(features)) - unit(np.sqrt(train_features)).mean(axis=0)
            """,
            also=(
                """
                def comparable(features, train_features):
                    roots = np.sqrt(features)
                    lengths = np.linalg.norm(roots, axis=1, keepdims=True)
                    mean = np.sqrt(train_features).mean(axis=0)
                    return roots / np.maximum(lengths, 1e-12) - mean
            """,
            ),
            when=lambda trial: any(
                same(trial.came_back, found, 1e-6) for found in length_first(trial)
            ),
        ),
        Mistake(
            says="The length was taken down the columns, one for each feature. Asked for is the "
            "length of each photo's row.",
            code="""
                def comparable(features, train_features):
                    centred = np.sqrt(features) - np.sqrt(train_features).mean(axis=0)
                    return centred / np.linalg.norm(centred, axis=0)
            """,
        ),
        Mistake(
            says="The whole array was divided by one length. Asked for is a length for each "
            "photo.",
            code="""
                def comparable(features, train_features):
                    centred = np.sqrt(features) - np.sqrt(train_features).mean(axis=0)
                    return centred / np.linalg.norm(centred)
            """,
        ),
        Mistake(
            says="Each feature was divided by its spread over the training photos, which blows up "
            "features that hardly vary. Divide each photo's row by its length instead.",
            code="""
                def comparable(features, train_features):
                    roots = np.sqrt(train_features)
                    return (np.sqrt(features) - roots.mean(axis=0)) / roots.std(axis=0)
            """,
        ),
        Mistake(
            says="The root is missing: a few strong channels still outweigh all others.",
            code="""
                def comparable(features, train_features):
                    centred = features - train_features.mean(axis=0)
                    return centred / np.linalg.norm(centred, axis=1, keepdims=True)
            """,
        ),
        Mistake(
            says="The mean is that of the training features, not of their roots. First the root, "
            "of both arrays, then the mean.",
            code="""
                def comparable(features, train_features):
                    centred = np.sqrt(features) - train_features.mean(axis=0)
                    return centred / np.linalg.norm(centred, axis=1, keepdims=True)
            """,
        ),
        Mistake(
            says="This is the root of the mean; asked for is the mean of the roots. First the "
            "root, of both arrays, then the mean.",
            code="""
                def comparable(features, train_features):
                    centred = np.sqrt(features) - np.sqrt(train_features.mean(axis=0))
                    return centred / np.linalg.norm(centred, axis=1, keepdims=True)
            """,
        ),
        Mistake(
            says="The mean was never subtracted. Then all photos lie in nearly the same "
            "direction, whatever they show.",
            code="""
                def comparable(features, train_features):
                    roots = np.sqrt(features)
                    return roots / np.linalg.norm(roots, axis=1, keepdims=True)
            """,
        ),
        Mistake(
            says="Root and mean are right. The last step is missing: divide each row by its "
            "length.",
            code="""
                def comparable(features, train_features):
                    return np.sqrt(features) - np.sqrt(train_features).mean(axis=0)
            """,
        ),
        Mistake(
            says="The mean was taken over everything at once, one number for all features. Asked "
            "for is a mean for each feature: an axis is missing.",
            code="""
                def comparable(features, train_features):
                    centred = np.sqrt(features) - np.sqrt(train_features).mean()
                    return centred / np.linalg.norm(centred, axis=1, keepdims=True)
            """,
        ),
        Mistake(
            says="Each row was divided by the sum of its absolute values. The length is the root "
            "of the sum of the squares: `np.linalg.norm` gives it.",
            code="""
                def comparable(features, train_features):
                    centred = np.sqrt(features) - np.sqrt(train_features).mean(axis=0)
                    return centred / np.abs(centred).sum(axis=1, keepdims=True)
            """,
        ),
        Mistake(
            says="These are the training photos made comparable. Asked for are `features`; the "
            "training photos only give the mean.",
            code="""
                def comparable(features, train_features):
                    roots = np.sqrt(train_features)
                    centred = roots - roots.mean(axis=0)
                    return centred / np.linalg.norm(centred, axis=1, keepdims=True)
            """,
        ),
    ),
)


def length_first(trial):
    """Yield what comes of dividing by the length before the mean is taken off."""

    def unit(rows):
        return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)

    roots, train_roots = np.sqrt(trial.names["features"]), np.sqrt(trial.names["train_features"])
    yield unit(roots) - unit(train_roots).mean(axis=0)
    yield unit(roots) - train_roots.mean(axis=0)


EXERCISES = (FREEZE, FEATURES, HEAD, TRAIN, PLANE, NEAREST, MOST_WRONG, COMPARABLE)
