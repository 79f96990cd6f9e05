"""The exercises of notebook 05, Which one, when?"""

import numpy as np

from exercise_lib.exercises.exercise import Exercise, Mistake, chosen_letter

SETUP = """
import numpy as np
"""
APPROACHES = "as_is feature_extraction fine_tuning from_scratch"


def of_guess(my_guess):
    """Return what is to be known of a guess: not its numbers, only whether they can be drawn."""
    guess = my_guess()
    if not isinstance(guess, dict):
        return guess
    try:
        numbers = np.concatenate([np.ravel(values).astype(float) for values in guess.values()])
    except (TypeError, ValueError):  # Texts, or nothing at all: no numbers to judge.
        return guess
    return {
        "approaches": " ".join(sorted(guess)),
        "numbers for each": sorted({np.size(values) for values in guess.values()}),
        "from 0 to 1": bool(((numbers >= 0) & (numbers <= 1)).all()),
    }


GUESS = Exercise(
    number="5.1",
    name="my_guess",
    probe=of_guess,
    expected=lambda: {
        "approaches": APPROACHES,
        "numbers for each": [3],
        "from 0 to 1": True,
    },
    expects="a dictionary from each of the four approaches to a list of three accuracies",
    look_at="the names of the approaches, and how many numbers each has",
    correct="Nobody knows yet whether your guess is right. You will see it in the figure.",
    hints=(
        "Only the form is checked. Which numbers you write is up to you.",
        'Each entry looks like `"as_is": [0.2, 0.2, 0.2]`: the accuracies with 5, 20 and 500 '
        "photos of each class.",
        "The four names are `as_is`, `from_scratch`, `feature_extraction` and `fine_tuning`.",
    ),
    mistakes=(
        Mistake(
            says="An accuracy is a share: 40 % is written 0.4.",
            code="""
                def my_guess():
                    return {
                        "as_is": [20, 20, 20],
                        "from_scratch": [20, 40, 80],
                        "feature_extraction": [50, 70, 80],
                        "fine_tuning": [50, 80, 90],
                    }
            """,
        ),
        Mistake(
            says="Three numbers are asked for each approach: with 5, 20 and 500 photos of each "
            "class.",
            code="""
                def my_guess():
                    return {
                        "as_is": 0.2,
                        "from_scratch": 0.4,
                        "feature_extraction": 0.7,
                        "fine_tuning": 0.8,
                    }
            """,
        ),
        Mistake(
            says="`from_scratch` is missing: four approaches are compared.",
            code="""
                def my_guess():
                    return {
                        "as_is": [0.2, 0.2, 0.2],
                        "feature_extraction": [0.5, 0.7, 0.8],
                        "fine_tuning": [0.5, 0.8, 0.9],
                    }
            """,
        ),
        Mistake(
            says="`as_is` is missing: it needs no training, but it is one of the four.",
            code="""
                def my_guess():
                    return {
                        "from_scratch": [0.2, 0.4, 0.8],
                        "feature_extraction": [0.5, 0.7, 0.8],
                        "fine_tuning": [0.5, 0.8, 0.9],
                    }
            """,
        ),
    ),
    setup=SETUP,
)


def some_rows():
    """Rows as compare writes them: two approaches, two sizes, three seeds."""
    accuracies = {
        ("as_is", 5): (0.1, 0.3, 0.2),
        ("as_is", 20): (0.2, 0.3, 0.1),
        ("fine_tuning", 5): (0.4, 0.6, 0.5),
        ("fine_tuning", 20): (0.9, 0.7, 0.95),
    }
    return [
        {
            "approach": approach,
            "images_per_class": size,
            "seed": seed,
            "val_accuracy": accuracy - 0.05,
            "test_accuracy": accuracy,
        }
        for (approach, size), values in accuracies.items()
        for seed, accuracy in enumerate(values)
    ]


MEAN = Exercise(
    number="5.2",
    name="mean_and_range",
    probe=lambda mean_and_range: mean_and_range(some_rows(), "fine_tuning", 20),
    expected=lambda: (0.85, 0.7, 0.95),
    expects="(0.85, 0.7, 0.95) for rows with the test accuracies 0.9, 0.7 and 0.95",
    look_at="which rows belong to this approach *and* this number of photos",
    correct="One draw of the photos is luck. The range over several says how much.",
    hints=(
        'First collect: `[row["test_accuracy"] for row in rows if ...]`.',
        'A row belongs if `row["approach"] == approach` and `row["images_per_class"] == size`.',
        "Then `return np.mean(found), min(found), max(found)`.",
    ),
    mistakes=(
        Mistake(
            says="You took the rows of every number of photos. Compare `images_per_class`, too.",
            code="""
                def mean_and_range(rows, approach, size):
                    found = [r["test_accuracy"] for r in rows if r["approach"] == approach]
                    return np.mean(found), min(found), max(found)
            """,
        ),
        Mistake(
            says="You took the rows of all approaches. Compare `approach`, too.",
            code="""
                def mean_and_range(rows, approach, size):
                    found = [r["test_accuracy"] for r in rows if r["images_per_class"] == size]
                    return np.mean(found), min(found), max(found)
            """,
        ),
        Mistake(
            says="These are the validation accuracies. They made the choices; the test photos "
            "judge: `test_accuracy`.",
            code="""
                def mean_and_range(rows, approach, size):
                    found = [
                        r["val_accuracy"] for r in rows
                        if r["approach"] == approach and r["images_per_class"] == size
                    ]
                    return np.mean(found), min(found), max(found)
            """,
        ),
        Mistake(
            says="This is the mean alone. Give back three numbers: mean, lowest, highest.",
            code="""
                def mean_and_range(rows, approach, size):
                    found = [
                        r["test_accuracy"] for r in rows
                        if r["approach"] == approach and r["images_per_class"] == size
                    ]
                    return np.mean(found)
            """,
        ),
    ),
    setup=SETUP,
)


def some_summary():
    """A summary as report.summarise gives it, not in the order of sizes."""
    means = {
        ("fine_tuning", 50): (0.88, 0.9),
        ("fine_tuning", 100): (0.9, 0.92),
        ("fine_tuning", 20): (0.8, 0.85),
        ("fine_tuning", 5): (0.6, 0.75),
        ("from_scratch", 5): (0.2, 0.75),
        ("from_scratch", 100): (0.5, 0.6),
        ("as_is", 1): (0.7, 0.7),
    }
    return [
        {"approach": approach, "images_per_class": size, "mean": mean, "highest": highest}
        for (approach, size), (mean, highest) in means.items()
    ]


def of_needing(photos_needed):
    summary = some_summary()
    found = [photos_needed(summary, "fine_tuning", wanted) for wanted in (0.7, 0.6)]
    try:
        return [*found, photos_needed(summary, "from_scratch", 0.7)]
    except ValueError:  # Of min() and its like, where there is nothing to choose from.
        return [*found, "an error"]


NEEDED = Exercise(
    number="5.3",
    name="photos_needed",
    probe=of_needing,
    expected=lambda: [20, 5, None],
    expects="20, then 5, then None, for a summary in which fine_tuning has the means 0.6, 0.8, "
    "0.88 and 0.9 with 5, 20, 50 and 100 photos, and from_scratch never reaches 0.7",
    look_at="which entries reach the wanted accuracy, and which of them needs the fewest photos",
    correct="Read the curve from the other side: not how good with so many photos, but how many "
    "photos for so good.",
    hints=(
        'First collect the `entry["images_per_class"]` of all entries that are good enough.',
        'Good enough: `entry["approach"] == approach and entry["mean"] >= wanted`.',
        "`min(sizes, default=None)` is the smallest, or None if there is none.",
    ),
    mistakes=(
        Mistake(
            says="The entries are in no order, so the first that is good enough need not be the "
            "one with the fewest photos. Take the smallest.",
            code="""
                def photos_needed(summary, approach, wanted):
                    for entry in summary:
                        if entry["approach"] == approach and entry["mean"] >= wanted:
                            return entry["images_per_class"]
            """,
        ),
        Mistake(
            says="These are the most photos that reach it. The fewest are asked for: `min`.",
            code="""
                def photos_needed(summary, approach, wanted):
                    sizes = [
                        entry["images_per_class"] for entry in summary
                        if entry["approach"] == approach and entry["mean"] >= wanted
                    ]
                    return max(sizes, default=None)
            """,
        ),
        Mistake(
            says="You went by the luckiest draw. Take the mean: nobody can order luck.",
            code="""
                def photos_needed(summary, approach, wanted):
                    sizes = [
                        entry["images_per_class"] for entry in summary
                        if entry["approach"] == approach and entry["highest"] >= wanted
                    ]
                    return min(sizes, default=None)
            """,
        ),
        Mistake(
            says="You took every approach together. Compare `approach`, too.",
            code="""
                def photos_needed(summary, approach, wanted):
                    sizes = [
                        entry["images_per_class"] for entry in summary if entry["mean"] >= wanted
                    ]
                    return min(sizes, default=None)
            """,
        ),
        Mistake(
            says="An accuracy that is exactly the wanted one is good enough: `>=`, not `>`.",
            code="""
                def photos_needed(summary, approach, wanted):
                    sizes = [
                        entry["images_per_class"] for entry in summary
                        if entry["approach"] == approach and entry["mean"] > wanted
                    ]
                    return min(sizes, default=None)
            """,
        ),
        Mistake(
            says="Where no entry is good enough, `min` has nothing to choose from. Give back None "
            "then: `min(sizes, default=None)`.",
            code="""
                def photos_needed(summary, approach, wanted):
                    return min(
                        entry["images_per_class"] for entry in summary
                        if entry["approach"] == approach and entry["mean"] >= wanted
                    )
            """,
        ),
    ),
    setup=SETUP,
)


def of_nearest(nearest_classes):
    kernel = np.array([[20.0, 0.0, 1.0, -1.0], [8.0, 2.0, 0.1, 0.0], [12.0, 0.5, 0.0, 0.0]])
    found = nearest_classes(kernel.copy(), np.array([2.0, 1.0, 0.1]), 3)
    return None if found is None else np.asarray(found).tolist()


NEAREST = Exercise(
    number="5.4",
    name="nearest_classes",
    probe=of_nearest,
    expected=lambda: [2, 0, 1],
    expects="[2, 0, 1]: the column that points in nearly the same direction, then the next two",
    look_at="the length of each column: a long one has a large product with everything",
    correct="Each column of the last layer is what the model has learnt to look for in one class.",
    hints=(
        "`feature @ kernel` is the product of the feature with each column.",
        "`np.linalg.norm(kernel, axis=0)` is the length of each column: divide by it.",
        "`np.argsort(-similarity)[:k]` are the places of the k largest, the largest first.",
    ),
    mistakes=(
        Mistake(
            says="A long column has a large product with every feature. Divide by its length: "
            "only the direction counts.",
            code="""
                def nearest_classes(kernel, feature, k):
                    return np.argsort(-(feature @ kernel))[:k]
            """,
        ),
        Mistake(
            says="These are the classes that point away the most. `np.argsort` puts the smallest "
            "first: sort by the negative.",
            code="""
                def nearest_classes(kernel, feature, k):
                    similarity = feature @ kernel / np.linalg.norm(kernel, axis=0)
                    return np.argsort(similarity)[:k]
            """,
        ),
        Mistake(
            says="You divided by the lengths of the rows. Each class is a column: `axis=0`.",
            code="""
                def nearest_classes(kernel, feature, k):
                    unit = kernel / np.linalg.norm(kernel, axis=1, keepdims=True)
                    return np.argsort(-(feature @ unit))[:k]
            """,
        ),
        Mistake(
            says="These are the similarities themselves. The numbers of the classes are asked "
            "for: `np.argsort`.",
            code="""
                def nearest_classes(kernel, feature, k):
                    similarity = feature @ kernel / np.linalg.norm(kernel, axis=0)
                    return np.sort(similarity)[::-1][:k]
            """,
        ),
    ),
    setup=SETUP,
)


PROBABILITIES = np.array(
    [[0.9, 0.1, 0.0], [0.7, 0.2, 0.1], [0.5, 0.2, 0.3], [0.3, 0.6, 0.1], [0.2, 0.2, 0.6]]
)
LABELS = np.array([0, 0, 0, 1, 1])


def right_leep():
    together = np.array([PROBABILITIES[label == LABELS].sum(axis=0) for label in (0, 1)])
    meaning = together / together.sum(axis=0)
    return np.log([meaning[label] @ row for label, row in zip(LABELS, PROBABILITIES, strict=True)])


LEEP = Exercise(
    number="5.5",
    name="leep",
    probe=lambda leep: leep(PROBABILITIES.copy(), LABELS.copy()),
    expected=lambda: float(right_leep().mean()),
    expects="one number, here about -0.50",
    look_at="the three steps: count together, divide by the column sums, average the logarithms",
    correct="No training at all, and yet a number that says how much the old classes tell about "
    "the new ones.",
    hints=(
        "`together[y]` is the sum of `probabilities[labels == y]` over the photos.",
        "`meaning = together / together.sum(axis=0)`: what each old class means.",
        "`(meaning[labels] * probabilities).sum(axis=1)` is the probability that each photo gives "
        "to its own label; average its logarithm.",
    ),
    mistakes=(
        Mistake(
            says="The logarithm is missing: average `np.log` of the probabilities.",
            code="""
                def leep(probabilities, labels):
                    classes = range(labels.max() + 1)
                    together = np.stack([probabilities[labels == y].sum(axis=0) for y in classes])
                    meaning = together / together.sum(axis=0)
                    return (meaning[labels] * probabilities).sum(axis=1).mean()
            """,
        ),
        Mistake(
            says="You took the logarithm of the mean. Take the mean of the logarithms: one photo "
            "that is quite wrong must count.",
            code="""
                def leep(probabilities, labels):
                    classes = range(labels.max() + 1)
                    together = np.stack([probabilities[labels == y].sum(axis=0) for y in classes])
                    meaning = together / together.sum(axis=0)
                    return np.log((meaning[labels] * probabilities).sum(axis=1).mean())
            """,
        ),
        Mistake(
            says="Each *old* class has a meaning: divide by the sums of the columns, "
            "`axis=0`, not of the rows.",
            code="""
                def leep(probabilities, labels):
                    classes = range(labels.max() + 1)
                    together = np.stack([probabilities[labels == y].sum(axis=0) for y in classes])
                    meaning = together / together.sum(axis=1, keepdims=True)
                    return np.log((meaning[labels] * probabilities).sum(axis=1)).mean()
            """,
        ),
        Mistake(
            says="You divided by nothing: `together` must become shares, so that the meanings of "
            "each old class sum to 1.",
            code="""
                def leep(probabilities, labels):
                    classes = range(labels.max() + 1)
                    together = np.stack([probabilities[labels == y].sum(axis=0) for y in classes])
                    return np.log((together[labels] * probabilities).sum(axis=1)).mean()
            """,
        ),
        Mistake(
            says="This is the sum over the photos; with more photos it would only grow. Take the "
            "mean.",
            code="""
                def leep(probabilities, labels):
                    classes = range(labels.max() + 1)
                    together = np.stack([probabilities[labels == y].sum(axis=0) for y in classes])
                    meaning = together / together.sum(axis=0)
                    return np.log((meaning[labels] * probabilities).sum(axis=1)).sum()
            """,
        ),
    ),
    setup=SETUP,
)

CHOICE = Exercise(
    number="5.6",
    name="first_step",
    probe=chosen_letter,
    expected=lambda: "b",
    expects='one of the letters "a", "b", "c" and "d"',
    look_at="what each step costs, and what you know after it",
    correct="Minutes, no new labels, and afterwards you know whether the old features help.",
    hints=(
        "None of the four is forbidden. Which one costs least and tells most?",
        "Two of them need a decision before anything was measured.",
        "A head on frozen features takes seconds to minutes, also on thousands of photos.",
    ),
    mistakes=(
        Mistake(
            says="Perhaps, in the end. But it takes the longest of all, and you would not know "
            "whether it was needed. Something quick comes first.",
            code="""
                def first_step():
                    return "a"
            """,
            also=('def first_step():\n    return "A."',),
        ),
        Mistake(
            says="Labels are the dearest thing here. First find out what the ones you have are "
            "good for.",
            code="""
                def first_step():
                    return "c"
            """,
        ),
        Mistake(
            says="Fine-tuning starts from a trained head anyway. Train that first, and look at "
            "what it reaches.",
            code="""
                def first_step():
                    return "d"
            """,
        ),
    ),
    setup=SETUP,
)

EXERCISES = (GUESS, MEAN, NEEDED, NEAREST, LEEP, CHOICE)
