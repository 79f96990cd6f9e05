"""Ways to print a fruit: in its own colours, in two tones of one ink, or in flat tones.

Each takes and gives a Pillow picture with transparency, RGBA. `ink` is the colour of the label's
band, which has nothing to do with the flavour: so colour alone does not tell a fruit.
"""

import numpy as np
from PIL import Image

GREY_WEIGHTS = np.array([0.30, 0.59, 0.11])


def print_fruit(fruit, way, ink, rng):
    """Print one fruit.

    Args:
        fruit: PIL RGBA picture in natural colours.
        way: A name in INKS.
        ink: (red, green, blue) in [0, 1].
        rng: numpy random generator.
    """
    return INKS[way](fruit, ink, rng)


def _photo(fruit, ink, rng):
    """Natural colours, more or less faded, with the cast of a cheap press."""
    colours, alpha = _split(fruit)
    grey = (colours @ GREY_WEIGHTS)[..., None]
    colours = grey + (colours - grey) * rng.uniform(0.55, 1.1)
    return _join(colours * rng.normal(1, 0.06, 3), alpha)


def _duotone(fruit, ink, rng):
    """Two tones of one ink: shadows dark, lights nearly white."""
    colours, alpha = _split(fruit)
    return _join(_two_tones(_stretched(colours, alpha), ink), alpha)


def _flat(fruit, ink, rng):
    """Five flat tones of the ink, as in a screen print."""
    colours, alpha = _split(fruit)
    grey = np.floor(_stretched(colours, alpha) * 4.99) / 4
    return _join(_two_tones(grey, ink), alpha)


INKS = {
    "photo": _photo,
    "duotone": _duotone,
    "flat": _flat,
}


def _split(fruit):
    pixels = np.asarray(fruit, float) / 255
    return pixels[..., :3], pixels[..., 3]


def _join(colours, alpha):
    pixels = np.dstack([np.clip(colours, 0, 1), alpha])
    return Image.fromarray((pixels * 255).round().astype(np.uint8))


def _stretched(colours, alpha):
    """Return grey values from 0.1 to 0.85, the darkest and the lightest part of the fruit."""
    grey = colours @ GREY_WEIGHTS
    low, high = np.quantile(grey[alpha > 0.5], (0.02, 0.98))
    return 0.1 + 0.75 * np.clip((grey - low) / (high - low), 0, 1)


def _two_tones(grey, ink):
    """Map grey values to colours: dark ink, the ink, nearly white."""
    dark, light = 0.35 * np.array(ink), 0.25 * np.array(ink) + 0.75
    value = grey[..., None]
    lower = dark + (np.array(ink) - dark) * np.clip(2 * value, 0, 1)
    return np.where(value < 0.5, lower, ink + (light - ink) * (2 * value - 1))
