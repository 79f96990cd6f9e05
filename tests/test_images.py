"""Photos as a person sees them, or a sentence that says why not."""

import numpy as np
import pytest
from PIL import Image

from exercise_lib import images


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
    expected = np.asarray(Image.open(path).resize((120, 120), Image.Resampling.BILINEAR))
    assert np.array_equal(images.load_photo(path, (120, 120)), expected)


def test_load_photos_stacks_them(photo, tmp_path):
    files = [saved(photo, tmp_path / f"{i}.png") for i in range(3)]
    assert images.load_photos(files, (8, 9)).shape == (3, 8, 9, 3)


@pytest.mark.parametrize(
    ("content", "says"),
    [(b"", "cannot be read"), (b"<html>log in</html>", "cannot be read"), (None, "no file")],
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
