"""`train`: train a classifier on photos and save it as one file."""

import argparse

from exercise_lib.approaches import NAMES
from exercise_lib.commands.arguments import (
    CHOOSE,
    WHEN_STOPPED,
    add_crop,
    add_data,
    add_model,
)


def add(commands):
    """Add the command to the others."""
    command = commands.add_parser(
        "train",
        help="train a classifier on photos of yours and save it as one file",
        description="Train a classifier and save it as one .keras file, which holds "
        "preprocessing, weights and the names of the classes.",
    )
    add_data(command)
    command.add_argument("--out", required=True, metavar="FILE", type=keras_file, help="*.keras")
    add_model(command)
    command.add_argument(
        "--approach",
        metavar="A",
        choices=NAMES[1:],
        help=f"{', '.join(NAMES[1:])} (default: what `advise` says)",
    )
    add_crop(command, CHOOSE, "what suits the photos")
    command.set_defaults(run=run, when_stopped=WHEN_STOPPED)


def run(options):
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
        trained = approaches.fit(approach, model, dataset, crop=crop).to_classifier()
        classifier.save(trained, options.out)
    tell_accuracy(trained, dataset)
    print(f"Written: {options.out}")


def chosen_crop(model, dataset):
    """Print at which crop a head does best on photos that it has not seen, and return it."""
    from exercise_lib.approaches import framing

    crop, accuracies = framing.choose_crop(model, dataset.train, len(dataset.class_names))
    told = ", ".join(f"{found:.2f} at {tried:g}" for tried, found in accuracies.items())
    if told:
        print(f"Crop: {crop:g} (a head names other photos correctly: {told}).")
    return crop


def advised(model, dataset, crop):
    """Print the advice for these photos and return the approach that follows it."""
    from exercise_lib.comparison import advice

    if not len(dataset.validation):
        print("Too few photos to tell which approach suits them: a head is trained.")
        return "feature_extraction"
    approach, why = advice.advise(advice.examine(model, dataset, crop))
    print(f"Advice: {approach}. {why}")
    if approach == "as_is":
        print("For a file that names your classes, a head is trained all the same.")
        return "feature_extraction"
    return approach


def tell_accuracy(trained, dataset):
    """Print how good a classifier is on the photos that it did not learn from."""
    from exercise_lib.comparison import metrics

    for name, split in (("validation", dataset.validation), ("test", dataset.test)):
        if len(split):
            found = metrics.accuracy(trained.predict(split.files).argmax(axis=1), split.labels)
            print(f"Accuracy on {len(split)} {name} photos: {found:.3f}")


def keras_file(text):
    """Parse the name of a file to write, which must end in .keras."""
    if not text.endswith(".keras"):
        raise argparse.ArgumentTypeError(f"{text} must end in .keras")
    return text
