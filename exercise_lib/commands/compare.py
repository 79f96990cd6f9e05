"""`compare`: measure the approaches on a data set."""

import argparse

from exercise_lib import progress
from exercise_lib.approaches import NAMES
from exercise_lib.commands.arguments import (
    WHEN_STOPPED,
    Commands,
    add_crop,
    add_data,
    add_model,
    positive,
)

DEFAULT_SIZES = (5, 20)


def add(commands: Commands) -> None:
    """Add the command to the others."""
    command = commands.add_parser(
        "compare",
        help="measure the approaches on a data set",
        description="Train each approach several times on N photos per class, and measure it "
        "on the same test photos. If you stop a run, the same command resumes it.",
    )
    add_data(command)
    add_model(command)
    command.add_argument(
        "--images-per-class",
        type=positive,
        action="append",
        metavar="N",
        help="training photos per class; may be repeated "
        f"(default: {' and '.join(map(str, DEFAULT_SIZES))}, if there are enough)",
    )
    command.add_argument(
        "--seeds", type=positive, default=3, metavar="K", help="draws of the photos (default: 3)"
    )
    command.add_argument(
        "--approach",
        action="append",
        metavar="A",
        choices=NAMES,
        help=f"{', '.join(NAMES)}; may be repeated (default: all)",
    )
    command.add_argument(
        "--shift",
        metavar="DATA",
        help="also test on the test photos of this data set with the same classes, such as "
        "yoghurts_night",
    )
    add_crop(command, 1.0, "the whole photo")
    command.add_argument(
        "--scheduler",
        metavar="ADDRESS",
        help="tcp://HOST:PORT of a Dask scheduler whose workers do the runs",
    )
    command.add_argument(
        "--out", default="results", metavar="DIR", help="folder for the results (default: results)"
    )
    command.set_defaults(run=run, when_stopped=WHEN_STOPPED)


def run(options: argparse.Namespace) -> None:
    """Measure the approaches on a data set, run by run."""
    from exercise_lib import paths
    from exercise_lib.comparison import protocol, report, runs
    from exercise_lib.comparison.results import Results, summarise
    from exercise_lib.models import pretrained

    results = Results(options.out)
    results.check_writable()
    names = runs.names_of(
        pretrained.name_of(options.model), options.data, options.shift, options.crop
    )
    results.refuse_other(names)
    model = pretrained.load_pretrained(options.model)
    dataset, shifted = protocol.load_both(options.data, options.shift)
    comparison = runs.Comparison(model, dataset, shifted, names)
    results.refuse_other(comparison.identity)
    sizes = options.images_per_class or protocol.fitting_sizes(dataset, DEFAULT_SIZES)
    keys = results.missing(options.approach or NAMES, sizes, options.seeds)
    if results.rows:
        print(
            f"{len(results.rows)} run{' is' if len(results.rows) == 1 else 's are'} already in "
            f"{options.out}; {len(keys)} to go."
        )
    title = f"{paths.shown(options.data)}, {model.name}"
    for row in progress.bar(comparison.measure_all(keys, options.scheduler), "run", len(keys)):
        # After each run, so that a stopped comparison resumes here.
        results.add(row)
        report.write(results.rows, options.out, title)
    if not keys:  # Copied rows come without a figure.
        report.write(results.rows, options.out, title)
    print(report.as_text(summarise(results.rows)))
    print(f"Written: results.json, curve.png and report.html in {options.out}")
