"""`export`: write a trained classifier for another runtime."""

import argparse

from exercise_lib.commands.arguments import Commands


def add(commands: Commands) -> None:
    """Add the command to the others."""
    command = commands.add_parser(
        "export",
        help="write a trained classifier for phones (TFLite) or other programs (ONNX)",
        description="Convert a file written by `train` for another runtime; it includes "
        "preprocessing.",
    )
    command.add_argument("model", metavar="MODEL.keras", help="a file written by `train`")
    command.add_argument("--format", required=True, choices=("tflite", "onnx"))
    command.add_argument("--out", required=True, metavar="FILE", help="the file to write")
    command.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Write a trained classifier for another runtime."""
    from exercise_lib.models import classifier

    trained = classifier.load(options.model)
    classifier.export(trained, options.out, options.format)
    height, width = trained.image_size
    print(f"Written: {options.out}")
    print(f"It takes photos of {height} x {width} pixels, float32 from 0 to 255.")
    print("It returns the probabilities of: " + ", ".join(trained.class_names))
