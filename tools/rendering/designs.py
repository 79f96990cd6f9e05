"""Pot designs: brand, colours, layout, shape and fruit arrangement, drawn apart from the flavour.

Each brand makes all six flavours. Band and lid colours go round the flavours so that over six
brands every flavour meets every colour equally often: no colour gives a flavour away. The test
pictures use brands, and therefore designs, that no training picture shows.
"""

from dataclasses import dataclass

import numpy as np
from flavours import FLAVOURS

BANDS = (
    (0.10, 0.30, 0.62),
    (0.72, 0.12, 0.16),
    (0.10, 0.45, 0.26),
    (0.93, 0.62, 0.10),
    (0.45, 0.20, 0.52),
    (0.05, 0.55, 0.60),
)
LIDS = (
    (0.92, 0.92, 0.90),
    (0.80, 0.80, 0.82),
    (0.80, 0.62, 0.25),
    (0.12, 0.32, 0.66),
    (0.74, 0.13, 0.17),
    (0.18, 0.50, 0.28),
)
PAPERS = (
    (0.96, 0.96, 0.95),
    (0.96, 0.92, 0.82),
    (0.80, 0.81, 0.83),
    (0.74, 0.86, 0.95),
    (0.80, 0.92, 0.84),
    (0.96, 0.83, 0.84),
    (0.76, 0.63, 0.46),
    (0.13, 0.15, 0.22),
    (0.98, 0.91, 0.62),
)
PLASTICS = ((0.96, 0.96, 0.95), (0.96, 0.92, 0.82), (0.80, 0.81, 0.83))

SHAPES = ("tapered", "barrel", "tall", "squat", "square", "pail")
LAYOUTS = ("name_above", "badge", "name_below")
PATTERNS = ("wave", "gradient", "stripes", "dots", "plain", "splash")
ARRANGEMENTS = ("row", "cluster", "pyramid", "pair")
INKS = ("photo", "duotone", "photo", "flat", "photo", "duotone")

# Invented; the split decides which pictures may show a brand.
NAMES = {
    "train": (
        *("Velmora", "brindel", "KUVELA", "Tarnby", "Molkiva", "orsolina"),
        *("Almetta", "fjordis", "LUNARO", "Weidhof", "Perlina", "zamora"),
        *("Nordal", "cremona", "BELVIO", "Hollin", "Sanvita", "mirabo"),
        *("Ottway", "lactelle", "RIVANO", "Kemble", "Dolcina", "ambra"),
    ),
    "test": (
        *("Sennova", "YAVORA", "pelluna", "Dorvika", "Casimel", "halmeya"),
        *("Tiverny", "GALENO", "isolde", "Marwick", "Fontela", "quillan"),
    ),
}
SEEDS = {"train": 31, "test": 47}


@dataclass(frozen=True)
class Brand:
    """What all flavours of one brand share.

    ink is the way fruit is printed, a name in printing.INKS; paper is the ground colour of the
    label and plastic that of the pot; slant shears the lettering; weight is the stroke weight of
    the letters, 100 to 900; sleeve says that a cardboard sleeve around the pot carries the print.
    """

    name: str
    shape: str
    layout: str
    pattern: str
    arrangement: str
    ink: str
    paper: tuple
    plastic: tuple
    weight: int
    slant: float
    sleeve: bool


@dataclass(frozen=True)
class Design:
    """One brand in one flavour: everything needed to print and mould the pot."""

    key: str
    brand: Brand
    flavour: str
    band: tuple
    lid: tuple
    seed: tuple


def brands_of(split):
    """Return the brands of a split, the same at every call.

    Shapes, layouts, patterns and so on are dealt out in shuffled rounds, so that each occurs
    about equally often and none goes with another.

    Args:
        split: "train" or "test".
    """
    names = NAMES[split]
    rng = np.random.default_rng(SEEDS[split])
    columns = [
        _dealt(values, len(names), rng)
        for values in (SHAPES, LAYOUTS, PATTERNS, ARRANGEMENTS, INKS, PAPERS, PLASTICS)
    ]
    weights = rng.integers(5, 10, len(names)) * 100
    slants = rng.choice((0.0, 0.0, 0.12, 0.2), len(names))
    sleeves = _dealt((True, False, False, False), len(names), rng)
    return tuple(map(Brand, names, *columns, weights.tolist(), slants.tolist(), sleeves))


def _dealt(values, count, rng):
    rounds = -(-count // len(values))
    places = np.concatenate([rng.permutation(len(values)) for _ in range(rounds)])[:count]
    return [values[place] for place in places]


def designs_of(split):
    """Return {(brand number, flavour): Design} of one split.

    Args:
        split: "train" or "test".

    Raises:
        KeyError: another split.
    """
    return {
        (number, flavour): _design(split, number, brand, flavour)
        for number, brand in enumerate(brands_of(split))
        for flavour in FLAVOURS
    }


def _design(split, number, brand, flavour):
    place = FLAVOURS.index(flavour)
    # Two Latin squares with different steps: colours of band and lid vary apart from each other.
    order = np.random.default_rng([SEEDS[split], number // 6]).permutation(6)
    band = BANDS[order[(place + number) % 6]]
    lid = LIDS[order[(5 * place + number + 2) % 6]]
    seed = (SEEDS[split], number, place)
    return Design(f"{split}_{number:02d}_{flavour}", brand, flavour, band, lid, seed)
