"""Turn one file into one array: decode, orient, convert, resize; or say why not."""

import contextlib
import functools
import hashlib
import io
import os
import warnings
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import cast

import numpy as np
import pi_heif
from PIL import ExifTags, Image, ImageCms, ImageFilter, ImageOps, UnidentifiedImageError

from exercise_lib import paths, progress
from exercise_lib.errors import WorkshopError
from exercise_lib.storage.atomic import empty_array

# Pillow's warnings (an odd tag in a photo, say) do not help the photo's owner.
warnings.filterwarnings("ignore", category=UserWarning, module="PIL")
warnings.filterwarnings("ignore", category=Image.DecompressionBombWarning)  # Refused anyway.

# Refused before decoding: a scan of 200 megapixels takes 600 MB as an array.
MAX_PIXELS = 40_000_000
SUFFIXES = (
    *(".jpg", ".jpeg", ".jfif", ".png", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".avif"),
    *(".heic", ".heif", ".ppm", ".pgm", ".pbm", ".pnm"),
)
# No others: for some (PostScript, say) Pillow starts another program. MPO counts as JPEG.
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF", "HEIF", "PPM")
pi_heif.register_heif_opener(thumbnails=False)  # What phones write: HEIC.
# Most are TIFF files, of which Pillow would show the thumbnail.
RAW_SUFFIXES = {
    *(".nef", ".nrw", ".cr2", ".cr3", ".arw", ".sr2", ".dng", ".orf", ".rw2", ".raf", ".pef"),
    *(".srw", ".3fr", ".iiq", ".kdc", ".dcr", ".mrw", ".x3f", ".erf", ".mef", ".mos", ".raw"),
}

# Why files are left out: follows "12 left out: " or "1 left out: ", so it suits any number.
EMPTY = "empty"
NO_PHOTO = "not in a supported image format"
CUT = "damaged or truncated"
TOO_LARGE = f"more than {MAX_PIXELS / 1e6:.0f} megapixels"
RAW = "camera raw files; export as JPEG"
JPEG_2000 = "JPEG 2000, which is not read here; save as JPEG or PNG"
DICOM = "DICOM, which is not read here; export as PNG"
METADATA = "more metadata than a photo needs; save again without it"
LFS = "pointers of Git LFS instead of photos; run `git lfs pull`"
NO_COLOURS = "more than 16 bits per channel; save as 8-bit PNG"
UNREADABLE = "not readable"
# The same for one file, in words that follow its name.
OF_ONE = {
    EMPTY: "is empty: copy it again",
    NO_PHOTO: "is not an image in a supported format",
    CUT: "is damaged or truncated: copy it again",
    TOO_LARGE: f"has {TOO_LARGE}: make it smaller first",
    RAW: "is a camera raw file: export it as JPEG",
    JPEG_2000: "is JPEG 2000, which is not read here: save it as JPEG or PNG",
    DICOM: "is DICOM, which is not read here: export it as PNG",
    METADATA: "has more metadata than a photo needs: save it again without it",
    LFS: "is a pointer of Git LFS instead of the photo: run `git lfs pull`",
    NO_COLOURS: "has more than 16 bits per channel: save it as 8-bit PNG",
    UNREADABLE: "is not readable: check its permissions, or where its link leads",
}

# How a file that is not a plain photo is used: follows "12 used: " or "1 used: ".
OTHER_FORMAT = "file extension does not match the format"
ANIMATION = "animated; only the first frame is used"
SIXTEEN_BITS = "16-bit, scaled to 8 bits"
FEWER_BITS = "fewer bits than the file has room for, scaled by its brightest value"
TRANSPARENT = "transparent, placed on white"

TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
VERSION = 5  # Of how a photo becomes an array: whatever an earlier version made is stale.

# What a random view changes, and by how much at most; see tests/benchmarks/README.md.
LEAST_AREA, MOST_AREA = 0.3, 2.2  # Share of the area used; above 1, a crop takes in more.
SHIFT = 0.08  # Share of a photo's sides, on top of the room that a smaller part leaves.
COLOUR = 0.5  # Of brightness, contrast and saturation,
TINT = 0.25  # and of red, green and blue separately.
BLUR = 0.012  # Radius, as a share of the height.
NOISE = 15  # Standard deviation, in grey levels.


class BadPhotoError(WorkshopError):
    """A file that cannot be used as a photo; the message says why.

    Attributes:
        reason: One of the reasons above, for a summary of many files.
    """

    def __init__(self, message: str, reason: str) -> None:
        super().__init__(message, reason)  # Both, so that it can travel between processes.
        self.reason = reason

    def __str__(self) -> str:
        return self.args[0]


def load_photo(
    path: str | os.PathLike, image_size: tuple[int, int] | None = None, crop: float = 1.0
) -> np.ndarray:
    """Read one photo as an RGB array, as a person sees it.

    The camera's orientation is applied, transparency is placed on white, 16-bit
    grey is scaled to 8 bits, and an animation gives its first frame.

    Resizing does not squeeze a photo: it takes the largest central part with
    the proportions of image_size. On ImageNet photos this helps both bundled
    models; see the figures in data/EfficientNetLite0/README.md.

    Args:
        path: The file. Its content decides, not its suffix.
        image_size: (height, width) in pixels to resize to; None keeps the
            photo as it is.
        crop: Share of that part's sides to use, in (0, 1]: at 0.7, what is
            in the middle of the photo fills the picture.

    Returns:
        uint8 array (height, width, 3) in [0, 255].

    Raises:
        BadPhotoError: the file is missing, empty, too large, truncated, or not an image.
    """
    if image_size is None:
        with opened(path) as image:
            return np.asarray(_pixels(image))
    whole = whole_size(image_size, crop)
    with opened(path) as image:
        _decode_no_more_than(image, whole)
        image = _pixels(image)
    left, top, right, bottom = middle_box(image.size, whole)
    # The same as resizing all of it and then cutting out the middle, but quicker.
    margins = [
        (1 - side / all_of_it) / 2 for side, all_of_it in zip(image_size, whole, strict=True)
    ]
    across, down = margins[1] * (right - left), margins[0] * (bottom - top)
    box = _inside((left + across, top + down, right - across, bottom - down), image.size)
    return np.asarray(image.resize(image_size[::-1], Image.Resampling.BICUBIC, box))


def load_random_views(
    path: str | os.PathLike,
    image_size: tuple[int, int],
    randoms: Iterable[np.random.Generator],
    crop: float = 1.0,
) -> list[np.ndarray]:
    """Read a photo once and return a random view of it for each generator.

    Args:
        path: The file; see `load_photo`.
        image_size: (height, width) in pixels of the views.
        randoms: numpy random generators; see `random_view`.
        crop: Share of the sides to use; see `load_photo`.

    Returns:
        list of uint8 arrays (*image_size, 3) in [0, 255].

    Raises:
        BadPhotoError: as `load_photo`.
    """
    with opened(path) as image:
        _decode_no_more_than(image, [side / LEAST_AREA**0.5 / crop for side in image_size])
        photo = np.asarray(_pixels(image))
    return [random_view(photo, image_size, random, crop) for random in randoms]


def whole_size(image_size: tuple[int, int], crop: float) -> tuple[int, int]:
    """Return (height, width) of a whole photo whose crop has the size image_size.

    Raises:
        ValueError: crop is not in (0, 1].
    """
    if not 0 < crop <= 1:
        raise ValueError(
            f"crop must be a share of a photo's sides, above 0 and at most 1: found {crop}."
        )
    # The margins are equal on both sides, so the difference is even.
    height, width = (side + 2 * round((side / crop - side) / 2) for side in image_size)
    return height, width


def middle_box(
    size: tuple[int, int], proportions: tuple[int, int], crop: float = 1.0
) -> tuple[float, float, float, float]:
    """Return the largest box with the proportions (height, width) in the middle of a picture.

    Args:
        size: (width, height) of the picture, as Pillow has it.
        crop: Share of the sides of that box to return instead.

    Returns:
        (left, top, right, bottom), floats in pixels.
    """
    scale = crop * min(size[0] / proportions[1], size[1] / proportions[0])
    width, height = scale * proportions[1], scale * proportions[0]
    left, top = (size[0] - width) / 2, (size[1] - height) / 2
    return _inside((left, top, left + width, top + height), size)


def _inside(
    box: tuple[float, float, float, float], size: tuple[int, int]
) -> tuple[float, float, float, float]:
    """Trim the fraction of a pixel that rounding may put beyond the edge."""
    left, top, right, bottom = box
    return max(left, 0.0), max(top, 0.0), min(right, size[0]), min(bottom, size[1])


def _decode_no_more_than(image: Image.Image, image_size: Sequence[float]) -> None:
    """Tell Pillow that a large JPEG need not be decoded at full size.

    One and a half times the size is enough, on the longer side, because the
    camera may have been turned.
    """
    image.draft(image.mode, (round(1.5 * max(image_size)),) * 2)


def _pixels(image: Image.Image) -> Image.Image:
    """Decode an opened picture to RGB, as a person sees it."""
    image.load()
    if image.mode == "F" or (image.mode == "I" and cast(int, image.getextrema()[1]) > 65535):
        raise _ReasonError(NO_COLOURS)
    # Pillow's exif_transpose also rewrites the other tags, and fails where one is odd.
    with contextlib.suppress(Exception):  # Unreadable tags: no turn.
        turn = TURNS.get(image.getexif().get(ExifTags.Base.Orientation, 0))
        image = image if turn is None else image.transpose(turn)
    return to_rgb(image)


class _ReasonError(Exception):
    """One of the reasons, raised where the name of the file is not known."""


@contextlib.contextmanager
def opened(path: str | os.PathLike) -> Iterator[Image.Image]:
    """Open a picture file with Pillow; any error in the block becomes a BadPhotoError."""
    path = Path(path)
    if paths.is_there(path) and not paths.is_file(path):  # A pipe would block for ever.
        raise BadPhotoError(f"{paths.shown(path)} is not a regular file.", UNREADABLE)
    try:
        if path.suffix.lower() in RAW_SUFFIXES and paths.is_file(path):
            raise _ReasonError(RAW)
        with Image.open(path, formats=FORMATS) as image:
            _refuse_too_large(path, image)
            yield image
    except FileNotFoundError as error:
        raise BadPhotoError(f"There is no file {paths.shown(path)}.", UNREADABLE) from error
    except BadPhotoError:
        raise
    # A fuzzing test found that Pillow's decoders raise nearly anything for a damaged file.
    except Exception as error:
        reason = error.args[0] if isinstance(error, _ReasonError) else _reason(path, error)
        raise BadPhotoError(f"{paths.shown(path.name)} {OF_ONE[reason]}.", reason) from error


@contextlib.contextmanager
def reading(path: str | os.PathLike) -> Iterator[None]:
    """Turn any file-system error in the block into a BadPhotoError."""
    try:
        yield
    except OSError as error:
        raise BadPhotoError(
            f"{paths.shown(path)} cannot be read: {error.strerror}.", UNREADABLE
        ) from error


def content_hash(path: str | os.PathLike) -> str:
    """Return the SHA-256 of a file's bytes, as hexadecimal digits.

    Within one process a file is read again only if its size or time of change differs.

    Raises:
        BadPhotoError: the file cannot be read.
    """
    with reading(path):
        status = Path(path).stat()
        return _content_hash(Path(path).absolute(), status.st_size, status.st_mtime_ns)


@functools.lru_cache(maxsize=100_000)
def _content_hash(path: Path, size: int, time_of_change: int) -> str:
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def inspect(path: str | os.PathLike) -> list[str]:
    """Decode a photo without keeping it, to see whether and how it can be used.

    Pillow's `verify` accepts half a JPEG, so every byte is decoded; a JPEG at
    an eighth of its size, which is quicker.

    Returns:
        list of remarks, such as ANIMATION; empty for a plain photo.

    Raises:
        BadPhotoError: as `load_photo`.
    """
    with opened(path) as image:
        image.draft("RGB", (max(1, image.width // 8), max(1, image.height // 8)))
        remarks = _remarks(Path(path), image)
        _pixels(image)
    return remarks


def _remarks(path: Path, image: Image.Image) -> list[str]:
    kinds = Image.registered_extensions()
    # Pillow calls a phone's JPEG with a second picture in it an MPO.
    kind = "JPEG" if image.format == "MPO" else image.format
    is_deep = image.mode == "I" or image.mode.startswith("I;16")
    has_fewer_bits = is_deep and _bits(float(np.asarray(image).max(initial=0))) < 16
    found = {
        OTHER_FORMAT: bool(path.suffix) and kinds.get(path.suffix.lower()) != kind,
        ANIMATION: kind != "JPEG" and getattr(image, "n_frames", 1) > 1,
        SIXTEEN_BITS: is_deep and not has_fewer_bits,
        FEWER_BITS: has_fewer_bits,
        TRANSPARENT: image.has_transparency_data and _least_alpha(image) < 255,
    }
    return [remark for remark, is_so in found.items() if is_so]


def _least_alpha(image: Image.Image) -> int:
    of_channels = cast(tuple[tuple[int, int], ...], _to_rgba(image).getextrema())
    return of_channels[3][0]


def _reason(path: Path, error: Exception) -> str:
    """Return the reason that fits an error from Pillow or the file system."""
    if isinstance(error, PermissionError | IsADirectoryError):
        return UNREADABLE
    if isinstance(error, Image.DecompressionBombError):
        return TOO_LARGE
    try:
        with path.open("rb") as file:
            start = file.read(132)
    except OSError:
        return UNREADABLE
    if not start:
        return EMPTY
    if start[4:12] == b"ftypcrx ":
        return RAW
    if start.startswith((b"\0\0\0\x0cjP  ", b"\xff\x4f\xff\x51")):
        return JPEG_2000
    if start[128:132] == b"DICM":
        return DICOM
    if start.startswith(b"version https://git-lfs"):
        return LFS
    if "MAX_TEXT" in str(error):  # Pillow's bounds on the texts in a PNG.
        return METADATA
    is_image = start[4:8] == b"ftyp" or not isinstance(error, UnidentifiedImageError)
    return CUT if is_image else NO_PHOTO


def load_photos(
    files: Sequence[str | os.PathLike], image_size: tuple[int, int], crop: float = 1.0
) -> np.ndarray:
    """Read several photos at one size.

    Args:
        files: Paths of the photos.
        image_size: (height, width) in pixels.
        crop: Share of the sides to use; see `load_photo`.

    Returns:
        uint8 array (photos, height, width, 3) in [0, 255]; a large one is
        kept in a file and read as needed.

    Raises:
        BadPhotoError: as `load_photo`, for the first file that fails.
        WorkshopError: the disk has no room for a large one.
    """
    photos = empty_array((len(files), *image_size, 3), np.uint8, paths.cache())
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        loaded: Iterable[np.ndarray] = pool.map(
            lambda path: load_photo(path, image_size, crop), files
        )
        loaded = progress.bar(loaded, total=len(files), least=progress.MANY)
        for row, photo in enumerate(loaded):
            photos[row] = photo
    return photos


def random_view(
    photo: np.ndarray, image_size: tuple[int, int], random: np.random.Generator, crop: float = 1.0
) -> np.ndarray:
    """Return what another photo of the same thing might look like.

    Nearer or farther, a little to the side, mirrored, in different light, less sharp, with noise.
    With a crop, a view may show more than the crop does: things look smaller through another lens.
    Source of the parts and colours: Szegedy et al., Going Deeper with Convolutions, 2014
    (https://arxiv.org/abs/1409.4842), and Howard, Some Improvements on Deep Convolutional Neural
    Network Based Image Classification, 2013 (https://arxiv.org/abs/1312.5402).

    Args:
        photo: uint8 array (height, width, 3) in [0, 255].
        image_size: (height, width) in pixels of the result.
        random: numpy random generator.
        crop: Share of the sides to use; see `load_photo`.

    Returns:
        uint8 array (*image_size, 3) in [0, 255].
    """
    box = _random_box(photo.shape[1::-1], image_size, random, crop)
    image = Image.fromarray(photo).resize(image_size[::-1], Image.Resampling.BICUBIC, box)
    if random.random() < 0.5:
        image = ImageOps.mirror(image)
    image = image.convert("RGB", _random_colours(np.asarray(image).mean(), random))
    image = image.filter(ImageFilter.GaussianBlur(random.uniform(0, BLUR) * image_size[0]))
    noise = random.standard_normal((*image_size, 3), np.float32) * random.uniform(0, NOISE)
    return np.clip(np.asarray(image) + noise, 0, 255).astype(np.uint8)


def _random_box(
    size: tuple[int, int], image_size: tuple[int, int], random: np.random.Generator, crop: float
) -> tuple[float, float, float, float]:
    """Return (left, top, right, bottom) of the part of a photo that a random view shows."""
    left, top, right, bottom = middle_box(size, image_size)
    share = min(1.0, crop * np.sqrt(random.uniform(LEAST_AREA, MOST_AREA)))
    room = min(max(crop - share, 0) + SHIFT, 1 - share)
    width, height = right - left, bottom - top
    left += width * ((1 - share) + room * random.uniform(-1, 1)) / 2
    top += height * ((1 - share) + room * random.uniform(-1, 1)) / 2
    return _inside((left, top, left + share * width, top + share * height), size)


def _random_colours(mean: float, random: np.random.Generator) -> list[float]:
    """Return a matrix for Pillow (12 numbers) that changes brightness, contrast and colours.

    Args:
        mean: Mean of all pixels; contrast changes around it.
        random: numpy random generator.
    """
    brightness, contrast, saturation = random.uniform(1 - COLOUR, 1 + COLOUR, 3)
    # Source of the weights of grey: ITU-R BT.601, as used by Pillow.
    grey = np.tile([0.299, 0.587, 0.114], (3, 1))
    mixed = saturation * np.eye(3) + (1 - saturation) * grey
    tints = random.uniform(1 - TINT, 1 + TINT, (3, 1))
    shift = np.full((3, 1), brightness * mean * (1 - contrast))
    return np.hstack([brightness * contrast * tints * mixed, tints * shift]).ravel().tolist()


def to_rgb(image: Image.Image) -> Image.Image:
    """Convert a Pillow image of any mode to RGB: sRGB colours, transparency placed on white."""
    if image.mode.startswith("I;16") or image.mode == "I":
        return _grey_levels(image).convert("RGB")
    profile = image.info.get("icc_profile")
    if image.has_transparency_data:
        image = _to_rgba(image)
        white = Image.new("RGB", image.size, "white")
        white.paste(image, mask=image.getchannel("A"))
        image = white
    elif image.mode == "P":
        image = image.convert("RGB")
    return _to_srgb(image, profile).convert("RGB")


def _grey_levels(image: Image.Image) -> Image.Image:
    """Return grey of more than 8 bits as 8 bits; `convert` would clip all above 255 to white.

    A camera of 12 bits that writes files of 16 leaves them nearly black, so the number of bits
    is that of the brightest value. Values below zero, as of a CT scanner, begin at black.
    """
    grey = np.asarray(image).astype(np.float32)
    darkest = min(float(grey.min(initial=0)), 0.0)
    grey -= darkest
    grey *= 255 / (2 ** _bits(float(grey.max(initial=0))) - 1)
    np.rint(grey, out=grey)
    return Image.fromarray(np.clip(grey, 0, 255, out=grey).astype(np.uint8))


def _bits(brightest: float) -> int:
    """Return how many bits a brightest value needs, at least 8; beyond 12 it is taken for 16."""
    needed = max(8, int(brightest).bit_length())
    return needed if needed <= 12 else max(16, needed)


def _to_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Convert the colours of another profile, such as Adobe RGB or Display P3, to sRGB."""
    if not profile or image.mode not in ("RGB", "CMYK", "L"):
        return image
    # A profile that cannot be read, or is of other colours, changes nothing.
    with contextlib.suppress(Exception):
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if "srgb" not in ImageCms.getProfileDescription(source).casefold():
            converted = ImageCms.profileToProfile(image, source, _SRGB, outputMode="RGB")
            return image if converted is None else converted
    return image


_SRGB = ImageCms.createProfile("sRGB")


def _to_rgba(image: Image.Image) -> Image.Image:
    # Pillow offers no other way to convert grey that was multiplied by its alpha.
    if image.mode == "La":
        image = image.convert("LA")
    return image if image.mode == "RGBA" else image.convert("RGBA")


def _refuse_too_large(path: Path, image: Image.Image) -> None:
    pixels = image.width * image.height
    if pixels > MAX_PIXELS:
        raise BadPhotoError(
            f"{paths.shown(path.name)} has {pixels / 1e6:.0f} megapixels; the limit "
            f"is {MAX_PIXELS / 1e6:.0f}. Make it smaller first.",
            TOO_LARGE,
        )
