"""The figures in the data cards are those of the rows in data/results."""

import json
import re

import numpy as np
import pytest

from exercise_lib import paths

CARD = (paths.DATA / "README.md").read_text(encoding="utf-8")
MODEL_CARD = (paths.DATA / "imagenet200" / "README.md").read_text(encoding="utf-8")
FIELD = {"test": "test_accuracy", "test_night": "shift_accuracy"}
SEEDS = 3


NOT_MEASURED = "–"
MEASURED = ("as_is", "from_scratch", "feature_extraction", "fine_tuning")  # The columns.


def measured(model, data, approach, size):
    path = paths.RESULTS / f"{model}-{data}" / "results.json"
    rows = json.loads(path.read_text(encoding="utf-8"))
    return [row for row in rows if (row["approach"], row["images_per_class"]) == (approach, size)]


def table_of_yoghurts():
    """Return (model, photos a class, framing, split, approach, value) of each cell."""
    cells = []
    for line in re.findall(r"^ *\| *(\w+, \d+, \w+ \| `\w+` \|.*)\|$", CARD, re.MULTILINE):
        who, split, *values = (cell.strip(" `") for cell in line.split("|"))
        model, size, framing = who.split(", ")
        for approach, value in zip(MEASURED, values, strict=True):
            cells.append((model, int(size), framing, split, approach, value))
    return cells


def test_the_table_is_whole():
    models, sizes, framings, splits = 2, 3, 2, 2
    assert len(table_of_yoghurts()) == models * sizes * framings * splits * len(MEASURED)


@pytest.mark.parametrize(
    ("model", "size", "framing", "split", "approach", "value"), table_of_yoghurts()
)
def test_the_card_says_what_was_measured(model, size, framing, split, approach, value):
    data = "yoghurts_large" if size == 500 else "yoghurts"
    data += "-cropped" if framing == "cropped" else ""
    rows = measured(model, data, approach, size)
    if value == NOT_MEASURED:
        assert approach == "from_scratch"
        assert not rows
        return
    assert {row["seed"] for row in rows} == set(range(SEEDS))
    assert value == f"{np.mean([row[FIELD[split]] for row in rows]):.2f}"


@pytest.mark.parametrize("data", ["flowers", "yoghurts"])
def test_the_card_of_the_model_says_what_was_measured(data):
    [line] = re.findall(rf"^\| {data}, \d classes \|(.*)\|$", MODEL_CARD, re.MULTILINE)
    *cells, difference = (cell.strip() for cell in line.split("|"))
    means = []
    for approach, cell in zip(("from_scratch", "feature_extraction"), cells, strict=True):
        accuracies = [row["test_accuracy"] for row in measured("imagenet200", data, approach, 20)]
        assert len(accuracies) == SEEDS
        means.append(np.mean(accuracies))
        lowest, highest = min(accuracies), max(accuracies)
        assert cell == f"{means[-1]:.3f} ({lowest:.3f} to {highest:.3f})"
    assert difference == f"{100 * (means[1] - means[0]):.0f} points"
