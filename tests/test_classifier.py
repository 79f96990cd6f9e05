"""One file that is a whole classifier: the same after loading, and nothing unsafe in it."""

import contextlib
import json
import warnings
import zipfile

import keras
import numpy as np
import onnxruntime
import pytest
import tensorflow as tf

from exercise_lib import approaches, datasets, images
from exercise_lib.approaches import feature_extraction
from exercise_lib.models import classifier, pretrained

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("own_cache")]


@pytest.fixture
def whole(small_pretrained):
    model = classifier.build_deployable(small_pretrained, [small_pretrained.model])
    return classifier.Classifier(model, tuple(small_pretrained.class_names))


@pytest.mark.parametrize("name", ["MobileNetV2", "ResNet50", "DenseNet121", "EfficientNetV2B0"])
def test_preprocessing_is_one_convolution(name, small_pretrained):
    """Scaled to [-1, 1]; blue first and mean taken off; mean and spread; nothing."""
    theirs = pretrained.assemble(
        name,
        small_pretrained.model,
        pretrained.preprocessing_of(name),
        small_pretrained.class_names,
    ).preprocess
    photos = np.random.default_rng(0).integers(0, 256, (3, 9, 8, 3)).astype(np.float32)
    layer = classifier.preprocessing_layer(
        pretrained.Pretrained(None, None, theirs, (), (9, 8), name)
    )
    found = keras.ops.convert_to_numpy(layer(photos))
    np.testing.assert_allclose(found, theirs(photos), rtol=1e-5, atol=2e-4)


def test_it_gives_what_preprocessing_and_model_give(small_pretrained, whole, photo_files):
    photos = images.load_photos(photo_files, small_pretrained.image_size)
    expected = small_pretrained.model.predict(small_pretrained.preprocess(photos), verbose=0)
    np.testing.assert_allclose(whole.predict(photo_files), expected, atol=1e-5)


def test_it_is_the_same_after_loading(whole, photo_files, tmp_path):
    classifier.save(whole, tmp_path / "new" / "model.keras")
    loaded = classifier.load(tmp_path / "new" / "model.keras")
    assert loaded.class_names == whole.class_names
    assert loaded.image_size == whole.image_size
    np.testing.assert_allclose(loaded.predict(photo_files), whole.predict(photo_files), atol=1e-6)
    assert [file.name for file in (tmp_path / "new").iterdir()] == ["model.keras"]
    keras.saving.load_model(tmp_path / "new" / "model.keras")


@pytest.mark.parametrize("approach", approaches.NAMES[1:])
def test_what_was_fitted_is_what_is_saved(approach, small_pretrained, noise_photos, photo_files):
    fitted = approaches.fit(approach, small_pretrained, noise_photos)
    found = fitted.to_classifier().predict(photo_files)
    assert found.argmax(axis=1).tolist() == fitted.predict(photo_files).tolist()
    np.testing.assert_allclose(found.sum(axis=1), 1, atol=1e-5)


@pytest.fixture(scope="module")
def bundled():
    return pretrained.load_pretrained("imagenet200")


@pytest.fixture(scope="module")
def head(bundled):
    """A head that tells the yoghurts apart."""
    photos = datasets.load("yoghurts")
    keras.utils.set_random_seed(0)
    values = feature_extraction.features_of(bundled, photos.train.files)
    return feature_extraction.train_head(values, photos.train.labels, len(photos.class_names))


@pytest.fixture(scope="module")
def trained(bundled, head):
    """A classifier of yoghurts, as `train` makes it."""
    average = keras.layers.GlobalAveragePooling2D()
    model = classifier.build_deployable(bundled, [bundled.base_model, average, head])
    return classifier.Classifier(model, datasets.load("yoghurts").class_names)


def test_the_file_gives_the_probabilities_of_the_notebook(bundled, head, trained, tmp_path):
    """Of features that were computed with folded batch norms, as in notebook 03."""
    photo_files = datasets.load("yoghurts").test.files
    notebook = head.predict(feature_extraction.features_of(bundled, photo_files), verbose=0)
    classifier.save(trained, tmp_path / "model.keras")
    found = classifier.load(tmp_path / "model.keras").predict(photo_files)
    np.testing.assert_allclose(found, notebook, atol=1e-5)
    assert np.ptp(found) > 0.9


@pytest.fixture(scope="module")
def fifty_photos(bundled):
    photo_files = datasets.load("yoghurts").test.files[:50]
    return images.load_photos(photo_files, bundled.image_size).astype(np.float32)


def test_the_tflite_export_gives_the_same(trained, fifty_photos, tmp_path):
    classifier.export(trained, tmp_path / "model.tflite", "tflite")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # It is to move to a package of its own.
        interpreter = tf.lite.Interpreter(str(tmp_path / "model.tflite"))
    [given], [wanted] = interpreter.get_input_details(), interpreter.get_output_details()
    interpreter.resize_tensor_input(given["index"], fifty_photos.shape)
    interpreter.allocate_tensors()
    interpreter.set_tensor(given["index"], fifty_photos)
    interpreter.invoke()
    expected = trained.model.predict(fifty_photos, verbose=0)
    np.testing.assert_allclose(interpreter.get_tensor(wanted["index"]), expected, atol=1e-3)
    assert np.ptp(expected) > 0.9


def test_the_onnx_export_gives_the_same(trained, fifty_photos, tmp_path):
    classifier.export(trained, tmp_path / "model.onnx", "onnx")
    session = onnxruntime.InferenceSession(str(tmp_path / "model.onnx"))
    [found] = session.run(None, {session.get_inputs()[0].name: fifty_photos})
    np.testing.assert_allclose(found, trained.model.predict(fifty_photos, verbose=0), atol=1e-3)
    assert [file.name for file in tmp_path.iterdir()] == ["model.onnx"]


def test_an_old_file_stays_where_writing_fails(whole, tmp_path, monkeypatch):
    path = tmp_path / "model.keras"
    path.write_bytes(b"old")

    def full(self, place):
        place.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(keras.Model, "save", full)
    with pytest.raises(classifier.ClassifierError, match="No space left"):
        classifier.save(whole, path)
    assert path.read_bytes() == b"old"
    assert [file.name for file in tmp_path.iterdir()] == ["model.keras"]


def test_a_bad_place_is_told_before_the_training(tmp_path):
    (tmp_path / "file").touch()
    (tmp_path / "folder.keras").mkdir()
    for bad in ("file/model.keras", "folder.keras"):
        with pytest.raises(classifier.ClassifierError, match="another path"):
            classifier.refuse_bad_place(tmp_path / bad)
    classifier.refuse_bad_place(tmp_path / "new" / "model.keras")


def test_saving_below_a_file_is_one_sentence(whole, tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(classifier.ClassifierError, match="cannot be written"):
        classifier.save(whole, tmp_path / "file" / "model.keras")


def test_missing_cut_and_other_files_are_one_sentence(whole, tmp_path):
    path = tmp_path / "model.keras"
    with pytest.raises(classifier.ClassifierError, match="no file"):
        classifier.load(path)
    classifier.save(whole, path)
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    with pytest.raises(classifier.ClassifierError, match="not a complete"):
        classifier.load(path)
    path.write_text("Dear all")
    with pytest.raises(classifier.ClassifierError, match="not a complete"):
        classifier.load(path)
    whole.model.save(path)
    with pytest.raises(classifier.ClassifierError, match="no class names"):
        classifier.load(path)


def member(path, name):
    with zipfile.ZipFile(path) as members:
        return members.read(name).decode()


def with_members(path, **contents):
    """Write a .keras file anew with other contents of some members."""
    with zipfile.ZipFile(path) as members:
        kept = {name: members.read(name) for name in members.namelist()}
    kept |= {name.replace("_json", ".json"): text for name, text in contents.items()}
    with zipfile.ZipFile(path, "w") as members:
        for name, content in kept.items():
            members.writestr(name, content)


@pytest.mark.parametrize("names", ["5", "null", '["a"]', "[1, 2]", '[["a"], {}]', '"ab"'])
def test_names_that_do_not_fit_are_one_sentence(names, whole, tmp_path):
    path = tmp_path / "model.keras"
    classifier.save(whole, path)
    with_members(path, classifier_json=f'{{"class_names": {names}}}')
    with pytest.raises(classifier.ClassifierError, match=r"model\.keras") as caught:
        classifier.load(path)
    assert len(str(caught.value).splitlines()) == 1


def test_a_lambda_in_a_file_is_refused(tmp_path):
    inputs = keras.Input((4, 4, 3))
    model = keras.Model(inputs, keras.layers.Lambda(lambda x: x)(inputs))
    path = tmp_path / "model.keras"
    model.save(path)
    with zipfile.ZipFile(path, "a") as members:
        members.writestr(classifier.NAMES, '{"class_names": ["a", "b"]}')
    with pytest.raises(classifier.ClassifierError, match="cannot be loaded") as caught:
        classifier.load(path)
    assert len(str(caught.value).splitlines()) == 1


@pytest.mark.parametrize(
    ("module", "name"), [("os", "system"), ("subprocess", "Popen"), ("builtins", "exec")]
)
def test_a_file_that_names_foreign_code_is_refused(module, name, whole, tmp_path):
    """The layer of the preprocessing is replaced by a call that would leave a mark."""
    path, mark = tmp_path / "model.keras", tmp_path / "mark"
    classifier.save(whole, path)
    config = json.loads(member(path, "config.json"))
    layer = config["config"]["layers"][1]
    layer |= {"module": module, "class_name": name, "registered_name": name}
    layer["config"] = {"command": f"touch {mark}", "args": f"touch {mark}", "shell": True}
    with_members(path, config_json=json.dumps(config))
    with pytest.raises(classifier.ClassifierError, match="cannot be loaded") as caught:
        classifier.load(path)
    assert len(str(caught.value).splitlines()) == 1
    assert not mark.exists()


def test_of_no_photos_there_are_no_probabilities(whole):
    assert whole.predict(()).shape == (0, len(whole.class_names))


@pytest.mark.parametrize("name", ["model.keras", "model.onnx", "model"])
def test_an_export_is_named_after_its_kind(name, whole, tmp_path):
    classifier.save(whole, tmp_path / "model.keras")
    before = (tmp_path / "model.keras").read_bytes()
    with pytest.raises(classifier.ClassifierError, match=r"must end in \.tflite"):
        classifier.export(whole, tmp_path / name, "tflite")
    assert (tmp_path / "model.keras").read_bytes() == before


@pytest.mark.parametrize("seed", range(40))
def test_a_byte_that_changed_is_no_traceback(seed, whole, tmp_path):
    """Damage to the table of contents of a zip file leads to errors of many kinds."""
    path = tmp_path / "model.keras"
    classifier.save(whole, path)
    content = bytearray(path.read_bytes())
    random = np.random.default_rng(seed)
    content[len(content) - int(random.integers(1, 400))] = int(random.integers(0, 256))
    path.write_bytes(content)
    with contextlib.suppress(classifier.ClassifierError):
        assert classifier.load(path).class_names == whole.class_names


def test_names_nested_without_end_are_one_sentence(whole, tmp_path):
    path = tmp_path / "model.keras"
    classifier.save(whole, path)
    with_members(path, classifier_json="[" * 100_000)
    with pytest.raises(classifier.ClassifierError, match="not a complete"):
        classifier.load(path)
