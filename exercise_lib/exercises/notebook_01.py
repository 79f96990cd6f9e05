"""The exercises of notebook 01, What does an ImageNet model know?"""

import functools

import numpy as np

from exercise_lib.exercises.exercise import Exercise, Mistake, chosen_letter

SETUP = """
import keras
import numpy as np
"""


def gradient_photo():
    """A smooth photo, uint8 (90, 120, 3): any way of resizing gives about the same."""
    rows, columns = np.mgrid[0:90, 0:120]
    photo = np.stack([2 * columns, 2 * rows, np.full_like(rows, 128)], axis=-1)
    return photo.astype(np.uint8)


def in_to_batch(to_batch):
    return to_batch(gradient_photo(), (30, 50))


def expected_batch():
    # Pixel (i, j) of the small photo covers about 3 x 2.4 pixels of the large one.
    rows, columns = np.mgrid[0:30, 0:50]
    red, green = 2 * (2.4 * columns + 0.7), 2 * (3.0 * rows + 1.0)
    return np.stack([red, green, np.full_like(red, 128)], axis=-1)[np.newaxis]


TO_BATCH = Exercise(
    number="1.1",
    name="to_batch",
    probe=in_to_batch,
    expected=expected_batch,
    expects="an array of shape (1, 30, 50, 3) with values up to 255, for a photo of 90 x 120 "
    "pixels and image_size=(30, 50)",
    look_at="the order of the axes: (batch, height, width, channels)",
    correct="This is the shape that every Keras image model takes: (batch, height, width, 3).",
    hints=(
        "Two steps: first make the photo the size that the model wants, then put an axis in "
        "front.",
        "`keras.ops.image.resize(photo, image_size, antialias=True)` resizes one photo.",
        "`keras.ops.expand_dims(resized, axis=0)` turns (height, width, 3) into "
        "(1, height, width, 3).",
    ),
    mistakes=(
        Mistake(
            says="Your result is one photo, (height, width, 3). A Keras model takes a batch, "
            "even of one: add an axis in front.",
            code="""
                def to_batch(photo, image_size):
                    return keras.ops.image.resize(photo, image_size, antialias=True)
            """,
            also=(
                """
                import tensorflow as tf
                def to_batch(photo, image_size):
                    return tf.image.resize(photo, image_size)
                """,
            ),
        ),
        Mistake(
            says="Height and width are swapped. Keras says (height, width), as arrays do; "
            "Pillow says (width, height).",
            code="""
                def to_batch(photo, image_size):
                    height, width = image_size
                    resized = keras.ops.image.resize(photo, (width, height), antialias=True)
                    return keras.ops.expand_dims(resized, 0)
            """,
            also=(
                """
                from PIL import Image
                def to_batch(photo, image_size):
                    return np.asarray(Image.fromarray(photo).resize(image_size))[np.newaxis]
                """,
            ),
        ),
        Mistake(
            says="The values end at 1: you have divided by 255. Leave them in [0, 255]; the "
            "model's own preprocessing comes next.",
            code="""
                def to_batch(photo, image_size):
                    resized = keras.ops.image.resize(photo / 255.0, image_size, antialias=True)
                    return keras.ops.expand_dims(resized, 0)
            """,
            also=(
                """
                def to_batch(photo, image_size):
                    resized = keras.ops.image.resize(photo, image_size)
                    return np.asarray(resized)[np.newaxis] / 255
                """,
            ),
        ),
        Mistake(
            says="The photo still has its own size. Resize it to `image_size` before you add "
            "the batch axis.",
            code="""
                def to_batch(photo, image_size):
                    return photo[np.newaxis]
            """,
        ),
        Mistake(
            says="The new axis is at the end. The batch axis comes first: "
            "(batch, height, width, channels).",
            code="""
                def to_batch(photo, image_size):
                    resized = keras.ops.image.resize(photo, image_size, antialias=True)
                    return keras.ops.expand_dims(resized, -1)
            """,
        ),
    ),
    setup=SETUP,
    tolerance=5,  # Ways of resizing differ by a few grey levels; photos / 255 by far more.
)


@functools.cache
def tiny_pretrained():
    """A model of three colour classes, with preprocessing that shifts and scales."""
    import keras

    from exercise_lib.pretrained import Pretrained

    inputs = keras.Input((8, 8, 3))
    base_model = keras.Model(inputs, keras.layers.AveragePooling2D(4)(inputs))
    features = keras.layers.GlobalAveragePooling2D()(base_model.output)
    head = keras.layers.Dense(3, activation="softmax")
    model = keras.Model(inputs, head(features))
    head.set_weights([2 * np.eye(3, dtype=np.float32), np.array([0, 0.5, 1], np.float32)])
    return Pretrained(
        model=model,
        base_model=base_model,
        preprocess=lambda images: (np.asarray(images, np.float32) - 100) / 50,
        class_names=("red", "green", "blue"),
        image_size=(8, 8),
        name="tiny",
    )


def colour_batch():
    """Two photos of one colour each, float32 (2, 8, 8, 3) in [0, 255]."""
    colours = np.array([[200, 100, 120], [30, 160, 90]], np.float32)
    return np.broadcast_to(colours[:, np.newaxis, np.newaxis], (2, 8, 8, 3)).copy()


def expected_probabilities():
    exponents = np.exp(2 * (colour_batch()[:, 0, 0] - 100) / 50 + [0, 0.5, 1])
    return exponents / exponents.sum(axis=1, keepdims=True)


CLASSIFY = Exercise(
    number="1.2",
    name="classify",
    probe=lambda classify: classify(colour_batch(), tiny_pretrained()),
    expected=expected_probabilities,
    expects="an array of shape (2, 3): for each of 2 photos the probabilities of 3 classes",
    look_at="what goes into `pretrained.model.predict`",
    correct="Resize, preprocess, predict: these three steps are the same for every model, and "
    "only `pretrained.preprocess` knows what its model was trained on.",
    hints=(
        "The model does not want [0, 255]. The record `pretrained` carries a function that "
        "knows what it wants.",
        "First `inputs = pretrained.preprocess(batch)`.",
        "Then `pretrained.model.predict(inputs, verbose=0)`, which is what you return.",
    ),
    mistakes=(
        Mistake(
            says="The model got the raw pixels, 0 to 255. It was trained on preprocessed ones: "
            "use `pretrained.preprocess` first.",
            code="""
                def classify(batch, pretrained):
                    return pretrained.model.predict(batch, verbose=0)
            """,
            also=(
                """
                def classify(batch, pretrained):
                    pretrained.preprocess(batch)  # The result is thrown away.
                    return pretrained.model.predict(batch, verbose=0)
                """,
            ),
        ),
        Mistake(
            says="The model got `batch / 255`. That is the right recipe for some other model; "
            "this one has a preprocessing of its own: `pretrained.preprocess`.",
            code="""
                def classify(batch, pretrained):
                    return pretrained.model.predict(batch / 255, verbose=0)
            """,
        ),
        Mistake(
            says="The photos were scaled twice: divided by 255, and then preprocessed. "
            "`pretrained.preprocess` takes pixels in [0, 255].",
            code="""
                def classify(batch, pretrained):
                    inputs = pretrained.preprocess(batch / 255)
                    return pretrained.model.predict(inputs, verbose=0)
            """,
        ),
        Mistake(
            says="The preprocessing was applied twice. Once is enough: its result goes into "
            "the model.",
            code="""
                def classify(batch, pretrained):
                    inputs = pretrained.preprocess(pretrained.preprocess(batch))
                    return pretrained.model.predict(inputs, verbose=0)
            """,
        ),
        Mistake(
            says="You gave back the number of the best class only. Give back all "
            "probabilities, (photos, classes): the next exercise needs them.",
            code="""
                def classify(batch, pretrained):
                    inputs = pretrained.preprocess(batch)
                    return pretrained.model.predict(inputs, verbose=0).argmax(axis=1)
            """,
        ),
        Mistake(
            says="These are feature maps, from `base_model`, the network without its "
            "classifier. The probabilities come from `pretrained.model`.",
            code="""
                def classify(batch, pretrained):
                    inputs = pretrained.preprocess(batch)
                    return pretrained.base_model.predict(inputs, verbose=0)
            """,
        ),
    ),
    setup=SETUP,
    tolerance=1e-3,
)


FRUIT_PROBABILITIES = np.array([0.10, 0.40, 0.05, 0.30, 0.15], np.float32)
FRUIT_NAMES = ("apple", "pear", "plum", "fig", "kiwi")

TOP_K = Exercise(
    number="1.3",
    name="top_k",
    probe=lambda top_k: top_k(FRUIT_PROBABILITIES.copy(), FRUIT_NAMES, 3),
    expected=lambda: [("pear", 0.40), ("fig", 0.30), ("kiwi", 0.15)],
    expects="a list of k pairs (name, probability), the most probable first",
    look_at="the order that `np.argsort` gives, and what you take from it",
    correct="Keras has the same for its own models: `decode_predictions(probabilities, top=5)`.",
    hints=(
        "`np.argsort(probabilities)` gives the class numbers from the least to the most probable.",
        "Turn it round with `[::-1]`, then take the first k.",
        "A pair for each of them: `(class_names[i], float(probabilities[i]))`.",
    ),
    mistakes=(
        Mistake(
            says="These are the k least probable classes: `np.argsort` sorts upwards. Turn its "
            "result round first.",
            code="""
                def top_k(probabilities, class_names, k):
                    best = np.argsort(probabilities)[:k]
                    return [(class_names[i], probabilities[i]) for i in best]
            """,
        ),
        Mistake(
            says="The right classes, but the most probable is last. Turn the order round.",
            code="""
                def top_k(probabilities, class_names, k):
                    best = np.argsort(probabilities)[-k:]
                    return [(class_names[i], probabilities[i]) for i in best]
            """,
        ),
        Mistake(
            says="These are the first k classes of the list, not the most probable ones. Sort "
            "by probability first.",
            code="""
                def top_k(probabilities, class_names, k):
                    return list(zip(class_names, probabilities))[:k]
            """,
        ),
        Mistake(
            says="The pairs hold class numbers. Look the names up: `class_names[i]`.",
            code="""
                def top_k(probabilities, class_names, k):
                    best = np.argsort(probabilities)[::-1][:k]
                    return [(i, probabilities[i]) for i in best]
            """,
        ),
        Mistake(
            says="These are the names alone. The figure below needs the probability beside "
            "each name.",
            code="""
                def top_k(probabilities, class_names, k):
                    return [class_names[i] for i in np.argsort(probabilities)[::-1][:k]]
            """,
        ),
        Mistake(
            says="Name and probability are the other way round: first the name.",
            code="""
                def top_k(probabilities, class_names, k):
                    best = np.argsort(probabilities)[::-1][:k]
                    return [(probabilities[i], class_names[i]) for i in best]
            """,
        ),
    ),
    setup=SETUP,
)


WHY_255 = Exercise(
    number="1.4",
    name="why_255_fails",
    probe=chosen_letter,
    expected=lambda: "b",
    expects='one of the letters "a", "b", "c" and "d"',
    look_at="the four sentences above: the answer is a letter in quotation marks",
    correct="The weights fit the numbers of their training. In other numbers the same photo is "
    "another picture to the model. Nothing raises an error: you just get a worse model.",
    hints=(
        "Compare the two printed ranges: what the model was trained on, and what it got.",
        "How far apart are black and white in the one, and in the other?",
        "No information was lost by the division; but a weight that was learnt for one range "
        "multiplies a number of another.",
    ),
    mistakes=(
        Mistake(
            says="A division loses nothing here: multiply by 255 and the photo is back. Ask "
            "rather what the weights expect.",
            code="""
                def why_255_fails():
                    return "a"
            """,
            also=(
                """
                def why_255_fails():
                    return "A."
                """,
            ),
        ),
        Mistake(
            says="The model works with decimal numbers throughout; its own preprocessing gives "
            "decimals too. Ask rather which range they are in.",
            code="""
                def why_255_fails():
                    return "c"
            """,
        ),
        Mistake(
            says="The model has no idea of a file's brightness, and its size did not change. "
            "Ask rather which numbers the weights were trained on.",
            code="""
                def why_255_fails():
                    return "d"
            """,
        ),
    ),
)


PREDICTED = np.array([7, 7, 7, 9, 9, 9, 9, 4])
LABELS = np.array([2, 1, 1, 0, 2, 2, 3, 3])

LEARN_MAPPING = Exercise(
    number="1.5",
    name="learn_mapping",
    probe=lambda learn_mapping: learn_mapping(PREDICTED.copy(), LABELS.copy()),
    expected=lambda: {7: 1, 9: 2, 4: 3},
    expects="a dict with the ImageNet classes as keys and, for each, the label that it most "
    "often came with",
    look_at="what is counted: for one ImageNet class, how often each label occurs",
    correct="This is all the training of approach 1: no weight has moved, the classes only got "
    "new names.",
    hints=(
        "Go through `np.unique(predicted_classes)`, one ImageNet class at a time.",
        "`labels[predicted_classes == predicted]` are the labels of the photos that the model "
        "called so.",
        "`np.bincount(meant).argmax()` is the most frequent of them.",
    ),
    mistakes=(
        Mistake(
            says="The last photo of each class wins here: a later one overwrites the earlier. "
            "Count, and take the most frequent label.",
            code="""
                def learn_mapping(predicted_classes, labels):
                    return {int(p): int(l) for p, l in zip(predicted_classes, labels)}
            """,
            also=(
                """
                def learn_mapping(predicted_classes, labels):
                    mapping = {}
                    for predicted, label in zip(predicted_classes, labels):
                        mapping[predicted] = label
                    return mapping
                """,
            ),
        ),
        Mistake(
            says="The first photo of each class wins here. Count, and take the most frequent "
            "label.",
            code="""
                def learn_mapping(predicted_classes, labels):
                    mapping = {}
                    for predicted, label in zip(predicted_classes, labels):
                        mapping.setdefault(int(predicted), int(label))
                    return mapping
            """,
        ),
        Mistake(
            says="The mapping goes the wrong way: from flavour to ImageNet class. You will be "
            "given an ImageNet class and need a flavour.",
            code="""
                def learn_mapping(predicted_classes, labels):
                    mapping = {}
                    for label in np.unique(labels):
                        called = predicted_classes[labels == label]
                        mapping[int(label)] = int(np.bincount(called).argmax())
                    return mapping
            """,
        ),
        Mistake(
            says="These are counts: how often the most frequent label occurs. You need the "
            "label itself: `argmax`, not `max`.",
            code="""
                def learn_mapping(predicted_classes, labels):
                    mapping = {}
                    for predicted in np.unique(predicted_classes):
                        meant = labels[predicted_classes == predicted]
                        mapping[int(predicted)] = int(np.bincount(meant).max())
                    return mapping
            """,
        ),
        Mistake(
            says="Every class got the label that is most frequent overall. Count among the "
            "photos of one ImageNet class at a time.",
            code="""
                def learn_mapping(predicted_classes, labels):
                    most = int(np.bincount(labels).argmax())
                    return {int(predicted): most for predicted in np.unique(predicted_classes)}
            """,
        ),
    ),
    setup=SETUP,
)


TEST_PREDICTED = np.array([7, 9, 9, 4, 5, 2, 7, 4])
TEST_LABELS = np.array([1, 2, 0, 3, 0, 2, 2, 3])

ACCURACY = Exercise(
    number="1.6",
    name="as_is_accuracy",
    probe=lambda as_is_accuracy: as_is_accuracy(
        {7: 1, 9: 2, 4: 3}, TEST_PREDICTED.copy(), TEST_LABELS.copy()
    ),
    expected=lambda: 4 / 8,
    expects="a number between 0 and 1, the share of all photos that were named rightly",
    look_at="the photos whose ImageNet class is not in the mapping, and what you divide by",
    correct="A class that the mapping does not know counts as wrong: on the production lane, "
    "too, every pot needs an answer.",
    hints=(
        "Translate each ImageNet class first, then compare with the labels.",
        "`mapping.get(int(predicted), -1)` gives -1, which is no label, where the mapping has "
        "no answer.",
        "`np.mean(answers == labels)` is the share of equal entries of two arrays.",
    ),
    mistakes=(
        Mistake(
            says="The photos that the mapping has no answer for were left out. They are wrong "
            "answers: divide by the number of all photos.",
            code="""
                def as_is_accuracy(mapping, predicted_classes, labels):
                    right = [mapping[p] == l for p, l in zip(predicted_classes, labels)
                             if p in mapping]
                    return float(np.mean(right))
            """,
        ),
        Mistake(
            says="This is a number of photos. Divide by how many there are: accuracy is a "
            "share, between 0 and 1.",
            code="""
                def as_is_accuracy(mapping, predicted_classes, labels):
                    answers = [mapping.get(int(p), -1) for p in predicted_classes]
                    return int(np.sum(np.array(answers) == labels))
            """,
        ),
        Mistake(
            says="This is in percent. Keep accuracy between 0 and 1, as Keras does.",
            code="""
                def as_is_accuracy(mapping, predicted_classes, labels):
                    answers = [mapping.get(int(p), -1) for p in predicted_classes]
                    return 100 * float(np.mean(np.array(answers) == labels))
            """,
        ),
        Mistake(
            says="The ImageNet classes were compared with the labels directly, two different "
            "numberings. Translate them by the mapping first.",
            code="""
                def as_is_accuracy(mapping, predicted_classes, labels):
                    return float(np.mean(predicted_classes == labels))
            """,
        ),
        Mistake(
            says="A class that the mapping does not know was taken for label 0, a flavour. Use "
            "a value that is no label, such as -1.",
            code="""
                def as_is_accuracy(mapping, predicted_classes, labels):
                    answers = [mapping.get(int(p), 0) for p in predicted_classes]
                    return float(np.mean(np.array(answers) == labels))
            """,
        ),
        Mistake(
            says="The mapping does not know every class: `mapping[...]` raises a KeyError "
            "there. Use `mapping.get(..., -1)`.",
            code="""
                def as_is_accuracy(mapping, predicted_classes, labels):
                    answers = [mapping[int(p)] for p in predicted_classes]
                    return float(np.mean(np.array(answers) == labels))
            """,
        ),
    ),
    setup=SETUP,
)

EXERCISES = (TO_BATCH, CLASSIFY, TOP_K, WHY_255, LEARN_MAPPING, ACCURACY)
