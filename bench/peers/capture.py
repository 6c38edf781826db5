"""A capture of an amplifier: the two stacks of dilated convolutions of Neural Amp Modeler's WaveNet, with random weights.

The trainer's usual sizes are 16 and 8 channels. What is not a size here is fixed: kernels of 3 steps, 10 layers a stack
with dilations from 1 to 512, tanh, no gates.
"""

import array
import json
import math

KERNEL = 3
DILATIONS = tuple(1 << layer for layer in range(10))

# So that outputs are near 1 and can be compared as others are.
HEAD_SCALE_EXPONENT = -2


def _stacks(channels):
    """Of both: what it takes, its channels, what its head gives, whether the head has a bias."""
    return (1, channels, channels // 2, False), (channels, channels // 2, 1, True)


def tensors(channels):
    """Numbers of weights in the order of a .nam file, each with the terms of the sum that it is in; 0 of a bias."""
    for inputs, inner, head, has_bias in _stacks(channels):
        yield inner * inputs, inputs
        for _ in DILATIONS:
            yield inner * inner * KERNEL, inner * KERNEL
            yield inner, 0
            yield inner, 1
            yield inner * inner, inner
            yield inner, 0
        yield head * inner, inner
        if has_bias:
            yield head, 0


def products(channels):
    """Multiply-adds of a sample."""
    return sum(count for count, terms in tensors(channels) if terms)


def weights(channels, floats):
    """The weights as bytes; `floats(count, exponent)` draws some."""
    for count, terms in tensors(channels):
        yield floats(count, math.floor(math.log2(0.5 / math.sqrt(max(terms, 4)))))
    yield floats(1, HEAD_SCALE_EXPONENT)


def write_file(channels, data, path):
    """The same as a .nam file, from the first numbers of the shared data."""
    values = array.array("f")
    values.frombytes(data.read_bytes()[:4 * (1 + sum(count for count, _ in tensors(channels)))])
    config = {"layers": [], "head": None, "head_scale": values[-1]}
    for inputs, inner, head, has_bias in _stacks(channels):
        config["layers"].append({
            "input_size": inputs, "condition_size": 1, "head_size": head, "channels": inner, "kernel_size": KERNEL,
            "dilations": DILATIONS, "activation": "Tanh", "gated": False, "head_bias": has_bias})
    path.write_text(json.dumps({"version": "0.5.4", "architecture": "WaveNet", "config": config,
                                "weights": values.tolist()}), encoding="utf-8")
