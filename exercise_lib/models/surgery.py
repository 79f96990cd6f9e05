"""Model surgery: where to cut a base model, and how to make faster or fresh copies of it.

Everything works on plain functional Keras models, layer by layer; the models
passed in are not changed.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

import keras
import numpy as np

from exercise_lib import seeds


def cut_points(model: keras.Model) -> list[str]:
    """Name the layers after which a model can be cut in two.

    Everything above such a layer depends on the input only through its
    output: residual blocks end with such a layer and have none inside.

    Args:
        model: Functional keras.Model with one input and one output.

    Returns:
        list of layer names, from input to output; the input and the last
        layer are not among them.
    """
    last_use = {}
    for place, layer in enumerate(model.layers):
        for source in sources(layer):
            last_use[id(source)] = place
    open_until, names = 0, []
    for place, layer in enumerate(model.layers[:-1]):
        if place > 0 and open_until <= place:
            names.append(layer.name)
        open_until = max(open_until, last_use.get(id(layer.output), place))
    return names


def sources(layer: keras.Layer) -> list[keras.KerasTensor]:
    """Return the tensors that a layer takes."""
    return keras.tree.flatten(layer.input)


def split_at(model: keras.Model, name: str) -> tuple[keras.Model, keras.Model]:
    """Cut a model in two above one of its `cut_points`; the parts share its layers and weights.

    Args:
        model: Functional keras.Model.
        name: A name in `cut_points(model)`.

    Returns:
        (lower, upper): two keras.Models; upper(lower(x)) is model(x).

    Raises:
        ValueError: the model cannot be cut there.
    """
    if name not in cut_points(model):
        raise ValueError(
            f"{model.name} cannot be cut above {name!r}: choose one of {cut_points(model)}."
        )
    boundary = model.get_layer(name).output
    lower = keras.Model(model.input, boundary, name=f"{model.name}_lower")
    upper = keras.Model(boundary, model.output, name=f"{model.name}_upper")
    return lower, upper


def clone_fresh(
    model: keras.Model,
    image_size: tuple[int | None, int | None] | None = None,
    momentum: float = 0.9,
    numbers: Iterator[int] | None = None,
) -> keras.Model:
    """Copy the structure of a model with new random weights: nothing that it learned is kept.

    Args:
        model: Functional keras.Model.
        image_size: (height, width) of the copy's input; None keeps the model's.
        momentum: For all batch normalisations. Models made for a million photos
            use up to 0.999: their statistics would hardly move in the few
            hundred steps of a small data set.
        numbers: Iterator of ints, such as from seeds.stream: a seed for each
            layer with weights. None leaves the draw to Keras, whose seed
            keras.utils.set_random_seed sets.
    """

    def remake(layer: keras.Layer) -> keras.Layer:
        config = layer.get_config()
        if isinstance(layer, keras.layers.BatchNormalization):
            config["momentum"] = momentum
        if numbers is not None:
            config = seeds.put_into(config, numbers)
        return layer.__class__.from_config(config)

    height, width = image_size or model.input_shape[1:3]
    inputs = keras.Input((height, width, 3))
    return keras.models.clone_model(model, inputs, clone_function=remake)


def clone_with_weights(
    model: keras.Model, input_shape: tuple[int | None, ...] | None = None, seed: int = 0
) -> keras.Model:
    """Copy a model with its weights, without drawing random ones first.

    Args:
        model: Functional or sequential keras.Model.
        input_shape: Shape of the copy's input, without the batch; None in it
            allows any size. None keeps the model's.
        seed: Seed of its dropout layers, if it has any.
    """
    numbers = seeds.stream(seed)

    def remake(layer: keras.Layer) -> keras.Layer:
        return layer.__class__.from_config(seeds.put_into(_undrawn(layer), numbers))

    inputs = keras.Input(input_shape or model.input_shape[1:])
    same = keras.models.clone_model(model, inputs, clone_function=remake)
    same.set_weights(model.get_weights())
    return same


def _undrawn(layer: keras.Layer) -> dict[str, Any]:
    """Return a layer's config without random weights: they would be replaced anyway."""
    config = layer.get_config()
    return config | {name: "zeros" for name in config if name.endswith("initializer")}


def fold_batch_norm(model: keras.Model) -> keras.Model:
    """Copy a model for inference, folding its batch normalisations into the convolutions.

    In inference a batch normalisation multiplies and shifts each channel by
    fixed numbers, so the convolution before it can do both. The outputs agree
    up to rounding.
    Source: Jacob et al., Quantization and Training of Neural Networks for
    Efficient Integer-Arithmetic-Only Inference, 2017, section 3.2
    (https://arxiv.org/abs/1712.05877).

    Args:
        model: Functional keras.Model.

    Returns:
        keras.Model with as many convolutions and fewer batch normalisations.
    """
    folded = foldable_pairs(model)
    convolutions = {convolution.name for convolution in folded.values()}
    numbers = seeds.stream(0)  # For dropout layers, which drop nothing in inference.

    def remake(layer: keras.Layer) -> keras.Layer:
        config = seeds.put_into(_undrawn(layer), numbers)
        if layer.name in convolutions:
            config["use_bias"] = True
        return layer.__class__.from_config(config)

    def call(layer: keras.Layer, *arguments: Any, **options: Any) -> keras.KerasTensor:
        return arguments[0] if layer.name in folded else layer(*arguments, **options)

    quick = keras.models.clone_model(model, clone_function=remake, call_function=call)
    _copy_weights(model, quick, {pair.name: name for name, pair in folded.items()})
    quick.trainable = False
    return quick


def foldable_pairs(model: keras.Model) -> dict[str, keras.Layer]:
    """Return {name of a batch normalisation: the convolution that it can be folded into}."""
    users: defaultdict[int, list[keras.Layer]] = defaultdict(list)
    makers: dict[int, keras.Layer] = {}
    for layer in model.layers:
        makers[id(layer.output)] = layer
        for source in sources(layer):
            users[id(source)].append(layer)
    pairs = {}
    for layer in model.layers:
        if isinstance(layer, keras.layers.BatchNormalization) and layer.axis in (-1, 3):
            before = makers.get(id(layer.input))
            if _is_linear_convolution(before) and len(users[id(layer.input)]) == 1:
                pairs[layer.name] = before
    return pairs


def _is_linear_convolution(layer: keras.Layer | None) -> bool:
    kinds = (keras.layers.Conv2D, keras.layers.DepthwiseConv2D)
    return isinstance(layer, kinds) and layer.activation is keras.activations.linear


def _copy_weights(
    model: keras.Model, quick: keras.Model, batch_norm_of: Mapping[str, str]
) -> None:
    """Copy all weights; a convolution absorbs the batch normalisation that follows it."""
    for layer in quick.layers[1:]:  # A clone's input layer has its own name.
        original = model.get_layer(layer.name)
        if layer.name in batch_norm_of:
            layer.set_weights(_folded(original, model.get_layer(batch_norm_of[layer.name])))
        elif original.weights:
            layer.set_weights(original.get_weights())


def _folded(
    convolution: keras.Layer, batch_norm: keras.layers.BatchNormalization
) -> list[np.ndarray]:
    """Return [kernel, bias] of a convolution with its batch normalisation in it."""
    mean, variance = (
        keras.ops.convert_to_numpy(values)
        for values in (batch_norm.moving_mean, batch_norm.moving_variance)
    )
    scale = 1 / np.sqrt(variance + batch_norm.epsilon)
    if batch_norm.scale:
        scale = scale * keras.ops.convert_to_numpy(batch_norm.gamma)
    offset = keras.ops.convert_to_numpy(batch_norm.beta) if batch_norm.center else 0.0
    kernel, *bias = convolution.get_weights()
    shift = (bias[0] if bias else 0.0) - mean
    # A depthwise kernel is (rows, columns, channels, multiplier), others (..., channels out).
    is_depthwise = isinstance(convolution, keras.layers.DepthwiseConv2D)
    by_channel = scale.reshape(kernel.shape[2:]) if is_depthwise else scale
    return [kernel * by_channel, shift * scale + offset]
