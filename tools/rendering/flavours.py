"""The six flavours: how each fruit is drawn. Only this tells one flavour from another."""

import numpy as np
from painting import Canvas, curve, mix, outline, smooth_step, soft_noise

GREEN = (0.30, 0.56, 0.18)
STALK = (0.45, 0.48, 0.20)

STRAWBERRY = outline(
    {
        0: 0.78,
        30: 0.86,
        60: 0.84,
        90: 0.74,
        120: 0.84,
        150: 0.86,
        180: 0.78,
        215: 0.76,
        245: 0.86,
        270: 1.02,
        295: 0.86,
        325: 0.76,
    }
)
RASPBERRY = outline(
    {0: 0.72, 40: 0.80, 90: 0.72, 140: 0.80, 180: 0.72, 230: 0.78, 270: 0.88, 310: 0.78}
)
CHERRY = outline({0: 1.0, 60: 1.0, 90: 0.90, 120: 1.0, 180: 1.0, 270: 0.97})
LEMON = outline(
    {
        0: 1.08,
        12: 0.90,
        30: 0.80,
        60: 0.70,
        90: 0.67,
        120: 0.70,
        150: 0.80,
        168: 0.90,
        180: 1.06,
        192: 0.90,
        210: 0.80,
        240: 0.70,
        270: 0.67,
        300: 0.70,
        330: 0.80,
        348: 0.90,
    }
)
PEACH = outline({0: 0.88, 60: 0.89, 82: 0.86, 90: 0.80, 98: 0.86, 120: 0.89, 180: 0.88, 270: 0.86})


def _places_on_front(rows, per_row):
    """Yield points (x, y, depth) in staggered rows on the front half of a ball."""
    for row, tilt in enumerate(np.linspace(-72, 72, rows)):
        count = max(2, round(per_row * np.cos(np.radians(tilt))))
        step = 150 / count
        for turn in np.arange(-75 + step / 2 * (row % 2), 76, step):
            x = np.sin(np.radians(turn)) * np.cos(np.radians(tilt))
            y = np.sin(np.radians(tilt))
            yield x, y, np.sqrt(max(0.0, 1 - x * x - y * y))


def _crown_of_leaves(canvas, centre, rng, length, count=7, width=0.11, colour=GREEN):
    for degrees in np.linspace(-165, -15, count):
        degrees += rng.uniform(-8, 8)
        canvas.leaf(centre, degrees, length * rng.uniform(0.8, 1.1), width, colour)
    for degrees in (30, 150, 75, 110):
        canvas.leaf(centre, degrees + rng.uniform(-8, 8), length * 0.62, width * 0.8, colour)


def _draw_whole_strawberry(canvas, rng):
    edge, normal, (_, y) = canvas.solid(STRAWBERRY, (0, -0.10))
    flesh = mix((0.84, 0.07, 0.08), (0.95, 0.36, 0.22), smooth_step(0.45, 1.0, y))
    canvas.paint_lit(flesh, edge, normal, gloss=0.5, sharpness=22)
    for x, y, depth in _places_on_front(7, 7):
        reach = STRAWBERRY(np.arctan2(y, x))
        sx, sy = x * reach, y * reach - 0.10
        size = 0.045 * (0.5 + 0.5 * depth)
        pit = np.hypot((canvas.x - sx) / (size * 1.5), (canvas.y - sy - 0.012) / (size * 1.8))
        canvas.darken(0.42 * smooth_step(1.1, 0.5, pit))
        seed = np.hypot((canvas.x - sx) / (size * 0.62), (canvas.y - sy) / size)
        canvas.paint((0.97, 0.83, 0.40), smooth_step(1.15, 0.8, seed))
    canvas.stroke(curve((0, 0.62), (0.05, 0.85), (0.22, 1.05)), 0.045, GREEN)
    _crown_of_leaves(canvas, (0, 0.62), rng, 0.56)


def _draw_cut_strawberry(canvas, rng):
    edge, normal, (x, y) = canvas.solid(STRAWBERRY, (0, -0.10))
    heart = np.hypot(x / 0.42, (y + 0.02) / 0.62)
    flesh = mix((1.0, 0.86, 0.78), (0.96, 0.42, 0.36), smooth_step(0.35, 1.1, heart))
    rays = 0.5 + 0.5 * np.cos(34 * np.arctan2(y, x))
    flesh = mix(flesh, (1.0, 0.80, 0.74), 0.5 * rays * smooth_step(0.6, 1, heart))
    flesh = mix(flesh, (0.80, 0.05, 0.07), smooth_step(0.84, 0.93, edge))
    flat = normal * np.array([0.25, 0.25, 1])
    canvas.paint_lit(flesh, edge, flat / np.linalg.norm(flat, axis=-1, keepdims=True), gloss=0.0)
    _crown_of_leaves(canvas, (0, 0.62), rng, 0.50)


def draw_strawberry(rng):
    """Draw one strawberry, whole or cut; returns RGBA."""
    canvas = Canvas()
    draw = _draw_cut_strawberry if rng.random() < 0.2 else _draw_whole_strawberry
    draw(canvas, rng)
    return canvas.image()


def draw_raspberry(rng):
    """Draw one raspberry made of small balls; returns RGBA."""
    canvas = Canvas()
    edge, normal, _ = canvas.solid(RASPBERRY, (0, -0.12))
    canvas.paint_lit(np.array((0.42, 0.02, 0.12)), edge, normal, gloss=0)
    places = sorted(_places_on_front(8, 8), key=lambda place: place[2])
    for x, y, depth in places:
        reach = RASPBERRY(np.arctan2(y, x)) * 0.98
        centre = (x * reach + rng.normal(0, 0.01), y * reach - 0.12 + rng.normal(0, 0.01))
        radius = 0.135 * (0.74 + 0.26 * depth) * rng.uniform(0.92, 1.08)
        colour = np.array((0.86, 0.13, 0.30)) * rng.uniform(0.88, 1.1) * (0.62 + 0.42 * depth)
        part = canvas.part(centre, radius)
        edge, normal, _ = part.solid(radius, centre)
        part.paint_lit(colour, edge, normal, gloss=0.55, sharpness=18, border=0.55, scale=radius)
    canvas.stroke(curve((0, 0.58), (-0.03, 0.85), (-0.16, 1.02)), 0.035, STALK)
    _crown_of_leaves(canvas, (0, 0.60), rng, 0.34, count=5, width=0.06, colour=(0.45, 0.62, 0.28))
    return canvas.image()


def _draw_one_cherry(canvas, centre, radius, tone, turn):
    edge, normal, (x, y) = canvas.solid(lambda a: radius * CHERRY(a), centre, turn)
    flesh = mix(np.array((0.62, 0.02, 0.07)) * tone, (0.86, 0.10, 0.10), smooth_step(0.1, 1.2, -y))
    canvas.paint_lit(flesh, edge, normal, gloss=0.85, sharpness=60, scale=radius)
    dimple = np.hypot(x / 0.34, (y - 0.80) / 0.14)
    canvas.darken(0.6 * smooth_step(1.1, 0.2, dimple) * canvas.cover(edge, radius))


def draw_cherry(rng):
    """Draw two cherries hanging from one point, with a leaf; returns RGBA."""
    canvas = Canvas()
    lean = rng.uniform(-0.12, 0.12)
    joint = (0.12 + lean, 1.02)
    spots = [(-0.50, -0.36, 0.50), (0.47, -0.52, 0.52)]
    for x, y, radius in spots:
        tone = rng.uniform(0.85, 1.1)
        _draw_one_cherry(canvas, (x, y), radius, tone, rng.uniform(-0.15, 0.15))
        bend = (x * 0.55, 0.55)
        canvas.stroke(curve((x, y + radius * 0.82), bend, joint), 0.03, STALK)
    canvas.leaf(joint, rng.uniform(-25, 5), 0.95, 0.22)
    return canvas.image()


def _draw_one_blueberry(canvas, rng, centre, radius, crown):
    edge, normal, _ = canvas.solid(radius, centre)
    bloom = soft_noise(rng, canvas.size, 14) * smooth_step(-0.6, 0.8, normal[..., 1])
    skin = mix((0.14, 0.17, 0.40), (0.50, 0.58, 0.80), 0.85 * bloom)
    canvas.paint_lit(skin, edge, normal, gloss=0.25, sharpness=14, scale=radius)
    cx, cy = centre[0] + crown[0] * radius, centre[1] + crown[1] * radius
    angle = np.arctan2(canvas.y - cy, canvas.x - cx)
    star = np.hypot(canvas.x - cx, (canvas.y - cy) * 1.15) / (radius * 0.40)
    lobes = 0.72 + 0.30 * np.abs(np.cos(2.5 * angle + crown[2]))
    canvas.paint((0.34, 0.38, 0.60), smooth_step(lobes + 0.08, lobes - 0.02, star))
    canvas.paint((0.07, 0.07, 0.18), smooth_step(0.66, 0.54, star / lobes))
    canvas.paint((0.22, 0.22, 0.36), smooth_step(0.22, 0.14, star))


def draw_blueberry(rng):
    """Draw three blueberries with their crowns and a leaf; returns RGBA."""
    canvas = Canvas()
    canvas.leaf((-0.1, 0.1), rng.uniform(120, 150), 1.1, 0.26)
    canvas.leaf((0.1, 0.1), rng.uniform(35, 65), 1.0, 0.24)
    for x, y, radius in [(0.48, 0.10, 0.50), (-0.50, 0.02, 0.52), (0.04, -0.42, 0.58)]:
        crown = (rng.uniform(-0.4, 0.4), rng.uniform(-0.05, 0.5), rng.uniform(0, 3))
        _draw_one_blueberry(canvas, rng, (x, y), radius, crown)
    return canvas.image()


def _draw_whole_lemon(canvas, rng):
    turn = rng.uniform(-0.5, 0.5)
    canvas.leaf((0.1, 0.4), rng.uniform(30, 70), 0.85, 0.22)
    edge, normal, (x, _) = canvas.solid(LEMON, (0, -0.08), turn)
    pores = soft_noise(rng, canvas.size, 60) - 0.5
    normal = normal + pores[..., None] * np.array([0.28, 0.28, 0])
    normal /= np.linalg.norm(normal, axis=-1, keepdims=True)
    peel = mix((0.98, 0.82, 0.10), (0.78, 0.74, 0.14), smooth_step(0.78, 1.0, np.abs(x)))
    canvas.paint_lit(peel, edge, normal, gloss=0.4, sharpness=26, border=0.4)


def _draw_cut_lemon(canvas, rng):
    canvas.leaf((0.3, 0.5), rng.uniform(20, 60), 0.75, 0.2)
    edge, _, (x, y) = canvas.solid(0.92, (0, -0.06), rng.uniform(0, 3))
    angle = np.arctan2(y, x)
    part = np.abs((angle / (2 * np.pi) * 9) % 1 - 0.5) * 2
    pulp = smooth_step(0.97, 0.88, part + 0.06 / (edge + 0.05)) * smooth_step(0.83, 0.78, edge)
    pulp *= smooth_step(0.10, 0.16, edge)
    fibres = 0.5 + 0.5 * np.sin(angle * 60 + 4 * soft_noise(rng, canvas.size, 20))
    flesh = mix((0.99, 0.88, 0.30), (0.97, 0.78, 0.12), fibres * edge)
    face = mix((1.0, 0.97, 0.82), flesh, pulp)
    face = mix(face, (0.97, 0.80, 0.08), smooth_step(0.90, 0.94, edge))
    canvas.paint(face * (1.0 - 0.25 * smooth_step(0.97, 1.0, edge))[..., None], canvas.cover(edge))


def draw_lemon(rng):
    """Draw one lemon, whole or cut; returns RGBA."""
    canvas = Canvas()
    draw = _draw_cut_lemon if rng.random() < 0.4 else _draw_whole_lemon
    draw(canvas, rng)
    return canvas.image()


def _draw_whole_peach(canvas, rng):
    edge, normal, (x, y) = canvas.solid(PEACH, (0, -0.08), rng.uniform(-0.25, 0.25))
    blush = smooth_step(-0.5, 0.9, x * rng.choice([-1, 1]) + 0.5 * y)
    blush = np.clip(blush + 0.5 * (soft_noise(rng, canvas.size, 9) - 0.5), 0, 1)
    skin = mix((0.99, 0.72, 0.32), (0.88, 0.27, 0.18), 0.85 * blush)
    canvas.paint_lit(skin, edge, normal, gloss=0.12, sharpness=8, border=0.3)
    groove = np.abs(x - 0.34 * np.sqrt(np.clip(1 - y * y, 0, 1)) + 0.30)
    groove = smooth_step(0.09, 0.0, groove) * smooth_step(-0.7, 0.4, y) * canvas.cover(edge)
    canvas.darken(0.42 * groove)
    canvas.stroke([(0, 0.64), (0.02, 0.80)], 0.05, (0.42, 0.30, 0.16))
    canvas.leaf((0.0, 0.72), rng.uniform(-5, 35), 0.95, 0.19)
    canvas.leaf((0.0, 0.72), rng.uniform(150, 190), 0.75, 0.17)


def _draw_cut_peach(canvas, rng):
    canvas.leaf((0.2, 0.6), rng.uniform(0, 40), 0.85, 0.18)
    edge, _, (x, y) = canvas.solid(PEACH, (0, -0.08))
    stone = np.hypot(x / 0.40, (y + 0.02) / 0.50)
    flesh = mix((0.86, 0.30, 0.16), (1.0, 0.78, 0.36), smooth_step(1.0, 1.6, stone))
    flesh = mix(flesh, (0.90, 0.36, 0.20), smooth_step(0.92, 0.98, edge))
    canvas.paint(flesh, canvas.cover(edge))
    wrinkles = soft_noise(rng, canvas.size, 26)
    shell = mix((0.52, 0.27, 0.12), (0.30, 0.13, 0.06), smooth_step(0.4, 0.6, wrinkles))
    canvas.paint(shell * (1.15 - 0.5 * stone[..., None] ** 2), smooth_step(1.03, 0.97, stone))


def draw_peach(rng):
    """Draw one peach, whole or cut with its stone; returns RGBA."""
    canvas = Canvas()
    draw = _draw_cut_peach if rng.random() < 0.3 else _draw_whole_peach
    draw(canvas, rng)
    return canvas.image()


DRAWERS = {
    "blueberry": draw_blueberry,
    "cherry": draw_cherry,
    "lemon": draw_lemon,
    "peach": draw_peach,
    "raspberry": draw_raspberry,
    "strawberry": draw_strawberry,
}
FLAVOURS = tuple(DRAWERS)


def draw_fruit(flavour, rng):
    """Draw one fruit.

    Args:
        flavour: One of `FLAVOURS`.
        rng: numpy random generator; chooses whole or cut, leaves, spots.

    Returns:
        PIL.Image, RGBA, 208 x 208: several times what a photo shows of it.
    """
    return DRAWERS[flavour](rng)
