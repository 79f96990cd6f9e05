"""Command line: put random pictures of a split on one sheet.

python tools/rendering/contact_sheet.py data/yoghurts/train data/yoghurts/contact_sheet.png
"""

import argparse
import sys
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

TILE, GAP, HEAD = 144, 4, 24


def draw_sheet(split, rows, seed):
    """Return the sheet as a PIL picture: a column for each flavour, its name above.

    Args:
        split: pathlib.Path of a folder with a subfolder for each flavour.
        rows: Pictures of each flavour.
        seed: Of the draw.
    """
    random = np.random.default_rng(seed)
    flavours = sorted(path for path in split.iterdir() if path.is_dir())
    size = (len(flavours) * (TILE + GAP) + GAP, HEAD + rows * (TILE + GAP))
    sheet = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(sheet)
    font = ImageFont.load_default(15)
    for column, flavour in enumerate(flavours):
        left = GAP + column * (TILE + GAP)
        draw.text((left + TILE / 2, HEAD / 2), flavour.name, fill="black", font=font, anchor="mm")
        chosen = random.permutation(sorted(flavour.glob("*.jpg")))[:rows]
        for row, path in enumerate(chosen):
            tile = Image.open(path).resize((TILE, TILE), Image.Resampling.LANCZOS)
            sheet.paste(tile, (left, HEAD + row * (TILE + GAP)))
    return sheet


def main(arguments=None):
    """Write the sheet; returns the exit status."""
    parser = argparse.ArgumentParser(description="Draw a contact sheet of a split.")
    parser.add_argument("split", type=Path, help="folder with a subfolder for each flavour")
    parser.add_argument("sheet", type=Path, help="the picture file to write")
    parser.add_argument("--rows", type=int, default=8, help="pictures of each flavour")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(arguments)
    draw_sheet(options.split, options.rows, options.seed).save(options.sheet, optimize=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
