"""Streams an LSTM with a Dense layer through the C interface, by ctypes, and computes the same in NumPy.

    python3 stream.py LIBRARY MODEL

LIBRARY is librecurrent.so; MODEL is a file that `recurrent convert` wrote, such as that of a captured amplifier. What a
file holds is read here too, in twenty lines: docs/container.md describes it.
"""
import ctypes as c
import struct
import sys

import numpy as np


class SessionDesc(c.Structure):
    _fields_ = [("struct_size", c.c_uint32), ("threads", c.c_int32), ("batch", c.c_int64),
                ("empty_row", c.c_int32), ("pin_threads", c.c_int32)]


def stream(library, path, x, outputs):
    """A step for each row of `x`, from the states that the step before has left."""
    lib, model, session = c.CDLL(library), c.c_void_p(), c.c_void_p()
    lib.recurrent_last_error.restype = c.c_char_p

    def check(status):
        if status:
            raise RuntimeError(lib.recurrent_last_error().decode())

    check(lib.recurrent_model_load(path.encode(), None, c.byref(model)))
    check(lib.recurrent_session_create(model, c.byref(SessionDesc(c.sizeof(SessionDesc), 1, 1)), c.byref(session)))
    y = np.empty((len(x), outputs), np.float32)
    for step, out in zip(x, y):
        check(lib.recurrent_session_step(session, c.c_void_p(step.ctypes.data), c.c_void_p(out.ctypes.data)))
    lib.recurrent_session_destroy(session)
    lib.recurrent_model_destroy(model)
    return y


def read_layers(path):
    """The weights of each layer by their bits, as docs/container.md has them."""
    data, sections = open(path, "rb").read(), {}
    for i in range(struct.unpack_from("<I", data, 12)[0]):
        kind, _, offset, length = struct.unpack_from("<IIQQ", data, 64 + 32 * i)
        sections[kind] = data[offset:offset + length]
    model, weights, at = sections[1], sections[2], 32
    layers = [{} for _ in range(struct.unpack_from("<I", model)[0])]
    for layer in layers:
        (reads,) = struct.unpack_from("<I", model, at + 84)
        at += 88 + 4 * reads + 4  # one direction, forward
        (present,) = struct.unpack_from("<I", model, at + 36)
        at += 40
        for bit in (bit for bit in range(8) if present >> bit & 1):
            rows, columns, offset = struct.unpack_from("<8x3Q", model, at)
            layer[bit] = np.frombuffer(weights, "<f4", rows * columns, offset).reshape(rows, columns).astype(float)
            at += 32
    return layers


def compute(lstm, dense, x):
    """The same in float64: the gates are i f g o."""
    h, cell = (lstm[bit][0] if bit in lstm else np.zeros(lstm[1].shape[1]) for bit in (6, 7))
    bias = sum(lstm[bit][0] for bit in (2, 3) if bit in lstm)
    for step in x:
        i, f, g, o = np.split(lstm[0] @ step + lstm[1] @ h + bias, 4)
        cell = cell / (1 + np.exp(-f)) + np.tanh(g) / (1 + np.exp(-i))
        h = np.tanh(cell) / (1 + np.exp(-o))
        yield dense[0] @ h + dense[2][0]


lstm, dense = read_layers(sys.argv[2])
x = np.sin(0.1 * np.arange(480 * lstm[0].shape[1], dtype=np.float32)).reshape(480, -1)
y = stream(sys.argv[1], sys.argv[2], x, len(dense[0]))
error = np.abs(y - np.stack(list(compute(lstm, dense, x)))).max()
print(f"{len(y)} steps, at most {error:.1e} from NumPy")
assert error < 1e-5 * max(1, np.abs(y).max())
