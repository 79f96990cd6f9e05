"""`train`: train a classifier on photos and save it as one file."""

import argparse
from typing import TYPE_CHECKING, cast

from exercise_lib.approaches import NAMES
from exercise_lib.commands.arguments import (
    CHOOSE,
    WHEN_STOPPED,
    Commands,
    add_crop,
    add_data,
    add_model,
)

if TYPE_CHECKING:
    from exercise_lib.approaches.fitted import FittedNetwork
    from exercise_lib.datasets import PhotoSet
    from exercise_lib.datasets.splits import Split
    from exercise_lib.models.classifier import Classifier
    from exercise_lib.models.pretrained import Pretrained


def add(commands: Commands) -> None:
    """Add the command to the others."""
    command = commands.add_parser(
        "train",
        help="train a classifier on your photos and save it as one file",
        description="Train a classifier and save it as one .keras file that contains "
        "preprocessing, weights and class names.",
    )
    add_data(command)
    command.add_argument(
        "--out", required=True, metavar="FILE", type=keras_file, help="file to write (*.keras)"
    )
    add_model(command)
    command.add_argument(
        "--approach",
        metavar="A",
        choices=NAMES[1:],
        help=f"{', '.join(NAMES[1:])} (default: what `advise` recommends)",
    )
    add_crop(command, CHOOSE, "what suits the photos")
    command.set_defaults(run=run, when_stopped=WHEN_STOPPED)


def run(options: argparse.Namespace) -> None:
    """Train a classifier on photos and save it as one file."""
    from exercise_lib import approaches, datasets
    from exercise_lib.approaches import resuming
    from exercise_lib.models import classifier, pretrained

    classifier.refuse_bad_place(options.out)
    dataset = datasets.load(options.data)
    model = pretrained.load_pretrained(options.model)
    crop = chosen_crop(model, dataset) if options.crop == CHOOSE else options.crop
    approach = options.approach or advised(model, dataset, crop)
    with resuming.kept_until_saved():
        fitted = approaches.fit(approach, model, dataset, crop=crop)
        trained = cast("FittedNetwork", fitted).to_classifier()  # `as_is` is no choice here.
        classifier.save(trained, options.out)
    tell_accuracy(trained, dataset)
    print(f"Written: {options.out}")


def chosen_crop(model: "Pretrained", dataset: "PhotoSet") -> float:
    """Print and return the crop at which a head does best on photos that it has not seen."""
    from exercise_lib.approaches import framing

    crop, accuracies = framing.choose_crop(model, dataset.train, len(dataset.class_names))
    told = ", ".join(f"{found:.2f} at {tried:g}" for tried, found in accuracies.items())
    if told:
        print(f"Crop: {crop:g} (a head's accuracy on photos that it has not seen: {told}).")
    return crop


def advised(model: "Pretrained", dataset: "PhotoSet", crop: float) -> str:
    """Print the advice for these photos and return the approach that follows it."""
    from exercise_lib.comparison import advice

    if not len(dataset.validation):
        print("Too few photos to choose an approach: training a head on frozen features.")
        return "feature_extraction"
    approach, why = advice.advise(advice.examine(model, dataset, crop))
    print(f"Advice: {approach}. {why}")
    if approach == "as_is":
        print("A file that predicts your classes needs a head, so one is trained anyway.")
        return "feature_extraction"
    return approach


def tell_accuracy(trained: "Classifier", dataset: "PhotoSet") -> None:
    """Print how good a classifier is on the photos that it did not learn from."""
    for name, split in (("validation", dataset.validation), ("test", dataset.test)):
        if len(split):
            tell_accuracy_on(split, name, trained)


def tell_accuracy_on(split: "Split", name: str, trained: "Classifier") -> None:
    """Print the accuracy on one split; where its classes are unequal, what that hides, too."""
    from exercise_lib.comparison import metrics

    predicted, labels = trained.predict(split.files).argmax(axis=1), split.labels
    photos = f"{len(split)} {name} photo{'s' * (len(split) != 1)}"
    print(f"Accuracy on {photos}: {metrics.accuracy(predicted, labels):.3f}")
    if not metrics.is_unequal(labels):
        return
    print(f"  the mean over the classes: {metrics.balanced_accuracy(predicted, labels):.3f}")
    print(f"  always answering the largest class: {metrics.share_of_largest(labels):.3f}")
    for label, class_name in enumerate(trained.class_names):
        right = int((predicted[labels == label] == label).sum())
        print(f"  {class_name}: {right} of {(labels == label).sum()}")


def keras_file(text: str) -> str:
    """Parse the name of the file to write, which must end in .keras."""
    if not text.endswith(".keras"):
        raise argparse.ArgumentTypeError(f"{text} must end in .keras: choose another name")
    return text
