"""The command line: `python -m exercise_lib COMMAND`."""

import argparse
import contextlib
import json
import os
import sys
from dataclasses import asdict
from pathlib import Path

from tqdm import tqdm

from exercise_lib import images
from exercise_lib.errors import WorkshopError

DEFAULT_SIZES = (5, 20)
APPROACHES = ("as_is", "from_scratch", "feature_extraction", "fine_tuning")
DATA_HELP = (
    "yoghurts, yoghurts_large, flowers, or a folder with a subfolder of photos for each class, or "
    "with train/ and test/ of that kind"
)
EPILOG = """\
Begin with `python -m exercise_lib doctor`; every command has a --help of its own.

Which model: the one named by EXERCISE_MODEL, else MobileNetV2 if its weights are in
Keras's cache, else the bundled imagenet200. EXERCISE_WEIGHTS names a folder (a USB
stick) with weights, KERAS_HOME names Keras's own folder."""


def doctor(options):
    """Check this machine."""
    from exercise_lib import doctor

    problems = doctor.report()
    if problems:
        raise WorkshopError("\n".join(problems))
    print("All is well: the workshop will run here.")


def download(options):
    """Fetch the weights of models, and data sets, into their caches."""
    from exercise_lib import datasets, pretrained

    for name in options.model or ([] if options.dataset else ["MobileNetV2"]):
        pretrained.download_model(name)
    for name in options.dataset or []:
        datasets.download(name)


def compare(options):
    """Measure the approaches on a data set, row by row."""
    from exercise_lib import compare, pretrained, report

    rows = report.read(options.out)
    model = pretrained.load_pretrained(options.model)
    approaches = options.approach or list(compare.APPROACHES)
    count = len(approaches) * len(options.images_per_class or DEFAULT_SIZES) * options.seeds
    results = compare.measure_all(
        model,
        options.data,
        approaches,
        options.images_per_class or DEFAULT_SIZES,
        options.seeds,
        done=rows,
        shift=options.shift,
        scheduler=options.scheduler,
    )
    hidden = bool(os.environ.get("EXERCISE_STRICT"))
    for row in tqdm(results, total=count, unit="row", disable=hidden):
        rows.append(row)
        # Written after each row: a run that is stopped goes on from here.
        report.write(rows, options.out, f"{options.data}, {model.name}")
    print(report.as_text(report.summarise(rows)))
    print(f"Written: results.json, curve.png and report.html in {options.out}")


def advise(options):
    """Look at photos and say which approach suits them."""
    from exercise_lib import advice, datasets, pretrained

    # What is said on the way must not get between the JSON.
    with contextlib.redirect_stdout(sys.stderr if options.json else sys.stdout):
        photos = datasets.load(options.data)
        model = pretrained.load_pretrained(options.model)
    found = advice.examine(model, photos)
    if options.json:
        approach, why = advice.advise(found)
        result = {"findings": asdict(found), "approach": approach, "why": why}
        print(json.dumps(result, indent=1, ensure_ascii=False))
    else:
        print(advice.as_text(found))


def train(options):
    """Train a classifier on photos and save it as one file."""
    import keras

    from exercise_lib import advice, classifier, compare, datasets, metrics, pretrained

    classifier.refuse_bad_place(options.out)
    photos = datasets.load(options.data)
    model = pretrained.load_pretrained(options.model)
    approach = options.approach
    if approach is None:
        approach, why = advice.advise(advice.examine(model, photos))
        print(f"Advice: {approach}. {why}")
    if approach == "as_is":
        approach = "feature_extraction"
        print("For a file that names your classes, a head is trained all the same.")
    keras.utils.set_random_seed(0)
    task = compare.Task(photos.train, photos.validation, photos.test, len(photos.class_names))
    learnt = compare.APPROACHES[approach](model, task)
    whole = classifier.put_together(model, learnt.parts, learnt.image_size)
    trained = classifier.Classifier(whole, photos.class_names)
    classifier.save(trained, options.out)
    for name, split in (("validation", photos.validation), ("test", photos.test)):
        if len(split):
            found = metrics.accuracy(trained.predict(split.files).argmax(axis=1), split.labels)
            print(f"Accuracy on {len(split)} {name} photos: {found:.3f}")
    print(f"Written: {options.out}")


def export(options):
    """Write a trained classifier for another runtime."""
    from exercise_lib import classifier

    trained = classifier.load(options.model)
    classifier.export(trained, options.out, options.format)
    height, width = trained.image_size
    print(f"Written: {options.out}")
    print(f"It takes photos of {height} x {width} pixels, float32 from 0 to 255.")
    print("It gives the probabilities of: " + ", ".join(trained.class_names))


def predict(options):
    """Print the classes that a model sees in each photo."""
    # What is said on the way must not get between the JSON.
    with contextlib.redirect_stdout(sys.stderr if options.json else sys.stdout):
        predictor = load_predictor(options.model)
    results, problems = [], []
    for file in options.photos:
        try:
            results.append(predict_photo(predictor, file, options.top))
        except images.BadPhotoError as error:
            problems.append(str(error))
    print(json.dumps(results, indent=2) if options.json else as_text(results))
    if problems:
        raise WorkshopError("\n".join(problems))


def load_predictor(name):
    """Return (name, classifier.Classifier) of a trained file or a pretrained model."""
    from exercise_lib import classifier, pretrained

    if Path(name).suffix.lower() in images.SUFFIXES:
        raise WorkshopError(
            f"{name} is a photo: name the model first, such as `predict imagenet200 {name}`."
        )
    if name.endswith(".keras") or Path(name).is_file():
        return name, classifier.load(name)
    model = pretrained.load_pretrained(name)
    return model.name, classifier.Classifier(
        classifier.put_together(model, [model.model]), model.class_names
    )


def predict_photo(predictor, file, top):
    """Return {"photo", "model", "top": [{"class", "probability"}]} for one file."""
    from exercise_lib import pretrained

    name, model = predictor
    [best] = pretrained.decode_top(model.predict([file]), model.class_names, top)
    classes = [{"class": label, "probability": round(value, 6)} for label, value in best]
    return {"photo": images.shown(file), "model": name, "top": classes}


def as_text(results):
    """Return predictions as lines for the terminal."""
    lines = []
    for result in results:
        lines.append(result["photo"])
        lines += [f"  {row['probability']:6.1%}  {row['class']}" for row in result["top"]]
    return "\n".join(lines)


def build_parser():
    """Return the parser of all commands."""
    parser = argparse.ArgumentParser(
        prog="python -m exercise_lib",
        description="The helper of the transfer-learning workshop.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    add_doctor(commands)
    add_download(commands)
    add_advise(commands)
    add_compare(commands)
    add_train(commands)
    add_predict(commands)
    add_export(commands)
    return parser


def add_doctor(commands):
    """Add the command `doctor`."""
    command = commands.add_parser(
        "doctor",
        help="check this machine: versions, memory, models, data, how long it will take",
        description="Check this machine and classify one photo. Takes less than half a minute.",
    )
    command.set_defaults(run=doctor)


def add_download(commands):
    """Add the command `download`."""
    command = commands.add_parser(
        "download",
        help="fetch ImageNet weights and photos, to work without a network afterwards",
        description="Fetch ImageNet weights into Keras's cache, and data sets; each file is "
        "checked by its hash. What is there already is not fetched again.",
    )
    command.add_argument(
        "--model",
        action="append",
        metavar="NAME",
        help="a model of keras.applications, such as MobileNetV2 (the default); may be repeated",
    )
    command.add_argument(
        "--dataset",
        action="append",
        metavar="NAME",
        help="flowers: photos of five flowers, about 229 MB; may be repeated",
    )
    command.set_defaults(run=download)


def add_train(commands):
    """Add the command `train`."""
    command = commands.add_parser(
        "train",
        help="train a classifier on photos of yours and save it as one file",
        description="Train a classifier and save it as one .keras file, which holds "
        "preprocessing, weights and the names of the classes.",
    )
    command.add_argument("data", metavar="DATA", help=DATA_HELP)
    command.add_argument("--out", required=True, metavar="FILE", type=keras_file, help="*.keras")
    command.add_argument("--model", metavar="M", help="imagenet200, MobileNetV2, ...")
    command.add_argument(
        "--approach",
        metavar="A",
        choices=APPROACHES[1:],
        help=f"{', '.join(APPROACHES[1:])} (default: what `advise` says)",
    )
    command.set_defaults(run=train)


def add_predict(commands):
    """Add the command `predict`."""
    command = commands.add_parser(
        "predict",
        help="say what a model sees in photos",
        description="Print the most probable classes of each photo.",
    )
    command.add_argument(
        "model",
        metavar="MODEL",
        help="a file that `train` wrote, or imagenet200, MobileNetV2, ...",
    )
    command.add_argument("photos", metavar="PHOTO", nargs="+", help="a picture file")
    command.add_argument(
        "--top", type=positive, default=5, metavar="N", help="classes for each photo (default 5)"
    )
    command.add_argument("--json", action="store_true", help="print JSON for other programs")
    command.set_defaults(run=predict)


def add_compare(commands):
    """Add the command `compare`."""
    command = commands.add_parser(
        "compare",
        help="measure the approaches on a data set",
        description="Train each approach on some photos of each class, several times, and "
        "measure it on the same test photos. A run that was stopped goes on where it was.",
    )
    command.add_argument("data", metavar="DATA", help=DATA_HELP)
    command.add_argument("--model", metavar="M", help="imagenet200, MobileNetV2, ...")
    command.add_argument(
        "--images-per-class",
        type=positive,
        action="append",
        metavar="N",
        help="photos of each class to learn from; may be repeated "
        f"(default: {', '.join(map(str, DEFAULT_SIZES))})",
    )
    command.add_argument(
        "--seeds", type=positive, default=3, metavar="K", help="draws of the photos (default 3)"
    )
    command.add_argument(
        "--approach",
        action="append",
        metavar="A",
        choices=APPROACHES,
        help=f"{', '.join(APPROACHES)}; may be repeated (default: all)",
    )
    command.add_argument(
        "--shift",
        metavar="DATA",
        help="judge also by the test photos of this set, which has the same classes, such as "
        "yoghurts_night",
    )
    command.add_argument(
        "--scheduler",
        metavar="ADDRESS",
        help="tcp://HOST:PORT of a Dask scheduler whose workers measure the rows",
    )
    command.add_argument(
        "--out", default="results", metavar="DIR", help="folder to write (default: results)"
    )
    command.set_defaults(run=compare)


def add_advise(commands):
    """Add the command `advise`."""
    command = commands.add_parser(
        "advise",
        help="look at photos and say which approach suits them",
        description="See what the pretrained model makes of your photos, train a head on frozen "
        "features, and say which approach to take. The test photos are not looked at.",
    )
    command.add_argument("data", metavar="DATA", help=DATA_HELP)
    command.add_argument("--model", metavar="M", help="imagenet200, MobileNetV2, ...")
    command.add_argument("--json", action="store_true", help="print JSON for other programs")
    command.set_defaults(run=advise)


def add_export(commands):
    """Add the command `export`."""
    command = commands.add_parser(
        "export",
        help="write a trained classifier for phones (TFLite) or other programs (ONNX)",
        description="Write what `train` wrote for another runtime. Preprocessing is part of it.",
    )
    command.add_argument("model", metavar="MODEL.keras", help="a file that `train` wrote")
    command.add_argument("--format", required=True, choices=("tflite", "onnx"))
    command.add_argument("--out", required=True, metavar="FILE", help="the file to write")
    command.set_defaults(run=export)


def keras_file(text):
    """Parse the name of a file to write, which must end in .keras."""
    if not text.endswith(".keras"):
        raise argparse.ArgumentTypeError(f"{text} must end in .keras")
    return text


def positive(text):
    """Parse a whole number from 1 upwards."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is less than 1")
    return number


def main(arguments=None):
    """Run one command; return the exit status: 0, or 1 if it failed. Wrong use exits with 2."""
    options = build_parser().parse_args(arguments)
    try:
        options.run(options)
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return 1
    except WorkshopError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
