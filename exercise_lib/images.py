"""One file to one array: decode, orient, convert, resize; says why it cannot."""

from pathlib import Path

import numpy as np
from PIL import Image, ImageEnhance, ImageOps

from exercise_lib.errors import WorkshopError

# Refused before decoding: a scan of 200 megapixels takes 600 MB as an array.
MAX_PIXELS = 40_000_000
SUFFIXES = (".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".avif")


class BadPhotoError(WorkshopError):
    """A file that cannot be used as a photo; the message says why."""


def load_photo(path, image_size=None):
    """Read one photo as an RGB array, the way a person sees it.

    The camera's orientation is applied, transparency is put on white, 16-bit
    grey is scaled to 8 bits, and of an animation the first frame is taken.

    Args:
        path: The file. Its content decides, not its suffix.
        image_size: (height, width) in pixels to resize to, ignoring the
            aspect ratio; None keeps the size of the photo.

    Returns:
        uint8 array (height, width, 3) in [0, 255].

    Raises:
        BadPhotoError: the file is missing, empty, too large, cut, or no photo.
    """
    path = Path(path)
    try:
        with Image.open(path) as image:
            _refuse_too_large(path, image)
            image = to_rgb(ImageOps.exif_transpose(image))
    except FileNotFoundError as error:
        raise BadPhotoError(f"There is no file {path}.") from error
    # Pillow's decoders raise any of these for a damaged file.
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise BadPhotoError(f"{path.name} cannot be read as a photo: {error}") from error
    if image_size is not None:
        height, width = image_size
        image = image.resize((width, height), Image.Resampling.BILINEAR)
    return np.asarray(image)


def load_photos(paths, image_size):
    """Read several photos at one size.

    Args:
        paths: The files.
        image_size: (height, width) in pixels.

    Returns:
        uint8 array (photos, height, width, 3) in [0, 255].

    Raises:
        BadPhotoError: as `load_photo`, for the first file that fails.
    """
    photos = np.empty((len(paths), *image_size, 3), np.uint8)
    for row, path in enumerate(paths):
        photos[row] = load_photo(path, image_size)
    return photos


def random_view(photo, image_size, random):
    """Return what another photo of the same thing might look like: cropped, mirrored, recoloured.

    Source of the crops: Szegedy et al., Going Deeper with Convolutions, 2014
    (https://arxiv.org/abs/1409.4842), here of 60 to 100 % of the area.

    Args:
        photo: uint8 array (height, width, 3) in [0, 255].
        image_size: (height, width) in pixels of the result.
        random: numpy random generator.

    Returns:
        uint8 array (*image_size, 3) in [0, 255].
    """
    rows, columns = photo.shape[:2]
    height, width = np.sqrt(random.uniform(0.6, 1.0)) * np.array([rows, columns])
    top, left = random.uniform(0, rows - height), random.uniform(0, columns - width)
    box = (left, top, left + width, top + height)
    image = Image.fromarray(photo).resize(image_size[::-1], Image.Resampling.BILINEAR, box)
    if random.random() < 0.5:
        image = ImageOps.mirror(image)
    for change in (ImageEnhance.Brightness, ImageEnhance.Contrast, ImageEnhance.Color):
        image = change(image).enhance(random.uniform(0.75, 1.25))
    return np.asarray(image)


def to_rgb(image):
    """Convert a Pillow image of any mode to RGB, transparency on white."""
    if image.mode.startswith("I;16") or image.mode == "I":
        # convert("RGB") would clip everything above 255 to white.
        grey = np.asarray(image).astype(np.float32) / 257.0
        return Image.fromarray(grey.clip(0, 255).round().astype(np.uint8)).convert("RGB")
    if image.has_transparency_data:
        image = image.convert("RGBA")
        white = Image.new("RGBA", image.size, "white")
        return Image.alpha_composite(white, image).convert("RGB")
    return image.convert("RGB")


def _refuse_too_large(path, image):
    pixels = image.width * image.height
    if pixels > MAX_PIXELS:
        raise BadPhotoError(
            f"{path.name} has {pixels / 1e6:.0f} megapixels; at most "
            f"{MAX_PIXELS / 1e6:.0f} are read. Make it smaller first."
        )
