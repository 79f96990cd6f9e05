"""Photos a second: the bundled model at its size against MobileNetV2 at 224 pixels.

python -m tests.benchmarks.inference

MobileNetV2's weights need not be there: speed does not depend on them.
"""

import numpy as np

from exercise_lib.models import imagenet200, pretrained
from tests.benchmarks import timing

PHOTOS = 320
ROUNDS = 3


def main():
    """Time both models in turn, three times, and print the best of each."""
    models = {
        "MobileNetV2, 224 pixels": pretrained.build_from_catalog("MobileNetV2"),
        "imagenet200, 96 pixels": imagenet200.build_imagenet200(),
    }
    inputs = {
        name: np.zeros((PHOTOS, *model.input_shape[1:]), "float32")
        for name, model in models.items()
    }
    seconds = {name: [] for name in models}
    for _ in range(ROUNDS + 1):
        for name, model in models.items():
            taken, _ = timing.timed(
                lambda model=model, name=name: model.predict(
                    inputs[name], batch_size=32, verbose=0
                )
            )
            seconds[name].append(taken)
    best = {
        name: PHOTOS / min(taken[1:]) for name, taken in seconds.items()
    }  # The first compiles.
    for name, speed in best.items():
        print(f"  {name:<26}{speed:7.0f} photos a second")
    slow, fast = best.values()
    print(f"  ratio {fast / slow:.1f}")


if __name__ == "__main__":
    main()
