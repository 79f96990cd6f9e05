"""A checkpoint of train.py to the files of data/imagenet200, measured through Keras.

python data/pretraining/export.py --images FOLDER --run run

Run it once, at the end: it reads the official validation images, which chose
nothing. It needs the workshop's packages beside PyTorch.
"""

import argparse
import hashlib
import json
from pathlib import Path

import keras
import torch
from images import class_ids, load
from network import Network, named_convolutions

from exercise_lib import imagenet200, paths
from exercise_lib.metrics import top_k_accuracy

TARGET = paths.DATA / "imagenet200"
WEIGHTS = "imagenet200.weights.h5"


def main(options):
    state = torch.load(options.run / "checkpoint.pt", weights_only=True)["average"]
    network = Network()
    network.load_state_dict(state)
    TARGET.mkdir(exist_ok=True)
    write_weights(network, TARGET / WEIGHTS)
    write_classes(options.images, TARGET / "classes.json")
    model = imagenet200.build_imagenet200()
    model.load_weights(TARGET / WEIGHTS)
    print(f"largest difference of a log probability: {difference(network, model):.4f}")
    images, labels = load(options.images, ["val.zip"], options.run)
    probabilities = model.predict(enlarged(images), batch_size=250, verbose=0)
    for k in (1, 5):
        print(f"top-{k}: {top_k_accuracy(probabilities, labels.numpy(), k):.4f}")


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
    """Return the largest difference of log probabilities between the twins, on noise."""
    network.eval()
    batch = torch.randn(4, 3, 96, 96, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        ours = torch.log_softmax(network(batch), dim=1).numpy()
    keras_ones = keras.ops.log(model(batch.permute(0, 2, 3, 1).numpy()))
    return float(abs(ours - keras.ops.convert_to_numpy(keras_ones)).max())


def enlarged(images):
    """Resize (images, 64, 64, 3) to the model's size and preprocess them."""
    resized = keras.ops.image.resize(images.numpy().astype("float32"), imagenet200.IMAGE_SIZE)
    return imagenet200.preprocess_input(resized)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Make the Keras weights and measure them once.")
    parser.add_argument("--images", required=True, help="folder with val.zip and classes.json")
    parser.add_argument("--run", required=True, type=Path, help="the --out folder of train.py")
    main(parser.parse_args())
