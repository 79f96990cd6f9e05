"""Spread the runs of a comparison over the workers of a Dask scheduler."""

import contextlib
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from exercise_lib.comparison import protocol
from exercise_lib.datasets import PhotoSet, splits
from exercise_lib.errors import WorkshopError
from exercise_lib.models.pretrained import Pretrained

if TYPE_CHECKING:
    from distributed import Client


def measure_all(
    scheduler: str,
    pretrained: Pretrained,
    dataset: PhotoSet,
    keys: Iterable[tuple[str, int, int]],
    shifted: splits.Split,
    crop: protocol.Crop,
) -> Iterator[protocol.Result]:
    """Yield a protocol.Result for each key, in the order in which the workers finish.

    The model and the data set travel to each worker once; the photos must be in
    the same place on every machine.

    Args:
        scheduler: Address, such as "tcp://10.0.0.1:8786".
        pretrained, dataset, shifted, crop: See protocol.measure.
        keys: (approach, images_per_class, seed) of each run.

    Raises:
        WorkshopError: Dask is not installed, there is no such scheduler, or its
            workers do not each run one task at a time.
    """
    with connected(scheduler) as client:
        from distributed import as_completed

        everywhere = client.scatter([pretrained, dataset, shifted], broadcast=True, hash=False)
        model, photos, other = everywhere
        runs = [
            client.submit(
                protocol.measure, model, photos, *key, shifted=other, crop=crop, pure=False
            )
            for key in keys
        ]
        for _, result in as_completed(runs, with_results=True):
            yield result


@contextlib.contextmanager
def connected(scheduler: str) -> Iterator["Client"]:
    """Connect to a Dask scheduler whose workers run one task at a time; yield the client."""
    try:
        from distributed import Client
    except ImportError as error:
        raise WorkshopError(
            "--scheduler needs Dask, here and on the workers: run `pip install distributed`."
        ) from error
    try:
        client = Client(scheduler, timeout=10)
    except (OSError, ValueError) as error:
        raise WorkshopError(
            f"There is no Dask scheduler at {scheduler}: start one with `dask scheduler`, and "
            "its workers with `dask worker --nthreads 1 ADDRESS`."
        ) from error
    with client:
        threads = client.nthreads().values()
        if not threads or max(threads) > 1:  # One training already uses all cores.
            raise WorkshopError(
                f"The scheduler at {scheduler} needs workers that run one task at a time: start "
                "them with `dask worker --nthreads 1 ADDRESS`; add --nworkers for more of them."
            )
        yield client
