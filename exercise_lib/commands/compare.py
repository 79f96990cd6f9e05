"""`compare`: measure the approaches on a data set."""

from exercise_lib import progress
from exercise_lib.approaches import NAMES
from exercise_lib.commands.arguments import (
    WHEN_STOPPED,
    add_crop,
    add_data,
    add_model,
    positive,
)

DEFAULT_SIZES = (5, 20)


def add(commands):
    """Add the command to the others."""
    command = commands.add_parser(
        "compare",
        help="measure the approaches on a data set",
        description="Train each approach on some photos of each class, several times, and "
        "measure it on the same test photos. A run that was stopped goes on where it was.",
    )
    add_data(command)
    add_model(command)
    command.add_argument(
        "--images-per-class",
        type=positive,
        action="append",
        metavar="N",
        help="photos of each class to learn from; may be repeated "
        f"(default: {' and '.join(map(str, DEFAULT_SIZES))}, where there are so many)",
    )
    command.add_argument(
        "--seeds", type=positive, default=3, metavar="K", help="draws of the photos (default 3)"
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
        help="judge also by the test photos of this set, which has the same classes, such as "
        "yoghurts_night",
    )
    add_crop(command, 1.0, "the whole photo")
    command.add_argument(
        "--scheduler",
        metavar="ADDRESS",
        help="tcp://HOST:PORT of a Dask scheduler whose workers measure the rows",
    )
    command.add_argument(
        "--out", default="results", metavar="DIR", help="folder to write (default: results)"
    )
    command.set_defaults(run=run, when_stopped=WHEN_STOPPED)


def run(options):
    """Measure the approaches on a data set, row by row."""
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
        print(f"{len(results.rows)} runs are in {options.out} already; {len(keys)} to go.")
    title = f"{paths.shown(options.data)}, {model.name}"
    for row in progress.bar(comparison.measure_all(keys, options.scheduler), "run", len(keys)):
        # After each run: one that is stopped resumes here.
        results.add(row)
        report.write(results.rows, options.out, title)
    if not keys:  # Whoever copied the rows has no figure yet.
        report.write(results.rows, options.out, title)
    print(report.as_text(summarise(results.rows)))
    print(f"Written: results.json, curve.png and report.html in {options.out}")
