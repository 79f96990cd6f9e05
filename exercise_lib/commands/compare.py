"""`compare`: measure the approaches on a data set."""

import os

from tqdm import tqdm

from exercise_lib.commands.arguments import (
    APPROACHES,
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
        choices=APPROACHES,
        help=f"{', '.join(APPROACHES)}; may be repeated (default: all)",
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
    from exercise_lib import compare, images, pretrained, report

    rows = report.read(options.out)
    model = pretrained.load_pretrained(options.model)
    approaches = options.approach or list(compare.APPROACHES)
    loaded = compare.load_both(options.data, options.shift)
    sizes = options.images_per_class or compare.fitting_sizes(loaded[0], DEFAULT_SIZES)
    count = len(compare.missing_places(approaches, sizes, options.seeds, rows))
    results = compare.measure_all(
        model,
        options.data,
        approaches,
        sizes,
        options.seeds,
        done=rows,
        shift=options.shift,
        scheduler=options.scheduler,
        loaded=loaded,
        crop=options.crop,
    )
    title = f"{images.shown(options.data)}, {model.name}"
    if rows:
        print(f"{len(rows)} rows are in {options.out} already, {count} are to be measured.")
    hidden = bool(os.environ.get("EXERCISE_STRICT"))
    for row in tqdm(results, total=count, unit="row", disable=hidden):
        # Read and written after each row: a run that is stopped goes on from here, and another
        # one may have written to the same folder.
        rows = report.read(options.out)
        if compare.place_of(row) not in set(map(compare.place_of, rows)):
            rows.append(row)
        report.write(rows, options.out, title)
    if not count:  # Whoever copied the rows has no figure yet.
        report.write(rows, options.out, title)
    print(report.as_text(report.summarise(rows)))
    print(f"Written: results.json, curve.png and report.html in {options.out}")
