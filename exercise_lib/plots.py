"""Figures from numbers. Each ends with a line of text that says what it shows."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from PIL import Image

# Okabe and Ito's palette, which colour-blind readers can tell apart.
# Source: https://jfly.uni-koeln.de/color/
BLUE, ORANGE, GREY = "#0072B2", "#E69F00", "#BBBBBB"

# Colour, marker and line of each approach, distinct in grey as well.
APPROACH_STYLES = {
    "as_is": ("#000000", "s", ":"),
    "from_scratch": ("#E69F00", "^", "--"),
    "feature_extraction": ("#56B4E9", "o", "-."),
    "fine_tuning": ("#D55E00", "D", "-"),
}


def show(figure_text: str) -> None:
    """Show the current figure, then print what it shows, for those who cannot see it."""
    plt.show()
    print(f"Figure: {figure_text}")


def plot_photos(
    photos: Sequence[np.ndarray] | np.ndarray,
    names: Iterable[str],
    title: str,
    figure_text: str,
    columns: int = 6,
) -> None:
    """Show photos in a grid, each with its name above it.

    Args:
        photos: Arrays (height, width, 3), uint8 in [0, 255]; sizes may differ.
        names: One string for each photo.
        title: Title of the figure.
        figure_text: One sentence that says what the figure shows.
        columns: Photos per row.
    """
    rows = -(-len(photos) // columns)
    figure, axes = plt.subplots(
        rows, columns, figsize=(2 * columns, 0.4 + 2.2 * rows), squeeze=False, layout="constrained"
    )
    figure.suptitle(title)
    for axis in axes.flat:
        axis.axis("off")
    for axis, photo, name in zip(axes.flat, photos, names, strict=False):
        axis.imshow(photo)
        axis.set_title(name, fontsize=10)
    show(figure_text)


def plot_heat_maps(
    photos: Sequence[np.ndarray] | np.ndarray,
    heat_maps: Iterable[np.ndarray],
    names: Iterable[str],
    title: str,
    figure_text: str,
) -> None:
    """Show photos, and below each the same photo, bright only where its heat map is high.

    Args:
        photos: Arrays (height, width, 3), uint8 in [0, 255].
        heat_maps: Arrays (rows, columns) in [0, 1]; of any size; they are enlarged.
        names: One string for each photo.
        title: Title of the figure.
        figure_text: One sentence that says what the figure shows.
    """
    figure, axes = plt.subplots(
        2, len(photos), figsize=(2.4 * len(photos), 5.4), squeeze=False, layout="constrained"
    )
    figure.suptitle(title)
    for column, (photo, heat, name) in enumerate(zip(photos, heat_maps, names, strict=True)):
        size = photo.shape[1::-1]
        enlarged = Image.fromarray(np.nan_to_num(heat).astype(np.float32)).resize(
            size, Image.Resampling.BICUBIC
        )
        light = 0.15 + 0.85 * np.clip(np.asarray(enlarged), 0, 1)
        axes[0, column].imshow(photo)
        axes[1, column].imshow((photo * light[..., np.newaxis]).astype(np.uint8))
        axes[0, column].set_title(name, fontsize=10)
    for axis in axes.flat:
        axis.axis("off")
    show(figure_text)


def plot_top_k(
    photos: Sequence[np.ndarray] | np.ndarray,
    names: Iterable[str],
    tops: Iterable[Sequence[tuple[str, float]]],
    title: str,
    figure_text: str,
) -> None:
    """Show photos, each above bars of its most probable classes.

    Args:
        photos: Arrays (height, width, 3), uint8 in [0, 255].
        names: One string for each photo.
        tops: For each photo, a list of (name, probability), most probable first.
        title: Title of the figure.
        figure_text: One sentence that says what the figure shows.
    """
    figure, axes = plt.subplots(
        2, len(photos), figsize=(2.9 * len(photos), 4.9), squeeze=False, layout="constrained"
    )
    figure.suptitle(title)
    for column, (photo, name, top) in enumerate(zip(photos, names, tops, strict=True)):
        axes[0, column].imshow(photo)
        axes[0, column].set_title(name, fontsize=10)
        axes[0, column].axis("off")
        _bars_with_names(axes[1, column], top)
    axes[1, 0].set_ylabel("class, most probable at the top")
    show(figure_text)


def _bars_with_names(axis: Axes, top: Sequence[tuple[str, float]]) -> None:
    """Draw bars with the class name written on each, so that long names fit."""
    names, probabilities = zip(*top, strict=True)
    places: np.ndarray = np.arange(len(top))
    axis.barh(places, probabilities, color=BLUE, alpha=0.35)
    for place, name, probability in zip(places, names, probabilities, strict=True):
        axis.text(0.02, place, f"{name}  {probability:.2f}", va="center", fontsize=9)
    axis.set(xlim=(0, 1), xlabel="probability", yticks=[])
    axis.invert_yaxis()


def plot_counts(names: Sequence[str], counts: Sequence[int], title: str, figure_text: str) -> None:
    """Show how often each class occurs, the most frequent at the top.

    Args:
        names: One string for each class.
        counts: int for each class.
        title: Title of the figure.
        figure_text: One sentence that says what the figure shows.
    """
    _, axis = plt.subplots(figsize=(8, 0.6 + 0.34 * len(names)), layout="constrained")
    bars = axis.barh(names, counts, color=BLUE)
    axis.bar_label(bars, padding=3)
    axis.set(title=title, xlabel="photos", ylabel="ImageNet class")
    axis.invert_yaxis()
    show(figure_text)


def plot_shares(
    names: Sequence[str], shares: Sequence[float], chance: float, title: str, figure_text: str
) -> None:
    """Show an accuracy for each class, with a dashed line for guessing.

    Args:
        names: One string for each class.
        shares: Accuracy of each class, in [0, 1].
        chance: Accuracy of guessing, in [0, 1].
        title: Title of the figure.
        figure_text: One sentence that says what the figure shows.
    """
    _, axis = plt.subplots(figsize=(8, 3.2), layout="constrained")
    bars = axis.bar(names, shares, color=BLUE)
    axis.bar_label(bars, fmt="%.2f", padding=3)
    axis.axhline(chance, color="black", linestyle="--", label=f"guessing: {chance:.2f}")
    _finish_bars(axis, title)
    show(figure_text)


def _finish_bars(axis: Axes, title: str) -> None:
    """Give bars of accuracies a title, and room above their numbers for the legend."""
    axis.set(title=title, ylabel="accuracy", ylim=(0, 1.25), yticks=np.linspace(0, 1, 6))
    axis.legend(loc="upper left", ncols=2)


# For up to eight classes: colours of Okabe and Ito, each with a marker of its own.
CLASS_STYLES = (
    ("#0072B2", "o"),
    ("#D55E00", "s"),
    ("#E69F00", "^"),
    ("#009E73", "D"),
    ("#CC79A7", "v"),
    ("#000000", "x"),
    ("#56B4E9", "P"),
    ("#999999", "*"),
)


def plot_plane(
    points: np.ndarray,
    labels: np.ndarray,
    class_names: Sequence[str],
    title: str,
    figure_text: str,
) -> None:
    """Show photos as points in a plane, a marker for each class.

    Args:
        points: float array (photos, 2).
        labels: int array (photos,).
        class_names: Up to eight names.
        title: Title of the figure.
        figure_text: One sentence that says what the figure shows.
    """
    _, axis = plt.subplots(figsize=(7, 5), layout="constrained")
    for label, (name, style) in enumerate(zip(class_names, CLASS_STYLES, strict=False)):
        colour, marker = style
        chosen = np.asarray(points)[np.asarray(labels) == label]
        axis.scatter(*chosen.T, color=colour, marker=marker, label=name)
    axis.set(title=title, xlabel="first axis", ylabel="second axis")
    axis.legend(loc="center left", bbox_to_anchor=(1, 0.5))
    show(figure_text)


def plot_confusion(
    matrix: np.ndarray, class_names: Sequence[str], title: str, figure_text: str
) -> None:
    """Show a confusion matrix with its numbers.

    Args:
        matrix: int array (classes, classes), a row for each label.
        class_names: One string for each class.
        title: Title of the figure.
        figure_text: One sentence that says what the figure shows.
    """
    _, axis = plt.subplots(figsize=(6, 5), layout="constrained")
    axis.imshow(matrix, cmap="Blues", vmin=0)
    for row, column in np.ndindex(*matrix.shape):
        ink = "white" if matrix[row, column] > 0.6 * matrix.max() else "black"
        axis.text(column, row, str(matrix[row, column]), ha="center", va="center", color=ink)
    axis.set_xticks(range(len(class_names)), class_names, rotation=45, ha="right")
    axis.set_yticks(range(len(class_names)), class_names)
    axis.set(title=title, xlabel="answer", ylabel="true class")
    show(figure_text)


def plot_training(
    curves: Mapping[str, Sequence[float]],
    chance: float,
    title: str,
    figure_text: str,
    mark: int | None = None,
) -> None:
    """Show the accuracy after each epoch, on the training and the validation photos.

    Args:
        curves: dict with the lists accuracy and val_accuracy, in [0, 1], as in
            the history that keras.Model.fit returns.
        chance: Accuracy of guessing, in [0, 1].
        title: Title of the figure.
        figure_text: One sentence that says what the figure shows.
        mark: Number of an epoch to mark with a line; None for none.
    """
    epochs = range(1, len(curves["accuracy"]) + 1)
    _, axis = plt.subplots(figsize=(8, 3.6), layout="constrained")
    lines: tuple[tuple[str, str, dict[str, Any]], ...] = (
        ("training photos", "accuracy", {"color": ORANGE, "linestyle": "--"}),
        ("validation photos", "val_accuracy", {"color": BLUE}),
    )
    for name, key, style in lines:
        axis.plot(epochs, curves[key], label=f"{name}: {curves[key][-1]:.2f} at the end", **style)
    if mark is not None:
        axis.axvline(mark, color=GREY, linewidth=4, zorder=0, label=f"epoch {mark}")
    axis.axhline(chance, color="black", linestyle=":", label=f"guessing: {chance:.2f}")
    axis.set(title=title, xlabel="epoch", ylabel="accuracy", ylim=(0, 1.02))
    axis.xaxis.set_major_locator(MaxNLocator(integer=True))
    axis.legend(loc="center left", bbox_to_anchor=(1, 0.5))
    show(figure_text)


def plot_learning_curves(
    summary: Sequence[Mapping[str, Any]],
    title: str,
    figure_text: str,
    guess: Mapping[str, Mapping[int, float]] | None = None,
) -> None:
    """Show test accuracy over photos per class, with a line for each approach.

    Args:
        summary: As `draw_learning_curves` takes it.
        title: Title of the figure.
        figure_text: One sentence that says what the figure shows.
        guess: dict from approach to a dict from photos per class to a guessed
            accuracy; drawn as hollow markers.
    """
    [axis] = draw_learning_curves(summary, title).axes
    for approach, points in (guess or {}).items():
        colour, marker, _ = APPROACH_STYLES[approach]
        style: dict[str, Any] = {
            "facecolors": "none",
            "edgecolors": colour,
            "marker": marker,
            "s": 110,
        }
        axis.scatter(list(points), list(points.values()), **style)
    show(figure_text)


def plot_cost(summary: Sequence[Mapping[str, Any]], title: str, figure_text: str) -> None:
    """Show test accuracy over the seconds to learn, with a line for each approach.

    Args:
        summary: list of dicts with approach, images_per_class, mean and
            seconds; see report.summarise.
        title: Title of the figure.
        figure_text: One sentence that says what the figure shows.
    """
    _, axis = plt.subplots(figsize=(8, 4.5), layout="constrained")
    for approach, entries in _by_approach(summary):
        colour, marker, line = APPROACH_STYLES[approach]
        seconds = [max(entry["seconds"], 0.1) for entry in entries]
        means = [entry["mean"] for entry in entries]
        axis.plot(seconds, means, color=colour, marker=marker, linestyle=line, label=approach)
        for entry, x, y in zip(entries, seconds, means, strict=True):
            place: dict[str, Any] = {
                "xytext": (0, 7),
                "textcoords": "offset points",
                "ha": "center",
            }
            axis.annotate(entry["images_per_class"], (x, y), fontsize=8, **place)
    axis.set(title=title, xlabel="seconds to learn", ylabel="accuracy on the test photos")
    axis.set(xscale="log", ylim=(0, 1))
    axis.xaxis.set_major_formatter("{x:g}")
    axis.grid(alpha=0.3)
    title = "numbers: photos per class"
    axis.legend(title=title, loc="center left", bbox_to_anchor=(1, 0.5))
    show(figure_text)


def plot_shift(summary: Sequence[Mapping[str, Any]], title: str, figure_text: str) -> None:
    """Show the accuracy on the usual and on the shifted test photos side by side.

    Args:
        summary: list of dicts with approach, mean and shift_mean, in [0, 1].
        title: Title of the figure.
        figure_text: One sentence that says what the figure shows.
    """
    values = {
        label: [entry[key] for entry in summary]
        for label, key in (("test", "mean"), ("test, shifted", "shift_mean"))
    }
    plot_pairs([entry["approach"] for entry in summary], values, title, figure_text)


def plot_pairs(
    names: Sequence[str], values: Mapping[str, Sequence[float]], title: str, figure_text: str
) -> None:
    """Show two accuracies for each name side by side.

    Args:
        names: One string for each pair.
        values: dict from two labels to a list of accuracies each, in [0, 1].
        title: Title of the figure.
        figure_text: One sentence that says what the figure shows.
    """
    _, axis = plt.subplots(figsize=(8, 3.6), layout="constrained")
    places = np.arange(len(names))
    styles: tuple[dict[str, Any], ...] = ({"color": BLUE}, {"color": ORANGE, "hatch": "//"})
    for offset, (label, heights), style in zip((-0.2, 0.2), values.items(), styles, strict=True):
        bars = axis.bar(places + offset, heights, 0.4, label=label, **style)
        axis.bar_label(bars, fmt="%.2f", padding=3)
    axis.set_xticks(places, names)
    _finish_bars(axis, title)
    show(figure_text)


def _by_approach(
    summary: Sequence[Mapping[str, Any]],
) -> Iterator[tuple[str, list[Mapping[str, Any]]]]:
    """Yield (approach, its entries by number of photos) in the order of the styles."""
    for approach in APPROACH_STYLES:
        entries = [entry for entry in summary if entry["approach"] == approach]
        if entries:
            yield approach, sorted(entries, key=lambda entry: entry["images_per_class"])


def draw_learning_curves(summary: Sequence[Mapping[str, Any]], title: str) -> Figure:
    """Draw test accuracy over photos per class, a line for each approach; return the figure.

    Args:
        summary: list of dicts with approach, images_per_class, mean, lowest
            and highest, accuracies in [0, 1].
        title: Title of the figure.
    """
    figure, axis = plt.subplots(figsize=(8, 4.5), layout="constrained")
    for approach, entries in _by_approach(summary):
        colour, marker, line = APPROACH_STYLES[approach]
        sizes = [entry["images_per_class"] for entry in entries]
        low, mean, high = (
            [entry[key] for entry in entries] for key in ("lowest", "mean", "highest")
        )
        axis.plot(sizes, mean, color=colour, marker=marker, linestyle=line, label=approach)
        axis.fill_between(sizes, low, high, color=colour, alpha=0.15, linewidth=0)
    axis.set_title(title, parse_math=False)  # It may contain the name of a folder.
    axis.set(xlabel="photos per class", ylabel="accuracy on the test photos")
    axis.set(xscale="log", ylim=(0, 1))
    axis.xaxis.set_major_formatter("{x:g}")
    axis.grid(alpha=0.3)
    axis.legend()
    return figure
