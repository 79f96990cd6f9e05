"""A checkpoint of train.py to the files of data/imagenet200, measured through Keras.

python tools/pretraining/export.py --images FOLDER --run run --measure

--measure reads the official validation images, which chose nothing: use it
once, at the end. Needs the workshop's packages beside PyTorch.
"""

import argparse
import hashlib
import json
import math
from pathlib import Path

import keras
import torch
from network import Network, named_convolutions
from tiny_imagenet import class_ids, load

from exercise_lib import paths
from exercise_lib.comparison.metrics import top_k_accuracy
from exercise_lib.models import imagenet200

TARGET = paths.DATA / "imagenet200"
WEIGHTS = "imagenet200.weights.h5"


def build_parser():
    parser = argparse.ArgumentParser(description="Make the Keras weights of a training run.")
    parser.add_argument("--images", required=True, help="folder with val.zip and classes.json")
    parser.add_argument("--run", required=True, type=Path, help="the --out folder of train.py")
    parser.add_argument(
        "--out", type=Path, default=TARGET, help="folder to write (default: data/imagenet200)"
    )
    parser.add_argument(
        "--cache", type=Path, help="folder for the decoded images (default: --run)"
    )
    parser.add_argument(
        "--measure",
        action="store_true",
        help="accuracy on the validation images, once, at the end",
    )
    return parser


def main(options):
    network = trained_network(options.run / "checkpoint.pt")
    options.out.mkdir(parents=True, exist_ok=True)
    write_weights(network, options.out / WEIGHTS)
    write_classes(options.images, options.out / "classes.json")
    model = imagenet200.build_imagenet200()
    model.load_weights(options.out / WEIGHTS)
    print(f"weights: {model.count_params():,}, multiply-adds: {multiply_adds(model):,}")
    print(f"largest difference of a probability: {difference(network, model):.4f}")
    if options.measure:
        measure(model, *load(options.images, ["val.zip"], options.cache or options.run))


def trained_network(checkpoint):
    """Return the PyTorch network with the averaged weights of a checkpoint, for inference."""
    network = Network()
    network.load_state_dict(torch.load(checkpoint, weights_only=True)["average"])
    return network.eval()


def write_weights(network, path):
    """Write the weights in half precision, and their hash beside them."""
    keras.config.set_floatx("float16")
    model = imagenet200.build_imagenet200()
    keras.config.set_floatx("float32")
    copy_weights(network, model)
    model.save_weights(path)
    digits = hashlib.sha256(path.read_bytes()).hexdigest()
    path.with_name("SHA256SUMS").write_text(f"{digits}  {path.name}\n", encoding="utf-8")


def copy_weights(network, model):
    """Copy all weights of the PyTorch network into its Keras twin."""
    for name, part in named_convolutions(network):
        # PyTorch: (out, in, rows, columns); Keras: (rows, columns, in, out).
        kernel = part.conv.weight.detach().permute(2, 3, 1, 0).numpy()
        model.get_layer(f"{name}_convolution").set_weights([kernel])
        norm = (part.bn.weight, part.bn.bias, part.bn.running_mean, part.bn.running_var)
        values = [tensor.detach().numpy() for tensor in norm]
        model.get_layer(f"{name}_batch_norm").set_weights(values)
    dense = [network.fc.weight.detach().T.numpy(), network.fc.bias.detach().numpy()]
    model.get_layer("predictions").set_weights(dense)


def write_classes(images, path):
    """Write wnid and short name of each class, in the order of the model's output."""
    names = json.loads((Path(images) / "classes.json").read_text(encoding="utf-8"))
    rows = [{"wnid": wnid, "name": names[wnid].split(",")[0]} for wnid in class_ids(images)]
    if len({row["name"] for row in rows}) < len(rows):
        raise SystemExit("Two classes would have the same name.")
    lines = ",\n".join(f"  {json.dumps(row)}" for row in rows)
    path.write_text(f"[\n{lines}\n]\n", encoding="utf-8")


def difference(network, model):
    """Return the largest difference of a probability between the twins, on noise."""
    batch = torch.randn(4, 3, 96, 96, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        ours = torch.softmax(network(batch), dim=1).numpy()
    theirs = keras.ops.convert_to_numpy(model(batch.permute(0, 2, 3, 1).numpy()))
    return float(abs(ours - theirs).max())


def multiply_adds(model):
    """Return the multiply-adds of the convolutions and of the last layer, for one photo."""
    total = 0
    for layer in model.layers:
        if isinstance(layer, keras.layers.Conv2D):
            rows, columns = layer.output.shape[1:3]
            total += rows * columns * math.prod(layer.kernel.shape)
        elif isinstance(layer, keras.layers.Dense):
            total += math.prod(layer.kernel.shape)
    return total


def measure(model, images, labels):
    """Print top-1 and top-5 of 64-pixel images enlarged to the model's 96."""
    probabilities = model.predict(enlarged(images), batch_size=250, verbose=0)
    for k in (1, 5):
        print(f"top-{k} of {len(labels)} images: {top_k_accuracy(probabilities, labels, k):.4f}")


def enlarged(images):
    """Resize (images, 64, 64, 3) to the model's size, bilinearly, and preprocess them."""
    resized = keras.ops.image.resize(images.numpy().astype("float32"), imagenet200.IMAGE_SIZE)
    return imagenet200.preprocess_input(resized)


if __name__ == "__main__":
    main(build_parser().parse_args())
