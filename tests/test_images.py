"""Photos as a person sees them, or a sentence that says why not."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import ExifTags, Image, ImageCms, ImageOps, PngImagePlugin

from exercise_lib import images, paths


@pytest.fixture
def photo():
    """A photo with a red left half and a green right half, (20, 40, 3)."""
    array = np.zeros((20, 40, 3), np.uint8)
    array[:, :20, 0] = 250
    array[:, 20:, 1] = 250
    return array


def saved(array_or_image, path, **options):
    image = array_or_image
    if not isinstance(image, Image.Image):
        image = Image.fromarray(image)
    image.save(path, **options)
    return path


def test_photo_is_rgb_in_its_own_size(photo, tmp_path):
    loaded = images.load_photo(saved(photo, tmp_path / "photo.png"))
    np.testing.assert_array_equal(loaded, photo)
    assert loaded.dtype == np.uint8


def test_image_size_is_height_and_width(photo, tmp_path):
    path = saved(photo, tmp_path / "photo.png")
    assert images.load_photo(path, (10, 30)).shape == (10, 30, 3)


def test_orientation_of_the_camera_is_applied(photo, tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6  # The camera was turned: rotate by 90 degrees clockwise to view.
    loaded = images.load_photo(saved(photo, tmp_path / "turned.png", exif=exif))
    np.testing.assert_array_equal(loaded, np.rot90(photo, -1))


def test_transparency_is_put_on_white_and_not_revealed(photo, tmp_path):
    transparent = np.dstack([photo, np.zeros((20, 40), np.uint8)])
    loaded = images.load_photo(saved(transparent, tmp_path / "glass.png"))
    assert loaded.min() == 255


def test_sixteen_bits_are_scaled_and_not_clipped(tmp_path):
    ramp = np.linspace(0, 65535, 256).astype(np.uint16).reshape(16, 16)
    loaded = images.load_photo(saved(ramp, tmp_path / "deep.png"))
    np.testing.assert_allclose(loaded[..., 0].ravel(), np.arange(256), atol=1)


@pytest.mark.parametrize("mode", ["L", "P", "CMYK", "1", "LA"])
def test_other_colour_modes_become_rgb(photo, tmp_path, mode):
    suffix = "jpg" if mode == "CMYK" else "png"
    path = saved(Image.fromarray(photo).convert(mode), tmp_path / f"photo.{suffix}")
    loaded = images.load_photo(path)
    assert loaded.shape == (20, 40, 3)
    left, right = loaded[10, 10].astype(int), loaded[10, 30].astype(int)
    if mode in ("P", "CMYK"):
        assert left.argmax() == 0, "red stays red"
        assert right.argmax() == 1, "green stays green"
    if mode in ("L", "LA"):
        assert left.tolist() == [left[0]] * 3
        assert left[0] < right[0], "green is lighter than red"


@pytest.mark.parametrize("suffix", ["gif", "webp"])
def test_of_an_animation_the_first_frame_is_taken(suffix, tmp_path):
    frames = [Image.new("RGB", (20, 30), colour) for colour in ("red", "blue")]
    path = tmp_path / f"moving.{suffix}"
    frames[0].save(path, save_all=True, append_images=frames[1:], lossless=True)
    assert images.load_photo(path)[5, 5].argmax() == 0
    assert images.inspect(path) == [images.ANIMATION]


@pytest.mark.parametrize("suffix", ["webp", "tiff", "avif"])
def test_other_formats_are_read(suffix, photo, tmp_path):
    loaded = images.load_photo(saved(photo, tmp_path / f"photo.{suffix}")).astype(int)
    assert np.abs(loaded - photo).mean() < 12


def test_content_decides_and_not_the_suffix(photo, tmp_path):
    path = saved(photo, tmp_path / "really_a_png.jpg", format="PNG")
    np.testing.assert_array_equal(images.load_photo(path), photo)


@pytest.mark.parametrize("turned", [1, 6])
def test_a_large_jpeg_is_decoded_as_far_as_needed(turned, tmp_path, monkeypatch):
    small = np.random.default_rng(0).integers(0, 256, (20, 30, 3)).astype(np.uint8)
    large = Image.fromarray(small).resize((1800, 1200), Image.Resampling.BICUBIC)
    exif = Image.Exif()
    exif[0x0112] = turned
    path = saved(large, tmp_path / "large.jpg", exif=exif, quality=95)
    quick = images.load_photo(path, (96, 128)).astype(int)
    monkeypatch.setattr(Image.Image, "draft", lambda *_: None)
    monkeypatch.setattr("PIL.JpegImagePlugin.JpegImageFile.draft", lambda *_: None)
    whole = images.load_photo(path, (96, 128)).astype(int)
    assert np.abs(quick - whole).mean() < 2


def test_a_photo_of_about_the_size_is_decoded_whole(photo, tmp_path):
    path = saved(np.kron(photo, np.ones((10, 5, 1), np.uint8)), tmp_path / "photo.jpg")
    middle = images.middle_box(Image.open(path).size, (120, 120))
    expected = Image.open(path).resize((120, 120), Image.Resampling.BICUBIC, middle)
    assert np.array_equal(images.load_photo(path, (120, 120)), np.asarray(expected))


def test_load_photos_stacks_them(photo, tmp_path):
    files = [saved(photo, tmp_path / f"{i}.png") for i in range(3)]
    assert images.load_photos(files, (8, 9)).shape == (3, 8, 9, 3)


@pytest.mark.parametrize(
    ("content", "says"),
    [(b"", "is empty"), (b"<html>log in</html>", "is not an image"), (None, "no file")],
)
def test_no_photo_is_one_sentence(tmp_path, content, says):
    path = tmp_path / "holiday.jpg"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(images.BadPhotoError, match=says) as caught:
        images.load_photo(path)
    assert "holiday.jpg" in str(caught.value)


def test_the_error_travels_between_processes(tmp_path):
    with pytest.raises(images.BadPhotoError) as caught:
        images.load_photo(tmp_path / "none.jpg")
    again = type(caught.value)(*caught.value.args)
    assert (str(again), again.reason) == (str(caught.value), images.UNREADABLE)


def test_half_a_jpeg_is_refused(photo, tmp_path):
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8)
    path = saved(noise, tmp_path / "half.jpg")
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(images.BadPhotoError, match=r"half\.jpg"):
        images.load_photo(path)


def test_a_huge_header_is_refused_before_decoding(tmp_path):
    path = saved(Image.new("1", (9000, 9000)), tmp_path / "scan.png")
    with pytest.raises(images.BadPhotoError, match="81 megapixels"):
        images.load_photo(path)


def test_a_random_view_has_its_size_and_depends_on_the_generator_alone():
    random = np.random.default_rng(0)
    photo = random.integers(0, 256, (60, 90, 3)).astype(np.uint8)
    first, again, other = (
        images.random_view(photo, (32, 48), np.random.default_rng(seed)) for seed in (1, 1, 2)
    )
    assert first.shape == (32, 48, 3)
    assert first.dtype == np.uint8
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_random_views_mirror_and_crop_but_do_not_turn():
    photo = np.zeros((64, 64, 3), np.uint8)
    photo[:, :32] = 200  # Bright on the left.
    photo[:8] = 255
    views = [images.random_view(photo, (64, 64), np.random.default_rng(k)) for k in range(20)]
    bright_left = [bool(view[40:, :20].mean() > view[40:, 44:].mean()) for view in views]
    assert 0 < sum(bright_left) < 20
    assert all(view[:20].mean() >= view[40:].mean() for view in views)


def test_an_odd_tag_does_not_cost_the_photo(tmp_path):
    """Pillow's own way of turning writes all tags anew, and fails for a latitude of bytes."""
    pixels = np.zeros((24, 48, 3), np.uint8)
    pixels[:, :24] = 250
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitude] = (50.0, 0.0, 0.0)
    path = saved(pixels, tmp_path / "turned.jpg", exif=exif)
    content = bytearray(path.read_bytes())
    entry = content.index(bytes([0, 2, 0, 5, 0, 0, 0, 3]))  # The latitude: three fractions.
    content[entry + 3] = 1  # Now three bytes.
    path.write_bytes(content)
    with pytest.raises(TypeError), Image.open(path) as image:
        ImageOps.exif_transpose(image)
    assert images.inspect(path) == []
    loaded = images.load_photo(path)
    assert loaded.shape == (48, 24, 3)
    assert loaded[:20].mean() > 200 > 50 > loaded[-20:].mean()


@pytest.mark.parametrize("turn", range(1, 9))
def test_every_orientation_is_that_of_pillow(turn, photo, tmp_path):
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = turn
    path = saved(photo[:, 5:], tmp_path / "turned.png", exif=exif)
    expected = np.asarray(ImageOps.exif_transpose(Image.open(path)))
    np.testing.assert_array_equal(images.load_photo(path), expected)


@pytest.mark.parametrize(
    "numbers",
    [
        np.linspace(0, 1, 64, dtype=np.float32).reshape(8, 8),
        np.linspace(0, 70_000, 64).astype(np.int32).reshape(8, 8),
    ],
    ids=["fractions", "32 bits"],
)
def test_numbers_that_are_no_colours_are_refused_and_not_clipped(numbers, tmp_path):
    path = saved(numbers, tmp_path / "map.tiff")
    for look in (images.inspect, images.load_photo):
        with pytest.raises(images.BadPhotoError, match="more than 16 bits") as caught:
            look(path)
        assert caught.value.reason == images.NO_COLOURS


def test_what_is_inspected_can_be_loaded(tmp_path):
    """Grey that was multiplied by its alpha has no way of its own to RGB in Pillow."""
    grey = Image.merge("LA", [Image.new("L", (8, 8), value) for value in (100, 200)])
    path = saved(grey, tmp_path / "premultiplied.tiff")
    content = path.read_bytes()
    alpha_apart = bytes([0x52, 1, 3, 0, 1, 0, 0, 0, 2])  # The tag ExtraSamples.
    assert content.count(alpha_apart) == 1
    path.write_bytes(content.replace(alpha_apart, alpha_apart[:-1] + b"\x01"))
    with Image.open(path) as image:
        assert image.mode == "La"
    assert images.inspect(path) == [images.TRANSPARENT]
    assert images.load_photo(path).shape == (8, 8, 3)


def test_an_opaque_screenshot_is_not_called_transparent(photo, tmp_path):
    opaque = np.dstack([photo, np.full((20, 40), 255, np.uint8)])
    path = saved(opaque, tmp_path / "screen.png")
    assert images.inspect(path) == []
    np.testing.assert_array_equal(images.load_photo(path), photo)


def test_a_jpeg_that_says_it_is_something_else_is_used_and_said(photo, tmp_path):
    path = saved(photo, tmp_path / "phone.heic", format="JPEG")
    assert images.inspect(path) == [images.OTHER_FORMAT]
    assert images.inspect(path.rename(tmp_path / "without_suffix")) == []


def test_no_other_program_is_started_for_a_file(photo, tmp_path):
    """For PostScript, Pillow would start Ghostscript."""
    path = tmp_path / "drawing.jpg"
    saved(photo, path, format="EPS")
    with pytest.raises(images.BadPhotoError) as caught:
        images.inspect(path)
    assert caught.value.reason == images.NO_PHOTO


def test_places_where_one_may_not_look_are_one_sentence(tmp_path):
    for bad in (tmp_path / ("x" * 300), tmp_path / "a\nb.jpg"):
        with pytest.raises(images.BadPhotoError) as caught:
            images.load_photo(bad)
        assert len(str(caught.value).splitlines()) == 1


def test_a_random_view_of_a_large_photo_is_nearly_that_of_the_whole(tmp_path):
    small = np.random.default_rng(0).integers(0, 256, (20, 30, 3)).astype(np.uint8)
    large = Image.fromarray(small).resize((1800, 1200), Image.Resampling.BICUBIC)
    path = saved(large, tmp_path / "large.jpg", quality=95)
    whole = images.random_view(images.load_photo(path), (96, 128), np.random.default_rng(1))
    [quick] = images.load_random_views(path, (96, 128), [np.random.default_rng(1)])
    assert np.abs(quick.astype(int) - whole).mean() < 2


PEAK = """
import resource, sys
from exercise_lib import images
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
images.inspect(sys.argv[1])
images.load_photo(sys.argv[1], (96, 96))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""
BYTES_PER_PIXEL = 12  # 480 MB for the largest photo that is read, for each thread.


@pytest.mark.skipif(sys.platform != "linux", reason="other systems count memory in other units")
@pytest.mark.parametrize("mode", ["RGB", "RGBA", "I;16", "P", "CMYK"])
def test_the_largest_photos_take_no_more_memory_than_stated(mode, tmp_path):
    suffix = "tiff" if mode == "CMYK" else "png"
    path = saved(
        Image.new(mode, (6000, 6000), 7 if mode in ("I;16", "P") else None),
        tmp_path / f"large.{suffix}",
        compress_level=1,
    )
    command = [sys.executable, "-c", PEAK, str(path)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=120)
    assert int(done.stdout) * 1024 < BYTES_PER_PIXEL * 6000 * 6000


SAMPLES = Path(__file__).parent / "samples"


def test_a_photo_of_a_phone_is_read():
    """`phone.heic` is the first lemon in data/yoghurts, 96 x 72."""
    [original, *_] = sorted((paths.DATA / "yoghurts" / "train" / "lemon").glob("*.jpg"))
    with Image.open(original) as image:
        upright = np.asarray(image.convert("RGB").resize((96, 72)))
    found = images.load_photo(SAMPLES / "phone.heic")
    assert found.shape == (72, 96, 3)
    assert np.abs(found.astype(int) - upright).mean() < 6


@pytest.mark.parametrize("suffix", ["ppm", "pgm", "pbm"])
def test_portable_pixmaps_are_read(suffix, photo, tmp_path):
    image = Image.fromarray(photo).convert({"ppm": "RGB", "pgm": "L", "pbm": "1"}[suffix])
    found = images.load_photo(saved(image, tmp_path / f"photo.{suffix}"))
    assert np.array_equal(found, np.asarray(image.convert("RGB")))


@pytest.mark.parametrize(("brightest", "bits"), [(255, 8), (1000, 10), (4095, 12), (60_000, 16)])
def test_grey_is_scaled_by_the_bits_that_it_uses(brightest, bits, tmp_path):
    grey = np.linspace(0, brightest, 64).round().astype(np.uint16).reshape(8, 8)
    path = saved(Image.fromarray(grey), tmp_path / "xray.png")
    expected = np.round(grey / (2**bits - 1) * 255)
    assert np.abs(images.load_photo(path)[..., 0] - expected).max() <= 1
    remark = images.SIXTEEN_BITS if bits == 16 else images.FEWER_BITS
    assert images.inspect(path) == [remark]


def test_values_below_zero_begin_at_black(tmp_path):
    scan = np.linspace(-1000, 2000, 64).astype(np.int32).reshape(8, 8)
    found = images.load_photo(saved(Image.fromarray(scan, "I"), tmp_path / "scan.tif"))[..., 0]
    assert found.min() == 0
    assert found.max() > 170
    assert (np.diff(found.ravel().astype(int)) >= 0).all()


def test_colours_of_another_profile_become_srgb(photo, tmp_path):
    wide = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    plain = images.load_photo(saved(photo, tmp_path / "plain.png"))
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for name, profile in (("srgb", srgb), ("of another kind", wide), ("broken", b"profile")):
        path = saved(photo, tmp_path / f"{name}.png", icc_profile=profile)
        assert np.array_equal(images.load_photo(path), plain), name
    other = swapped_primaries(srgb)
    for mode in ("RGB", "RGBA", "P"):
        image = Image.fromarray(photo).convert(mode)
        without = images.load_photo(saved(image, tmp_path / f"{mode}.png"))
        path = saved(image, tmp_path / f"{mode}, other.png", icc_profile=other)
        assert np.abs(images.load_photo(path).astype(int) - without).mean() > 5, mode


def swapped_primaries(profile):
    """Return a profile whose red is sRGB's green and the other way round, under another name."""
    swapped = profile.replace(b"rXYZ", b"?XYZ").replace(b"gXYZ", b"rXYZ").replace(b"?XYZ", b"gXYZ")
    return swapped.replace("sRGB".encode("utf-16-be"), "mine".encode("utf-16-be")).replace(
        b"sRGB", b"mine"
    )


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("DSC_1.NEF", None, images.RAW),
        ("IMG_1.dng", None, images.RAW),
        ("IMG_1.CR3", b"\0\0\0\x18ftypcrx " + bytes(20), images.RAW),
        ("photo.jpg", b"\0\0\0\x18ftypcrx " + bytes(20), images.RAW),
        ("a.jp2", b"\0\0\0\x0cjP  \r\n\x87\n" + bytes(20), images.JPEG_2000),
        ("a.j2k", b"\xff\x4f\xff\x51" + bytes(20), images.JPEG_2000),
        ("scan.dcm", bytes(128) + b"DICM" + bytes(9), images.DICOM),
        ("cat.jpg", b"version https://git-lfs.github.com/spec/v1\noid sha256:0", images.LFS),
        ("phone.heic", b"\0\0\0\x18ftypmif2" + bytes(20), images.CUT),
    ],
)
def test_what_is_not_read_is_named_with_its_remedy(name, content, reason, photo, tmp_path):
    path = tmp_path / name
    if content is None:
        saved(photo, path, format="TIFF")
    else:
        path.write_bytes(content)
    with pytest.raises(images.BadPhotoError) as caught:
        images.load_photo(path)
    assert caught.value.reason == reason
    assert str(caught.value) == f"{name} {images.OF_ONE[reason]}."


def test_much_metadata_is_named(photo, tmp_path):
    info = PngImagePlugin.PngInfo()
    info.add_text("comment", "x" * 2_000_000, zip=True)
    path = saved(photo, tmp_path / "long.png", pnginfo=info)
    with pytest.raises(images.BadPhotoError, match="more metadata than a photo needs"):
        images.load_photo(path)
