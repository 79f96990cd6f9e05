"""Figures: they are drawn, labelled, and said in words."""

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest

from exercise_lib import plots


@pytest.fixture(autouse=True)
def figures_stay_open(monkeypatch):
    matplotlib.use("agg")
    monkeypatch.setattr(plt, "show", lambda: None)
    yield
    plt.close("all")


PHOTOS = [np.zeros((4, 6, 3), np.uint8), np.zeros((5, 5, 3), np.uint8)]


def test_photos_have_names_and_a_title(capsys):
    plots.plot_photos(PHOTOS, ["a", "b"], "Two", "two photos.", columns=3)
    assert plt.gcf().get_suptitle() == "Two"
    titles = [axis.get_title() for axis in plt.gcf().axes]
    assert titles == ["a", "b", ""]
    assert capsys.readouterr().out == "Figure: two photos.\n"


def test_top_k_shows_names_and_probabilities():
    tops = [[("cat", 0.9), ("dog", 0.1)], [("cup", 0.5), ("pot", 0.4)]]
    plots.plot_top_k(PHOTOS, ["a", "b"], tops, "Bars", "bars.")
    texts = [text.get_text() for axis in plt.gcf().axes for text in axis.texts]
    assert texts == ["cat  0.90", "dog  0.10", "cup  0.50", "pot  0.40"]


def test_heat_maps_leave_bright_what_counts():
    photo = np.full((8, 6, 3), 200, np.uint8)
    heat = np.array([[1.0, 0.0], [0.0, 0.0]])
    plots.plot_heat_maps([photo], [heat], ["a"], "Heat", "heat.")
    above, below = (axis.images[0].get_array() for axis in plt.gcf().axes)
    assert np.array_equal(above, photo)
    assert below[0, 0, 0] > 190
    assert below[-1, -1, 0] < 40
    plots.plot_heat_maps([photo], [heat * np.nan], ["a"], "Nothing", "no heat.")


def test_training_shows_both_curves_and_chance(capsys):
    curves = {"accuracy": [0.2, 0.9], "val_accuracy": [0.2, 0.3]}
    plots.plot_training(curves, 1 / 6, "Training", "two curves.")
    axis = plt.gca()
    drawn = {line.get_label(): list(line.get_ydata()) for line in axis.lines}
    assert drawn["training photos: 0.90 at the end"] == [0.2, 0.9]
    assert drawn["validation photos: 0.30 at the end"] == [0.2, 0.3]
    assert "guessing: 0.17" in drawn
    assert len({line.get_linestyle() for line in axis.lines}) == 3
    plots.plot_training(curves, 1 / 6, "Training", "two curves.", mark=2)
    assert "epoch 2" in [line.get_label() for line in plt.gca().lines]


@pytest.mark.parametrize("plot", ["counts", "shares"])
def test_bars_have_title_and_units(plot):
    if plot == "counts":
        plots.plot_counts(["cup", "pot"], [3, 1], "Names", "counts.")
    else:
        plots.plot_shares(["a", "b"], [0.5, 1.0], 0.5, "Accuracy", "shares.")
    axis = plt.gca()
    assert axis.get_title()
    assert {axis.get_xlabel(), axis.get_ylabel()} & {"photos", "accuracy"}
    labels = [text.get_text() for text in axis.texts]
    assert labels in (["3", "1"], ["0.50", "1.00"])


SUMMARY = [
    {
        "approach": approach,
        "images_per_class": size,
        "mean": mean,
        "lowest": mean - 0.1,
        "highest": mean + 0.1,
        "shift_mean": mean / 2,
        "seconds": 10 * size,
    }
    for approach, size, mean in (
        ("fine_tuning", 20, 0.8),
        ("fine_tuning", 5, 0.6),
        ("as_is", 5, 0.2),
    )
]


def test_learning_curves_go_by_size_and_show_the_guess(capsys):
    plots.plot_learning_curves(SUMMARY, "Curves", "curves.", {"as_is": {5: 0.3, 20: 0.4}})
    axis = plt.gca()
    lines = {line.get_label(): line for line in axis.lines}
    assert list(lines["fine_tuning"].get_xdata()) == [5, 20]
    assert list(lines["fine_tuning"].get_ydata()) == [0.6, 0.8]
    guessed = axis.collections[-1].get_offsets()
    assert np.allclose(guessed, [[5, 0.3], [20, 0.4]])
    assert capsys.readouterr().out == "Figure: curves.\n"


def test_cost_shows_seconds_and_photos():
    plots.plot_cost(SUMMARY, "Cost", "cost.")
    axis = plt.gca()
    assert {tuple(line.get_xdata()) for line in axis.lines} == {(50, 200), (50,)}
    assert sorted(text.get_text() for text in axis.texts) == ["20", "5", "5"]
    assert "seconds" in axis.get_xlabel()


def test_shift_shows_both_accuracies():
    plots.plot_shift([SUMMARY[0], SUMMARY[2]], "Shift", "shift.")
    texts = [text.get_text() for text in plt.gca().texts]
    assert texts == ["0.80", "0.20", "0.40", "0.10"]
