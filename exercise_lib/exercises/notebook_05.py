"""The exercises of notebook 05, Which one, when?"""

import collections.abc
from typing import Any

import numpy as np

from exercise_lib.exercises import kinds
from exercise_lib.exercises.comparing import same
from exercise_lib.exercises.exercise import Case, Exercise, choice
from exercise_lib.exercises.trying import Trial

APPROACHES = ["as_is", "feature_extraction", "fine_tuning", "from_scratch"]


def to_guess(value: object) -> dict[str, float | list[float]]:
    """Return a dictionary of numbers as {name: number or list of numbers}, all plain float."""
    if not isinstance(value, collections.abc.Mapping):
        raise kinds.OtherKindError
    if not all(isinstance(name, str) for name in value):
        raise kinds.OtherKindError
    return {name: _to_floats(numbers) for name, numbers in value.items()}


def _to_floats(numbers: Any) -> float | list[float]:
    try:
        return float(kinds.to_number(numbers))
    except kinds.OtherKindError:
        return [float(kinds.to_number(number)) for number in kinds.to_list(numbers)]


def guessed_names(trial: Trial) -> set[str]:
    """Return the names of the approaches in a guess, as a set."""
    return set(trial.names["result"])


def guessed_numbers(trial: Trial) -> np.ndarray:
    """Return all numbers of a guess as an array."""
    return np.concatenate([np.ravel(numbers) for numbers in trial.names["result"].values()])


def lacks(missing: str) -> collections.abc.Callable[[Trial], bool]:
    """Return a function that tells whether just this approach is missing in a guess."""
    return lambda trial: guessed_names(trial) == set(APPROACHES) - {missing}


def as_approach(name: str) -> str:
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
    look_at="the names of the approaches, how many numbers each has, and the range in which an "
    "accuracy lies",
    correct="Nobody knows yet whether your guess is right. You will see in the figure below.",
    hints=(
        "Which numbers you write is up to you, and none of them is wrong. The point is to be "
        "surprised later, and for that you need to write down your guess before you see the "
        "result.",
        "Each of the four names in the text above gets a list of three numbers, one for each "
        "number of photos. In a dictionary, an entry looks like `name: [.., .., ..]`, and commas "
        "separate the entries.",
        "An accuracy is a share of photos: 0 if none is classified correctly, 1 if all are.",
    ),
)


@GUESS.mistake(when=lacks("from_scratch"))
def without_from_scratch():
    """`from_scratch` is missing: four approaches are compared."""
    return {
        "as_is": [0.2, 0.2, 0.2],
        "feature_extraction": [0.5, 0.7, 0.8],
        "fine_tuning": [0.5, 0.8, 0.9],
    }


@GUESS.mistake(when=lacks("as_is"))
def without_as_is():
    """`as_is` is missing: it needs no training, but it is one of the four."""
    return {
        "from_scratch": [0.2, 0.4, 0.8],
        "feature_extraction": [0.5, 0.7, 0.8],
        "fine_tuning": [0.5, 0.8, 0.9],
    }


@GUESS.mistake(
    when=lambda trial: (
        sorted(map(as_approach, guessed_names(trial))) == APPROACHES
        and guessed_names(trial) != set(APPROACHES)
    )
)
def spaces_in_names():
    """The names are not spelt as in the exercise. There they have lower-case letters and
    underscores: `as_is`.
    """
    return {
        "as is": [0.2, 0.2, 0.2],
        "from scratch": [0.2, 0.4, 0.8],
        "feature extraction": [0.5, 0.7, 0.8],
        "fine tuning": [0.5, 0.8, 0.9],
    }


@spaces_in_names.also
def hyphens_and_capitals_in_names():
    return {
        "as-is": [0.2, 0.2, 0.2],
        "From scratch": [0.2, 0.4, 0.8],
        "Feature-Extraction": [0.5, 0.7, 0.8],
        "fine_tuning": [0.5, 0.8, 0.9],
    }


@GUESS.mistake(
    when=lambda trial: (
        sorted(guessed_names(trial)) == APPROACHES
        and [np.size(numbers) for numbers in trial.names["result"].values()] == [1] * 4
    )
)
def one_number_each():
    """Each approach needs three numbers: the accuracies with 5, 20 and 500 photos per class. Your
    dictionary has only one number for each.
    """
    return {
        "as_is": 0.2,
        "from_scratch": 0.4,
        "feature_extraction": 0.7,
        "fine_tuning": 0.8,
    }


@GUESS.mistake(when=lambda trial: guessed_numbers(trial).max() > 1)
def percentages():
    """At least one of your accuracies is above 1. An accuracy is a share: write 40 % as 0.4."""
    return {
        "as_is": [20, 20, 20],
        "from_scratch": [20, 40, 80],
        "feature_extraction": [50, 70, 80],
        "fine_tuning": [50, 80, 90],
    }


@percentages.also
def one_above_1():
    return {
        "as_is": [0.2, 0.2, 0.2],
        "from_scratch": [0.2, 0.4, 8],
        "feature_extraction": [0.5, 0.7, 0.8],
        "fine_tuning": [0.5, 0.8, 0.9],
    }


def as_read(text: str) -> str:
    """Return a text as it comes from a file: equal, but not the very same object."""
    return "".join(list(text))


def runs(
    approach: str, images_per_class: int, *test_accuracies: float, first_seed: int = 0
) -> list[dict[str, Any]]:
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


def to_three_numbers(value: object) -> list[float]:
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
    correct="A single draw of the photos is luck. The range over several draws shows how much.",
    hints=(
        "The rows of all approaches and all numbers of photos are in one list. So first collect "
        "the test accuracies of the few rows that the exercise asks for, and then compute the "
        "three numbers from them.",
        "You can filter a list while you build it: `[... for row in rows if ...]`. A row is a "
        'dictionary: `row["approach"]` is the name of its approach.',
        "Two things must be true of a row at the same time: its approach is `approach` `and` its "
        "number of photos is `size`.",
    ),
)


@MEAN.mistake
def all_sizes_together(rows, approach, size):
    """These numbers cover all sizes together. Compare `images_per_class`, too."""
    found = [r["test_accuracy"] for r in rows if r["approach"] == approach]
    return np.mean(found), min(found), max(found)


@MEAN.mistake
def all_approaches_together(rows, approach, size):
    """These numbers cover all approaches together. Compare `approach`, too."""
    found = [r["test_accuracy"] for r in rows if r["images_per_class"] == size]
    return np.mean(found), min(found), max(found)


@MEAN.mistake
def all_rows_together(rows, approach, size):
    """These numbers cover all rows, whatever their approach and size. Use only the rows that the
    exercise asks for.
    """
    found = [r["test_accuracy"] for r in rows]
    return np.mean(found), min(found), max(found)


@MEAN.mistake
def approach_or_size(rows, approach, size):
    """These numbers cover the rows that match the approach *or* the size. Both must match."""
    found = [
        r["test_accuracy"]
        for r in rows
        if r["approach"] == approach or r["images_per_class"] == size
    ]
    return np.mean(found), min(found), max(found)


@MEAN.mistake
def validation_accuracy(rows, approach, size):
    """These are the validation accuracies, on which choices were based. Use those of the test
    photos: `test_accuracy`.
    """
    found = [
        r["val_accuracy"]
        for r in rows
        if r["approach"] == approach and r["images_per_class"] == size
    ]
    return np.mean(found), min(found), max(found)


@MEAN.mistake(when=lambda trial: trial.other_kind.endswith(": 0.85"))
def mean_only(rows, approach, size):
    """This is only the mean. Return three numbers: mean, lowest, highest."""
    found = [
        r["test_accuracy"]
        for r in rows
        if r["approach"] == approach and r["images_per_class"] == size
    ]
    return np.mean(found)


@MEAN.mistake(
    when=lambda trial: same(sorted(trial.saw["result"]), sorted(trial.case.gives), tolerance=1e-6)
)
def lowest_first(rows, approach, size):
    """The three numbers are right, but in the wrong order. Return the mean first, then the lowest,
    then the highest.
    """
    found = [
        r["test_accuracy"]
        for r in rows
        if r["approach"] == approach and r["images_per_class"] == size
    ]
    return min(found), np.mean(found), max(found)


@lowest_first.also
def highest_before_lowest(rows, approach, size):
    found = [
        r["test_accuracy"]
        for r in rows
        if r["approach"] == approach and r["images_per_class"] == size
    ]
    return np.mean(found), max(found), min(found)


@MEAN.mistake
def first_and_last_run(rows, approach, size):
    """The mean is right, but the other two numbers are the accuracies of the first and the last
    run. The rows are not sorted: look for the lowest and the highest accuracy.
    """
    found = [
        r["test_accuracy"]
        for r in rows
        if r["approach"] == approach and r["images_per_class"] == size
    ]
    return np.mean(found), found[0], found[-1]


@MEAN.mistake
def midpoint_as_mean(rows, approach, size):
    """The lowest and the highest are right. The first number is halfway between those two, not
    the mean over all runs.
    """
    found = [
        r["test_accuracy"]
        for r in rows
        if r["approach"] == approach and r["images_per_class"] == size
    ]
    return (min(found) + max(found)) / 2, min(found), max(found)


@MEAN.mistake
def median_as_mean(rows, approach, size):
    """The lowest and the highest are right. The first number is the median of the runs, not their
    mean.
    """
    found = [
        r["test_accuracy"]
        for r in rows
        if r["approach"] == approach and r["images_per_class"] == size
    ]
    return np.median(found), min(found), max(found)


@MEAN.mistake
def standard_deviation_as_range(rows, approach, size):
    """The mean is right. The other two numbers are the mean minus and plus the standard deviation.
    The exercise asks for the lowest and the highest accuracy.
    """
    found = [
        r["test_accuracy"]
        for r in rows
        if r["approach"] == approach and r["images_per_class"] == size
    ]
    mean, spread = np.mean(found), np.std(found)
    return mean, mean - spread, mean + spread


def entry(approach: str, images_per_class: int, mean: float) -> dict[str, Any]:
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


def needed_case(
    entries: collections.abc.Iterable[tuple[str, int, float]],
    approach: str,
    wanted: float,
    gives: int | None,
) -> Case:
    """Return a case for `photos_needed` with entries (approach, images_per_class, mean)."""
    lines = ",\n".join(f"    entry{values}" for values in entries).replace("'", '"')
    return Case(
        given=f"from exercise_lib.exercises.notebook_05 import entry\nsummary = [\n{lines},\n]",
        call=f'photos_needed(summary, "{approach}", {wanted})',
        gives=gives,
    )


def or_none(read: collections.abc.Callable[[Any], Any]) -> collections.abc.Callable[[Any], Any]:
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
    correct="You have read the curve the other way round: not which accuracy a number of photos "
    "gives, but how many photos an accuracy needs.",
    hints=(
        "Answer two questions, one after the other: which entries are good enough, and which of "
        "them has the fewest photos? For the first, collect the number of photos of every entry "
        "that belongs to the approach and reaches the wanted accuracy.",
        "The entries are dictionaries in no particular order, so the first one that is good "
        "enough is not always the one with the fewest photos.",
        "If no entry is good enough, the collection is empty. `min` of an empty collection is an "
        "error, unless `default=` tells it what to return then.",
    ),
)


@NEEDED.mistake
def first_good_entry(summary, approach, wanted):
    """This is the first entry that is good enough. The entries are in no particular order, so
    another one may need fewer photos.
    """
    for entry in summary:
        if entry["approach"] == approach and entry["mean"] >= wanted:
            return entry["images_per_class"]


@NEEDED.mistake
def most_photos(summary, approach, wanted):
    """This is the largest size that reaches the accuracy. The smallest is asked for."""
    sizes = [
        entry["images_per_class"]
        for entry in summary
        if entry["approach"] == approach and entry["mean"] >= wanted
    ]
    return max(sizes, default=None)


@NEEDED.mistake
def highest_as_mean(summary, approach, wanted):
    """This is the smallest size at which the luckiest run, `highest`, reaches the accuracy. Use
    the mean: you cannot count on luck.
    """
    sizes = [
        entry["images_per_class"]
        for entry in summary
        if entry["approach"] == approach and entry["highest"] >= wanted
    ]
    return min(sizes, default=None)


@NEEDED.mistake
def lowest_as_mean(summary, approach, wanted):
    """This is the smallest size at which even the unluckiest run, `lowest`, reaches the accuracy.
    Use the mean.
    """
    sizes = [
        entry["images_per_class"]
        for entry in summary
        if entry["approach"] == approach and entry["lowest"] >= wanted
    ]
    return min(sizes, default=None)


@NEEDED.mistake
def any_approach(summary, approach, wanted):
    """This is the smallest size at which *any* approach is good enough. Check `approach`, too."""
    sizes = [entry["images_per_class"] for entry in summary if entry["mean"] >= wanted]
    return min(sizes, default=None)


@NEEDED.mistake
def any_accuracy(summary, approach, wanted):
    """This is the smallest size of the approach, whether it is good enough or not. Compare its
    mean with `wanted`, too.
    """
    sizes = [entry["images_per_class"] for entry in summary if entry["approach"] == approach]
    return min(sizes, default=None)


@NEEDED.mistake
def strictly_above(summary, approach, wanted):
    """A mean that is exactly `wanted` is good enough: it only has to be *at least* `wanted`."""
    sizes = [
        entry["images_per_class"]
        for entry in summary
        if entry["approach"] == approach and entry["mean"] > wanted
    ]
    return min(sizes, default=None)


@NEEDED.mistake
def below_wanted(summary, approach, wanted):
    """This is the smallest size that does *not* reach the accuracy. The exercise asks for one
    that does: a mean of at least `wanted`.
    """
    sizes = [
        entry["images_per_class"]
        for entry in summary
        if entry["approach"] == approach and entry["mean"] < wanted
    ]
    return min(sizes, default=None)


@NEEDED.mistake(when=lambda trial: trial.case.gives is None and trial.saw["result"] == 0)
def zero_for_none(summary, approach, wanted):
    """Your function returns 0 where the approach is never good enough. That would mean that it
    needs no photos at all. Return None there.
    """
    sizes = [
        entry["images_per_class"]
        for entry in summary
        if entry["approach"] == approach and entry["mean"] >= wanted
    ]
    return min(sizes, default=0)


@NEEDED.mistake(
    when=lambda trial: (
        trial.case.gives is None
        and isinstance(trial.error, ValueError | IndexError | StopIteration)
    )
)
def min_of_nothing(summary, approach, wanted):
    """Your code stopped with an error where no entry is good enough: there is no smallest size to
    choose. Return None there. (`min` takes a `default=`.)
    """
    return min(
        entry["images_per_class"]
        for entry in summary
        if entry["approach"] == approach and entry["mean"] >= wanted
    )


@min_of_nothing.also
def min_of_nothing_with_numpy(summary, approach, wanted):
    return np.min(
        [
            entry["images_per_class"]
            for entry in summary
            if entry["approach"] == approach and entry["mean"] >= wanted
        ]
    )


@min_of_nothing.also
def min_of_nothing_with_sorted(summary, approach, wanted):
    return sorted(
        entry["images_per_class"]
        for entry in summary
        if entry["approach"] == approach and entry["mean"] >= wanted
    )[0]


def to_numbers(value: object) -> list[float]:
    """Return a list, a tuple or an array of numbers as a list."""
    return [kinds.to_number(number) for number in kinds.to_list(value)]


def nearest_case(
    kernel: collections.abc.Iterable[object], feature: object, k: int, gives: object
) -> Case:
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
    correct="Each column of the last layer is what the model has learned to look for in one "
    "class.",
    hints=(
        "The product with a long column is large, whatever the photo shows. To compare directions "
        "only, the lengths must not count: that is why you divide each product by the length of "
        "its column.",
        "`feature @ kernel` gives the product with every column at once. `np.linalg.norm` takes "
        "an `axis`: the one along which it sums the squares. Which axis runs down a column?",
        "`np.argsort` returns the positions of the numbers, that of the smallest first. What "
        "could you sort instead, so that the position of the largest comes first?",
    ),
)


@NEAREST.mistake
def product_not_divided(kernel, feature, k):
    """These are the classes with the largest products. A long column has a large product with
    every feature: divide the product by that length, so that only the direction counts.
    """
    return np.argsort(-(feature @ kernel))[:k]


@NEAREST.mistake
def least_similar(kernel, feature, k):
    """These are the k *least* similar classes. `np.argsort` puts the smallest first."""
    similarity = feature @ kernel / np.linalg.norm(kernel, axis=0)
    return np.argsort(similarity)[:k]


@NEAREST.mistake
def most_similar_last(kernel, feature, k):
    """These are the right classes, but the most similar one is last. Reverse the order."""
    similarity = feature @ kernel / np.linalg.norm(kernel, axis=0)
    return np.argsort(similarity)[-k:]


@NEAREST.mistake
def rows_divided(kernel, feature, k):
    """These classes come out if each row of `kernel` is divided by its length. But a class is a
    column.
    """
    unit = kernel / np.linalg.norm(kernel, axis=1, keepdims=True)
    return np.argsort(-(feature @ unit))[:k]


@NEAREST.mistake
def similarities_themselves(kernel, feature, k):
    """These are the similarities themselves, in the right order. The exercise asks for the numbers
    of the classes: use `np.argsort`.
    """
    similarity = feature @ kernel / np.linalg.norm(kernel, axis=0)
    return np.sort(similarity)[::-1][:k]


@NEAREST.mistake
def most_similar_skipped(kernel, feature, k):
    """The most similar class is missing. Positions start at 0: `[:k]` begins with the first."""
    similarity = feature @ kernel / np.linalg.norm(kernel, axis=0)
    return np.argsort(-similarity)[1 : k + 1]


@NEAREST.mistake
def always_three(kernel, feature, k):
    """Your function always returns three classes. `k` says how many to return."""
    similarity = feature @ kernel / np.linalg.norm(kernel, axis=0)
    return np.argsort(-similarity)[:3]


@NEAREST.mistake
def all_classes(kernel, feature, k):
    """Your function returns all classes, in the right order. Return only the first `k`."""
    similarity = feature @ kernel / np.linalg.norm(kernel, axis=0)
    return np.argsort(-similarity)


@NEAREST.mistake
def smallest_distance(kernel, feature, k):
    """These are the classes at the smallest distance from the feature. The distance, too, depends
    on the length of a column. Only the direction should count.
    """
    distance = np.linalg.norm(kernel - feature[:, np.newaxis], axis=0)
    return np.argsort(distance)[:k]


@NEAREST.mistake
def sign_ignored(kernel, feature, k):
    """These classes come out if the sign of the products is ignored. But a class that points away
    from the feature is not similar to it.
    """
    similarity = np.abs(feature @ kernel) / np.linalg.norm(kernel, axis=0)
    return np.argsort(-similarity)[:k]


def leep_of(probabilities: Any, labels: collections.abc.Sequence[int]) -> float:
    """Return the LEEP score, worked out photo by photo."""
    probabilities = np.asarray(probabilities, float)
    logarithms = []
    for row, label in zip(probabilities, labels, strict=True):
        mine = probabilities[np.equal(labels, label)].sum(axis=0)
        logarithms.append(np.log((mine / probabilities.sum(axis=0) * row).sum()))
    return float(np.mean(logarithms))


def leep_case(
    probabilities: collections.abc.Sequence[object], labels: collections.abc.Sequence[int]
) -> Case:
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
    look_at="the three steps: sum for each new class, divide each column by its sum, average the "
    "logarithms",
    correct="Without any training, you have a number that says how much the old classes tell you "
    "about the new ones.",
    hints=(
        "The table `together` counts, in fractions of a photo, how often each old class occurs "
        "together with each new one. Each row is a sum over the photos with one label; "
        "`labels == y` selects them.",
        "A column of `together` belongs to one old class. Divided by its sum, it gives the "
        "probability that this old class means each of the new ones. `axis=0` runs down the "
        "columns.",
        "`meaning[labels]` has a row for each photo: the probability that each old class means "
        "the photo's own label. Weight it by the photo's probabilities and sum, photo by photo.",
    ),
    tolerance=1e-5,  # The model gives float32.
)


@LEEP.mistake
def without_logarithm(probabilities, labels):
    """This is the mean of the probabilities. Take the logarithm of each first, with `np.log`."""
    classes = range(labels.max() + 1)
    together = np.stack([probabilities[labels == y].sum(axis=0) for y in classes])
    meaning = together / together.sum(axis=0)
    return (meaning[labels] * probabilities).sum(axis=1).mean()


@LEEP.mistake
def logarithm_of_mean(probabilities, labels):
    """This is the logarithm of the mean. Take the mean of the logarithms: even one photo that is
    badly wrong must count.
    """
    classes = range(labels.max() + 1)
    together = np.stack([probabilities[labels == y].sum(axis=0) for y in classes])
    meaning = together / together.sum(axis=0)
    return np.log((meaning[labels] * probabilities).sum(axis=1).mean())


@LEEP.mistake
def rows_to_one(probabilities, labels):
    """This score comes out if each row of `together` is divided by its sum. But it is the *old*
    classes that get a meaning, and they are the columns.
    """
    classes = range(labels.max() + 1)
    together = np.stack([probabilities[labels == y].sum(axis=0) for y in classes])
    meaning = together / together.sum(axis=1, keepdims=True)
    return np.log((meaning[labels] * probabilities).sum(axis=1)).mean()


@LEEP.mistake
def without_step_2(probabilities, labels):
    """This score comes out without step 2. Turn `together` into shares, so that the meanings of
    each old class sum to 1.
    """
    classes = range(labels.max() + 1)
    together = np.stack([probabilities[labels == y].sum(axis=0) for y in classes])
    return np.log((together[labels] * probabilities).sum(axis=1)).mean()


@LEEP.mistake
def one_sum_for_all(probabilities, labels):
    """This score comes out if all of `together` is divided by a single sum. But each column has
    its own sum.
    """
    classes = range(labels.max() + 1)
    together = np.stack([probabilities[labels == y].sum(axis=0) for y in classes])
    meaning = together / together.sum()
    return np.log((meaning[labels] * probabilities).sum(axis=1)).mean()


@LEEP.mistake
def sum_over_photos(probabilities, labels):
    """This is the sum over the photos, which depends on how many there are. Take the mean."""
    classes = range(labels.max() + 1)
    together = np.stack([probabilities[labels == y].sum(axis=0) for y in classes])
    meaning = together / together.sum(axis=0)
    return np.log((meaning[labels] * probabilities).sum(axis=1)).sum()


@LEEP.mistake
def wrong_sign(probabilities, labels):
    """The number is right except for its sign. The logarithm of a probability is negative, and so
    is the score: the closer to 0, the better.
    """
    classes = range(labels.max() + 1)
    together = np.stack([probabilities[labels == y].sum(axis=0) for y in classes])
    meaning = together / together.sum(axis=0)
    return -np.log((meaning[labels] * probabilities).sum(axis=1)).mean()


@LEEP.mistake(
    when=lambda trial: any(
        same(trial.saw["result"], trial.case.gives / np.log(base), tolerance=1e-5)
        for base in (2, 10)
    )
)
def logarithm_base_2(probabilities, labels):
    """This is the score with a different logarithm. Use the natural one: `np.log`."""
    classes = range(labels.max() + 1)
    together = np.stack([probabilities[labels == y].sum(axis=0) for y in classes])
    meaning = together / together.sum(axis=0)
    return np.log2((meaning[labels] * probabilities).sum(axis=1)).mean()


@logarithm_base_2.also
def logarithm_base_10(probabilities, labels):
    classes = range(labels.max() + 1)
    together = np.stack([probabilities[labels == y].sum(axis=0) for y in classes])
    meaning = together / together.sum(axis=0)
    return np.log10((meaning[labels] * probabilities).sum(axis=1)).mean()


@LEEP.mistake
def means_in_table(probabilities, labels):
    """This score comes out if `together` holds means instead of sums. Then a new class with few
    photos counts as much as one with many.
    """
    classes = range(labels.max() + 1)
    together = np.stack([probabilities[labels == y].mean(axis=0) for y in classes])
    meaning = together / together.sum(axis=0)
    return np.log((meaning[labels] * probabilities).sum(axis=1)).mean()


CHOICE = choice(
    number="5.6",
    name="first_step",
    answer="b",
    because={
        "a": "Perhaps, in the end. But it takes the longest of all, and you would not know "
        "whether it was needed. Start with something quick.",
        "c": "Labels are the most expensive thing here. First find out what you can do with "
        "those that you have.",
        "d": "Fine-tuning starts from a trained head anyway, and takes longer. Is there "
        "something that tells you sooner whether it is needed?",
    },
    correct="It takes minutes and no new labels, and it tells you whether the old features help.",
    hints=(
        "None of the four is forbidden, and each may be right in the end. But she asks what to do "
        "*first*, so weigh what a step costs against what it tells her.",
        "Which of the four needs only what she already has, and takes the least time?",
    ),
)


EXERCISES = (GUESS, MEAN, NEEDED, NEAREST, LEEP, CHOICE)
