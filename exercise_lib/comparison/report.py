"""Show a comparison: a table for the terminal, a curve, and a page with both."""

import base64
import io
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import jinja2
from matplotlib.figure import Figure

from exercise_lib import plots
from exercise_lib.comparison import results
from exercise_lib.errors import WorkshopError
from exercise_lib.storage import atomic

HEADINGS = ("approach", "photos per class", "accuracy", "spread", "shifted", "seconds")
TEMPLATE = Path(__file__).with_name("report.html.jinja")


def as_text(summary: Sequence[Mapping[str, Any]]) -> str:
    """Return a summary as a table for the terminal."""
    lines = ["{:<20}{:>17}{:>10}{:>16}{:>9}{:>9}".format(*HEADINGS)]
    for entry in summary:
        spread = f"{entry['lowest']:.3f} - {entry['highest']:.3f}"
        shifted = "-" if entry["shift_mean"] is None else f"{entry['shift_mean']:.3f}"
        lines.append(
            f"{entry['approach']:<20}{entry['images_per_class']:>17}{entry['mean']:>10.3f}"
            f"{spread:>16}{shifted:>9}{entry['seconds']:>9.0f}"
        )
    return "\n".join(lines)


def write(rows: Iterable[Mapping[str, Any]], folder: str | os.PathLike, title: str) -> None:
    """Write curve.png and report.html; each replaces the old file completely.

    Args:
        rows: dicts with the fields in results.SCHEMA.
        folder: Folder to write to.
        title: Title of the curve and the page.

    Raises:
        WorkshopError: a file cannot be written.
    """
    folder = Path(folder)
    summary = results.summarise(rows)
    curve = _as_png(plots.draw_learning_curves(summary, title))
    try:
        atomic.write_whole(folder / "curve.png", curve)
        atomic.write_whole(folder / "report.html", as_html(summary, curve, title).encode())
    except OSError as error:
        raise WorkshopError(
            f"The report cannot be written to {folder} ({error.strerror}): free some space, or "
            "choose another folder with --out."
        ) from error


def _as_png(figure: Figure) -> bytes:
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=120)
    plots.plt.close(figure)
    return buffer.getvalue()


def as_html(summary: Sequence[Mapping[str, Any]], curve: bytes, title: str) -> str:
    """Return a self-contained page with the curve and the table.

    Args:
        summary: From results.summarise.
        curve: bytes of a PNG.
        title: Title of the page; it may contain the name of a folder.
    """
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined)
    template = environment.from_string(TEMPLATE.read_text(encoding="utf-8"))
    return template.render(
        title=title, headings=HEADINGS, summary=summary, curve=base64.b64encode(curve).decode()
    )
