"""A small canvas for drawing rounded, lit shapes as a label printer would show them.

Coordinates: x to the right, y up, the picture spans about -1.2 to 1.2 both ways. Colours are
(red, green, blue) in [0, 1].
"""

import copy
from itertools import pairwise

import numpy as np
from PIL import Image

HALF_WIDTH = 1.2
LIGHT = np.array([-0.45, 0.60, 0.66])


def smooth_step(low, high, value):
    """Return 0 below `low`, 1 above `high`, and a soft ramp between; arrays of any shape."""
    t = np.clip((value - low) / (high - low), 0, 1)
    return t * t * (3 - 2 * t)


def mix(first, second, share):
    """Mix two colours; `share` (height, width) in [0, 1] says how much of the second."""
    return np.asarray(first) * (1 - share[..., None]) + np.asarray(second) * share[..., None]


def outline(radii_by_degree):
    """Return a smooth radius as a function of the angle.

    Args:
        radii_by_degree: {angle in degrees, counted from the x axis: radius}.

    Returns:
        A function from angles in radians, any shape, to radii of the same shape.
    """
    degrees = np.arange(360)
    known = sorted(radii_by_degree)
    radii = np.interp(degrees, known, [radii_by_degree[d] for d in known], period=360)
    window = np.hanning(27) / np.hanning(27).sum()
    radii = np.convolve(np.concatenate([radii[-13:], radii, radii[:13]]), window, "valid")
    return lambda angle: np.interp(np.degrees(angle), degrees, radii, period=360)


def soft_noise(rng, size, cells):
    """Return cloudy noise, float (size, size) in [0, 1], about `cells` clouds across."""
    small = Image.fromarray(rng.integers(0, 256, (cells, cells), dtype=np.uint8))
    return np.asarray(small.resize((size, size), Image.Resampling.BICUBIC), float) / 255


class Canvas:
    """A square picture with transparency, painted from back to front."""

    def __init__(self, size=208):
        self.size = size
        axis = (np.arange(size) + 0.5) / size * 2 * HALF_WIDTH - HALF_WIDTH
        self.x, self.y = np.meshgrid(axis, -axis)
        self.pixel = 2 * HALF_WIDTH / size
        self.rgb = np.zeros((size, size, 3))
        self.alpha = np.zeros((size, size))

    def paint(self, colour, alpha):
        """Paint over what is there; colour (3,) or (size, size, 3), alpha (size, size)."""
        colour = np.broadcast_to(np.asarray(colour, float), self.rgb.shape)
        total = alpha + self.alpha * (1 - alpha)
        kept = (self.alpha * (1 - alpha))[..., None] * self.rgb
        # In place, because a part of the canvas shares the memory.
        self.rgb[...] = (colour * alpha[..., None] + kept) / np.maximum(total, 1e-6)[..., None]
        self.alpha[...] = total

    def darken(self, amount):
        """Darken what is painted already; amount (size, size) in [0, 1]."""
        self.rgb *= 1 - amount[..., None]

    def part(self, centre, reach):
        """Return the square within `reach` of (x, y) as a canvas: painting there is quicker."""
        column, row = ((np.array([1, -1]) * centre + HALF_WIDTH) / self.pixel).astype(int)
        half = int(reach / self.pixel) + 2
        rows, columns = (slice(max(0, at - half), at + half) for at in (row, column))
        part = copy.copy(self)
        for name in ("x", "y", "rgb", "alpha"):
            setattr(part, name, getattr(self, name)[rows, columns])
        return part

    def solid(self, radius, centre=(0, 0), turn=0.0):
        """Return the geometry of a rounded body seen from the front.

        Args:
            radius: Number, or a function from angle to radius (see `outline`).
            centre: (x, y).
            turn: Rotation in radians, counter-clockwise.

        Returns:
            (edge, normal, local): distance from the middle as a share of the radius
            (size, size), unit normals (size, size, 3), and turned coordinates (x, y) in which
            the radius is 1.
        """
        dx, dy = self.x - centre[0], self.y - centre[1]
        angle = np.arctan2(dy, dx) - turn
        reach = radius(angle) if callable(radius) else radius
        edge = np.hypot(dx, dy) / reach
        depth = np.sqrt(np.clip(1 - edge**2, 0, 1))
        normal = np.stack([dx / reach, dy / reach, depth], -1)
        normal /= np.maximum(np.linalg.norm(normal, axis=-1, keepdims=True), 1e-6)
        return edge, normal, (edge * np.cos(angle), edge * np.sin(angle))

    def cover(self, edge, mean_radius=1.0):
        """Turn `edge` (1 at the border) into a smooth mask (size, size)."""
        return smooth_step(1 + self.pixel / mean_radius, 1 - self.pixel / mean_radius, edge)

    def paint_lit(self, colour, edge, normal, gloss=0.6, sharpness=40, border=0.45, scale=1.0):
        """Paint a body with light from the upper left, a highlight and a darker border."""
        facing = np.clip(normal @ (LIGHT / np.linalg.norm(LIGHT)), 0, 1)
        half = LIGHT / np.linalg.norm(LIGHT) + np.array([0, 0, 1])
        shine = np.clip(normal @ (half / np.linalg.norm(half)), 0, 1) ** sharpness
        bounce = 0.16 * np.clip(-normal[..., 1], 0, 1)
        shade = 0.46 + 0.66 * facing + bounce
        shade *= 1 - border * smooth_step(0.86, 1.0, edge)
        lit = np.broadcast_to(colour, self.rgb.shape) * shade[..., None] + gloss * shine[..., None]
        self.paint(np.clip(lit, 0, 1), self.cover(edge, scale))

    def leaf(self, base, degrees, length, width, colour=(0.25, 0.52, 0.16)):
        """Paint one pointed leaf with a middle vein, starting at `base`."""
        angle = np.radians(degrees)
        dx, dy = self.x - base[0], self.y - base[1]
        along = (dx * np.cos(angle) + dy * np.sin(angle)) / length
        across = -dx * np.sin(angle) + dy * np.cos(angle)
        span = np.clip(along, 1e-3, 1 - 1e-3)
        half = width * np.sin(np.pi * span**0.8) ** 0.9 + 1e-4
        inside = smooth_step(self.pixel, -self.pixel, np.abs(across) - half)
        inside *= (along > 0) & (along < 1)
        side = 0.80 + 0.25 * smooth_step(-0.2, 0.2, across / half) * np.sign(np.cos(angle) + 0.01)
        veins = 0.10 * (np.sin(26 * (along - 0.5 * np.abs(across) / length)) > 0.8)
        middle = 0.30 * smooth_step(0.03, 0.0, np.abs(across))
        rim = 0.35 * smooth_step(0.75, 1.0, np.abs(across) / half)
        tone = side + veins + middle - rim
        self.paint(np.clip(np.asarray(colour) * tone[..., None], 0, 1), inside)

    def stroke(self, points, width, colour):
        """Paint a rounded stalk along a line of (x, y) points."""
        distance = np.full(self.x.shape, 9.0)
        for (x0, y0), (x1, y1) in pairwise(points):
            vx, vy = x1 - x0, y1 - y0
            t = ((self.x - x0) * vx + (self.y - y0) * vy) / (vx * vx + vy * vy + 1e-9)
            t = np.clip(t, 0, 1)
            distance = np.minimum(distance, np.hypot(self.x - x0 - t * vx, self.y - y0 - t * vy))
        tone = 1.15 - 0.5 * (distance / width) ** 2
        inside = smooth_step(width + self.pixel, width - self.pixel, distance)
        self.paint(np.clip(np.asarray(colour) * tone[..., None], 0, 1), inside)

    def image(self):
        """Return the drawing as a Pillow picture with transparency (RGBA)."""
        stacked = np.dstack([self.rgb, self.alpha])
        return Image.fromarray((np.clip(stacked, 0, 1) * 255).astype(np.uint8))


def curve(start, bend, end, steps=12):
    """Return points on a bent line from `start` to `end`, pulled towards `bend`."""
    t = np.linspace(0, 1, steps)[:, None]
    start, bend, end = (np.asarray(p, float) for p in (start, bend, end))
    return (1 - t) ** 2 * start + 2 * t * (1 - t) * bend + t**2 * end
