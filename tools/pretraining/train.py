"""Train imagenet200 on Tiny ImageNet.

python tools/pretraining/train.py --images FOLDER --out run

Writes run/checkpoint.pt after every epoch and goes on from it when started
again, and run/log.jsonl with a line for every epoch. Then
`python tools/pretraining/export.py` makes the Keras weights.
"""

import argparse
import copy
import json
import sys
import time
from pathlib import Path

import torch
from network import Network
from tiny_imagenet import augment, load, prepare, split
from torch import nn
from torch.nn import functional
from tqdm import tqdm

ARCHIVES = ("train_0.zip", "train_1.zip")
DEVICE = "cuda" if torch.cuda.is_available() else "cpu"
BATCH = 256
LEARNING_RATE = 0.5
WEIGHT_DECAY = 2e-4
LABEL_SMOOTHING = 0.1
AVERAGING = 0.998  # Decay, a step, of the moving average of the weights.


def build_parser():
    parser = argparse.ArgumentParser(description="Train imagenet200 on Tiny ImageNet.")
    parser.add_argument(
        "--images", required=True, help="folder with train_0.zip, classes.json ..."
    )
    parser.add_argument("--out", required=True, type=Path, help="folder for checkpoint and log")
    parser.add_argument(
        "--cache", type=Path, help="folder for the decoded images, 1 GB (default: --out)"
    )
    parser.add_argument(
        "--epochs",
        nargs="+",
        type=size_and_epochs,
        metavar="SIZExEPOCHS",
        default=[(48, 12), (64, 22), (96, 3)],
        help="pixels and epochs, one after the other (default 48x12 64x22 96x3)",
    )
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, help="processor cores to use (default: all)")
    return parser


def size_and_epochs(text):
    """Parse "64x24": 24 epochs at 64 pixels."""
    size, epochs = text.split("x")
    return int(size), int(epochs)


def main(options):
    torch.manual_seed(options.seed)
    if options.threads:
        torch.set_num_threads(options.threads)
    options.out.mkdir(parents=True, exist_ok=True)
    images, labels = load(options.images, ARCHIVES, options.cache or options.out)
    held_out, training = split(images)
    sizes = [size for size, epochs in options.epochs for _ in range(epochs)]
    settings = {"epochs": [list(part) for part in options.epochs], "seed": options.seed}
    run = Run(len(sizes) * (len(training) // BATCH), settings)
    first = run.restore(options.out / "checkpoint.pt")
    for epoch, size in list(enumerate(sizes))[first:]:
        start = time.monotonic()
        loss = run.train_epoch(images, labels, training, size, f"epoch {epoch + 1}/{len(sizes)}")
        top_1, top_5 = evaluate(run.average, images[held_out], labels[held_out])
        line = {"epoch": epoch + 1, "size": size, "loss": round(loss, 4), "held_out_top_1": top_1}
        line |= {"held_out_top_5": top_5, "seconds": round(time.monotonic() - start)}
        print(json.dumps(line), flush=True)
        run.log.append(line)
        run.keep(options.out / "checkpoint.pt", epoch + 1)
        lines = "".join(json.dumps(line) + "\n" for line in run.log)
        (options.out / "log.jsonl").write_text(lines, encoding="utf-8")


class Run:
    """A network, its moving average, and what trains it."""

    def __init__(self, steps, settings):
        self.settings = settings
        self.log = []
        self.network = Network().to(DEVICE, memory_format=torch.channels_last)
        self.average = copy.deepcopy(self.network)
        self.optimizer = torch.optim.SGD(
            groups_of(self.network), lr=LEARNING_RATE, momentum=0.9, nesterov=True
        )
        # Source: Smith and Topin, Super-Convergence, 2017 (https://arxiv.org/abs/1708.07120).
        self.schedule = torch.optim.lr_scheduler.OneCycleLR(
            self.optimizer,
            LEARNING_RATE,
            steps,
            pct_start=0.2,
            cycle_momentum=False,
            final_div_factor=1e3,
        )
        self.steps_done = 0

    def train_epoch(self, images, labels, rows, size, name):
        """Train on all rows once; return the mean loss."""
        self.network.train()
        rows = rows[torch.randperm(len(rows))]
        steps = len(rows) // BATCH
        losses = 0.0
        for step in tqdm(range(steps), desc=name, mininterval=5):
            chosen = rows[step * BATCH : (step + 1) * BATCH]
            batch = augment(images[chosen].to(DEVICE), size)
            losses += self.train_step(batch, labels[chosen].to(DEVICE))
        return losses / steps

    def train_step(self, batch, labels):
        with torch.autocast(DEVICE, torch.bfloat16):
            logits = self.network(batch)
        loss = functional.cross_entropy(logits.float(), labels, label_smoothing=LABEL_SMOOTHING)
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        self.schedule.step()
        self.steps_done += 1
        self.update_average()
        return loss.item()

    @torch.no_grad()
    def update_average(self):
        decay = min(AVERAGING, self.steps_done / (self.steps_done + 20))
        averaged, current = self.average.state_dict(), self.network.state_dict()
        for name, values in averaged.items():
            if values.is_floating_point():
                values.lerp_(current[name], 1 - decay)
            else:
                values.copy_(current[name])

    def keep(self, path, epochs):
        """Write a checkpoint; an interrupted write leaves the old one."""
        state = {
            "settings": self.settings,
            "log": self.log,
            "epochs": epochs,
            "steps_done": self.steps_done,
            "network": self.network.state_dict(),
            "average": self.average.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "schedule": self.schedule.state_dict(),
            "random": torch.get_rng_state(),
        }
        part = path.with_suffix(".part")
        torch.save(state, part)
        part.replace(path)

    def restore(self, path):
        """Go on from a checkpoint if there is one; return the number of epochs done."""
        if not path.exists():
            return 0
        state = torch.load(path, weights_only=True, map_location=DEVICE)
        if state["settings"] != self.settings:
            sys.exit(
                f"{path} is of a training with {state['settings']}, not with {self.settings}: "
                "choose another folder with --out."
            )
        self.log = state["log"]
        for name in ("network", "average", "optimizer", "schedule"):
            getattr(self, name).load_state_dict(state[name])
        torch.set_rng_state(state["random"].cpu())
        self.steps_done = state["steps_done"]
        print(f"Going on after epoch {state['epochs']}.", flush=True)
        return state["epochs"]


def groups_of(network):
    """Weight decay for the kernels, none for biases and batch normalisation."""
    kernels = [values for values in network.parameters() if values.ndim > 1]
    others = [values for values in network.parameters() if values.ndim == 1]
    return [
        {"params": kernels, "weight_decay": WEIGHT_DECAY},
        {"params": others, "weight_decay": 0.0},
    ]


@torch.no_grad()
def evaluate(network: nn.Module, images, labels, size=96):
    """Return (top-1, top-5) in [0, 1] at the size that the model will be used at."""
    network.eval()
    right_1 = right_5 = 0
    for start in range(0, len(images), 250):
        with torch.autocast(DEVICE, torch.bfloat16):
            logits = network(prepare(images[start : start + 250].to(DEVICE), size))
        best = logits.float().topk(5).indices.cpu()
        right = best == labels[start : start + 250, None]
        right_1 += right[:, 0].sum().item()
        right_5 += right.any(dim=1).sum().item()
    return right_1 / len(images), right_5 / len(images)


if __name__ == "__main__":
    main(build_parser().parse_args())
