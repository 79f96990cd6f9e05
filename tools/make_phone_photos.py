"""Command line: write data/phone_photos, a folder with the troubles of photos from phones.

    python tools/make_phone_photos.py

Twelve training photos of each of three flavours, and beside them what people
bring along: copies, a photo in two classes, half a file, a letter, and so on.
Needs Pillow only.
"""

import shutil
import sys
from pathlib import Path

from PIL import Image, ImageOps

DATA = Path(__file__).resolve().parent.parent / "data"
TARGET = DATA / "phone_photos"
FLAVOURS = ("blueberry", "lemon", "strawberry")
PHOTOS = 12
TURN_RIGHT = 6  # EXIF: to be turned clockwise by 90 degrees to be viewed.


def copy_photos():
    """Copy the first photos of each flavour, named as a phone names them."""
    for place, flavour in enumerate(FLAVOURS):
        folder = TARGET / flavour
        folder.mkdir(parents=True)
        sources = sorted((DATA / "yoghurts" / "train" / flavour).glob("*.jpg"))[:PHOTOS]
        for number, source in enumerate(sources, start=1):
            shutil.copyfile(source, folder / f"IMG_{100 * place + number:04d}.jpg")


def add_troubles():
    """Add files that need care, and files that cannot be used."""
    blueberry, lemon, strawberry = (TARGET / flavour for flavour in FLAVOURS)
    shutil.copyfile(blueberry / "IMG_0003.jpg", blueberry / "IMG_0003 (1).jpg")
    shutil.copyfile(lemon / "IMG_0104.jpg", strawberry / "WhatsApp Image 7.jpg")
    half = (strawberry / "IMG_0209.jpg").read_bytes()
    (strawberry / "IMG_0209.jpg").write_bytes(half[: len(half) // 2])
    (lemon / "recipe.jpg").write_text("Two lemons, a cup of sugar, half a litre of yoghurt.\n")
    (lemon / "IMG_0113.jpg").touch()
    (blueberry / "IMG_0013.HEIC").write_bytes(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic")
    Image.new("1", (9000, 9000)).save(blueberry / "scan.png")
    turn(blueberry / "IMG_0005.jpg")
    with Image.open(lemon / "IMG_0106.jpg") as photo:
        photo.save(lemon / "IMG_0106.png.jpg", format="PNG")
    (lemon / "IMG_0106.jpg").unlink()
    with Image.open(strawberry / "IMG_0207.jpg") as photo:
        photo.convert("L").save(strawberry / "IMG_0207.jpg", quality=90)
    with Image.open(strawberry / "IMG_0210.jpg") as photo:
        mirrored = ImageOps.mirror(photo)
        photo.save(strawberry / "boomerang.gif", save_all=True, append_images=[mirrored])
    (strawberry / "IMG_0210.jpg").unlink()
    shutil.copyfile(
        DATA / "yoghurts" / "test" / "cherry" / "cherry_001.jpg", TARGET / "IMG_0300.jpg"
    )
    (TARGET / "new").mkdir()
    (TARGET / "new" / "Thumbs.db").write_bytes(b"made by a program")


def turn(path):
    """Store a photo lying on its side, with the note that it must be turned."""
    exif = Image.Exif()
    exif[0x0112] = TURN_RIGHT
    with Image.open(path) as photo:
        photo.rotate(90, expand=True).save(path, quality=90, exif=exif)


def main():
    """Write the folder anew; returns the exit status."""
    shutil.rmtree(TARGET, ignore_errors=True)
    copy_photos()
    add_troubles()
    print(f"{TARGET}: {sum(file.is_file() for file in TARGET.rglob('*'))} files")
    return 0


if __name__ == "__main__":
    sys.exit(main())
