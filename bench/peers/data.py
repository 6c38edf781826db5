"""Weights and inputs that every system reads, so that all compute the same thing."""

import math
import random

import capture
from shapes import GATES

# So that the gradients of the weights, sums over all steps and rows, are near 1 and can be compared as outputs are.
OUTPUT_GRADIENT_EXPONENT = -3


def _floats(source, count, exponent):
    """Little-endian floats: random sign and mantissa, magnitude in [2^exponent, 2^(exponent + 1)).

    Whole arrays are masked as one large integer, which is fast enough without a numeric library.
    """
    keep = int.from_bytes(b"\xff\xff\x7f\x80" * count, "little")
    put = int.from_bytes(((exponent + 127) << 23).to_bytes(4, "little") * count, "little")
    return (int.from_bytes(source.randbytes(4 * count), "little") & keep | put).to_bytes(4 * count, "little")


def write(shape, path):
    """For every layer and direction W, R and the two biases, then the inputs `[steps, batch, input]`.

    A training step has the gradient of its output after them, `[steps, batch, hidden]`. An epoch has a dense layer's
    weights and bias, `[hidden]` and `[1]`, windows `[sequences, steps, input]` and targets `[sequences]` instead. A
    capture has the weights of its file before the inputs.
    The weights keep pre-activations near 1: neither saturated, nor so small that the activations are linear.
    """
    source = random.Random(shape.name)
    if shape.captures:
        with open(path, "wb") as file:
            for part in capture.weights(shape.hidden, lambda count, exponent: _floats(source, count, exponent)):
                file.write(part)
            file.write(_floats(source, shape.steps * shape.batch * shape.input, -1))
        return
    rows = GATES[shape.cell] * shape.hidden
    with open(path, "wb") as file:
        for layer in range(shape.layers):
            features = shape.layer_input(layer)
            exponent = math.floor(math.log2(0.5 / math.sqrt(features + shape.hidden)))
            for _ in range(shape.directions):
                for count in (rows * features, rows * shape.hidden, rows, rows):
                    file.write(_floats(source, count, exponent))
        if shape.sequences:
            file.write(_floats(source, shape.hidden + 1, -3))
            file.write(_floats(source, shape.sequences * shape.steps * shape.input, -1))
            file.write(_floats(source, shape.sequences, -1))
            return
        file.write(_floats(source, shape.steps * shape.batch * shape.input, -1))
        if shape.trains:
            file.write(_floats(source, shape.steps * shape.batch * shape.hidden, OUTPUT_GRADIENT_EXPONENT))
