"""The architecture of the bundled model: a small residual network in plain Keras.

Source: He et al., Deep Residual Learning for Image Recognition, 2015
(https://arxiv.org/abs/1512.03385); here with one block per stage.
"""

import keras
import numpy as np
from keras import layers

IMAGE_SIZE = (96, 96)
WIDTHS = (32, 64, 128, 256)  # Channels of the four stages.

# Mean and standard deviation of ImageNet's pixels: red, green, blue, in [0, 255].
# Source: 255 times the constants of keras.applications.imagenet_utils, mode "torch".
MEAN = (123.675, 116.28, 103.53)
DEVIATION = (58.395, 57.12, 57.375)


def preprocess_input(images: np.ndarray | keras.KerasTensor) -> np.ndarray | keras.KerasTensor:
    """Scale photos to what imagenet200 was trained on: mean 0 and deviation 1 per colour.

    Args:
        images: Array or tensor (batch, height, width, 3) in [0, 255].

    Returns:
        float32, same shape and kind, roughly in [-2.1, 2.7]; the input is not changed.
    """
    if keras.ops.is_tensor(images) or isinstance(images, keras.KerasTensor):
        images = keras.ops.cast(images, "float32")
    else:
        images = np.asarray(images, np.float32)
    return (images - np.array(MEAN, np.float32)) / np.array(DEVIATION, np.float32)


def build_imagenet200(classes: int = 200) -> keras.Model:
    """Build the network with new random weights.

    The names of the layers begin with `stem_`, then `stage1_` to `stage4_`;
    `features` is the pooled output of stage 4, `predictions` the classifier.

    Args:
        classes: Number of classes, at least 1.

    Returns:
        keras.Model: photos from preprocess_input, float32 (batch, 96, 96, 3),
        to probabilities (batch, classes), each in [0, 1] and 1 in sum.
    """
    inputs = keras.Input((*IMAGE_SIZE, 3))
    x = convolve(inputs, WIDTHS[0], "stem", stride=2)
    x = layers.ReLU(name="stem_relu")(x)
    for number, width in enumerate(WIDTHS, start=1):
        x = residual_block(x, width, f"stage{number}", stride=1 if number == 1 else 2)
    x = layers.GlobalAveragePooling2D(name="features")(x)
    outputs = layers.Dense(classes, activation="softmax", name="predictions")(x)
    return keras.Model(inputs, outputs, name="imagenet200")


def residual_block(x: keras.KerasTensor, width: int, name: str, stride: int) -> keras.KerasTensor:
    """Add the output of two 3 x 3 convolutions of x to x itself.

    Args:
        x: Feature maps (batch, rows, columns, channels).
        width: Channels of the result.
        name: Stage that the layers belong to.
        stride: 2 halves rows and columns, 1 keeps them.

    Returns:
        Feature maps (batch, rows / stride, columns / stride, width).
    """
    shortcut = x
    if stride != 1 or x.shape[-1] != width:
        shortcut = convolve(x, width, f"{name}_shortcut", stride, size=1)
    x = convolve(x, width, f"{name}_a", stride)
    x = layers.ReLU(name=f"{name}_a_relu")(x)
    x = convolve(x, width, f"{name}_b")
    x = layers.Add(name=f"{name}_add")([x, shortcut])
    return layers.ReLU(name=f"{name}_relu")(x)


def convolve(
    x: keras.KerasTensor, width: int, name: str, stride: int = 1, size: int = 3
) -> keras.KerasTensor:
    """Convolution without bias, then batch normalisation, which has one."""
    x = layers.Conv2D(
        width, size, stride, padding="same", use_bias=False, name=f"{name}_convolution"
    )(x)
    return layers.BatchNormalization(epsilon=1e-5, name=f"{name}_batch_norm")(x)
