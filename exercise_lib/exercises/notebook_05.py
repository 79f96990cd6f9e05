"""The exercises of notebook 05, Which one, when?"""

import collections.abc

import numpy as np

from exercise_lib.exercises import kinds
from exercise_lib.exercises.comparing import same
from exercise_lib.exercises.exercise import Case, Exercise, Mistake

APPROACHES = ["as_is", "feature_extraction", "fine_tuning", "from_scratch"]


def to_guess(value):
    """Return a dictionary of numbers as {name: number or list of numbers}, all plain float."""
    if not isinstance(value, collections.abc.Mapping):
        raise kinds.OtherKindError
    if not all(isinstance(name, str) for name in value):
        raise kinds.OtherKindError
    return {name: _to_floats(numbers) for name, numbers in value.items()}


def _to_floats(numbers):
    try:
        return float(kinds.to_number(numbers))
    except kinds.OtherKindError:
        return [float(kinds.to_number(number)) for number in kinds.to_list(numbers)]


def guessed_names(trial):
    """Return the names of the approaches in a guess, as a set."""
    return set(trial.names["result"])


def guessed_numbers(trial):
    """Return all numbers of a guess as an array."""
    return np.concatenate([np.ravel(numbers) for numbers in trial.names["result"].values()])


def lacks(missing):
    """Return a function that tells whether just this approach is missing in a guess."""
    return lambda trial: guessed_names(trial) == set(APPROACHES) - {missing}


def as_approach(name):
    """Return the name of an approach as `compare` writes it, if it is one, however spelt."""
    return name.strip().lower().replace(" ", "_").replace("-", "_")


GUESS = Exercise(
    number="5.1",
    name="my_guess",
    cases=(
        Case(
            call="my_guess()",
            looks={
                "sorted(result)": APPROACHES,
                "[np.size(numbers) for numbers in result.values()]": [3] * 4,
                "[np.min(numbers) >= 0 for numbers in result.values()]": [True] * 4,
                "[np.max(numbers) <= 1 for numbers in result.values()]": [True] * 4,
            },
        ),
    ),
    wants=kinds.Kind("a dictionary from the name of each approach to a list of numbers", to_guess),
    look_at="the names of the approaches, how many numbers each has, and between which bounds "
    "an accuracy lies",
    correct="Nobody knows yet whether your guess is right. You will see it in the figure.",
    hints=(
        "Which numbers you write is up to you, and none is wrong: you only want to be surprised "
        "later, and for that the guess must stand there before the result.",
        "Each of the four names in the text above gets a list of three numbers, one for each "
        "number of photos. In a dictionary they stand as `name: [.., .., ..]`, with commas "
        "between the entries.",
        "An accuracy is a share of photos: 0 if none is named rightly, 1 if all are.",
    ),
    mistakes=(
        Mistake(
            says="`from_scratch` is missing: four approaches are compared.",
            when=lacks("from_scratch"),
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
            when=lacks("as_is"),
            code="""
                def my_guess():
                    return {
                        "from_scratch": [0.2, 0.4, 0.8],
                        "feature_extraction": [0.5, 0.7, 0.8],
                        "fine_tuning": [0.5, 0.8, 0.9],
                    }
            """,
        ),
        Mistake(
            says="The names are spelt in another way than in the exercise. There they have small "
            "letters and underscores: `as_is`.",
            when=lambda trial: (
                sorted(map(as_approach, guessed_names(trial))) == APPROACHES
                and guessed_names(trial) != set(APPROACHES)
            ),
            code="""
                def my_guess():
                    return {
                        "as is": [0.2, 0.2, 0.2],
                        "from scratch": [0.2, 0.4, 0.8],
                        "feature extraction": [0.5, 0.7, 0.8],
                        "fine tuning": [0.5, 0.8, 0.9],
                    }
            """,
            also=(
                """
                def my_guess():
                    return {
                        "as-is": [0.2, 0.2, 0.2],
                        "From scratch": [0.2, 0.4, 0.8],
                        "Feature-Extraction": [0.5, 0.7, 0.8],
                        "fine_tuning": [0.5, 0.8, 0.9],
                    }
                """,
            ),
        ),
        Mistake(
            says="Three numbers are asked for each approach: with 5, with 20 and with 500 photos "
            "of each class. You give just one for each.",
            when=lambda trial: (
                sorted(guessed_names(trial)) == APPROACHES
                and [np.size(numbers) for numbers in trial.names["result"].values()] == [1] * 4
            ),
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
            says="One of your accuracies is larger than 1. An accuracy is a share: 40 % is "
            "written 0.4.",
            when=lambda trial: guessed_numbers(trial).max() > 1,
            code="""
                def my_guess():
                    return {
                        "as_is": [20, 20, 20],
                        "from_scratch": [20, 40, 80],
                        "feature_extraction": [50, 70, 80],
                        "fine_tuning": [50, 80, 90],
                    }
            """,
            also=(
                """
                def my_guess():
                    return {
                        "as_is": [0.2, 0.2, 0.2],
                        "from_scratch": [0.2, 0.4, 8],
                        "feature_extraction": [0.5, 0.7, 0.8],
                        "fine_tuning": [0.5, 0.8, 0.9],
                    }
                """,
            ),
        ),
    ),
)


def as_read(text):
    """Return a text as it comes from a file: equal, but not the very same object."""
    return "".join(list(text))


def runs(approach, images_per_class, *test_accuracies, first_seed=0):
    """Return the rows that `compare` writes for some runs, a dict for each test accuracy."""
    return [
        {
            "approach": as_read(approach),
            "images_per_class": images_per_class,
            "seed": seed,
            "val_accuracy": round(1 - accuracy / 2, 4),
            "test_accuracy": accuracy,
            "test_images": 120,
            "shift_accuracy": round(accuracy / 3, 4),
            "train_seconds": 10.0 * accuracy,
        }
        for seed, accuracy in enumerate(test_accuracies, start=first_seed)
    ]


def to_three_numbers(value):
    """Return three numbers, in a tuple, a list or an array, as a list."""
    numbers = to_numbers(value)
    if len(numbers) != 3:
        raise kinds.OtherKindError
    return numbers


MEAN = Exercise(
    number="5.2",
    name="mean_and_range",
    cases=(
        Case(
            given="""
                from exercise_lib.exercises.notebook_05 import runs
                rows = runs("as_is", 5, 0.1, 0.3) + runs("fine_tuning", 5, 0.4, 0.6)
                rows += runs("as_is", 20, 0.2) + runs("fine_tuning", 20, 0.9, 0.7, 0.95)
            """,
            call='mean_and_range(rows, "fine_tuning", 20)',
            gives=[0.85, 0.7, 0.95],
        ),
        Case(
            given="""
                from exercise_lib.exercises.notebook_05 import runs
                rows = runs("as_is", 500, 0.3, 0.12, 0.25) + runs("from_scratch", 500, 0.8, 0.7)
                rows += runs("as_is", 5, 0.02, 0.4) + runs("as_is", 500, 0.21, first_seed=3)
            """,
            call='mean_and_range(rows, "as_is", 500)',
            gives=[0.22, 0.12, 0.3],
        ),
        Case(
            given="""
                from exercise_lib.exercises.notebook_05 import runs
                rows = runs("from_scratch", 5, 0.2) + runs("from_scratch", 500, 0.8125)
                rows += runs("from_scratch", 50, 0.525, 0.4875, 0.525) + runs("as_is", 5, 0.1)
            """,
            call='mean_and_range(rows, "from_scratch", 50)',
            gives=[0.5125, 0.4875, 0.525],
        ),
    ),
    wants=kinds.Kind("three numbers: mean, lowest, highest", to_three_numbers),
    look_at="which rows belong to this approach *and* this number of photos, and what each of the "
    "three numbers is",
    correct="One draw of the photos is luck. The range over several says how much.",
    hints=(
        "The rows of all approaches and all numbers of photos stand in one list. So first collect "
        "the test accuracies of those few that you were asked for; the three numbers come after.",
        "A list can be filtered while it is built: `[... for row in rows if ...]`. A row is a "
        'dictionary: `row["approach"]` is the name of its approach.',
        "Two things must hold at once for a row: its approach is `approach` `and` its number of "
        "photos is `size`.",
    ),
    mistakes=(
        Mistake(
            says="These are numbers of all sizes together. Compare `images_per_class`, too.",
            code="""
                def mean_and_range(rows, approach, size):
                    found = [r["test_accuracy"] for r in rows if r["approach"] == approach]
                    return np.mean(found), min(found), max(found)
            """,
        ),
        Mistake(
            says="These are numbers of all approaches together. Compare `approach`, too.",
            code="""
                def mean_and_range(rows, approach, size):
                    found = [r["test_accuracy"] for r in rows if r["images_per_class"] == size]
                    return np.mean(found), min(found), max(found)
            """,
        ),
        Mistake(
            says="These are numbers of all rows, whatever their approach and size. Take those "
            "that you were asked for.",
            code="""
                def mean_and_range(rows, approach, size):
                    found = [r["test_accuracy"] for r in rows]
                    return np.mean(found), min(found), max(found)
            """,
        ),
        Mistake(
            says="These are numbers of the rows that have the approach *or* the size. Both must "
            "hold.",
            code="""
                def mean_and_range(rows, approach, size):
                    found = [
                        r["test_accuracy"] for r in rows
                        if r["approach"] == approach or r["images_per_class"] == size
                    ]
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
            when=lambda trial: trial.other_kind.endswith(": 0.85"),
            code="""
                def mean_and_range(rows, approach, size):
                    found = [
                        r["test_accuracy"] for r in rows
                        if r["approach"] == approach and r["images_per_class"] == size
                    ]
                    return np.mean(found)
            """,
        ),
        Mistake(
            says="The three numbers are right, but in another order: first the mean, then the "
            "lowest, then the highest.",
            when=lambda trial: same(
                sorted(trial.saw["result"]), sorted(trial.case.gives), tolerance=1e-6
            ),
            code="""
                def mean_and_range(rows, approach, size):
                    found = [
                        r["test_accuracy"] for r in rows
                        if r["approach"] == approach and r["images_per_class"] == size
                    ]
                    return min(found), np.mean(found), max(found)
            """,
            also=(
                """
                def mean_and_range(rows, approach, size):
                    found = [
                        r["test_accuracy"] for r in rows
                        if r["approach"] == approach and r["images_per_class"] == size
                    ]
                    return np.mean(found), max(found), min(found)
                """,
            ),
        ),
        Mistake(
            says="The mean is right, but beside it stand the accuracies of the first and the last "
            "run. The rows are not sorted: look for the lowest and the highest.",
            code="""
                def mean_and_range(rows, approach, size):
                    found = [
                        r["test_accuracy"] for r in rows
                        if r["approach"] == approach and r["images_per_class"] == size
                    ]
                    return np.mean(found), found[0], found[-1]
            """,
        ),
        Mistake(
            says="Lowest and highest are right. The first number is the middle between the two, "
            "and not the mean over all runs.",
            code="""
                def mean_and_range(rows, approach, size):
                    found = [
                        r["test_accuracy"] for r in rows
                        if r["approach"] == approach and r["images_per_class"] == size
                    ]
                    return (min(found) + max(found)) / 2, min(found), max(found)
            """,
        ),
        Mistake(
            says="Lowest and highest are right. The first number is the median of the runs, and "
            "not their mean.",
            code="""
                def mean_and_range(rows, approach, size):
                    found = [
                        r["test_accuracy"] for r in rows
                        if r["approach"] == approach and r["images_per_class"] == size
                    ]
                    return np.median(found), min(found), max(found)
            """,
        ),
        Mistake(
            says="The mean is right. The other two are the mean less and plus the standard "
            "deviation; asked for are the lowest and the highest accuracy.",
            code="""
                def mean_and_range(rows, approach, size):
                    found = [
                        r["test_accuracy"] for r in rows
                        if r["approach"] == approach and r["images_per_class"] == size
                    ]
                    mean, spread = np.mean(found), np.std(found)
                    return mean, mean - spread, mean + spread
            """,
        ),
    ),
)


def entry(approach, images_per_class, mean):
    """Return an entry of a summary, as `report.summarise` makes them from three runs."""
    return {
        "approach": as_read(approach),
        "images_per_class": images_per_class,
        "seeds": 3,
        "mean": mean,
        "lowest": round(mean - 0.125, 3),
        "highest": round(mean + 0.125, 3),
        "shift_mean": round(mean / 3, 3),
        "seconds": 10.0 * mean,
    }


def needed_case(entries, approach, wanted, gives):
    """Return a case for `photos_needed` with entries (approach, images_per_class, mean)."""
    lines = ",\n".join(f"    entry{values}" for values in entries).replace("'", '"')
    return Case(
        given=f"from exercise_lib.exercises.notebook_05 import entry\nsummary = [\n{lines},\n]",
        call=f'photos_needed(summary, "{approach}", {wanted})',
        gives=gives,
    )


def or_none(read):
    """Return a function that reads None as None, and everything else by `read`."""
    return lambda value: None if value is None else read(value)


NEEDED = Exercise(
    number="5.3",
    name="photos_needed",
    cases=(
        needed_case(
            (
                ("fine_tuning", 50, 0.875),
                ("fine_tuning", 100, 0.9),
                ("fine_tuning", 5, 0.625),
                ("fine_tuning", 20, 0.8),
                ("as_is", 1, 0.7),
            ),
            *("fine_tuning", 0.65, 20),
        ),
        needed_case(
            (
                ("from_scratch", 20, 0.5),
                ("from_scratch", 500, 0.75),
                ("from_scratch", 100, 0.625),
                ("fine_tuning", 5, 0.4),
            ),
            *("from_scratch", 0.5, 20),  # Exactly as good.
        ),
        needed_case(
            (
                ("from_scratch", 100, 0.5),
                ("fine_tuning", 20, 0.8),
                ("from_scratch", 5, 0.25),
            ),
            *("from_scratch", 0.6, None),
        ),
        needed_case(  # The curve falls once.
            (
                ("fine_tuning", 20, 0.7),
                ("fine_tuning", 50, 0.6875),
                ("fine_tuning", 100, 0.9),
                ("fine_tuning", 1, 0.66),
                ("from_scratch", 2, 0.875),
                ("fine_tuning", 10, 0.75),
            ),
            *("fine_tuning", 0.69, 10),
        ),
    ),
    wants=kinds.Kind("a number, or None", or_none(kinds.to_number), may_be_none=True),
    look_at="which entries reach the wanted accuracy, and which of them needs the fewest photos",
    correct="Read the curve from the other side: not how good with so many photos, but how many "
    "photos for so good.",
    hints=(
        "Two questions, one after the other: which entries are good enough, and which of them has "
        "the fewest photos? For the first, collect the number of photos of every entry that "
        "belongs to the approach and reaches the wanted accuracy.",
        "The entries are dictionaries in no order, so the first that is good enough need not be "
        "the one with the fewest photos.",
        "Where nothing is good enough, the collection is empty, and `min` of nothing is an error, "
        "unless you tell it by `default=` what to give then.",
    ),
    mistakes=(
        Mistake(
            says="The entries are in no order, so the first that is good enough need not be the "
            "one with the fewest photos.",
            code="""
                def photos_needed(summary, approach, wanted):
                    for entry in summary:
                        if entry["approach"] == approach and entry["mean"] >= wanted:
                            return entry["images_per_class"]
            """,
        ),
        Mistake(
            says="These are the most photos that reach it. The fewest are asked for.",
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
            says="These are the fewest photos with which the luckiest run, `highest`, reaches it. "
            "Take the mean: nobody can order luck.",
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
            says="These are the fewest photos with which even the unluckiest run, `lowest`, "
            "reaches it. The mean is asked for.",
            code="""
                def photos_needed(summary, approach, wanted):
                    sizes = [
                        entry["images_per_class"] for entry in summary
                        if entry["approach"] == approach and entry["lowest"] >= wanted
                    ]
                    return min(sizes, default=None)
            """,
        ),
        Mistake(
            says="This is the fewest photos with which *any* approach is good enough. Compare "
            "`approach`, too.",
            code="""
                def photos_needed(summary, approach, wanted):
                    sizes = [
                        entry["images_per_class"] for entry in summary if entry["mean"] >= wanted
                    ]
                    return min(sizes, default=None)
            """,
        ),
        Mistake(
            says="The smallest size of the approach came back, good enough or not. Compare its "
            "mean with `wanted`, too.",
            code="""
                def photos_needed(summary, approach, wanted):
                    sizes = [
                        entry["images_per_class"] for entry in summary
                        if entry["approach"] == approach
                    ]
                    return min(sizes, default=None)
            """,
        ),
        Mistake(
            says="A mean that is exactly the wanted one is good enough: at least `wanted`, not "
            "more than it.",
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
            says="These are the fewest photos that do *not* reach it. Asked for are those that "
            "do: a mean of at least `wanted`.",
            code="""
                def photos_needed(summary, approach, wanted):
                    sizes = [
                        entry["images_per_class"] for entry in summary
                        if entry["approach"] == approach and entry["mean"] < wanted
                    ]
                    return min(sizes, default=None)
            """,
        ),
        Mistake(
            says="Where the approach is never good enough, 0 came back. That would be the best of "
            "all: no photos needed. Give back None.",
            when=lambda trial: trial.case.gives is None and trial.saw["result"] == 0,
            code="""
                def photos_needed(summary, approach, wanted):
                    sizes = [
                        entry["images_per_class"] for entry in summary
                        if entry["approach"] == approach and entry["mean"] >= wanted
                    ]
                    return min(sizes, default=0)
            """,
        ),
        Mistake(
            says="Your code stopped where no entry is good enough: there is nothing to choose the "
            "smallest from. Give back None then. (`min` takes a `default=`.)",
            when=lambda trial: (
                trial.case.gives is None
                and isinstance(trial.error, ValueError | IndexError | StopIteration)
            ),
            code="""
                def photos_needed(summary, approach, wanted):
                    return min(
                        entry["images_per_class"] for entry in summary
                        if entry["approach"] == approach and entry["mean"] >= wanted
                    )
            """,
            also=(
                """
                def photos_needed(summary, approach, wanted):
                    return np.min([
                        entry["images_per_class"] for entry in summary
                        if entry["approach"] == approach and entry["mean"] >= wanted
                    ])
                """,
                """
                def photos_needed(summary, approach, wanted):
                    return sorted(
                        entry["images_per_class"] for entry in summary
                        if entry["approach"] == approach and entry["mean"] >= wanted
                    )[0]
                """,
            ),
        ),
    ),
)


def to_numbers(value):
    """Return a list, a tuple or an array of numbers as a list."""
    return [kinds.to_number(number) for number in kinds.to_list(value)]


def nearest_case(kernel, feature, k, gives):
    """Return a case for `nearest_classes`."""
    rows = ",\n".join(f"    {row}" for row in kernel)
    return Case(
        given=f"kernel = np.array([\n{rows},\n])\nfeature = np.array({feature})",
        call=f"nearest_classes(kernel, feature, {k})",
        gives=gives,
    )


NEAREST = Exercise(
    number="5.4",
    name="nearest_classes",
    cases=(
        nearest_case(
            [[-2.0, -3.0, 6.0, 2.0], [1.0, 5.0, 0.0, -2.0], [2.0, 2.0, 6.0, -2.0]],
            *([1.0, 3.0, 3.0], 2, [1, 2]),
        ),
        nearest_case(
            [[2.0, -3.0, -1.0, 1.0, 4.0, 0.0], [-1.0, 5.0, 1.0, 0.0, 6.0, 2.0]],
            *([2.0, 1.0], 5, [3, 4, 0, 5, 1]),
        ),
        nearest_case(  # As many columns as rows: here the other axis fits, too.
            [
                [-2.0, -3.0, -2.0, 0.0],
                [0.0, 6.0, -3.0, -2.0],
                [-1.0, 4.0, 1.0, 6.0],
                [6.0, 0.0, -3.0, 6.0],
            ],
            *([1.0, 2.0, 1.0, 2.0], 1, [1]),
        ),
    ),
    wants=kinds.Kind("the numbers of k classes, as a list or an array", to_numbers),
    look_at="what each product is divided by, and the order in which the numbers come out",
    correct="Each column of the last layer is what the model has learnt to look for in one class.",
    hints=(
        "The product with a long column is large whatever the photo shows. To compare directions, "
        "lengths must not count: that is why each product is divided by the length of its column.",
        "`feature @ kernel` is the product with every column at once. `np.linalg.norm` takes an "
        "`axis`: the one along which it squares and adds up. Which axis runs down a column?",
        "`np.argsort` gives the places of the smallest first. Of which numbers are the places of "
        "the largest first?",
    ),
    mistakes=(
        Mistake(
            says="These are the classes with the largest products. A long column has a large "
            "product with every feature: divide by its length, so that only the direction counts.",
            code="""
                def nearest_classes(kernel, feature, k):
                    return np.argsort(-(feature @ kernel))[:k]
            """,
        ),
        Mistake(
            says="These are the k *least* similar classes. `np.argsort` puts the smallest first.",
            code="""
                def nearest_classes(kernel, feature, k):
                    similarity = feature @ kernel / np.linalg.norm(kernel, axis=0)
                    return np.argsort(similarity)[:k]
            """,
        ),
        Mistake(
            says="The right classes, but the most similar is last. Turn the order round.",
            code="""
                def nearest_classes(kernel, feature, k):
                    similarity = feature @ kernel / np.linalg.norm(kernel, axis=0)
                    return np.argsort(similarity)[-k:]
            """,
        ),
        Mistake(
            says="The same comes out if each row of `kernel` is divided by its length. But a "
            "class is a column.",
            code="""
                def nearest_classes(kernel, feature, k):
                    unit = kernel / np.linalg.norm(kernel, axis=1, keepdims=True)
                    return np.argsort(-(feature @ unit))[:k]
            """,
        ),
        Mistake(
            says="These are the similarities themselves, in the right order. The numbers of the "
            "classes are asked for: `np.argsort`.",
            code="""
                def nearest_classes(kernel, feature, k):
                    similarity = feature @ kernel / np.linalg.norm(kernel, axis=0)
                    return np.sort(similarity)[::-1][:k]
            """,
        ),
        Mistake(
            says="The most similar class is left out. Places count from 0: `[:k]` begins with the "
            "first.",
            code="""
                def nearest_classes(kernel, feature, k):
                    similarity = feature @ kernel / np.linalg.norm(kernel, axis=0)
                    return np.argsort(-similarity)[1:k + 1]
            """,
        ),
        Mistake(
            says="Three classes came back, however many were asked for. How many is `k`.",
            code="""
                def nearest_classes(kernel, feature, k):
                    similarity = feature @ kernel / np.linalg.norm(kernel, axis=0)
                    return np.argsort(-similarity)[:3]
            """,
        ),
        Mistake(
            says="All classes came back, in the right order. Take the first `k` of them.",
            code="""
                def nearest_classes(kernel, feature, k):
                    similarity = feature @ kernel / np.linalg.norm(kernel, axis=0)
                    return np.argsort(-similarity)
            """,
        ),
        Mistake(
            says="These are the classes at the smallest distance from the feature. That, too, "
            "hangs on how long a column is: only the direction counts.",
            code="""
                def nearest_classes(kernel, feature, k):
                    distance = np.linalg.norm(kernel - feature[:, np.newaxis], axis=0)
                    return np.argsort(distance)[:k]
            """,
        ),
        Mistake(
            says="The same comes out without the sign of the products. But a class that points "
            "away from the feature is not like one that points towards it.",
            code="""
                def nearest_classes(kernel, feature, k):
                    similarity = np.abs(feature @ kernel) / np.linalg.norm(kernel, axis=0)
                    return np.argsort(-similarity)[:k]
            """,
        ),
    ),
)


def leep_of(probabilities, labels):
    """Return the LEEP score, worked out photo by photo."""
    probabilities = np.asarray(probabilities, float)
    logarithms = []
    for row, label in zip(probabilities, labels, strict=True):
        mine = probabilities[np.equal(labels, label)].sum(axis=0)
        logarithms.append(np.log((mine / probabilities.sum(axis=0) * row).sum()))
    return float(np.mean(logarithms))


def leep_case(probabilities, labels):
    """Return a case for `leep`."""
    rows = ",\n".join(f"    {row}" for row in probabilities)
    return Case(
        given=f"probabilities = np.array([\n{rows},\n])\nlabels = np.array({labels})",
        call="leep(probabilities, labels)",
        gives=leep_of(probabilities, labels),
    )


LEEP = Exercise(
    number="5.5",
    name="leep",
    cases=(
        leep_case(
            [[0.9, 0.1, 0.0], [0.3, 0.6, 0.1], [0.7, 0.2, 0.1], [0.2, 0.2, 0.6], [0.5, 0.2, 0.3]],
            [0, 1, 0, 1, 0],
        ),
        leep_case(
            [[0.6, 0.4], [0.1, 0.9], [0.75, 0.25], [0.3, 0.7], [0.2, 0.8], [0.5, 0.5], [0.9, 0.1]],
            [3, 0, 1, 0, 0, 2, 1],
        ),
    ),
    wants=kinds.NUMBER,
    look_at="the three steps: sum up for each new class, divide each column by its sum, average "
    "the logarithms",
    correct="No training at all, and yet a number that says how much the old classes tell about "
    "the new ones.",
    hints=(
        "The table `together` counts, in shares of a photo, how often each old class met each new "
        "one. One row of it is a sum over the photos with one label; `labels == y` picks them.",
        "A column of `together` belongs to one old class. Divided by its sum it says with which "
        "probability that old class means each of the new ones. `axis=0` runs down the columns.",
        "`meaning[labels]` has a row for each photo: with which probability each old class means "
        "the photo's own label. Weigh it by the photo's probabilities and sum up, photo by photo.",
    ),
    mistakes=(
        Mistake(
            says="This is the mean of the probabilities. The logarithm is missing: average "
            "`np.log` of them.",
            code="""
                def leep(probabilities, labels):
                    classes = range(labels.max() + 1)
                    together = np.stack([probabilities[labels == y].sum(axis=0) for y in classes])
                    meaning = together / together.sum(axis=0)
                    return (meaning[labels] * probabilities).sum(axis=1).mean()
            """,
        ),
        Mistake(
            says="This is the logarithm of the mean. Take the mean of the logarithms: one photo "
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
            says="The same comes out if each row of `together` is divided by its sum. But it is "
            "the *old* classes that get a meaning, and they are the columns.",
            code="""
                def leep(probabilities, labels):
                    classes = range(labels.max() + 1)
                    together = np.stack([probabilities[labels == y].sum(axis=0) for y in classes])
                    meaning = together / together.sum(axis=1, keepdims=True)
                    return np.log((meaning[labels] * probabilities).sum(axis=1)).mean()
            """,
        ),
        Mistake(
            says="This is what comes out without step 2: `together` must become shares, so that "
            "the meanings of each old class sum to 1.",
            code="""
                def leep(probabilities, labels):
                    classes = range(labels.max() + 1)
                    together = np.stack([probabilities[labels == y].sum(axis=0) for y in classes])
                    return np.log((together[labels] * probabilities).sum(axis=1)).mean()
            """,
        ),
        Mistake(
            says="The same comes out if all of `together` is divided by one sum. But each column "
            "has a sum of its own.",
            code="""
                def leep(probabilities, labels):
                    classes = range(labels.max() + 1)
                    together = np.stack([probabilities[labels == y].sum(axis=0) for y in classes])
                    meaning = together / together.sum()
                    return np.log((meaning[labels] * probabilities).sum(axis=1)).mean()
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
        Mistake(
            says="The number is right but for its sign. The logarithm of a probability is "
            "negative, and so is the score: the nearer to 0 the better.",
            code="""
                def leep(probabilities, labels):
                    classes = range(labels.max() + 1)
                    together = np.stack([probabilities[labels == y].sum(axis=0) for y in classes])
                    meaning = together / together.sum(axis=0)
                    return -np.log((meaning[labels] * probabilities).sum(axis=1)).mean()
            """,
        ),
        Mistake(
            says="This is the score with another logarithm. The natural one is asked for: "
            "`np.log`.",
            when=lambda trial: any(
                same(trial.saw["result"], trial.case.gives / np.log(base), tolerance=1e-5)
                for base in (2, 10)
            ),
            code="""
                def leep(probabilities, labels):
                    classes = range(labels.max() + 1)
                    together = np.stack([probabilities[labels == y].sum(axis=0) for y in classes])
                    meaning = together / together.sum(axis=0)
                    return np.log2((meaning[labels] * probabilities).sum(axis=1)).mean()
            """,
            also=(
                """
                def leep(probabilities, labels):
                    classes = range(labels.max() + 1)
                    together = np.stack([probabilities[labels == y].sum(axis=0) for y in classes])
                    meaning = together / together.sum(axis=0)
                    return np.log10((meaning[labels] * probabilities).sum(axis=1)).mean()
                """,
            ),
        ),
        Mistake(
            says="The same comes out if `together` holds means, not sums: then a new class with "
            "few photos counts as much as one with many.",
            code="""
                def leep(probabilities, labels):
                    classes = range(labels.max() + 1)
                    together = np.stack([probabilities[labels == y].mean(axis=0) for y in classes])
                    meaning = together / together.sum(axis=0)
                    return np.log((meaning[labels] * probabilities).sum(axis=1)).mean()
            """,
        ),
    ),
    tolerance=1e-5,  # The model gives float32.
)

CHOICE = Exercise(
    number="5.6",
    name="first_step",
    cases=(Case(call="first_step()", gives="b"),),
    wants=kinds.LETTER,
    correct="Minutes, no new labels, and afterwards you know whether the old features help.",
    hints=(
        "None of the four is forbidden, and each may be right in the end. But she asks what to do "
        "*first*: so weigh what a step costs against what you know after it.",
        "Which of the four needs nothing but what she already has, and the least time?",
    ),
    mistakes=(
        Mistake(
            says="Perhaps, in the end. But it takes the longest of all, and you would not know "
            "whether it was needed. Something quick comes first.",
            code="""
                def first_step():
                    return "a"
            """,
            also=(
                """
                def first_step():
                    return "A."
                """,
            ),
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
            says="Fine-tuning starts from a trained head anyway, and takes longer. Is there "
            "something that tells you sooner whether it is needed?",
            code="""
                def first_step():
                    return "d"
            """,
        ),
    ),
)

EXERCISES = (GUESS, MEAN, NEEDED, NEAREST, LEEP, CHOICE)
