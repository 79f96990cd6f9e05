"""`download`: fetch weights and photos, to work without a network afterwards."""


def add(commands):
    """Add the command to the others."""
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
        help="a model of keras.applications, such as MobileNetV2; may be repeated",
    )
    command.add_argument(
        "--dataset",
        action="append",
        metavar="NAME",
        help="flowers: photos of five flowers, about 229 MB; may be repeated",
    )
    command.set_defaults(run=run)


def run(options):
    """Fetch the weights of models, and data sets, into their caches."""
    from exercise_lib import datasets
    from exercise_lib.models import pretrained

    if not options.model and not options.dataset:
        print(
            "Nothing is missing: the models and the data of the notebooks come with the workshop. "
            "Name more with --model or --dataset."
        )
    for name in options.model or []:
        pretrained.download_model(name)
    for name in options.dataset or []:
        datasets.download(name)
