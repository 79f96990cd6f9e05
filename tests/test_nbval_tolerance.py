"""Numbers within a cell's tolerance pass, and nothing else that differs."""

import json
import re
import subprocess
from decimal import Decimal

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from exercise_lib import paths
from tests import nbval_tolerance as tolerance
from tests import validate

pytestmark = pytest.mark.slow

TOLERANCES = {
    "decimals": Decimal("0.05"),
    "counts": Decimal(2),
    "percents": Decimal("0.3"),
}
STORED = "right:  9 of 24, loss 0.333\nabove boundary   1.1 %\nratio -1.59\n"
NEAR = [
    STORED.replace("0.333", "0.383"),
    STORED.replace("0.333", "0.283"),
    STORED.replace("1.1 %", "1.4 %"),
    STORED.replace("-1.59", "-1.62"),
    STORED.replace(" 9 of", "10 of"),  # The column stays.
    STORED.replace("  9 of", "  11 of"),  # The blanks stay.
]
FAR = {
    "a number just outside": STORED.replace("0.333", "0.384"),
    "a number just outside, below": STORED.replace("0.333", "0.282"),
    "a percentage just outside": STORED.replace("1.1 %", "1.5 %"),
    "a count just outside": STORED.replace(" 9 of", "12 of"),
    "a missing line": STORED.replace("above boundary   1.1 %\n", ""),
    "a line more": STORED + "\n",
    "not a number": STORED.replace("0.333", "nan"),
    "infinite": STORED.replace("0.333", "inf"),
    "another sign": STORED.replace("-1.59", "1.59"),
    "a sign more": STORED.replace("0.333", "+0.333"),
    "a number more": STORED.replace("0.333", "0.333 0.333"),
    "a number less": STORED.replace(" 0.333", ""),
    "a swapped word": STORED.replace("above", "below"),
    "another order": "ratio -1.59\nright:  9 of 24, loss 0.333\nabove boundary   1.1 %\n",
    "more decimals": STORED.replace("0.333", "0.3330"),
    "a whole number in place of a decimal one": STORED.replace("0.333", "0"),
    "no percentage": STORED.replace("1.1 %", "1.1"),
    "a power of ten": STORED.replace("0.333", "0.333e-05"),
    "another column": STORED.replace("  9 of", "     9 of"),
}


@pytest.mark.parametrize("found", NEAR)
def test_a_number_just_inside_counts_as_the_stored_one(found):
    assert found != STORED
    assert tolerance.settle(found, STORED, TOLERANCES) == STORED


@pytest.mark.parametrize("found", FAR.values(), ids=FAR)
def test_what_differs_otherwise_still_differs(found):
    assert tolerance.settle(found, STORED, TOLERANCES) != STORED


def test_only_kinds_with_a_tolerance_may_differ():
    decimals_only = {"decimals": Decimal("0.05")}
    assert tolerance.settle("3 photos, 0.34", "3 photos, 0.33", decimals_only) == "3 photos, 0.33"
    for found, stored in (("4 photos", "3 photos"), ("5.1 %", "5.0 %"), ("51 %", "50 %")):
        assert tolerance.settle(found, stored, decimals_only) == found
    assert tolerance.settle("0.34", "0.33", {"counts": Decimal(2)}) == "0.34"


def test_the_difference_that_is_left_shows_only_the_number_outside():
    found, stored = "0.34 and 0.90 of 1,001", "0.33 and 0.50 of 999"
    assert tolerance.settle(found, stored, TOLERANCES) == "0.33 and 0.90 of 999"


@pytest.mark.parametrize(
    "name", ["stage3_relu", "imagenet200", "1.2.3", "IMG_1.jpg", "12px", "#1e2", "1e-05", "3x"]
)
def test_digits_of_a_name_are_no_number(name):
    assert tolerance.split(f"a {name} b")[1] == []


def test_thousands_and_signs():
    _, numbers = tolerance.split("1,280,680 weights, +0.5, -3 %, from 2-4, [1, 2], the end 0.25.")
    assert [number.text.strip() for number in numbers] == [
        *("1,280,680", "+0.5", "-3", "2", "4", "1", "2", "0.25"),
    ]
    assert [number.kind for number in numbers[:3]] == ["counts", "decimals", "percents"]


def test_tags_are_read():
    tags = ["nbval-check-output", "within-0.05", "counts-within-2", "percents-within-0.3"]
    assert tolerance.tolerances_of(tags) == TOLERANCES
    assert tolerance.tolerances_of(["solution-only"]) == {}


@pytest.mark.parametrize(
    "tags",
    [
        *(
            ["within-abc"],
            ["within--1"],
            ["within-0"],
            ["within-0.0"],
            ["within-1e9"],
            ["within-"],
        ),
        *(["within-1.01"], ["within-.5"], ["Within-0.1"], ["within 0.1"], ["within-0,1"]),
        *(["within-nan"], ["within-inf"], ["within-0.1-"], ["count-within-2"], ["within"]),
        *(["counts-within-51"], ["percents-within-26"], ["within-0.1", "within-0.2"]),
        *(["within-٠.١"], ["words-within-1"]),
    ],
)
def test_a_tag_that_is_no_tolerance_is_an_error(tags):
    with pytest.raises(tolerance.ToleranceError):
        tolerance.tolerances_of(tags)


def printed(text):
    return new_output("stream", name="stdout", text=text)


def shown(html, plain):
    return new_output("display_data", data={"text/html": html, "text/plain": plain})


FIGURE = new_output("display_data", data={"image/png": "aGk=", "text/plain": "<Figure>"})
SHOW = "display({{'text/html': '<b>{}</b>', 'text/plain': '{}'}}, raw=True)"
SHOW_FIGURE = "display({'image/png': 'aGk=', 'text/plain': '<Figure>'}, raw=True)"
HALF = shown("<b>0.50</b>", "0.50")
CELLS = {  # What it is: (source, stored outputs, passes).
    "just inside": ("print('loss 0.55')", [printed("loss 0.50\n")], True),
    "just outside": ("print('loss 0.56')", [printed("loss 0.50\n")], False),
    "not a number": ("print('loss nan')", [printed("loss 0.50\n")], False),
    "a line less": ("print('0.50')", [printed("0.50\n0.50\n")], False),
    "html inside": (SHOW.format("0.55", "0.55"), [HALF], True),
    "html outside": (SHOW.format("0.56", "0.50"), [HALF], False),
    "plain outside": (SHOW.format("0.50", "0.56"), [HALF], False),
    "html only": ("display({'text/html': '<b>0.50</b>'}, raw=True)", [HALF], False),
    "html more": (SHOW.format("0.50", "0.50") + ";" + SHOW.format("0.50", "0.50"), [HALF], False),
    "result inside": ("0.55", [new_output("execute_result", {"text/plain": "0.5"})], False),
    "result": ("0.55", [new_output("execute_result", {"text/plain": "0.50"})], True),
    "figure": (SHOW_FIGURE + "; print('0.51')", [FIGURE, printed("0.50\n")], True),
    "figure missing": ("print('0.50')", [FIGURE, printed("0.50\n")], False),
    "figure more": (SHOW_FIGURE + ";" + SHOW_FIGURE, [FIGURE], False),
    "figure without picture": ("display({'text/plain': '<Figure>'}, raw=True)", [FIGURE], False),
    "two orders": (
        SHOW.format("a", "a") + ";" + SHOW.format("b", "b"),
        [shown("<b>b</b>", "b"), shown("<b>a</b>", "a")],
        False,
    ),
}


def run_nbval(path, *options):
    """Run a notebook under the options of `make test`; return the finished process."""
    command = [part for part in validate.NBVAL if part not in validate.WORKERS]
    return subprocess.run(
        [*command, "-rA", "--color=no", *options, "--nbval", str(path)],
        cwd=paths.REPOSITORY,
        capture_output=True,
        text=True,
        timeout=100,
    )


def write_notebook(path, cells, tags):
    cells = [
        new_code_cell(source, outputs=outputs, execution_count=1, metadata={"tags": tags})
        for source, outputs in cells
    ]
    nbformat.write(new_notebook(cells=cells), path)


def test_through_nbval(tmp_path):
    path = tmp_path / "book.ipynb"
    write_notebook(path, [cell[:2] for cell in CELLS.values()], ["within-0.05"])
    result = run_nbval(path, "--outputs-to", str(tmp_path / "outputs"))
    lines = re.findall(r"^(PASSED|FAILED) .*::Cell (\d+)", result.stdout, re.MULTILINE)
    verdicts = {int(number): verdict == "PASSED" for verdict, number in lines}
    found = {name: verdicts[number] for number, name in enumerate(CELLS)}
    assert found == {name: cell[2] for name, cell in CELLS.items()}, result.stdout
    written = (tmp_path / "outputs" / "book.jsonl").read_text(encoding="utf-8").splitlines()
    assert len(written) == len(CELLS)
    assert json.loads(written[0])["outputs"] == [["stdout", "loss 0.50\n", "loss 0.55\n"]]


@pytest.mark.parametrize("option", ["--nbval", "--nbval-lax"])
def test_a_wrong_tag_is_told_and_nothing_is_run(tmp_path, option):
    path = tmp_path / "book.ipynb"
    write_notebook(path, [("print(1)", [printed("1\n")])], ["within-abc"])
    result = run_nbval(path, option)
    assert result.returncode != 0
    assert 'The tag "within-abc" is no tolerance' in result.stdout
    assert "PASSED" not in result.stdout
