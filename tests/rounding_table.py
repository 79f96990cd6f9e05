"""Write benchmarks/rounding.md: each number with a tolerance, under every setting of rounding.

python -m tests.rounding_table FOLDER     from the outputs that tests.rounding kept there
"""

import json
import platform
import re
import sys
from collections import defaultdict
from pathlib import Path

from exercise_lib import paths
from tests import nbval_tolerance as tolerance

TABLE = paths.REPOSITORY / "tests" / "benchmarks" / "rounding.md"
VERDICT = "verdict.json"  # In the folder of a run: whether it was green, and its seconds.
JITTER = "jitter"
INTRODUCTION = """\
# What other processors may print

Written by `{command}` on {processor}; the stored outputs may come from another machine.

Each run of the solutions rounds differently: one thread, other instruction sets, or `jitter`,
noise of one part in a million on what goes into the model, drawn anew for each run. A row is a
number of a cell with a tolerance (a tag such as `within-0.05`): as stored, under each setting, how
far all of these are apart, and how far a number may be from the stored one.

| run | seconds | verdict |
|---|---|---|
"""


def read(folder):
    """Read the outputs of all runs.

    Returns:
        dict from (notebook, cell, place, number, label) to a dict with `stored`,
        `tolerance` and `found`, a dict from a run's name to a number as text;
        list of (run, notebook, cell) of outputs that differ otherwise.
    """
    rows, others = {}, []
    for path in sorted(folder.glob("*/*.jsonl")):
        run, notebook = path.parent.name, path.stem
        for line in path.read_text(encoding="utf-8").splitlines():
            entry = json.loads(line)
            tolerances = tolerance.tolerances_of(entry["tags"])
            for place, (_, stored, found) in enumerate(entry["outputs"]):
                numbers = compare(stored, found, tolerances)
                if numbers is None:
                    others.append((run, notebook, entry["cell"]))
                for number, (label, old, new, allowed) in enumerate(numbers or ()):
                    key = (notebook, entry["cell"], place, number, label)
                    row = rows.setdefault(key, {"stored": old, "tolerance": allowed, "found": {}})
                    row["found"][run] = new
    return rows, others


def compare(stored, found, tolerances):
    """List the numbers with a tolerance as (label, stored, found, tolerance).

    Returns:
        list, or None where something else differs.
    """
    if None in (stored, found):
        return None
    (between, numbers), (found_between, found_numbers) = map(tolerance.split, (stored, found))
    if between != found_between:
        return None
    rows = []
    for place, (old, new) in enumerate(zip(numbers, found_numbers, strict=True)):
        if old.kind in tolerances:
            label = label_of(between, numbers, place)
            rows.append((label, old.text.strip(), new.text.strip(), tolerances[old.kind]))
        elif old.text != new.text:
            return None
    return rows


def label_of(between, numbers, place):
    """Return the line of a number, with dots in its place."""
    before = "".join(a + n.text for a, n in zip(between[:place], numbers[:place], strict=True))
    after = "".join(
        n.text + b for n, b in zip(numbers[place + 1 :], between[place + 2 :], strict=True)
    )
    before = (before + between[place]).rpartition("\n")[2]
    after = (between[place + 1] + after).partition("\n")[0]
    label = re.sub(r"\s+", " ", f"{before} …{after}").strip()
    return label.replace("|", "/")


def as_rows(rows, runs):
    """Return the lines of the table."""
    settings = [run for run in runs if not run.startswith(JITTER)]
    draws = [run for run in runs if run.startswith(JITTER)]
    head = [
        "cell",
        "number",
        "stored",
        *settings,
        f"jitter ({len(draws)})",
        "spread",
        "may be apart",
    ]
    lines, notebook = [], None
    for (book, cell, _, _, label), row in sorted(rows.items(), key=lambda item: item[0][0]):
        if book != notebook:
            lines += [f"\n## {book}\n", line_of(head), line_of(["---"] * len(head))]
            notebook = book
        found = row["found"]
        drawn = sorted({found[run] for run in draws if run in found}, key=as_float)
        jitter = " to ".join(dict.fromkeys((drawn[0], drawn[-1]))) if drawn else ""
        values = [as_float(text) for text in (row["stored"], *found.values())]
        spread = f"{max(values) - min(values):.{decimals(row['stored'])}f}"
        cells = [found.get(run, "") for run in settings]
        lines.append(
            line_of([cell, label, row["stored"], *cells, jitter, spread, row["tolerance"]])
        )
    return lines


def line_of(cells):
    """Return a line of a table."""
    return f"| {' | '.join(map(str, cells))} |"


def as_float(text):
    """Return the number that a text says."""
    return float(text.replace(",", "").replace("−", "-"))


def decimals(text):
    """Return how many decimals a number has."""
    return len(text.partition(".")[2])


def processor():
    """Return the processor's name."""
    cpus = Path("/proc/cpuinfo")
    names = re.findall(r"^model name\s*: (.+)$", cpus.read_text() if cpus.exists() else "", re.M)
    return names[0] if names else platform.processor() or platform.machine()


def write(folder, path=TABLE, command="python -m tests.rounding --table"):
    """Write the table of all runs in a folder.

    Args:
        folder: With a folder for each run, from tests.rounding.
        path: Where to write.
        command: What made the outputs.
    """
    verdicts = {
        file.parent.name: json.loads(file.read_text(encoding="utf-8"))
        for file in sorted(folder.glob(f"*/{VERDICT}"))
    }
    runs = sorted(verdicts, key=lambda run: (run.startswith(JITTER), run != "default", run))
    rows, others = read(folder)
    text = INTRODUCTION.format(command=command, processor=processor())
    for run in runs:
        verdict = "green" if verdicts[run]["green"] else "red"
        text += line_of([run, round(verdicts[run]["seconds"]), verdict]) + "\n"
    text += "\n".join(as_rows(rows, runs)) + "\n\n## What else differed\n\n"
    where = defaultdict(list)
    for run, notebook, cell in others:
        where[notebook, cell].append(run)
    text += "".join(
        f"- {notebook}, cell `{cell}`: {', '.join(found)}\n"
        for (notebook, cell), found in sorted(where.items())
    )
    path.write_text(text if where else text + "Nothing.\n", encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
