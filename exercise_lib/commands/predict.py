"""`predict`: say what a model sees in photos."""

import argparse
import glob
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from exercise_lib import images, paths, progress
from exercise_lib.commands.arguments import Commands, positive
from exercise_lib.datasets import splits
from exercise_lib.errors import WorkshopError

if TYPE_CHECKING:
    from exercise_lib.models.classifier import Classifier


def add(commands: Commands) -> None:
    """Add the command to the others."""
    command = commands.add_parser(
        "predict",
        help="say what a model sees in photos",
        description="Print the most probable classes of each photo.",
    )
    command.add_argument(
        "model",
        metavar="MODEL",
        help="a file written by `train`, or EfficientNetLite0, imagenet200, MobileNetV2, ...",
    )
    command.add_argument("photos", metavar="PHOTO", nargs="+", help="an image file")
    command.add_argument(
        "--top", type=positive, default=5, metavar="N", help="classes per photo (default: 5)"
    )
    command.add_argument("--json", action="store_true", help="print JSON for other programs")
    command.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Print the classes that a model sees in each photo."""
    photos, problems = photos_of(options.photos)
    predictor = load_predictor(options.model)
    results = []
    for file in progress.bar(photos, least=progress.MANY):
        try:
            results.append(predict_photo(predictor, file, options.top))
        except images.BadPhotoError as error:
            problems.append(str(error))
    print(json.dumps(results, indent=2) if options.json else as_text(results))
    if problems:
        raise WorkshopError("\n".join(problems))


def photos_of(names: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return the photos that files, folders and patterns stand for, and what is wrong with some.

    A shell that does not expand patterns, such as that of Windows, passes them as they are.
    """
    photos: list[str] = []
    problems = []
    for name in names:
        if paths.is_folder(name):
            found = [str(file) for file in splits.photos_below(Path(name))]
        elif not paths.is_there(name) and glob.has_magic(name):
            found = sorted(glob.glob(name, recursive=True))  # noqa: PTH207 (Any pattern of a shell.)
        else:
            found = [name]
        photos += found
        if not found:
            problems.append(f"There are no photos in {paths.shown(name)}.")
    return photos, problems


def load_predictor(name: str) -> "tuple[str, Classifier]":
    """Return (name, classifier.Classifier) of a trained file or a pretrained model."""
    from exercise_lib.models import classifier, pretrained

    if Path(name).suffix.lower() in images.SUFFIXES:
        raise WorkshopError(
            f"{name} is a photo: put a model before it, as in `predict EfficientNetLite0 {name}`."
        )
    if name.endswith(".keras") or paths.is_file(name):
        return name, classifier.load(name)
    model = pretrained.load_pretrained(name)
    return model.name, classifier.Classifier(
        classifier.build_deployable(model, [model.model]), model.class_names
    )


def predict_photo(predictor: "tuple[str, Classifier]", file: str, top: int) -> dict[str, Any]:
    """Return {"photo", "model", "top": [{"class", "probability"}]} for one file."""
    from exercise_lib.models import pretrained

    name, model = predictor
    [best] = pretrained.decode_top(model.predict([file]), model.class_names, top)
    classes = [{"class": label, "probability": round(value, 6)} for label, value in best]
    return {"photo": paths.shown(file), "model": name, "top": classes}


def as_text(results: Iterable[Mapping[str, Any]]) -> str:
    """Return predictions as lines for the terminal."""
    lines = []
    for result in results:
        lines.append(result["photo"])
        lines += [f"  {row['probability']:6.1%}  {row['class']}" for row in result["top"]]
    return "\n".join(lines)
