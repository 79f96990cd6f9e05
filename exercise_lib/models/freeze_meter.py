"""The freeze meter: what a training run changed, part by part."""

from collections.abc import Mapping, Sequence
from typing import Self

import keras
import numpy as np


class FreezeMeter:
    """Compare the weights of named parts before and after a block of code.

    with FreezeMeter({"base": base_model, "head": head}) as meter:
        model.fit(...)
    meter.show()

    Args:
        parts: dict from a name to a layer, a model, or a list of layers.

    Attributes:
        moved: dict from the name of each part to a pair of floats: how far its
            weights, and how far its batch-normalisation statistics, moved as
            a share of their length before (0.01: by one per cent). None for
            the statistics of a part that has none. Set at the end of the
            block.
    """

    def __init__(self, parts: Mapping[str, keras.Layer | Sequence[keras.Layer]]) -> None:
        self.parts = {name: _layers(part) for name, part in parts.items()}
        self.moved: dict[str, tuple[float | None, float | None]] = {}

    def __enter__(self) -> Self:
        self._before = {name: _values(layers) for name, layers in self.parts.items()}
        return self

    def __exit__(self, *error: object) -> None:
        for name, layers in self.parts.items():
            pairs = zip(self._before[name], _values(layers), strict=True)
            weights, statistics = (relative_change(old, new) for old, new in pairs)
            self.moved[name] = weights, statistics

    def show(self) -> None:
        """Print a line for each part."""
        print(f"{'part':<16}{'weights moved by':>18}{'statistics moved by':>22}")
        for name, (weights, statistics) in self.moved.items():
            print(f"{name:<16}{_percent(weights):>18}{_percent(statistics):>22}")


def relative_change(before: Sequence[np.ndarray], after: Sequence[np.ndarray]) -> float | None:
    """Return the length of the difference between two lists of arrays, relative to the first.

    Args:
        before, after: Lists of arrays of equal shapes.

    Returns:
        float, or None if the lists are empty.
    """
    if not before:
        return None
    difference = sum(float(np.sum((a - b) ** 2)) for a, b in zip(after, before, strict=True))
    length = sum(float(np.sum(b**2)) for b in before)
    return float(np.sqrt(difference / max(length, 1e-12)))


def _layers(part: keras.Layer | Sequence[keras.Layer]) -> list[keras.Layer]:
    return list(part) if isinstance(part, list | tuple) else [part]


def _values(layers: Sequence[keras.Layer]) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Return (weights, statistics): lists of arrays; the seeds of random layers are neither."""
    weights: list[np.ndarray] = []
    statistics: list[np.ndarray] = []
    for variable in (weight for layer in layers for weight in layer.weights):
        is_statistic = "moving_" in variable.path
        values = keras.ops.convert_to_numpy(variable)
        if is_statistic:
            statistics.append(np.array(values))
        elif np.issubdtype(values.dtype, np.floating):
            weights.append(np.array(values))
    return weights, statistics


def _percent(share: float | None) -> str:
    """Return a share in words."""
    if share is None:
        return "has none"
    if share == 0:
        return "not at all"
    if share < 0.0005:
        return "under 0.1 %"
    return f"{100 * share:.1f} %"
