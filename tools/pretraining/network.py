"""The twin in PyTorch of exercise_lib.imagenet200: bfloat16 trains nearly twice as fast there."""

from torch import nn
from torch.nn import functional

WIDTHS = (32, 64, 128, 256)


class Convolution(nn.Module):
    """Convolution without bias, then batch normalisation."""

    def __init__(self, channels, width, size=3, stride=1):
        super().__init__()
        self.pads_itself = stride == 2 and size == 3
        padding = 0 if self.pads_itself else size // 2
        self.conv = nn.Conv2d(channels, width, size, stride, padding, bias=False)
        self.bn = nn.BatchNorm2d(width, eps=1e-5)

    def forward(self, x):
        if self.pads_itself:
            x = functional.pad(x, (0, 1, 0, 1))  # On one side only, as Keras pads "same".
        return self.bn(self.conv(x))


class Block(nn.Module):
    """A residual block of two convolutions."""

    def __init__(self, channels, width, stride):
        super().__init__()
        self.a = Convolution(channels, width, stride=stride)
        self.b = Convolution(width, width)
        changes = stride != 1 or channels != width
        self.skip = Convolution(channels, width, 1, stride) if changes else None

    def forward(self, x):
        shortcut = x if self.skip is None else self.skip(x)
        return functional.relu(self.b(functional.relu(self.a(x))) + shortcut)


class Network(nn.Module):
    """Images (batch, 3, height, width) to logits (batch, classes)."""

    def __init__(self, classes=200):
        super().__init__()
        self.stem = Convolution(3, WIDTHS[0], stride=2)
        inner = (WIDTHS[0], *WIDTHS[:-1])
        strides = (1, 2, 2, 2)
        self.stages = nn.ModuleList(map(Block, inner, WIDTHS, strides))
        self.fc = nn.Linear(WIDTHS[-1], classes)

    def forward(self, x):
        x = functional.relu(self.stem(x))
        for stage in self.stages:
            x = stage(x)
        return self.fc(x.mean((2, 3)))


def named_convolutions(network):
    """Yield (name in Keras, Convolution) for every convolution."""
    yield "stem", network.stem
    for number, block in enumerate(network.stages, start=1):
        yield f"stage{number}_a", block.a
        yield f"stage{number}_b", block.b
        if block.skip is not None:
            yield f"stage{number}_shortcut", block.skip
