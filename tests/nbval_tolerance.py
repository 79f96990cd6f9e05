"""A pytest plugin: nbval compares the numbers of some cells with a tolerance.

Another processor rounds differently, and what learns can turn a difference in
the eighth digit into one that is printed. A cell's tags say how far its numbers
may be apart:

    within-0.05          numbers with a decimal point
    counts-within-2      whole numbers
    percents-within-0.3  numbers before a per cent sign, in percentage points

Everything else is compared exactly: sign, text, order, lines, how many numbers
and figures there are, how many decimals they have. "nan" is text.

Load it with `-p tests.nbval_tolerance`. With `--outputs-to FOLDER` it also
writes what each cell should have printed and what it did: a file for each
notebook, a line of JSON for each cell.
"""

import copy
import itertools
import json
import re
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pytest
from nbval.plugin import IPyNbCell, IPyNbFile

TAG = re.compile(r"(?:counts-within-([0-9]+)|(percents-)?within-([0-9]+(?:\.[0-9]+)?))")
DECIMALS, COUNTS, PERCENTS = KINDS = ("decimals", "counts", "percents")
LIMITS = {DECIMALS: 1, COUNTS: 50, PERCENTS: 25}  # More would be "anything goes".

# Neither a part of a name (stage3_relu), a version (1.2.3), a file (1.jpg) nor a power (1e-05).
# The blanks before a number belong to it: they pad a column.
NUMBER = re.compile(
    r"( *)(?<![\w.])(?<!\de[-+])([-+−]?)"
    r"([0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(\.[0-9]+)?(?!\.?\w)(?=( ?%)?)"
)


class ToleranceError(Exception):
    """A tag looks like a tolerance and is none."""


@dataclass(frozen=True)
class Number:
    """A number as it was printed: the blanks before it, its sign, its digits."""

    blanks: str
    sign: str
    whole: str
    fraction: str
    percent: str

    @property
    def kind(self):
        """One of KINDS."""
        if self.percent:
            return PERCENTS
        return DECIMALS if self.fraction else COUNTS

    @property
    def value(self):
        """What it says, without the sign."""
        return Decimal(self.whole.replace(",", "") + self.fraction)

    @property
    def text(self):
        """What was printed."""
        return self.blanks + self.sign + self.whole + self.fraction

    def is_near(self, other, tolerances):
        """Return whether another number may stand in the place of this one."""
        if self.text == other.text:
            return True
        same_column = self.blanks == other.blanks or len(self.text) == len(other.text)
        same_form = (self.kind, self.sign, len(self.fraction)) == (
            other.kind,
            other.sign,
            len(other.fraction),
        )
        allowed = tolerances.get(self.kind, 0)
        return same_column and same_form and abs(self.value - other.value) <= allowed


def tolerances_of(tags):
    """Read the tolerances among the tags of a cell.

    Returns:
        dict from one of KINDS to a Decimal.

    Raises:
        ToleranceError: a tag names no tolerance, too large a one, or a second one of its kind.
    """
    tolerances = {}
    for tag in tags:
        if "within" not in tag.casefold():
            continue
        match = TAG.fullmatch(tag)
        if match:
            kind = COUNTS if match[1] else PERCENTS if match[2] else DECIMALS
            size = Decimal(match[1] or match[3])
        if not match or not 0 < size <= LIMITS[kind]:
            raise ToleranceError(
                f'The tag "{tag}" is no tolerance: write within-0.05 for numbers with a decimal '
                "point (at most 1), counts-within-2 for whole numbers (at most 50) or "
                "percents-within-0.3 for percentages (at most 25)."
            )
        if kind in tolerances:
            raise ToleranceError(f'A second tolerance for the same numbers: "{tag}". Keep one.')
        tolerances[kind] = size
    return tolerances


def split(text):
    """Split a text into (what lies between its numbers, its numbers)."""
    between, numbers, end = [], [], 0
    for match in NUMBER.finditer(text):
        between.append(text[end : match.start()])
        numbers.append(Number(*(group or "" for group in match.groups())))
        end = match.end()
    return [*between, text[end:]], numbers


def settle(found, stored, tolerances):
    """Put the stored numbers into a text in place of those that are near enough to them.

    Args:
        found: Text of this run.
        stored: Text of the notebook.
        tolerances: From tolerances_of.

    Returns:
        str: `stored` where all is near enough; `found` where text or count differ.
    """
    (found_between, found_numbers), (between, numbers) = split(found), split(stored)
    if found_between != between:
        return found
    settled = [
        number.text if number.is_near(other, tolerances) else other.text
        for number, other in zip(numbers, found_numbers, strict=True)
    ]
    return "".join(itertools.chain(*zip(between, settled, strict=False), between[-1:]))


def texts_of(outputs):
    """Return {name of a stream or kind of data: [(where it lies, key)]}, in order."""
    texts = defaultdict(list)
    for output in outputs:
        if output.output_type == "stream":
            texts[output.name].append((output, "text"))
        for kind, value in output.get("data", {}).items():
            if isinstance(value, str) and not kind.startswith("image/"):
                texts[kind].append((output.data, kind))
    return texts


def figures_in(outputs):
    """Return how many pictures there are; nbval itself does not look at them."""
    kinds = [kind for output in outputs for kind in output.get("data", {})]
    return sum(kind.startswith("image/") for kind in kinds)


def pairs_of(stored, found, clean):
    """Yield (name, stored text, found text, place of the found one); None for a missing one."""
    stored, found = texts_of(stored), texts_of(found)
    for name in [*stored, *(name for name in found if name not in stored)]:
        for old, new in itertools.zip_longest(stored[name], found[name]):
            yield name, *(place and clean(place[0][place[1]]) for place in (old, new)), new


_collect, _compare = IPyNbFile.collect, IPyNbCell.compare_outputs


def collect_with_tolerances(notebook):
    """Read the tolerance of each cell before any cell is run."""
    for item in _collect(notebook):
        try:
            item.tolerances = tolerances_of(item.cell.metadata.get("tags", []))
        except ToleranceError as error:
            raise pytest.Collector.CollectError(str(error)) from error
        yield item


def compare_with_tolerances(cell, test, ref, skip_compare=None):
    """Compare as nbval does, after near numbers were made equal."""
    test = copy.deepcopy(test)
    pairs = list(pairs_of(ref, test, cell.sanitize))
    folder = cell.config.getoption("outputs_to")
    if folder:
        write(cell, [pair[:3] for pair in pairs], Path(folder))
    if figures_in(test) != figures_in(ref):
        cell.comparison_traceback = [f"{figures_in(ref)} figures stored, {figures_in(test)} found"]
        return False
    for _, stored, found, place in pairs if cell.tolerances else ():
        if None not in (stored, found):
            container, key = place
            container[key] = settle(found, stored, cell.tolerances)
    if _compare(cell, test, ref, skip_compare):
        return True
    if cell.tolerances:
        allowed = ", ".join(f"{kind} {size}" for kind, size in cell.tolerances.items())
        cell.comparison_traceback.append(f"Numbers may be apart by: {allowed}")
    return False


def write(cell, outputs, folder):
    """Add the outputs of a cell to the file of its notebook."""
    line = {
        "cell": cell.cell.get("id", cell.name),
        "tags": cell.cell.metadata.get("tags", []),
        "outputs": outputs,
    }
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f"{cell.parent.path.stem}.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps(line, ensure_ascii=False) + "\n")


def pytest_addoption(parser):
    """Add the option for a table of what was printed."""
    parser.addoption("--outputs-to", help="Folder to write stored and found outputs to.")


def pytest_configure():
    """Put this plugin's collection and comparison in place of nbval's."""
    IPyNbFile.collect = collect_with_tolerances
    IPyNbCell.compare_outputs = compare_with_tolerances
