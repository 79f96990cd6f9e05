"""Seeds passed on: everything random gets a seed of its own, all derived from one seed.

`keras.utils.set_random_seed` seeds generators that belong to the whole
process. What a model learns would then depend on anything that draws from them
in between: another thread (a Dask worker has one that estimates the size of
results from random samples), or a layer that was built earlier.
"""

import random
from collections.abc import Iterator
from typing import Any


def stream(seed: int) -> Iterator[int]:
    """Yield the numbers that new layers would get one by one after `set_random_seed(seed)`.

    A model that uses them learns what it would learn in plain Keras with that seed
    set just before and nothing else drawing random numbers.
    Source: make_default_seed in keras/src/random/seed_generator.py, Keras 3.15.1.

    Args:
        seed: int.

    Yields:
        int in [1, 10**9], for an initialiser, a dropout layer or an augmentation layer.
    """
    own = random.Random(seed)
    while True:
        yield own.randint(1, 10**9)


def put_into(config: Any, numbers: Iterator[int]) -> Any:
    """Return a copy of a layer's config in which every seed is the next number.

    Args:
        config: From `get_config()`; includes its initialisers, and its layers if it
            is a model.
        numbers: Iterator of ints, such as from `stream`.
    """
    if isinstance(config, dict):
        return {
            name: next(numbers) if name == "seed" else put_into(value, numbers)
            for name, value in config.items()
        }
    if isinstance(config, list | tuple):
        return type(config)(put_into(value, numbers) for value in config)
    return config
