"""`train`: train a classifier on photos and save it as one file."""

import argparse

from exercise_lib.commands.arguments import APPROACHES, WHEN_STOPPED, add_data, add_model


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
        choices=APPROACHES[1:],
        help=f"{', '.join(APPROACHES[1:])} (default: what `advise` says)",
    )
    command.set_defaults(run=run, when_stopped=WHEN_STOPPED)


def run(options):
    """Train a classifier on photos and save it as one file."""
    from exercise_lib import approaches, checkpoints, classifier, datasets, pretrained

    classifier.refuse_bad_place(options.out)
    photos = datasets.load(options.data)
    model = pretrained.load_pretrained(options.model)
    approach = options.approach or advised(model, photos)
    task = approaches.Task(photos.train, photos.validation, photos.test, len(photos.class_names))
    with checkpoints.kept_until_saved():
        learnt = approaches.APPROACHES[approach](model, task)
        whole = classifier.put_together(model, learnt.parts, learnt.image_size)
        trained = classifier.Classifier(whole, photos.class_names)
        classifier.save(trained, options.out)
    tell_accuracy(trained, photos)
    print(f"Written: {options.out}")


def advised(model, photos):
    """Print the advice for these photos and return the approach that follows it."""
    from exercise_lib import advice

    if not len(photos.validation):
        print("Too few photos to tell which approach suits them: a head is trained.")
        return "feature_extraction"
    approach, why = advice.advise(advice.examine(model, photos))
    print(f"Advice: {approach}. {why}")
    if approach == "as_is":
        print("For a file that names your classes, a head is trained all the same.")
        return "feature_extraction"
    return approach


def tell_accuracy(trained, photos):
    """Print how good a classifier is on the photos that it did not learn from."""
    from exercise_lib import metrics

    for name, split in (("validation", photos.validation), ("test", photos.test)):
        if len(split):
            found = metrics.accuracy(trained.predict(split.files).argmax(axis=1), split.labels)
            print(f"Accuracy on {len(split)} {name} photos: {found:.3f}")


def keras_file(text):
    """Parse the name of a file to write, which must end in .keras."""
    if not text.endswith(".keras"):
        raise argparse.ArgumentTypeError(f"{text} must end in .keras")
    return text
