"""Seeds handed on: whatever draws at random gets a number of its own, all from one seed.

`keras.utils.set_random_seed` seeds generators that belong to the whole
process. What is learnt would then hang on whatever draws from them in
between: another thread (a Dask worker's measures the size of results with
random samples), or a layer that someone built before.
"""

import random
from collections.abc import Iterator
from typing import Any


def stream(seed: int) -> Iterator[int]:
    """Yield the numbers that new layers would get one by one after `set_random_seed(seed)`.

    So what learns with them learns what it would with plain Keras, that seed
    set right before and nothing else drawing.
    Source: make_default_seed in keras/src/random/seed_generator.py, Keras 3.15.1.

    Args:
        seed: int.

    Yields:
        int in [1, 10**9], for an initializer, a dropout or a layer that changes photos.
    """
    own = random.Random(seed)
    while True:
        yield own.randint(1, 10**9)


def put_into(config: Any, numbers: Iterator[int]) -> Any:
    """Return a copy of a layer's config in which every seed is the next number.

    Args:
        config: From `get_config()`; its initializers, and its layers if it is a
            model, are looked into.
        numbers: Iterator of ints, such as `stream` gives.
    """
    if isinstance(config, dict):
        return {
            name: next(numbers) if name == "seed" else put_into(value, numbers)
            for name, value in config.items()
        }
    if isinstance(config, list | tuple):
        return type(config)(put_into(value, numbers) for value in config)
    return config
