"""Prints: the label around a pot and the lid, drawn from a design with Pillow."""

import numpy as np
from flavours import draw_fruit
from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont
from printing import print_fruit

HEIGHT = 480
LID_SIZE = 420
NUTRITION = (
    "Energy 412 kJ",
    "Fat 3.5 g",
    "of which sat. 2.3 g",
    "Carbohydrate 13 g",
    "Sugars 12.4 g",
    "Protein 3.9 g",
    "Salt 0.13 g",
)


def _rgb(colour):
    return tuple(round(255 * min(1.0, max(0.0, part))) for part in colour)


def _shift(colour, factor):
    return tuple(part * factor if factor < 1 else 1 - (1 - part) / factor for part in colour)


def _is_dark(colour):
    return 0.3 * colour[0] + 0.6 * colour[1] + 0.1 * colour[2] < 0.45


def load_font(fonts_dir, size, weight=500):
    """Return Inter from Blender's own font folder in the given weight (100 to 900)."""
    font = ImageFont.truetype(str(fonts_dir / "Inter.woff2"), size)
    font.set_variation_by_axes([32, weight])
    return font


def draw_lettering(text, font, colour, slant=0.0, shadow=None):
    """Draw one word on a transparent ground, cut to its own size; slant shears it."""
    left, top, right, bottom = font.getbbox(text)
    size = (right - left + 60, bottom - top + 40)
    word = Image.new("RGBA", size, (*_rgb(colour), 0))
    draw = ImageDraw.Draw(word)
    if shadow is not None:
        draw.text((33 - left, 24 - top), text, font=font, fill=(*_rgb(shadow), 255))
    draw.text((30 - left, 20 - top), text, font=font, fill=(*_rgb(colour), 255))
    shear = (1, slant, -slant * size[1] / 2, 0, 1, 0)
    word = word.transform(size, Image.Transform.AFFINE, shear, Image.Resampling.BICUBIC)
    return word.crop(word.getbbox())


def _paste_centred(image, part, centre):
    image.paste(
        part, (round(centre[0] - part.width / 2), round(centre[1] - part.height / 2)), part
    )


def _fitted(part, width, height):
    scale = min(width / part.width, height / part.height)
    size = (max(1, round(part.width * scale)), max(1, round(part.height * scale)))
    return part.resize(size, Image.Resampling.LANCZOS)


# ---- ground patterns: each takes the label, the design and where the fruits stand ----


def _plain(label, design):
    draw = ImageDraw.Draw(label)
    draw.rectangle((0, HEIGHT - 34, label.width, HEIGHT), fill=_rgb(design.band))
    draw.rectangle((0, HEIGHT - 46, label.width, HEIGHT - 40), fill=_rgb(design.band))


def _gradient(label, design):
    rows = np.linspace(0, 1, HEIGHT)[:, None, None] ** 1.5
    ground = np.array(design.brand.paper) * (1 - rows) + np.array(design.band) * rows
    ground = np.broadcast_to(ground, (HEIGHT, label.width, 3))
    label.paste(Image.fromarray((ground * 255).astype(np.uint8)))


def _stripes(label, design):
    draw = ImageDraw.Draw(label)
    tone = _rgb(_shift(design.brand.paper, 0.88))
    for x in range(0, label.width, 36):
        draw.rectangle((x, 0, x + 16, HEIGHT), fill=tone)
    draw.rectangle((0, 0, label.width, 40), fill=_rgb(design.band))
    draw.rectangle((0, HEIGHT - 40, label.width, HEIGHT), fill=_rgb(design.band))


def _dots(label, design):
    draw = ImageDraw.Draw(label)
    tone = _rgb(_shift(design.brand.paper, 1.8))
    for row, y in enumerate(range(10, HEIGHT, 44)):
        for x in range(22 * (row % 2), label.width, 44):
            draw.ellipse((x - 8, y - 8, x + 8, y + 8), fill=tone)
    draw.rectangle((0, HEIGHT - 60, label.width, HEIGHT), fill=_rgb(design.band))


def _wave(label, design):
    x = np.arange(label.width)
    turns = 2 * np.pi * x / label.width
    for level, colour in ((0.60, _shift(design.band, 1.5)), (0.66, design.band)):
        top = HEIGHT * (level + 0.06 * np.sin(2 * turns + 9 * level))
        points = [*zip(x.tolist(), top.tolist(), strict=True), (label.width, HEIGHT), (0, HEIGHT)]
        ImageDraw.Draw(label).polygon(points, fill=_rgb(colour))


def _splash(label, design):
    """Paint the band all over, with a white splash of milk behind the fruits."""
    rng = np.random.default_rng([*design.seed, 3])
    ImageDraw.Draw(label).rectangle((0, 0, label.width, HEIGHT * 0.30), fill=_rgb(design.band))
    mask = Image.new("L", label.size)
    draw = ImageDraw.Draw(mask)
    for centre in (label.width * 0.25, label.width * 0.75):
        for _ in range(26):
            x, y = rng.normal(centre, label.width * 0.09), rng.normal(HEIGHT * 0.66, 60)
            r = rng.uniform(14, 66)
            draw.ellipse((x - r, y - r, x + r, y + r), fill=255)
    mask = mask.filter(ImageFilter.GaussianBlur(9)).point(lambda v: 255 if v > 120 else 0)
    mask = mask.filter(ImageFilter.GaussianBlur(1.2))
    inner = mask.filter(ImageFilter.GaussianBlur(10))
    tone = ImageChops.offset(inner, 5, 7).point(lambda v: 200 + v * 52 // 255)
    label.paste(Image.merge("RGB", (tone, tone, tone)), (0, 0), mask)


PATTERNS = {
    "plain": _plain,
    "gradient": _gradient,
    "stripes": _stripes,
    "dots": _dots,
    "wave": _wave,
    "splash": _splash,
}


# ---- what is printed on the ground ----


def _fruit_places(arrangement, size, panel):
    """Return (dx, dy, scale, turn in degrees) of the fruits, back to front, around a point.

    size is that of a fruit and panel the width of the front, in pixels.
    """
    if arrangement == "row":
        step = min(0.80 * size, 0.31 * panel)
        return ((-step, 0.03 * size, 0.88, 9), (step, 0.03 * size, 0.88, -9), (0, 0, 1.06, 0))
    if arrangement == "pyramid":
        return (
            (0, -0.32 * size, 0.86, 4),
            (-0.50 * size, 0.14 * size, 0.90, 16),
            (0.50 * size, 0.16 * size, 0.92, -14),
        )
    if arrangement == "pair":
        return ((-0.46 * size, 0.05 * size, 1.0, 10), (0.46 * size, -0.02 * size, 1.04, -8))
    return (
        (-0.58 * size, -0.10 * size, 0.90, 22),
        (0.60 * size, -0.04 * size, 0.90, -20),
        (0, 0.06 * size, 1.08, -4),
    )


def _sprite(design, rng, side, degrees):
    fruit = draw_fruit(design.flavour, rng)
    fruit = print_fruit(fruit, design.brand.ink, design.band, rng)
    return fruit.rotate(degrees, Image.Resampling.BICUBIC).resize((side, side))


def _print_fruits(label, design, centre, size):
    rng = np.random.default_rng([*design.seed, 11, int(centre[0])])  # Each front has its own.
    for dx, dy, scale, degrees in _fruit_places(design.brand.arrangement, size, label.width / 2):
        degrees += rng.uniform(-10, 10)
        sprite = _sprite(design, rng, round(size * scale * rng.uniform(0.94, 1.06)), degrees)
        shade = Image.new("RGBA", sprite.size, (25, 20, 20, 0))
        shade.putalpha(
            sprite.getchannel("A")
            .filter(ImageFilter.GaussianBlur(7))
            .point(lambda v: v * 110 // 255)
        )
        spot = (centre[0] + dx, centre[1] + dy)
        _paste_centred(label, shade, (spot[0] + 4, spot[1] + 9))
        _paste_centred(label, sprite, spot)


def _print_name(label, design, fonts_dir, centre, room):
    brand = design.brand
    dark = brand.layout == "badge" or _ground_is_dark(label, centre)
    ink = (0.98, 0.97, 0.93) if dark else _shift(design.band, 0.62)
    word = draw_lettering(
        brand.name,
        load_font(fonts_dir, 90, brand.weight),
        ink,
        brand.slant,
        shadow=_shift(design.band, 0.4) if dark else None,
    )
    _paste_centred(label, _fitted(word, *room), centre)


def _print_badge(label, design, centre, room):
    """Print the plate under the brand's name: a rounded shape in the band's colour."""
    width, height = room[0] * 0.58, room[1] * 0.80
    box = (centre[0] - width, centre[1] - height, centre[0] + width, centre[1] + height)
    draw = ImageDraw.Draw(label)
    draw.rounded_rectangle(
        box, radius=height, fill=_rgb(design.band), outline=_rgb(_shift(design.band, 2.2)), width=5
    )


def _ground_is_dark(label, centre):
    ground = label.getpixel((round(centre[0]), round(centre[1])))
    return _is_dark([part / 255 for part in ground])


def _print_claim(label, fonts_dir, text, centre, size=22):
    colour = (1, 1, 1) if _ground_is_dark(label, centre) else (0.2, 0.2, 0.25)
    word = draw_lettering(text, load_font(fonts_dir, size, 600), colour)
    _paste_centred(label, word, centre)


def _print_facts(label, design, fonts_dir, centre_x):
    """Print the panel between the fruits: nutrition, bar code, best-before date."""
    rng = np.random.default_rng([*design.seed, 5])
    wide = label.width * 0.062
    box = (centre_x - wide, 70, centre_x + wide, HEIGHT - 70)
    draw = ImageDraw.Draw(label)
    draw.rectangle(box, fill=(246, 246, 243), outline=(90, 90, 90))
    font = load_font(fonts_dir, 13, 500)
    for line, text in enumerate(NUTRITION):
        y = 84 + 23 * line
        draw.text((box[0] + 8, y), text, font=font, fill=(50, 50, 55))
        draw.line((box[0] + 6, y + 20, box[2] - 6, y + 20), fill=(150, 150, 150))
    x = box[0] + 10
    while x < box[2] - 12:
        bar = int(rng.integers(1, 5))
        draw.rectangle((x, 262, x + bar - 1, 345), fill=(20, 20, 20))
        x += bar + int(rng.integers(1, 5))
    date = f"{rng.integers(1, 29):02d}.{rng.integers(1, 13):02d}  L{rng.integers(100, 999)}"
    draw.text((box[0] + 8, 360), date, font=load_font(fonts_dir, 20, 700), fill=(30, 30, 60))


LAYOUTS = {  # Middle of the name, middle of the fruits and of the claim, as shares of the height.
    "name_above": (0.17, 0.62, 0.93),
    "name_below": (0.83, 0.38, 0.95),
    "badge": (0.17, 0.63, 0.94),
}


def draw_label(design, aspect, fonts_dir):
    """Draw the whole print around a pot.

    Args:
        design: A designs.Design.
        aspect: Length of the print around the pot divided by its height.
        fonts_dir: pathlib.Path of Blender's fonts.

    Returns:
        PIL.Image, RGB, 480 high. The fruits stand at a quarter and at three quarters of the
        width; the facts stand between.
    """
    brand = design.brand
    width = round(HEIGHT * aspect)
    label = Image.new("RGB", (width, HEIGHT), _rgb(brand.paper))
    PATTERNS[brand.pattern](label, design)
    for centre_x in (0, width / 2, width):
        _print_facts(label, design, fonts_dir, centre_x)
    size = min(0.70 * HEIGHT, 0.29 * width)
    name_y, fruit_y, claim_y = (share * HEIGHT for share in LAYOUTS[brand.layout])
    room = (width * 0.27, HEIGHT * 0.21)
    for centre_x in (width * 0.25, width * 0.75):
        _print_fruits(label, design, (centre_x, fruit_y), size)
        if brand.layout == "badge":
            _print_badge(label, design, (centre_x, name_y), room)
        _print_name(label, design, fonts_dir, (centre_x, name_y), room)
        _print_claim(label, fonts_dir, "150 g", (centre_x - width * 0.13, claim_y))
        _print_claim(label, fonts_dir, "3.5 % fat", (centre_x + width * 0.12, claim_y))
    return label.filter(ImageFilter.GaussianBlur(0.6))


def draw_lid(design, fonts_dir):
    """Draw the print of the lid, RGB, square; the lid is the circle in it."""
    lid = Image.new("RGB", (LID_SIZE, LID_SIZE), _rgb(design.lid))
    draw = ImageDraw.Draw(lid)
    ink = (0.97, 0.97, 0.95) if _is_dark(design.lid) else _shift(design.band, 0.7)
    for inset, width in ((34, 6), (48, 2)):
        draw.ellipse(
            (inset, inset, LID_SIZE - inset, LID_SIZE - inset), outline=_rgb(ink), width=width
        )
    word = draw_lettering(
        design.brand.name, load_font(fonts_dir, 90, design.brand.weight), ink, design.brand.slant
    )
    _paste_centred(lid, _fitted(word, 270, 90), (LID_SIZE / 2, LID_SIZE / 2))
    _print_claim(lid, fonts_dir, "peel here", (LID_SIZE / 2, LID_SIZE * 0.8), size=20)
    return lid
