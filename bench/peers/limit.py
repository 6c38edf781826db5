"""The least time that a machine needs for a shape."""

import capture
from shapes import GATES

# Bytes of a weight, and the rate of multiply-adds with it: bfloat16 is made float32, the other two are integers.
WEIGHT_BYTES = {"float32": 4, "bfloat16": 2, "int8": 1, "int8-8bit": 1}
RATES = {"float32": "gflops", "bfloat16": "gflops", "int8": "int8_gops", "int8-8bit": "int8_8bit_gops"}

# Products of the size of a forward pass in a training step: that, the gradients of inputs and states, and of weights.
PASSES = 3


def _level(machine, threads, weight_bytes):
    """The nearest level that holds the weights; private caches hold a share of each thread."""
    if weight_bytes / threads <= machine["l1d_bytes"]:
        return "L1"
    if weight_bytes / threads <= machine["l2_bytes"]:
        return "L2"
    if weight_bytes <= machine["l3_bytes"]:
        return "L3"
    return "memory"


def limit_us(shape, instruction_set, machine, limits, weights="float32"):
    """Microseconds of a call: the sum over phases of max(operations / rate, weight bytes / bandwidth).

    A step of a stream is one phase a layer. A sequence multiplies its inputs in one phase, which reads the input
    weights once, and then has one phase a step, which reads the recurrent weights. Weights of fewer bytes have a limit
    of their own, and may fit a nearer cache; their scales are not counted. `recurrent bench` computes the
    same (src/Recurrent.Cli/Bench/Limit.cs and Workload.cs): a change belongs in both. Training and captures are held
    against their multiply-adds alone.
    """
    rates = limits.get(f"{instruction_set}/{shape.threads}")
    if rates is None:
        return None

    def phase(rows, terms, columns):
        weight_bytes = WEIGHT_BYTES[weights] * rows * terms
        level = _level(machine, shape.threads, weight_bytes)
        bandwidth = rates["read_gb_s"].get(level, rates["read_gb_s"]["memory"])
        return 1e-3 * max(2 * rows * terms * columns / rates[RATES[weights]], weight_bytes / bandwidth)

    if shape.captures:
        return 2e-3 * capture.products(shape.hidden) * shape.time * shape.batch / rates["gflops"]
    rows = GATES[shape.cell] * shape.hidden
    if shape.trains:
        columns = shape.time * (shape.sequences or shape.batch)
        return 1e-3 * PASSES * 2 * rows * (shape.input + shape.hidden) * columns / rates["gflops"]
    if shape.time == 1:
        return sum(phase(rows, shape.layer_input(layer) + shape.hidden, shape.batch) for layer in range(shape.layers))
    return shape.directions * sum(
        phase(rows, shape.layer_input(layer), shape.time * shape.batch)
        + shape.time * phase(rows, shape.hidden, shape.batch)
        for layer in range(shape.layers))
