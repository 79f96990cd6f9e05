"""Rows over a Dask cluster on this machine against the same rows alone: are they equal?

python -m tests.benchmarks.cluster [--model M] [--data DATA] [--images-per-class N] [--times K]

Each round measures six rows (feature_extraction and fine_tuning, seeds 0, 1 and 2) over two
workers with one thread each, and begins with an empty cache: alone, what is frozen is run for all
photos at once, over the cluster by both workers as each comes to it.
"""

import argparse
import os
import tempfile
from contextlib import contextmanager

from exercise_lib.comparison import protocol, results, runs
from exercise_lib.models import pretrained
from tests.benchmarks import timing

APPROACHES = ["feature_extraction", "fine_tuning"]
SEEDS = 3
WORKERS = 2


def main():
    """Print how many rows of the cluster equal those measured alone, round by round."""
    options = parse()
    model = pretrained.load_pretrained(options.model)
    names = runs.names_of(model.name, options.data)
    comparison = runs.Comparison(model, *protocol.load_both(options.data, None), names)
    keys = [(a, options.images_per_class, seed) for a in APPROACHES for seed in range(SEEDS)]
    with empty_cache():
        seconds, alone = timing.timed(lambda: measured(comparison, keys))
    print(f"alone: {seconds:.0f} s")
    for place, row in alone.items():
        print(f"  {place[0]:<20}seed {place[2]}  test accuracy {row['test_accuracy']:.3f}")
    equal = 0
    for number in range(1, options.times + 1):
        with empty_cache(), cluster() as address:
            seconds, spread = timing.timed(lambda: measured(comparison, keys, address))
        equal += sum(spread[place] == row for place, row in alone.items())
        print(
            f"round {number}: {seconds:.0f} s, {equal} of {number * len(alone)} equal", flush=True
        )
    return equal == options.times * len(alone)


def parse():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", default="imagenet200")
    parser.add_argument("--data", default="yoghurts")
    parser.add_argument("--images-per-class", type=int, default=5)
    parser.add_argument("--times", type=int, default=10)
    return parser.parse_args()


def measured(comparison, keys, scheduler=None):
    """Return {key of a run: row without its seconds}."""
    rows = comparison.measure_all(keys, scheduler)
    return {results.run_key(row): row | {"train_seconds": None} for row in rows}


@contextmanager
def empty_cache():
    """Let this process, and those that it starts, keep features in a folder of their own."""
    before = os.environ.get("EXERCISE_CACHE")
    with tempfile.TemporaryDirectory() as folder:
        os.environ["EXERCISE_CACHE"] = folder
        try:
            yield
        finally:
            os.environ.pop("EXERCISE_CACHE")
            if before is not None:
                os.environ["EXERCISE_CACHE"] = before


@contextmanager
def cluster():
    """Yield the address of a scheduler with WORKERS workers, on ports that are free."""
    import distributed

    with (
        tempfile.TemporaryDirectory() as folder,
        distributed.LocalCluster(
            n_workers=WORKERS,
            threads_per_worker=1,
            dashboard_address=None,
            local_directory=folder,
        ) as workers,
    ):
        yield workers.scheduler_address


if __name__ == "__main__":
    raise SystemExit(0 if main() else 1)
