"""Command line: put a rendered split into one zip archive, the boxes in one JSON file.

    python tools/rendering/pack.py build/large data/yoghurts_large.zip

The same pictures give the same archive, byte for byte.
"""

import argparse
import json
import sys
import zipfile
from pathlib import Path
from xml.etree import ElementTree

from tqdm import tqdm

MADE = (2026, 1, 1, 0, 0, 0)  # The same in every archive; a zip file must tell some date.
NUMBERS = ("xmin", "ymin", "xmax", "ymax")


def read_boxes(xml_file):
    """Return the boxes of one picture: [{"name", "box", "truncated", "difficult"}].

    box is [xmin, ymin, xmax, ymax] in pixels that count from 1, as in Pascal VOC.
    """
    boxes = []
    for item in ElementTree.parse(xml_file).getroot().iter("object"):
        bounds = item.find("bndbox")
        boxes.append(
            {
                "name": item.findtext("name"),
                "box": [int(bounds.findtext(number)) for number in NUMBERS],
                "truncated": int(item.findtext("truncated")),
                "difficult": int(item.findtext("difficult")),
            }
        )
    return boxes


def pack(folder, archive):
    """Write the archive: <flavour>/<name>.jpg for each picture, and boxes.json."""
    pictures = sorted(folder.glob("*/*.jpg"))
    boxes = {}
    part = archive.with_suffix(".part")
    with zipfile.ZipFile(part, "w") as members:
        for picture in tqdm(pictures, unit="picture"):
            name = picture.relative_to(folder).as_posix()
            boxes[name] = read_boxes(picture.with_suffix(".xml"))
            # Stored as they are: JPEG is compressed already.
            members.writestr(zipfile.ZipInfo(name, MADE), picture.read_bytes())
        text = json.dumps(boxes, separators=(",", ":"))
        information = zipfile.ZipInfo("boxes.json", MADE)
        information.compress_type = zipfile.ZIP_DEFLATED
        members.writestr(information, text)
    part.replace(archive)
    return len(pictures)


def main(arguments=None):
    """Pack one split; returns the exit status."""
    parser = argparse.ArgumentParser(description="Pack a rendered split into a zip archive.")
    parser.add_argument("folder", type=Path, help="folder with a subfolder for each flavour")
    parser.add_argument("archive", type=Path, help="the zip file to write")
    options = parser.parse_args(arguments)
    count = pack(options.folder, options.archive)
    print(f"{options.archive}: {count} pictures, {options.archive.stat().st_size / 1e6:.1f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
