"""What the data card of imagenet200 shows: curve.png, top5.png and a table of real photos.

python tools/pretraining/card.py --run run --photos FOLDER

FOLDER holds one photo of each class, named <wnid>_<anything>; photos of classes that the model
does not know are passed over. Run it after export.py has written data/imagenet200.
"""

import argparse
import json
from pathlib import Path

import matplotlib.pyplot as plt

from exercise_lib import images, paths
from exercise_lib.models import pretrained
from exercise_lib.plots import BLUE, GREY, ORANGE

TARGET = paths.DATA / "imagenet200"
SHOWN = ("goldfish", "tabby", "school bus", "lemon", "teapot")


def build_parser():
    parser = argparse.ArgumentParser(description="Draw the pictures of the data card.")
    parser.add_argument("--run", required=True, type=Path, help="the --out folder of train.py")
    parser.add_argument("--photos", required=True, type=Path, help="folder of photos")
    return parser


def main(options):
    lines = (options.run / "log.jsonl").read_text(encoding="utf-8").splitlines()
    draw_curve([json.loads(line) for line in lines], TARGET / "curve.png")
    model = pretrained.load_pretrained("imagenet200")
    answers = answers_of(model, photos_of(options.photos))
    draw_top_5({name: answers[name][:5] for name in SHOWN}, TARGET / "top5.png")
    print(as_table(answers))


def draw_curve(log, path):
    """Draw the accuracies on the held-out images after each epoch, and the sizes."""
    figure, axis = plt.subplots(figsize=(7, 3.6), layout="constrained")
    epochs = [line["epoch"] for line in log]
    for name, label, colour, marker in (
        ("held_out_top_5", "top-5", ORANGE, "s"),
        ("held_out_top_1", "top-1", BLUE, "o"),
    ):
        values = [line[name] for line in log]
        axis.plot(epochs, values, color=colour, marker=marker, markersize=3.5, label=label)
    for before, line in zip([None, *log], log, strict=False):
        if before is None or before["size"] != line["size"]:
            axis.axvline(line["epoch"] - 0.5, color=GREY, linewidth=1)
            axis.text(line["epoch"] - 0.3, 0.02, f"{line['size']} pixels", fontsize=9)
    axis.set(xlabel="epoch", ylabel="accuracy", ylim=(0, 1))
    axis.set_title("imagenet200 on 2,000 held-out images, after each epoch")
    axis.legend()
    figure.savefig(path, dpi=100)


def photos_of(folder):
    """Return {class name: photo} for the photos of a folder whose class the model knows."""
    entries = json.loads((TARGET / "classes.json").read_text(encoding="utf-8"))
    names = {entry["wnid"]: entry["name"] for entry in entries}
    wnids = {file.name.split("_")[0]: file for file in sorted(folder.iterdir())}
    photos = {names[wnid]: file for wnid, file in wnids.items() if wnid in names}
    if missing := set(SHOWN) - set(photos):
        raise SystemExit(f"{folder} has no photo of {', '.join(sorted(missing))}.")
    return photos


def answers_of(model, photos):
    """Return {class name: all classes as (name, probability), the most probable first}."""
    inputs = model.preprocess(images.load_photos(list(photos.values()), model.image_size))
    probabilities = model.model.predict(inputs, verbose=0)
    tops = pretrained.decode_top(probabilities, model.class_names, top=len(model.class_names))
    return dict(zip(photos, tops, strict=True))


def draw_top_5(tops, path):
    """Draw the five most probable classes of some photos; the right one is darker."""
    figure, axes = plt.subplots(1, len(tops), figsize=(13, 2.4), layout="constrained")
    for axis, (name, top) in zip(axes, tops.items(), strict=True):
        for place, (found, probability) in enumerate(top):
            right = found == name
            axis.barh(place, probability, color=BLUE, alpha=0.6 if right else 0.25)
            weight = "bold" if right else "normal"
            text = f"{found}  {probability:.2f}"
            axis.text(0.02, place, text, va="center", fontsize=9, fontweight=weight)
        axis.set(xlim=(0, 1), xlabel="probability", yticks=[], title=f"a photo of a {name}")
        axis.invert_yaxis()
    figure.savefig(path, dpi=100)


def as_table(answers):
    """Return a line for each photo: its class, the first answer, and the place of its class."""
    lines = ["| photo of | first answer | probability | place of the right one |"]
    lines.append("|---|---|---|---|")
    places = []
    for name, top in sorted(answers.items()):
        places.append(1 + [found for found, _ in top].index(name))
        lines.append(f"| {name} | {top[0][0]} | {top[0][1]:.2f} | {places[-1]} |")
    right, in_5 = (sum(place <= limit for place in places) for limit in (1, 5))
    return "\n".join([*lines, "", f"{len(answers)} photos: {right} right, {in_5} among five"])


if __name__ == "__main__":
    main(build_parser().parse_args())
