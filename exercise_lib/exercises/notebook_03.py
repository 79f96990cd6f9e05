"""The exercises of notebook 03, What if we keep the weights?"""

import numpy as np

from exercise_lib.exercises import training
from exercise_lib.exercises.exercise import Exercise, Mistake, loss_name

SETUP = """
import keras
import numpy as np
"""


def after_freeze(freeze):
    """Return (weights that learn, weights that do not, whether the model came back)."""
    import keras

    model = keras.Sequential(
        [
            keras.Input((8, 8, 3)),
            keras.layers.Conv2D(4, 3),
            keras.layers.BatchNormalization(),
            keras.layers.GlobalAveragePooling2D(),
            keras.layers.Dense(2, use_bias=False),
        ]
    )
    frozen = freeze(model)
    return len(model.trainable_weights), len(model.non_trainable_weights), frozen is model


FREEZE = Exercise(
    number="3.1",
    name="freeze",
    probe=after_freeze,
    expected=lambda: (0, 7, True),
    expects="no weight that learns, all 7 weights kept, and the model given back",
    look_at="the attribute `trainable` of the model, which holds for all its layers",
    correct="From now on no training can change what the base model learnt on ImageNet.",
    hints=(
        "Every Keras model has an attribute that says whether its weights may learn.",
        "`model.trainable = False` holds for all layers inside.",
        "The function then ends with `return model`.",
    ),
    mistakes=(
        Mistake(
            says="All weights can still learn. `trainable` of the model is what decides; it must "
            "be False.",
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
            ),
        ),
        Mistake(
            says="Only the last layer is frozen. Freeze the whole model, not `model.layers[-1]`.",
            code="""
                def freeze(model):
                    model.layers[-1].trainable = False
                    return model
            """,
        ),
        Mistake(
            says="Only the convolutions are frozen. The batch normalisations and the dense layer "
            "still learn: freeze the whole model.",
            code="""
                def freeze(model):
                    for layer in model.layers:
                        if isinstance(layer, keras.layers.Conv2D):
                            layer.trainable = False
                    return model
            """,
        ),
        Mistake(
            says="The model is frozen, but your function does not give it back. End with "
            "`return model`.",
            code="""
                def freeze(model):
                    model.trainable = False
            """,
        ),
    ),
    setup=SETUP,
)


def tiny_base():
    """A base model without weights: photos (batch, 8, 8, 3) to maps (batch, 2, 2, 3)."""
    import keras

    inputs = keras.Input((8, 8, 3))
    return keras.Model(inputs, keras.layers.AveragePooling2D(4)(inputs))


def uneven_batch():
    """Two photos whose corners differ, float32 (2, 8, 8, 3)."""
    values = np.arange(2 * 2 * 2 * 3, dtype=np.float32) ** 1.5
    corners = values.reshape(2, 2, 2, 3)
    return corners.repeat(4, axis=1).repeat(4, axis=2)


FEATURES = Exercise(
    number="3.2",
    name="features_of",
    probe=lambda features_of: features_of(tiny_base(), uneven_batch()),
    expected=lambda: uneven_batch().mean(axis=(1, 2)),
    expects="an array of shape (2, 3): for each of 2 photos one number for each of 3 channels",
    look_at="the axes that you average over: (photos, rows, columns, channels)",
    correct="One row of features for each photo. Where in the photo something was is averaged "
    "away; what was there remains.",
    hints=(
        "First let the base model run: `maps = base_model.predict(inputs, verbose=0)`.",
        "`maps` has the shape (photos, rows, columns, channels). Average over rows and columns.",
        "`maps.mean(axis=(1, 2))` does it; Keras has the same as a layer, "
        "`GlobalAveragePooling2D`.",
    ),
    mistakes=(
        Mistake(
            says="These are the feature maps themselves. Average each map over its rows and "
            "columns.",
            code="""
                def features_of(base_model, inputs):
                    return base_model.predict(inputs, verbose=0)
            """,
        ),
        Mistake(
            says="The maps were flattened, so every place in the photo has numbers of its own. "
            "Average over rows and columns instead.",
            code="""
                def features_of(base_model, inputs):
                    maps = base_model.predict(inputs, verbose=0)
                    return maps.reshape(len(maps), -1)
            """,
        ),
        Mistake(
            says="You averaged over the channels. They are the features: keep them, and average "
            "over rows and columns, `axis=(1, 2)`.",
            code="""
                def features_of(base_model, inputs):
                    return base_model.predict(inputs, verbose=0).mean(axis=-1)
            """,
        ),
        Mistake(
            says="You averaged over the photos as well. Axis 0 is the batch: leave it alone.",
            code="""
                def features_of(base_model, inputs):
                    return base_model.predict(inputs, verbose=0).mean(axis=(0, 1, 2))
            """,
        ),
        Mistake(
            says="You took the largest value of each map. That works too, but here the average "
            "is asked for: `mean`, not `max`.",
            code="""
                def features_of(base_model, inputs):
                    return base_model.predict(inputs, verbose=0).max(axis=(1, 2))
            """,
        ),
    ),
    setup=SETUP,
)


def of_head(build_head):
    """Return what is to be known of a head for 5 features, as a tuple."""
    import keras

    head = build_head(5, 3)
    if head is None:
        return None
    knows_its_input = head.built  # Before the call below, which would build it.
    random = np.random.default_rng(0)
    outputs = np.asarray(head(10 * random.normal(size=(20, 5)).astype(np.float32)))
    sums = bool(np.allclose(outputs.sum(axis=1), 1, atol=1e-3))
    inside = bool((outputs >= 0).all() and (outputs <= 1).all())
    dense = sum(isinstance(layer, keras.layers.Dense) for layer in head.layers)
    weights = head.count_params() if dense == 1 else "more than one Dense layer"
    return outputs.shape[1], sums, inside, weights, knows_its_input


HEAD = Exercise(
    number="3.3",
    name="build_head",
    probe=of_head,
    expected=lambda: (3, True, True, 18, True),
    expects="a model from 5 features to 3 probabilities that sum to 1, with 5 x 3 + 3 = 18 "
    "weights",
    look_at="the number of units and the activation of the Dense layer",
    correct="This is all that will learn: one weight for each feature and class, and one bias "
    "for each class.",
    hints=(
        "`keras.Sequential([...])` takes a list: first `keras.Input((dim,))`, then a layer.",
        "The layer is `keras.layers.Dense` with one unit for each class.",
        'Probabilities come from `activation="softmax"`.',
    ),
    mistakes=(
        Mistake(
            says="The outputs are no probabilities: they do not sum to 1. The Dense layer needs "
            '`activation="softmax"`.',
            code="""
                def build_head(dim, classes):
                    return keras.Sequential([keras.Input((dim,)), keras.layers.Dense(classes)])
            """,
        ),
        Mistake(
            says="A sigmoid judges each class by itself, so the outputs do not sum to 1. A photo "
            'shows one flavour: use `activation="softmax"`.',
            code="""
                def build_head(dim, classes):
                    return keras.Sequential([
                        keras.Input((dim,)), keras.layers.Dense(classes, activation="sigmoid")
                    ])
            """,
        ),
        Mistake(
            says="The head gives one number for each feature. It needs one unit for each class.",
            code="""
                def build_head(dim, classes):
                    return keras.Sequential([
                        keras.Input((dim,)), keras.layers.Dense(dim, activation="softmax")
                    ])
            """,
        ),
        Mistake(
            says="The head does not know how many features come in. Begin the list with "
            "`keras.Input((dim,))`.",
            code="""
                def build_head(dim, classes):
                    return keras.Sequential([keras.layers.Dense(classes, activation="softmax")])
            """,
        ),
        Mistake(
            says="There is a hidden layer. You will try one later in this notebook; begin with a "
            "single Dense layer.",
            code="""
                def build_head(dim, classes):
                    return keras.Sequential([
                        keras.Input((dim,)),
                        keras.layers.Dense(64, activation="relu"),
                        keras.layers.Dense(classes, activation="softmax"),
                    ])
            """,
        ),
    ),
    setup=SETUP,
)


def of_training(train_head):
    """Return how a head was trained, as a dict."""
    head, data = training.small_classifier(), training.some_splits()
    history, outcome = training.watch_training(head, data, train_head)
    return outcome or {
        "optimizer": type(head.optimizer).__name__,
        "epochs": head.asked_epochs,
        "learning rate": float(np.asarray(head.optimizer.learning_rate)),
        "loss": loss_name(head.loss),
        "accuracy": "accuracy" in history.history,
        "watched": training.watched_split(head, data, history),
    }


def right_training():
    """Return what `of_training` gives for the right answer."""
    return {
        "optimizer": "Adam",
        "epochs": 100,
        "learning rate": 0.01,
        "loss": "sparse_categorical_crossentropy",
        "accuracy": True,
        "watched": "validation",
    }


TRAIN = Exercise(
    number="3.4",
    name="train_head",
    probe=of_training,
    expected=right_training,
    expects="100 epochs with Adam at a learning rate of 0.01, the loss "
    "sparse_categorical_crossentropy, accuracy among the metrics, and the validation photos "
    "watched",
    look_at="the arguments of `compile` and `fit`",
    correct="Seconds instead of minutes: no photo goes through the base model any more.",
    hints=(
        "Two calls: `head.compile(...)` says how to learn, `head.fit(...)` learns.",
        "`compile` wants `optimizer=keras.optimizers.Adam(0.01)`, "
        '`loss="sparse_categorical_crossentropy"` and `metrics=["accuracy"]`.',
        '`return head.fit(*data["train"], validation_data=data["validation"], epochs=100, '
        "verbose=0)`; the star hands over features and labels.",
    ),
    mistakes=(
        Mistake(
            says='`"adam"` alone means a learning rate of 0.001. For this small head take '
            "`keras.optimizers.Adam(0.01)`.",
            code="""
                def train_head(head, data):
                    head.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
                    return head.fit(
                        *data["train"], validation_data=data["validation"], epochs=100, verbose=0
                    )
            """,
        ),
        Mistake(
            says=training.WRONG_LOSS,
            code="""
                def train_head(head, data):
                    head.compile(
                        optimizer=keras.optimizers.Adam(0.01),
                        loss="categorical_crossentropy",
                        metrics=["accuracy"],
                    )
                    return head.fit(
                        *data["train"], validation_data=data["validation"], epochs=100, verbose=0
                    )
            """,
        ),
        Mistake(
            says=training.NO_ACCURACY,
            code="""
                def train_head(head, data):
                    head.compile(keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy")
                    return head.fit(
                        *data["train"], validation_data=data["validation"], epochs=100, verbose=0
                    )
            """,
        ),
        Mistake(
            says="The head saw the photos once: `fit` runs a single epoch unless you say "
            "`epochs=100`.",
            code="""
                def train_head(head, data):
                    head.compile(
                        keras.optimizers.Adam(0.01),
                        "sparse_categorical_crossentropy",
                        metrics=["accuracy"],
                    )
                    return head.fit(
                        *data["train"], validation_data=data["validation"], verbose=0
                    )
            """,
        ),
        Mistake(
            says=training.WATCHED_TEST,
            code="""
                def train_head(head, data):
                    head.compile(
                        keras.optimizers.Adam(0.01),
                        "sparse_categorical_crossentropy",
                        metrics=["accuracy"],
                    )
                    return head.fit(
                        *data["train"], validation_data=data["test"], epochs=100, verbose=0
                    )
            """,
        ),
        Mistake(
            says=training.WATCHED_NONE,
            code="""
                def train_head(head, data):
                    head.compile(
                        keras.optimizers.Adam(0.01),
                        "sparse_categorical_crossentropy",
                        metrics=["accuracy"],
                    )
                    return head.fit(*data["train"], epochs=100, verbose=0)
            """,
        ),
        Mistake(
            says=training.WATCHED_TRAIN,
            code="""
                def train_head(head, data):
                    head.compile(
                        keras.optimizers.Adam(0.01),
                        "sparse_categorical_crossentropy",
                        metrics=["accuracy"],
                    )
                    return head.fit(
                        *data["train"], validation_data=data["train"], epochs=100, verbose=0
                    )
            """,
        ),
        Mistake(
            says=training.GAVE_DICTIONARY,
            code="""
                def train_head(head, data):
                    head.compile(
                        keras.optimizers.Adam(0.01),
                        "sparse_categorical_crossentropy",
                        metrics=["accuracy"],
                    )
                    return head.fit(
                        *data["train"], validation_data=data["validation"], epochs=100, verbose=0
                    ).history
            """,
        ),
        Mistake(
            says=training.LOST_HISTORY,
            code="""
                def train_head(head, data):
                    head.compile(
                        keras.optimizers.Adam(0.01),
                        "sparse_categorical_crossentropy",
                        metrics=["accuracy"],
                    )
                    head.fit(
                        *data["train"], validation_data=data["validation"], epochs=100, verbose=0
                    )
            """,
        ),
        Mistake(
            says=training.NO_FIT,
            code="""
                def train_head(head, data):
                    head.compile(
                        keras.optimizers.Adam(0.01),
                        "sparse_categorical_crossentropy",
                        metrics=["accuracy"],
                    )
            """,
        ),
    ),
    setup=SETUP,
)


def long_cloud():
    """Points in five dimensions that spread in two, far away from zero."""
    random = np.random.default_rng(1)
    spread = random.normal(size=(12, 5)) * [5, 0.3, 0.1, 2, 0.2]
    return spread + np.array([10, -20, 30, 5, 8])


def distances(points):
    """Return how far points are from each other; anything else than (12, 2) stays as it is."""
    if points is None:
        return None
    points = np.asarray(points)
    if points.shape != (12, 2):
        return points
    return np.linalg.norm(points[:, np.newaxis] - points, axis=-1)


def best_plane():
    centred = long_cloud() - long_cloud().mean(axis=0)
    _, _, axes = np.linalg.svd(centred, full_matrices=False)
    return distances(centred @ axes[:2].T)


PLANE = Exercise(
    number="3.5",
    name="to_plane",
    probe=lambda to_plane: distances(to_plane(long_cloud())),
    expected=best_plane,
    expects="an array (photos, 2) in which the photos lie as far apart as a plane allows",
    look_at="the three steps: subtract the mean, find the axes, project on the first two",
    correct="Two numbers for each photo instead of hundreds: enough for a picture. Which "
    "direction is called positive is a matter of chance.",
    hints=(
        "First move the middle of all photos to zero: "
        "`centred = features - features.mean(axis=0)`.",
        "`_, _, axes = np.linalg.svd(centred, full_matrices=False)` gives the axes as rows, the "
        "one with the widest spread first.",
        "`return centred @ axes[:2].T` projects on the first two.",
    ),
    mistakes=(
        Mistake(
            says="The features were not centred, so the first axis points to their middle and "
            "not along their spread. Subtract the mean of each feature first.",
            code="""
                def to_plane(features):
                    _, _, axes = np.linalg.svd(features, full_matrices=False)
                    return features @ axes[:2].T
            """,
        ),
        Mistake(
            says="You centred each photo, not each feature. The mean over the photos is "
            "`features.mean(axis=0)`.",
            code="""
                def to_plane(features):
                    centred = features - features.mean(axis=1, keepdims=True)
                    _, _, axes = np.linalg.svd(centred, full_matrices=False)
                    return centred @ axes[:2].T
            """,
        ),
        Mistake(
            says="These are the two axes with the least spread. `np.linalg.svd` gives the widest "
            "first: take `axes[:2]`.",
            code="""
                def to_plane(features):
                    centred = features - features.mean(axis=0)
                    _, _, axes = np.linalg.svd(centred, full_matrices=False)
                    return centred @ axes[-2:].T
            """,
        ),
        Mistake(
            says="These are the first two features themselves. Project on the axes that "
            "`np.linalg.svd` finds.",
            code="""
                def to_plane(features):
                    return (features - features.mean(axis=0))[:, :2]
            """,
        ),
    ),
    setup=SETUP,
)


PHOTOS = np.array([[4.0, 4.0], [1.0, 0.0], [0.0, 1.5], [9.0, 8.0], [1.0, 2.5], [-3.0, 0.0]])
QUERY = np.array([2.0, 2.0])


def row_numbers(rows):
    """Return row numbers as a list of int; None stays None."""
    return None if rows is None else [int(row) for row in rows]


NEAREST = Exercise(
    number="3.6",
    name="nearest",
    probe=lambda nearest: row_numbers(nearest(PHOTOS.copy(), QUERY.copy(), 3)),
    expected=lambda: [4, 2, 1],
    expects="the numbers of the 3 photos whose features are nearest to the query, the nearest "
    "first",
    look_at="how the distances are made and in which order they are sorted",
    correct="Photos that lie near each other look alike to the model, whatever we call them.",
    hints=(
        "The distance of two rows is the length of their difference.",
        "`np.linalg.norm(features - query, axis=1)` gives the distance of every photo.",
        "`np.argsort(distances)[:k]` names the k smallest.",
    ),
    mistakes=(
        Mistake(
            says="These are the photos farthest away: `np.argsort` sorts upwards, so the nearest "
            "are the first k.",
            code="""
                def nearest(features, query, k):
                    distances = np.linalg.norm(features - query, axis=1)
                    return np.argsort(distances)[::-1][:k]
            """,
        ),
        Mistake(
            says="Features were multiplied with the query: that favours photos with large "
            "features. Measure the distance: subtract, then take the length.",
            code="""
                def nearest(features, query, k):
                    return np.argsort(-(features @ query))[:k]
            """,
        ),
        Mistake(
            says="These are distances to zero, not to the query. Subtract the query first.",
            code="""
                def nearest(features, query, k):
                    return np.argsort(np.linalg.norm(features, axis=1))[:k]
            """,
        ),
        Mistake(
            says="The signs were kept: a photo far below the query counts as near. Take the "
            "length of the difference, `np.linalg.norm(..., axis=1)`.",
            code="""
                def nearest(features, query, k):
                    return np.argsort((features - query).sum(axis=1))[:k]
            """,
        ),
    ),
    setup=SETUP,
)


PROBABILITIES = np.array(
    [[0.9, 0.1, 0.0], [0.2, 0.5, 0.3], [0.1, 0.1, 0.8], [0.05, 0.95, 0.0], [0.4, 0.15, 0.45]]
)
TRUE = np.array([0, 2, 1, 0, 1])

MOST_WRONG = Exercise(
    number="3.7",
    name="most_wrong",
    probe=lambda most_wrong: row_numbers(most_wrong(PROBABILITIES.copy(), TRUE.copy())),
    expected=lambda: [3, 2, 1, 4],
    expects="the numbers of the wrongly named photos, the one that the model was surest of first",
    look_at="which photos are wrong, and the probability of the class that the model named",
    correct="Look at mistakes before you change anything: they often say what to do next.",
    hints=(
        "`probabilities.argmax(axis=1)` is the class that the model names, "
        "`probabilities.max(axis=1)` how sure it is.",
        "`np.flatnonzero(predicted != labels)` are the numbers of the wrong ones.",
        "Sort these by how sure the model was, downwards: `wrong[np.argsort(-sureness[wrong])]`.",
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
            says="The one that the model was least sure of comes first. Turn the order round.",
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
            says="These numbers count within the wrong photos only. Look the photos up: "
            "`wrong[order]`.",
            code="""
                def most_wrong(probabilities, labels):
                    wrong = np.flatnonzero(probabilities.argmax(axis=1) != labels)
                    return np.argsort(-probabilities.max(axis=1)[wrong])
            """,
        ),
    ),
    setup=SETUP,
)

EXERCISES = (FREEZE, FEATURES, HEAD, TRAIN, PLANE, NEAREST, MOST_WRONG)
