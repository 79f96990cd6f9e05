"""The architecture of the default model: EfficientNet-Lite0 in plain Keras.

Sources: Tan and Le, EfficientNet, 2019 (https://arxiv.org/abs/1905.11946), table 1, and Google's
README of the Lite family (github.com/tensorflow/tpu, models/official/efficientnet/lite): no
squeeze-and-excitation, ReLU6 instead of swish.
"""

from collections.abc import Mapping

import keras
import numpy as np
from keras import layers

IMAGE_SIZE = (224, 224)
CLASSES = 1000
# For each stage: blocks, kernel size, stride of the first block, how much wider a block is inside
# than at its start, and channels of the result.
STAGES = (
    (1, 3, 1, 1, 16),
    (2, 3, 2, 6, 24),
    (2, 5, 2, 6, 40),
    (3, 3, 2, 6, 80),
    (3, 5, 1, 6, 112),
    (4, 5, 2, 6, 192),
    (1, 3, 1, 6, 320),
)
STEM_WIDTH, TOP_WIDTH = 32, 1280


def preprocess_input(images: np.ndarray | keras.KerasTensor) -> np.ndarray | keras.KerasTensor:
    """Scale photos to what EfficientNet-Lite0 was trained on: about -1 to 1.

    Source: MEAN_RGB and STDDEV_RGB in Google's efficientnet_lite_builder.py.

    Args:
        images: Array or tensor (batch, height, width, 3) in [0, 255].

    Returns:
        float32, same shape and kind, in [-0.99, 1]; the input is not changed.
    """
    if keras.ops.is_tensor(images) or isinstance(images, keras.KerasTensor):
        images = keras.ops.cast(images, "float32")
    else:
        images = np.asarray(images, np.float32)
    return (images - np.float32(127)) / np.float32(128)


def build_efficientnet_lite0() -> keras.Model:
    """Build the network with new random weights.

    The names of the layers begin with `stem_`, then `stage1_a_` (its first
    block) to `stage7_a_`, then `top_`; `features` is the pooled output,
    `predictions` the classifier.

    Returns:
        keras.Model: photos from preprocess_input, float32 (batch, 224, 224, 3),
        to probabilities (batch, 1000), each in [0, 1] and 1 in sum.
    """
    inputs = keras.Input((*IMAGE_SIZE, 3))
    x = convolve(inputs, STEM_WIDTH, "stem", size=3, stride=2)
    for number, (blocks, size, stride, expansion, width) in enumerate(STAGES, start=1):
        for letter in "abcd"[:blocks]:
            x = inverted_residual(x, width, f"stage{number}_{letter}", size, stride, expansion)
            stride = 1
    x = convolve(x, TOP_WIDTH, "top")
    x = layers.GlobalAveragePooling2D(name="features")(x)
    x = layers.Dropout(0.2, name="dropout")(x)
    outputs = layers.Dense(CLASSES, activation="softmax", name="predictions")(x)
    return keras.Model(inputs, outputs, name="EfficientNetLite0")


def inverted_residual(
    x: keras.KerasTensor, width: int, name: str, size: int, stride: int, expansion: int
) -> keras.KerasTensor:
    """Widen x, convolve each channel separately, narrow it, and add x if the shapes agree.

    Source: Sandler et al., MobileNetV2, 2018 (https://arxiv.org/abs/1801.04381), section 3.

    Args:
        x: Feature maps (batch, rows, columns, channels).
        width: Channels of the result.
        name: What the names of the layers begin with.
        size: Rows and columns of the kernel.
        stride: 2 halves rows and columns, 1 keeps them.
        expansion: How many times as many channels there are inside; 1 skips the widening.

    Returns:
        Feature maps (batch, rows / stride, columns / stride, width).
    """
    shortcut = x
    if expansion > 1:
        x = convolve(x, expansion * x.shape[-1], f"{name}_expand")
    x = layers.DepthwiseConv2D(
        size, stride, padding="same", use_bias=False, name=f"{name}_depthwise_convolution"
    )(x)
    x = normalise(x, f"{name}_depthwise")
    x = convolve(x, width, f"{name}_project", activate=False)
    if stride == 1 and shortcut.shape[-1] == width:
        x = layers.Add(name=f"{name}_add")([x, shortcut])
    return x


def convolve(
    x: keras.KerasTensor,
    width: int,
    name: str,
    size: int = 1,
    stride: int = 1,
    activate: bool = True,
) -> keras.KerasTensor:
    """Convolution without bias, then batch normalisation, which has one, then ReLU6."""
    x = layers.Conv2D(
        width, size, stride, padding="same", use_bias=False, name=f"{name}_convolution"
    )(x)
    return normalise(x, name, activate)


def normalise(x: keras.KerasTensor, name: str, activate: bool = True) -> keras.KerasTensor:
    """Batch normalisation, then ReLU6 if requested."""
    x = layers.BatchNormalization(epsilon=1e-3, name=f"{name}_batch_norm")(x)
    return layers.ReLU(6.0, name=f"{name}_relu")(x) if activate else x


def put_weights(model: keras.Model, tensors: Mapping[str, np.ndarray]) -> None:
    """Give a model from `build_efficientnet_lite0` weights in PyTorch's names and order.

    Args:
        model: keras.Model; it is changed.
        tensors: dict from name to array, all its weights in the order of its layers, as
            torch_tensors.read_tensors returns them.

    Raises:
        ValueError: the tensors are not those of this network.
    """
    # PyTorch's batch normalisation also counts the batches that it has seen.
    arrays = [values for name, values in tensors.items() if not name.endswith("batches_tracked")]
    owners = [layer for layer in model.layers for _ in layer.weights]
    if len(arrays) != len(owners):
        raise ValueError(f"{model.name} needs {len(owners)} tensors: found {len(arrays)}.")
    try:
        model.set_weights(list(map(_as_keras, owners, arrays)))
    except ValueError as error:
        raise ValueError(f"The tensors do not fit {model.name}: {error}") from error


def _as_keras(layer: keras.Layer, values: np.ndarray) -> np.ndarray:
    """Return a tensor with its axes in Keras's order."""
    if values.ndim == 4:
        # PyTorch: channels out, in, rows, columns; of a depthwise one: channels, 1, rows, columns.
        is_depthwise = isinstance(layer, layers.DepthwiseConv2D)
        return values.transpose(2, 3, 0, 1) if is_depthwise else values.transpose(2, 3, 1, 0)
    return values.T
