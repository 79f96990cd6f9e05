"""Figures from numbers. Each ends with a line of text that says what it shows."""

import matplotlib.pyplot as plt
import numpy as np

# Okabe and Ito's palette, which colour-blind readers can tell apart.
# Source: https://jfly.uni-koeln.de/color/
BLUE, ORANGE, GREY = "#0072B2", "#E69F00", "#BBBBBB"


def show(figure_text):
    """Show the current figure, then print what it shows, for those who cannot see it."""
    plt.show()
    print(f"Figure: {figure_text}")


def plot_photos(photos, names, title, figure_text, columns=6):
    """Show photos in a grid, a name above each.

    Args:
        photos: Arrays (height, width, 3), uint8 in [0, 255]; sizes may differ.
        names: One string for each photo.
        title: Title of the figure.
        figure_text: One sentence that says what the figure shows.
        columns: Photos in a row.
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


def plot_top_k(photos, names, tops, title, figure_text):
    """Show photos, each above bars of its most probable classes.

    Args:
        photos: Arrays (height, width, 3), uint8 in [0, 255].
        names: One string for each photo.
        tops: For each photo a list of (name, probability), the most probable first.
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
    axes[1, 0].set_ylabel("class, most probable on top")
    show(figure_text)


def _bars_with_names(axis, top):
    """Draw bars with the class name written on each, so that long names fit."""
    names, probabilities = zip(*top, strict=True)
    places = np.arange(len(top))
    axis.barh(places, probabilities, color=BLUE, alpha=0.35)
    for place, name, probability in zip(places, names, probabilities, strict=True):
        axis.text(0.02, place, f"{name}  {probability:.2f}", va="center", fontsize=9)
    axis.set(xlim=(0, 1), xlabel="probability", yticks=[])
    axis.invert_yaxis()


def plot_counts(names, counts, title, figure_text):
    """Show how often each class occurs, the most frequent on top.

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


def plot_shares(names, shares, chance, title, figure_text):
    """Show an accuracy for each class, with a dashed line at what guessing gives.

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
    axis.set(title=title, ylabel="accuracy", ylim=(0, 1))
    axis.legend()
    show(figure_text)
