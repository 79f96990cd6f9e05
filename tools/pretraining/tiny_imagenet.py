"""Tiny ImageNet as arrays, and batches of changed copies to learn from."""

import io
import json
import math
import zipfile
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch.nn import functional
from tqdm import tqdm

SIZE = 64  # Pixels of a side in the archives.
HELD_OUT = 2000  # Training images that only choose, never teach.

# The same as exercise_lib.imagenet200: red, green, blue, in [0, 255].
MEAN = torch.tensor([123.675, 116.28, 103.53]).view(1, 3, 1, 1)
DEVIATION = torch.tensor([58.395, 57.12, 57.375]).view(1, 3, 1, 1)


def load(folder, archives, cache):
    """Decode archives once and keep the arrays in a cache folder.

    Args:
        folder: Folder with the archives and classes.json.
        archives: Names of zip files; every member is <wnid>/<name>.webp.
        cache: Folder for the decoded arrays.

    Returns:
        (images, labels): uint8 tensor (images, 64, 64, 3) and int64 tensor (images,).
    """
    folder, cache = Path(folder), Path(cache)
    cache.mkdir(parents=True, exist_ok=True)
    kept = cache / f"{'_'.join(Path(name).stem for name in archives)}.npz"
    if not kept.exists():
        images, labels = decode(folder, archives, class_ids(folder))
        part = kept.with_name("part.npz")
        np.savez(part, images=images, labels=labels)
        part.replace(kept)
    with np.load(kept) as arrays:
        return torch.from_numpy(arrays["images"]), torch.from_numpy(arrays["labels"])


def class_ids(folder):
    """Return the wnids in the order of the labels."""
    return list(json.loads((Path(folder) / "classes.json").read_text(encoding="utf-8")))


def decode(folder, archives, wnids):
    """Return all images of the archives, sorted by name, and their labels."""
    label_of = {wnid: label for label, wnid in enumerate(wnids)}
    images, labels = [], []
    for archive in archives:
        with zipfile.ZipFile(folder / archive) as members:
            names = sorted(name for name in members.namelist() if name.endswith(".webp"))
            for name in tqdm(names, desc=archive):
                image = Image.open(io.BytesIO(members.read(name))).convert("RGB")
                images.append(np.asarray(image))
                labels.append(label_of[name.split("/")[0]])
    return np.stack(images), np.array(labels)


def split(images, seed=1):
    """Return (held_out, training): row numbers of both parts, drawn with a fixed seed."""
    order = torch.randperm(len(images), generator=torch.Generator().manual_seed(seed))
    return order[:HELD_OUT], order[HELD_OUT:]


def normalise(images):
    """Scale a uint8 batch (batch, height, width, 3): float32 (batch, 3, height, width)."""
    batch = images.permute(0, 3, 1, 2).float()
    return (batch - MEAN.to(batch.device)) / DEVIATION.to(batch.device)


def prepare(images, size):
    """Scale the values of a uint8 batch and resize it: float32 (batch, 3, size, size)."""
    batch = normalise(images)
    if size != batch.shape[-1]:
        batch = functional.interpolate(
            batch, size=(size, size), mode="bilinear", align_corners=False
        )
    return batch.contiguous(memory_format=torch.channels_last)


def augment(images, size):
    """Crop, flip and recolour each image of a uint8 batch at random.

    Source of the crops: Szegedy et al., Going Deeper with Convolutions, 2014
    (https://arxiv.org/abs/1409.4842), here of 35 to 100 % of the area.

    Args:
        images: uint8 tensor (batch, 64, 64, 3).
        size: Pixels of a side of the result.

    Returns:
        float32 tensor (batch, 3, size, size), prepared for the network.
    """
    batch = normalise(images)
    matrices = crops(len(batch)).to(batch.device)
    grid = functional.affine_grid(matrices, (len(batch), 3, size, size), align_corners=False)
    batch = functional.grid_sample(batch, grid, align_corners=False, padding_mode="reflection")
    return recolour(batch).contiguous(memory_format=torch.channels_last)


def crops(count):
    """Return affine matrices (count, 2, 3) of random crops, half of them mirrored."""
    area = torch.empty(count).uniform_(0.35, 1)
    ratio = torch.exp(torch.empty(count).uniform_(math.log(0.8), math.log(1.25)))
    width, height = (area * ratio).sqrt().clamp(max=1), (area / ratio).sqrt().clamp(max=1)
    matrices = torch.zeros(count, 2, 3)
    matrices[:, 0, 2] = (torch.rand(count) * 2 - 1) * (1 - width)
    matrices[:, 1, 2] = (torch.rand(count) * 2 - 1) * (1 - height)
    matrices[:, 0, 0] = width * torch.where(torch.rand(count) < 0.5, -1.0, 1.0)
    matrices[:, 1, 1] = height
    return matrices


def recolour(batch):
    """Change saturation, contrast and brightness of each image at random."""
    count = len(batch)
    contrast = torch.empty(count, 1, 1, 1).uniform_(0.75, 1.25).to(batch.device)
    brightness = torch.empty(count, 1, 1, 1).uniform_(-0.25, 0.25).to(batch.device)
    saturation = torch.empty(count, 1, 1, 1).uniform_(0.6, 1.3).to(batch.device)
    grey = batch.mean(1, keepdim=True)
    return (grey + (batch - grey) * saturation) * contrast + brightness
