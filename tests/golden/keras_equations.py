"""The layers of Keras for one sequence, in float64, from the equations of its documentation.

Written for a reader, one step at a time, and independent of every other implementation in this project: neither Keras nor
TensorFlow was at hand when the files were made. A sequence is [steps, features]; `missing` marks steps that a mask leaves
out, which keep the state and repeat the output (0 before the first), or put out 0 with `zeroes`.
"""
import numpy as np

SIGMOID = lambda a: 1 / (1 + np.exp(-a))
ACTIVATIONS = {
    "linear": lambda a: a,
    "tanh": np.tanh,
    "sigmoid": SIGMOID,
    "relu": lambda a: np.maximum(a, 0),
    "elu": lambda a: np.where(a < 0, np.expm1(a), a),
    "selu": lambda a: 1.0507009873554805 * np.where(a < 0, 1.6732632423543772 * np.expm1(a), a),
    "softplus": lambda a: np.maximum(a, 0) + np.log1p(np.exp(-np.abs(a))),
    "softsign": lambda a: a / (1 + np.abs(a)),
    "leaky_relu": lambda a: np.where(a < 0, 0.2 * a, a),
    "softmax": lambda a: np.exp(a - a.max(-1, keepdims=True)) / np.exp(a - a.max(-1, keepdims=True)).sum(-1, keepdims=True),
    "relu6": lambda a: np.clip(a, 0, 6),
    "silu": lambda a: a * SIGMOID(a),
    "hard_silu": lambda a: a * np.clip(a / 6 + 0.5, 0, 1),
    "mish": lambda a: a * np.tanh(np.maximum(a, 0) + np.log1p(np.exp(-np.abs(a)))),
    "hard_sigmoid_2": lambda a: np.clip(0.2 * a + 0.5, 0, 1),
    "hard_sigmoid_3": lambda a: np.clip(a / 6 + 0.5, 0, 1),
}


def dense(x, kernel, bias=0, activation="linear"):
    return ACTIVATIONS[activation](x @ kernel + bias)


def batch_normalization(x, gamma, beta, mean, variance, epsilon):
    return gamma * (x - mean) / np.sqrt(variance + epsilon) + beta


def recur(x, step, units, missing=None, zeroes=False, backwards=False):
    """Outputs of a cell in the order in which it reads the steps; step(x, h, c) gives the next h and c."""
    h = c = output = np.zeros(units)
    outputs = []
    for t in reversed(range(len(x))) if backwards else range(len(x)):
        if missing is None or not missing[t]:
            h, c = step(x[t], h, c)
            output = h
        outputs.append(np.zeros(units) if zeroes and missing is not None and missing[t] else output)
    return np.array(outputs)


def lstm(x, kernel, recurrent, bias=0, activation="tanh", gate="sigmoid", **how):
    f, g = ACTIVATIONS[gate], ACTIVATIONS[activation]

    def step(x, h, c):
        i, forget, candidate, o = np.split(x @ kernel + h @ recurrent + bias, 4)
        c = f(forget) * c + f(i) * g(candidate)
        return f(o) * g(c), c

    return recur(x, step, len(recurrent), **how)


def gru(x, kernel, recurrent, bias=None, activation="tanh", gate="sigmoid", reset_after=True, **how):
    f, g = ACTIVATIONS[gate], ACTIVATIONS[activation]
    units = len(recurrent)
    bias = np.zeros((2, 3 * units) if reset_after else 3 * units) if bias is None else bias

    def step(x, h, c):
        if reset_after:
            xz, xr, xh = np.split(x @ kernel + bias[0], 3)
            hz, hr, hh = np.split(h @ recurrent + bias[1], 3)
            z, r = f(xz + hz), f(xr + hr)
            candidate = g(xh + r * hh)
        else:
            xz, xr, xh = np.split(x @ kernel + bias, 3)
            rz, rr, rh = np.split(recurrent, 3, axis=1)
            z, r = f(xz + h @ rz), f(xr + h @ rr)
            candidate = g(xh + (r * h) @ rh)
        return z * h + (1 - z) * candidate, c

    return recur(x, step, units, **how)


def simple_rnn(x, kernel, recurrent, bias=0, activation="tanh", **how):
    f = ACTIVATIONS[activation]
    return recur(x, lambda x, h, c: (f(x @ kernel + h @ recurrent + bias), c), len(recurrent), **how)


def both_ways(cell, x, forward, backward, **how):
    """Bidirectional with merge_mode concat: the backward outputs are turned into the order of time."""
    return np.concatenate([cell(x, *forward, **how), cell(x, *backward, backwards=True, **how)[::-1]], axis=1)


def last_of_both_ways(cell, x, forward, backward, **how):
    """The same with return_sequences=False: what each direction ends with."""
    return np.concatenate([cell(x, *forward, **how)[-1], cell(x, *backward, backwards=True, **how)[-1]])
