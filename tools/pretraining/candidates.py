"""Command line: how fast candidate architectures learn and predict on this machine.

    python tools/pretraining/candidates.py

Each candidate takes at most 1.3 million weights. Printed for each, in single
precision and bfloat16: images a second of a training step (batch of 256, 64
pixels) and of inference (batch of 32, 96 pixels).
"""

import statistics
import time

import torch
from network import Network
from torch import nn
from torch.nn import functional

REPEATS = 5


class InvertedResidual(nn.Module):
    """Widen, convolve each channel, narrow. Source: Sandler et al., 2018, arXiv:1801.04381."""

    def __init__(self, channels, width, stride, expansion=4):
        super().__init__()
        inner = channels * expansion
        self.body = nn.Sequential(
            *convolution(channels, inner, 1, activation=nn.ReLU6),
            *convolution(inner, inner, 3, stride, groups=inner, activation=nn.ReLU6),
            *convolution(inner, width, 1),
        )
        self.adds = stride == 1 and channels == width

    def forward(self, x):
        return x + self.body(x) if self.adds else self.body(x)


class ConvNextBlock(nn.Module):
    """A large depthwise kernel, then two 1 x 1. Source: Liu et al., 2022, arXiv:2201.03545."""

    def __init__(self, channels, expansion=4):
        super().__init__()
        self.body = nn.Sequential(
            *convolution(channels, channels, 7, groups=channels),
            nn.Conv2d(channels, channels * expansion, 1),
            nn.GELU(),
            nn.Conv2d(channels * expansion, channels, 1),
        )

    def forward(self, x):
        return x + self.body(x)


def convolution(channels, width, size, stride=1, groups=1, activation=None):
    """Return [convolution, batch normalisation, activation if any]."""
    layers = [
        nn.Conv2d(channels, width, size, stride, size // 2, groups=groups, bias=False),
        nn.BatchNorm2d(width),
    ]
    return layers + ([activation()] if activation else [])


def mobile():
    """Return a network of inverted residuals."""
    widths, depths = (24, 32, 64, 128, 192), (1, 2, 3, 3, 1)
    layers, channels = convolution(3, 24, 3, 2, activation=nn.ReLU6), 24
    for stage, (width, depth) in enumerate(zip(widths, depths, strict=True)):
        for number in range(depth):
            stride = 2 if number == 0 and stage in (1, 2, 3) else 1
            layers.append(InvertedResidual(channels, width, stride))
            channels = width
    return with_head(layers, channels)


def convnext():
    """Return a network of ConvNeXt blocks, with batch normalisation."""
    widths, depths = (40, 80, 160, 192), (1, 2, 2, 1)
    layers, channels = convolution(3, widths[0], 4, 4), widths[0]
    for width, depth in zip(widths, depths, strict=True):
        if width != channels:
            layers += convolution(channels, width, 2, 2)
        layers += [ConvNextBlock(width) for _ in range(depth)]
        channels = width
    return with_head(layers, channels)


def with_head(layers, channels, classes=200):
    """Return the layers with pooling and a classifier."""
    return nn.Sequential(
        *layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, classes)
    )


CANDIDATES = {
    "plain residual (chosen)": Network,
    "inverted residuals": mobile,
    "ConvNeXt-like": convnext,
}


def images_a_second(step, images):
    """Return the median over REPEATS of images a second, after two runs to warm up."""
    times = []
    for run in range(REPEATS + 2):
        start = time.perf_counter()
        step()
        if run >= 2:
            times.append(time.perf_counter() - start)
    return images / statistics.median(times)


def training_step(network, dtype):
    """Return a function that does one step of training on random images."""
    network.train()
    optimizer = torch.optim.SGD(network.parameters(), lr=0.01, momentum=0.9)
    images = torch.randn(256, 3, 64, 64).contiguous(memory_format=torch.channels_last)
    labels = torch.randint(0, 200, (256,))

    def step():
        with torch.autocast("cpu", dtype, enabled=dtype != torch.float32):
            logits = network(images)
        optimizer.zero_grad()
        functional.cross_entropy(logits.float(), labels).backward()
        optimizer.step()

    return step


def inference_step(network, dtype):
    """Return a function that predicts one batch of random images."""
    network.eval()
    images = torch.randn(32, 3, 96, 96).contiguous(memory_format=torch.channels_last)

    @torch.no_grad()
    def step():
        with torch.autocast("cpu", dtype, enabled=dtype != torch.float32):
            network(images)

    return step


def main():
    """Print one line for each candidate and precision."""
    print(f"{'candidate':<26}{'weights':>10}{'precision':>11}{'training':>10}{'inference':>11}")
    for name, build in CANDIDATES.items():
        for dtype in (torch.float32, torch.bfloat16):
            torch.manual_seed(0)
            network = build().to(memory_format=torch.channels_last)
            weights = sum(values.numel() for values in network.parameters())
            training = images_a_second(training_step(network, dtype), 256)
            inference = images_a_second(inference_step(network, dtype), 32)
            precision = str(dtype).removeprefix("torch.")
            print(f"{name:<26}{weights:>10,}{precision:>11}{training:>10.0f}{inference:>11.0f}")


if __name__ == "__main__":
    main()
