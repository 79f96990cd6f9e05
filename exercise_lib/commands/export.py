"""`export`: write a trained classifier for another runtime."""


def add(commands):
    """Add the command to the others."""
    command = commands.add_parser(
        "export",
        help="write a trained classifier for phones (TFLite) or other programs (ONNX)",
        description="Write what `train` wrote for another runtime. Preprocessing is part of it.",
    )
    command.add_argument("model", metavar="MODEL.keras", help="a file that `train` wrote")
    command.add_argument("--format", required=True, choices=("tflite", "onnx"))
    command.add_argument("--out", required=True, metavar="FILE", help="the file to write")
    command.set_defaults(run=run)


def run(options):
    """Write a trained classifier for another runtime."""
    from exercise_lib.models import classifier

    trained = classifier.load(options.model)
    classifier.export(trained, options.out, options.format)
    height, width = trained.image_size
    print(f"Written: {options.out}")
    print(f"It takes photos of {height} x {width} pixels, float32 from 0 to 255.")
    print("It gives the probabilities of: " + ", ".join(trained.class_names))
