"""What a comparison measured, as files: a table, a curve, and a page that holds both."""

import base64
import html
import io
import json
from pathlib import Path

import numpy as np

from exercise_lib import files, paths, plots
from exercise_lib.errors import WorkshopError

STAND_IN = "EfficientNetLite0"  # For models that were not measured beforehand.
# What the results of `compare` have in each row, at least.
FIELDS = {
    *("approach", "images_per_class", "seed", "test_accuracy", "train_seconds"),
    *("model", "data", "shift"),
}
HEADINGS = ("approach", "photos a class", "accuracy", "spread", "shifted", "seconds")
PAGE = """<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<title>{title}</title>
<style>
body {{ font-family: sans-serif; max-width: 52rem; margin: 2rem auto; padding: 0 1rem; }}
table {{ border-collapse: collapse; }}
th, td {{ padding: 0.3rem 0.8rem; text-align: right; border-bottom: 1px solid #bbb; }}
th:first-child, td:first-child {{ text-align: left; }}
img {{ max-width: 100%; }}
</style>
<h1>{title}</h1>
<p>{summary}</p>
<img alt="{alternative}" src="data:image/png;base64,{curve}">
{table}
</html>
"""


def summarise(rows):
    """Return one entry for each approach and size, sorted, in whatever order the rows came.

    Args:
        rows: dicts with the fields of compare.Result.

    Returns:
        list of dicts with approach, images_per_class, seeds, mean, lowest and
        highest test accuracy in [0, 1], shift_mean (None if it was not
        measured), and the median of train_seconds.
    """
    groups = {}
    for row in rows:
        groups.setdefault((row["approach"], row["images_per_class"]), []).append(row)
    known = list(plots.APPROACH_STYLES)
    return [
        {
            "approach": approach,
            "images_per_class": size,
            "seeds": len(group),
            "mean": float(np.mean([row["test_accuracy"] for row in group])),
            "lowest": min(row["test_accuracy"] for row in group),
            "highest": max(row["test_accuracy"] for row in group),
            "shift_mean": _mean_where_known([row.get("shift_accuracy") for row in group]),
            "seconds": float(np.median([row["train_seconds"] for row in group])),
        }
        for (approach, size), group in sorted(
            groups.items(), key=lambda item: (known.index(item[0][0]), item[0][1])
        )
    ]


def _mean_where_known(values):
    known = [value for value in values if value is not None]
    return float(np.mean(known)) if known else None


def as_text(summary):
    """Return a summary as a table for the terminal."""
    lines = ["{:<20}{:>15}{:>10}{:>16}{:>9}{:>9}".format(*HEADINGS)]
    for entry in summary:
        spread = f"{entry['lowest']:.3f} - {entry['highest']:.3f}"
        lines.append(
            f"{entry['approach']:<20}{entry['images_per_class']:>15}{entry['mean']:>10.3f}"
            f"{spread:>16}{_shifted(entry):>9}{entry['seconds']:>9.0f}"
        )
    return "\n".join(lines)


def _shifted(entry):
    return "-" if entry["shift_mean"] is None else f"{entry['shift_mean']:.3f}"


def write(rows, folder, title):
    """Write results.json, curve.png and report.html; each is replaced whole.

    Args:
        rows: dicts with the fields of compare.Result.
        folder: Folder to write to; `read` makes it.
        title: Title of curve and page.
    """
    folder = Path(folder)
    try:
        # First what cannot be made again.
        files.write_whole(folder / "results.json", json.dumps(rows, indent=1).encode())
        summary = summarise(rows)
        curve = _as_png(plots.draw_learning_curves(summary, title))
        files.write_whole(folder / "curve.png", curve)
        files.write_whole(folder / "report.html", as_html(summary, curve, title).encode())
    except OSError as error:
        raise WorkshopError(
            f"The results cannot be written to {folder} ({error.strerror}): make room, or choose "
            "another folder with --out."
        ) from error


def _as_png(figure):
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=120)
    plots.plt.close(figure)
    return buffer.getvalue()


def read(folder):
    """Make the folder if it is missing, and return the rows of an earlier comparison in it.

    Raises:
        WorkshopError: the folder cannot be made, or its results.json is damaged.
    """
    path = Path(folder) / "results.json"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        rows = json.loads(path.read_text(encoding="utf-8")) if path.exists() else []
        if not all(set(row) >= FIELDS for row in rows):
            raise ValueError
        return rows
    except OSError as error:
        raise WorkshopError(
            f"{folder} cannot be used as a folder for the results ({error.strerror}): choose "
            "another one with --out."
        ) from error
    except (ValueError, TypeError) as error:
        raise WorkshopError(
            f"{path} is no results file: delete it, or choose another folder with --out."
        ) from error


def read_measured(model_name, *data):
    """Return the rows that come with the workshop: data/results.

    Args:
        model_name: Name of a model. For one that was not measured beforehand
            on these data sets, the rows are those of STAND_IN.
        data: Names of data sets.
    """
    folders = [paths.RESULTS / f"{model_name}-{name}" for name in data]
    rows = [row for folder in folders if folder.is_dir() for row in read(folder)]
    if not rows and model_name != STAND_IN:
        return read_measured(STAND_IN, *data)
    return rows


def read_findings(model_name, data):
    """Return the findings of `advise --json` on a data set that was looked at beforehand.

    Args:
        model_name: Name of a model; of one that was not used beforehand, the
            findings are those of STAND_IN.
        data: Name of the data set.

    Returns:
        dict with the fields of advice.Findings.
    """
    path = paths.RESULTS / f"{model_name}-{data}" / "findings.json"
    if not path.exists() and model_name != STAND_IN:
        return read_findings(STAND_IN, data)
    return json.loads(path.read_text(encoding="utf-8"))["findings"]


def as_html(summary, curve, title):
    """Return a self-contained page with the curve and the table."""
    lines = ["<tr>" + "".join(f"<th>{cell}</th>" for cell in HEADINGS) + "</tr>"]
    for entry in summary:
        values = [
            html.escape(entry["approach"]),
            entry["images_per_class"],
            f"{entry['mean']:.3f}",
        ]
        values += [f"{entry['lowest']:.3f} to {entry['highest']:.3f}", _shifted(entry)]
        values.append(f"{entry['seconds']:.0f}")
        lines.append("<tr>" + "".join(f"<td>{value}</td>" for value in values) + "</tr>")
    return PAGE.format(
        title=html.escape(title),
        summary="Mean accuracy on the test photos over the seeds; the band in the figure and the "
        "spread are the lowest and the highest. Shifted: the mean on the test photos of another "
        "set of the same classes, where one was given. Seconds: to learn, the median.",
        alternative="Test accuracy of each approach over the number of photos a class",
        curve=base64.b64encode(curve).decode(),
        table="<table>" + "\n".join(lines) + "</table>",
    )
