"""Would another runtime extract features faster? Keras with folded batch norm against others.

python -m tests.benchmarks.runtimes [MODEL]

ONNX Runtime is installed with the workshop; OpenVINO is tried where it is installed
(`pip install openvino`), in single precision and in bfloat16. Printed are the seconds to convert
the model, photos a second, how far the features are apart, and from how many photos on converting
pays.
"""

import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from exercise_lib import datasets, images
from exercise_lib.approaches import frozen_parts
from exercise_lib.models import pretrained
from tests.benchmarks import timing

PHOTOS = 320
BATCH = 32
ROUNDS = 3


def main(name=None):
    """Print a line for each runtime."""
    model = pretrained.load_pretrained(name)
    files = (datasets.load("yoghurts").test.files * 3)[:PHOTOS]
    inputs = model.preprocess(images.load_photos(files, model.image_size))
    part = frozen_parts.pooled_base(model)
    ways = {"Keras": (0.0, frozen_parts.folded(part).predict_on_batch)}
    with tempfile.TemporaryDirectory() as folder:
        ways |= onnx_runtime(frozen_parts.folded(part), Path(folder))
        ways |= openvino(Path(folder))
        measured = {way: measure(run, inputs) for way, (_, run) in ways.items()}
    slow, truth = measured["Keras"]
    print(f"\n{model.name}, {PHOTOS} photos, batches of {BATCH}")
    for way, (seconds, values) in measured.items():
        converting, gain = ways[way][0], (slow - seconds) / PHOTOS
        pays = f"{converting / gain:,.0f} photos" if gain > 0 else "never"
        apart = np.abs(values - truth).max() / np.abs(truth).max()
        print(
            f"  {way:<20}converted in {converting:5.1f} s {PHOTOS / seconds:7.0f} photos a second"
            f"   ratio {slow / seconds:4.1f}   apart {apart:.4f}   pays from {pays}"
        )


def measure(run, inputs):
    """Return (seconds of the best round, features) of all batches."""
    batches = [inputs[start : start + BATCH] for start in range(0, PHOTOS, BATCH)]
    run(batches[0])  # The first one also compiles.
    rounds = [timing.timed(lambda: [run(batch) for batch in batches]) for _ in range(ROUNDS)]
    return min(seconds for seconds, _ in rounds), np.concatenate(rounds[-1][1])


def onnx_runtime(model, folder):
    """Return {name: (seconds to convert, function of a batch)} for ONNX Runtime."""
    start = time.perf_counter()
    import onnxruntime

    model(np.zeros((1, *model.input_shape[1:]), np.float32))  # Keras insists.
    model.export(folder / "model.onnx", format="onnx", verbose=False)
    session = onnxruntime.InferenceSession(folder / "model.onnx")
    name = session.get_inputs()[0].name
    run = lambda batch: session.run(None, {name: batch})[0]  # noqa: E731
    return {"ONNX Runtime": (time.perf_counter() - start, run)}


def openvino(folder):
    """Return the same for OpenVINO, in two precisions; nothing where it is not installed."""
    try:
        import openvino
    except ImportError:
        return {}
    ways = {}
    for precision in ("f32", "bf16"):
        start = time.perf_counter()
        core = openvino.Core()
        compiled = core.compile_model(
            core.read_model(folder / "model.onnx"), "CPU", {"INFERENCE_PRECISION_HINT": precision}
        )
        run = lambda batch, compiled=compiled: compiled(batch)[0]  # noqa: E731
        ways[f"OpenVINO {precision}"] = (time.perf_counter() - start, run)
    return ways


if __name__ == "__main__":
    main(*sys.argv[1:2])
