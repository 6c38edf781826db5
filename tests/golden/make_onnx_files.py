#!/usr/bin/env python3
"""Writes onnx-files/: cases with ONNX models in the forms that frameworks write around recurrent layers, which PyTorch's exporter
(make_onnx_exports.py) does not: tf2onnx's Loop of a Keras cell, states in one tensor, lengths that are counted, half precision and
quantized weights, flips and repeats. Every model has random weights of its own, which follow from its name.

Needs Debian's python3-onnx and python3-numpy, and for the outputs compute_cases.mjs: call it as it says, or say where
onnxruntime-node is: ./make_onnx_files.py [--runtime FOLDER] [NAME ...]
"""
import argparse
import json
import os
import shutil
import subprocess
import zlib

import numpy
import onnx
from onnx import TensorProto, helper, numpy_helper

HERE = os.path.dirname(os.path.abspath(__file__))
FOLDER = os.path.join(HERE, "onnx-files")
FLOAT, INT32, INT64, BOOL = TensorProto.FLOAT, TensorProto.INT32, TensorProto.INT64, TensorProto.BOOL
BIG = 2 ** 31 - 1
CASES = {}


def case(function):
    CASES[function.__name__.replace("_", "-")] = function
    return function


class Scope:
    """Nodes and constants of a graph or of a body."""

    def __init__(self, random, opset, prefix=""):
        self.random, self.opset, self.prefix = random, opset, prefix
        self.nodes, self.constants, self.count = [], [], 0

    def name(self, hint):
        self.count += 1
        return f"{self.prefix}{hint}_{self.count}"

    def constant(self, value, dtype=None, name=None):
        name = name or self.name("const")
        self.constants.append(numpy_helper.from_array(numpy.array(value, dtype=dtype), name))
        return name

    def weights(self, *shape, scale=0.5, dtype=numpy.float32):
        return self.constant((self.random.random(shape) * 2 - 1).astype(numpy.float32) * scale, dtype)

    def ints(self, *values):
        return self.constant(list(values), numpy.int64)

    def node(self, kind, *inputs, outputs=1, names=None, **attributes):
        names = names or [self.name(kind.lower()) for _ in range(outputs)]
        self.nodes.append(helper.make_node(kind, list(inputs), names, name=self.name(kind), **attributes))
        return names[0] if len(names) == 1 else names

    # Operators whose numbers are attributes in older operator sets.
    def squeeze(self, x, *axes):
        return self.node("Squeeze", x, axes=list(axes)) if self.opset < 13 else self.node("Squeeze", x, self.ints(*axes))

    def unsqueeze(self, x, *axes):
        return self.node("Unsqueeze", x, axes=list(axes)) if self.opset < 13 else self.node("Unsqueeze", x, self.ints(*axes))

    def split(self, x, sizes, axis):
        outputs = len(sizes)
        if self.opset < 13:
            return self.node("Split", x, outputs=outputs, axis=axis, split=list(sizes))
        return self.node("Split", x, self.ints(*sizes), outputs=outputs, axis=axis)

    def slice(self, x, start, end, axis, step=1):
        if self.opset < 10:
            return self.node("Slice", x, starts=[start], ends=[end], axes=[axis])
        inputs = [self.ints(start), self.ints(end), self.ints(axis)] + ([self.ints(step)] if step != 1 else [])
        return self.node("Slice", x, *inputs)

    def reduce_sum(self, x, axis, keepdims=1):
        if self.opset < 13:
            return self.node("ReduceSum", x, axes=[axis], keepdims=keepdims)
        return self.node("ReduceSum", x, self.ints(axis), keepdims=keepdims)

    def transpose(self, x, *order):
        return self.node("Transpose", x, perm=list(order))

    def dim(self, x, axis):
        return self.slice(self.node("Shape", x), axis, axis + 1, 0)


class Graph(Scope):
    """A model file with its inputs."""

    def __init__(self, name, opset=13):
        super().__init__(numpy.random.default_rng(zlib.crc32(name.encode())), opset)
        self.inputs, self.tensors, self.outputs, self.functions = [], {}, [], []

    def input(self, name, shape, value=None, kind=FLOAT):
        """An input; a text in the shape is an open length. Its values are random numbers if none are given."""
        sizes = {"batch": 3, "time": 6}
        if value is None:
            value = self.random.random([sizes.get(size, size) for size in shape]) * 2 - 1
        self.inputs.append(helper.make_tensor_value_info(name, kind, list(shape)))
        self.tensors[name] = numpy.array(value, helper.mapping.TENSOR_TYPE_TO_NP_TYPE[kind])
        return name

    def output(self, *values, kind=FLOAT, names=("y", "z", "w")):
        """What is put out: of any shape."""
        for value, name in zip(values, names):
            self.node("Identity", value, names=[name])
            self.outputs.append(helper.make_tensor_value_info(name, kind, None))

    def rnn(self, kind, x, inputs, units, *states, direction="forward", lengths="", bias=True, outputs=None, **attributes):
        gates, directions = {"LSTM": 4, "GRU": 3, "RNN": 1}[kind], 2 if direction == "bidirectional" else 1
        weights = [self.weights(directions, gates * units, inputs), self.weights(directions, gates * units, units)]
        weights.append(self.weights(directions, 2 * gates * units) if bias else "")
        names = [self.name(kind.lower()) for _ in range(outputs or (3 if kind == "LSTM" else 2))]
        self.node(kind, x, *weights, lengths, *states, names=names, hidden_size=units, direction=direction, **attributes)
        return names

    def dense(self, x, inputs, outputs):
        return self.node("Add", self.node("MatMul", x, self.weights(inputs, outputs)), self.weights(outputs))

    def zeros(self, x, axis, units):
        """Zero states as tf2onnx makes them for a batch that is open."""
        rows = self.node("Concat", self.node("Cast", self.dim(x, axis), to=INT32), self.constant([units], numpy.int32), axis=0)
        return self.node("Expand", self.constant(0, numpy.float32), self.node("Cast", rows, to=INT64))

    def save(self, name, tolerance=1e-5, refused=None):
        path = os.path.join(FOLDER, name)
        shutil.rmtree(path, ignore_errors=True)
        os.makedirs(path)
        graph = helper.make_graph(self.nodes, "main", self.inputs, self.outputs, self.constants)
        sets = [helper.make_opsetid("", self.opset)]
        sets += [helper.make_opsetid(domain, 1) for domain in sorted({node.domain for node in self.nodes} - {""})]
        model = helper.make_model(graph, opset_imports=sets, producer_name="make_onnx_files.py", functions=self.functions)
        model.ir_version = 8 if self.opset > 8 else 4
        with open(os.path.join(path, "model.onnx"), "wb") as file:
            file.write(model.SerializeToString())
        for key, value in self.tensors.items():
            numpy.save(os.path.join(path, f"in.{key}.npy"), value)
        text = {"model": "model.onnx", "inputs": {key: f"in.{key}.npy" for key in self.tensors}}
        if refused:
            text["refused"] = refused
        else:
            text["outputs"] = {output.name: f"out.{output.name}.npy" for output in self.outputs}
            text["tolerance"] = tolerance
        with open(os.path.join(path, "case.json"), "w") as file:
            json.dump(text, file, indent=1)
            file.write("\n")
        return path


class Loop:
    """A Keras cell in a Loop, in the order of nodes that tf2onnx leaves: the steps are gathered, states carried, outputs collected."""

    def __init__(self, graph, xt, steps, units, inputs, cell, states=None, mask=None, zero_missing=False, where=False, captured=False,
                 inputs_first=False, fixed_batch=False):
        self.graph, self.units, self.inputs = graph, units, inputs
        self.mask, self.zero_missing, self.where = mask, zero_missing, where
        gates = {"lstm": 4, "gru": 3, "gru_before": 3, "rnn": 1}[cell.split()[0]]
        body = self.body = Scope(graph.random, graph.opset, prefix=graph.name("body") + "/")
        self.body_inputs, self.body_outputs, self.carried = [], [], []
        self.ends = []
        kernel, recurrent = graph.weights(inputs, gates * units), graph.weights(units, gates * units)
        bias = graph.weights(*((2, gates * units) if cell.startswith("gru") and "before" not in cell else (gates * units,)))
        step = self.formal("i", INT64, [])
        self.formal("cond", BOOL, [])
        self.time = self.carry("time", INT32, [], graph.constant(0, numpy.int32))
        batch = 1 if fixed_batch else "rows"
        if mask and not zero_missing:
            old = self.carry("y", FLOAT, [batch, units], states[0])
        names = ["h", "c"] if cell.startswith("lstm") else ["h"]
        self.states = [self.carry(name, FLOAT, [batch, units], state) for name, state in zip(names, states)]
        constants = [kernel, recurrent, bias]
        if not captured:
            shapes = [[inputs, gates * units], [units, gates * units], None]
            constants = [self.carry(name, FLOAT, shape, value) for name, shape, value in zip("WRb", shapes, constants)]
        self.weights = constants
        body.node("Identity", self.time)
        self.following = body.node("Add", self.time, body.constant(1, numpy.int32))
        present = body.node("Gather", mask, self.time) if mask else None
        self.x = body.node("Gather", xt, self.time)
        new = getattr(self, cell.split()[0])(*cell.split()[1:])
        output = new[0]
        if mask:
            output = body.node("Mul", body.node("Cast", present, to=FLOAT), output) if zero_missing else self.choose(present, new[0], old)
            new = [self.choose(present, value, state) for value, state in zip(new, self.states)]
        self.new = new
        results = {"time": self.following, **dict(zip(names, new))}
        if mask and not zero_missing:
            results["y"] = output
        if not captured:
            results.update(zip("WRb", constants))
        collected = body.node("Identity", output)
        less = [body.node("Less", body.node("Cast", value, to=FLOAT), limit) for value, limit in
                ((step, self.limit(steps)), (self.following, self.limit(steps)))]
        going = body.node("And", *less)
        outputs = [going, *[results[name] for name in self.carried], collected]
        kinds = [BOOL] + [INT32 if name == "time" else FLOAT for name in self.carried] + [FLOAT]
        self.body_graph = helper.make_graph(
            body.nodes, "body", self.body_inputs, [helper.make_tensor_value_info(name, kind, None) for name, kind in zip(outputs, kinds)],
            body.constants)
        trips = graph.constant(steps, numpy.int64) if isinstance(steps, int) else graph.squeeze(steps, 0)
        begin = graph.node("Less", graph.constant(0, numpy.float32), self.limit(steps))
        names = graph.node("Loop", trips, graph.node("And", begin, begin), *self.ends, outputs=len(outputs) - 1, body=self.body_graph)
        self.sequence = names[-1]
        self.finals = {name: value for name, value in zip(self.carried, names)}

    def formal(self, name, kind, shape):
        name = self.body.name(name)
        self.body_inputs.append(helper.make_tensor_value_info(name, kind, shape))
        return name

    def carry(self, name, kind, shape, begin):
        self.carried.append(name)
        self.ends.append(begin)
        return self.formal(name, kind, shape)

    def limit(self, steps):
        if isinstance(steps, int):
            return self.graph.constant(float(steps), numpy.float32)
        return self.graph.node("Cast", self.graph.squeeze(steps, 0), to=FLOAT)

    def choose(self, present, new, old):
        """The new value where the step is there, the old one where it is missing."""
        body = self.body
        if self.where:
            return body.node("Where", body.node("Tile", present, body.ints(1, self.units)) if self.where == "tile" else present, new, old)
        missing = body.node("Cast", body.node("Not", present), to=FLOAT)
        return body.node("Add", body.node("Mul", body.node("Cast", present, to=FLOAT), new), body.node("Mul", old, missing))

    def products(self):
        body, (kernel, recurrent, _) = self.body, self.weights
        return body.node("MatMul", self.x, kernel), body.node("MatMul", self.states[0], recurrent)

    def function(self, kind, value):
        """An activation; hard sigmoids as Keras 2 and Keras 3 compute them, by limits."""
        body = self.body
        number = lambda value: body.constant(value, numpy.float32)
        if kind == "HardSigmoid2":
            return body.node("Min", body.node("Max", body.node("Add", body.node("Mul", value, number(0.2)), number(0.5)), number(0)), number(1))
        if kind == "HardSigmoid3":
            return body.node("Div", body.node("Clip", body.node("Add", value, number(3)), number(0), number(6)), number(6))
        return body.node(kind, value)

    def lstm(self, activation="Tanh", gate="Sigmoid", form=""):
        body, (_, _, bias), units = self.body, self.weights, self.units
        h, c = self.states
        xw, hr = self.products()
        z = body.node("Add", body.node("Add", xw, hr), bias)
        i, f, g, o = body.split(z, [units] * 4, 1)
        g = self.function(activation, g)
        o, f = self.function(gate, o), self.function(gate, f)
        i = body.node("Sub", body.constant(1, numpy.float32), f) if form == "coupled" else self.function(gate, i)
        kept, added = body.node("Mul", f, c), body.node("Mul", i, g)
        if form == "swapped":
            kept, added = body.node("Mul", i, c), body.node("Mul", f, body.node("Mul", g, i))
        new = body.node("Add", kept, added)
        seen = {"old cell": c, "no output function": new}.get(form, new)
        shown = seen if form == "no output function" else self.function(activation, seen)
        if form == "scaled":
            shown = body.node("Mul", shown, body.constant(1.5, numpy.float32))
        return [body.node("Mul", o, shown), new]

    def gru(self, activation="Tanh", gate="Sigmoid", form=""):
        body, (_, _, bias), units, h = self.body, self.weights, self.units, self.states[0]
        xw, hr = self.products()
        first, second = body.split(bias, [1, 1], 0)
        xa, ha = body.node("Add", xw, body.squeeze(first, 0)), body.node("Add", hr, body.squeeze(second, 0))
        xz, xr, xn = body.split(xa, [units] * 3, -1)
        hz, hr, hn = [body.slice(ha, i * units, (i + 1) * units, 1) for i in range(3)]
        r = self.function(gate, body.node("Add", xr, hr))
        z = self.function(gate, body.node("Add", xz, hz))
        n = self.function(activation, body.node("Add", xn, body.node("Mul", r, hn)))
        rest = body.node("Sub", body.constant(1, numpy.float32), z)
        if form == "swapped":
            z, rest = rest, z
        return [body.node("Add", body.node("Mul", z, h), body.node("Mul", rest, n))]

    def gru_before(self, activation="Tanh", gate="Sigmoid"):
        body, (kernel, recurrent, bias), units, h = self.body, self.weights, self.units, self.states[0]
        xa = body.node("Add", body.node("MatMul", self.x, kernel), bias)
        xz, xr, xn = body.split(xa, [units] * 3, 1)
        rz, rr, rn = [body.slice(recurrent, i * units, (i + 1) * units, 1) for i in range(3)]
        z = self.function(gate, body.node("Add", xz, body.node("MatMul", h, rz)))
        r = self.function(gate, body.node("Add", xr, body.node("MatMul", h, rr)))
        n = self.function(activation, body.node("Add", xn, body.node("MatMul", body.node("Mul", r, h), rn)))
        return [body.node("Add", body.node("Mul", z, h), body.node("Mul", body.node("Sub", body.constant(1, numpy.float32), z), n))]

    def rnn(self, activation="Tanh"):
        body = self.body
        xw, hr = self.products()
        return [self.function(activation, body.node("Add", body.node("Add", xw, self.weights[2]), hr))]


def steps_of(graph, x, steps):
    """How often a loop runs: the number, or a length of x that is open, as a list of one number."""
    return graph.node("Cast", graph.node("Cast", graph.dim(x, 1), to=INT32), to=INT64) if steps is None else steps


def keras(graph, cells, steps=7, inputs=4, units=5, last=True, opset_dense=2, fixed_batch=False, **more):
    """A stack of Keras layers in Loops with a Dense behind it."""
    x = graph.input("x", [1 if fixed_batch else "batch", steps or "time", inputs])
    xt = graph.node("Reshape", x, graph.ints(steps, 1, inputs)) if fixed_batch else graph.transpose(x, 1, 0, 2)
    for i, cell in enumerate(cells):
        size = inputs if i == 0 else units
        zeros = graph.constant(numpy.zeros((1, units), numpy.float32)) if fixed_batch else graph.zeros(x, 0, units)
        loop = Loop(graph, xt, steps_of(graph, x, steps), units, size, cell, [zeros, zeros], fixed_batch=fixed_batch, **more)
        xt = loop.sequence
        if i + 1 < len(cells):
            xt = graph.transpose(graph.transpose(xt, 1, 0, 2), 1, 0, 2)
    if last:
        end = graph.squeeze(graph.slice(xt, -1, BIG, 0), 0)
        graph.output(graph.dense(end, units, opset_dense))
    else:
        graph.output(graph.dense(graph.transpose(xt, 1, 0, 2), units, opset_dense))
    return loop


@case
def loop_lstm_stacked(name):
    graph = Graph(name, opset=15)
    keras(graph, ["lstm", "lstm"])
    graph.save(name)


@case
def loop_lstm_open_time(name):
    graph = Graph(name, opset=11)
    keras(graph, ["lstm"], steps=None, last=False, captured=True)
    graph.save(name)


@case
def loop_lstm_fixed_batch(name):
    graph = Graph(name, opset=13)
    keras(graph, ["lstm"], fixed_batch=True)
    graph.save(name)


@case
def loop_lstm_relu_hard_sigmoid(name):
    graph = Graph(name, opset=16)
    keras(graph, ["lstm Relu HardSigmoid"])
    graph.save(name)


@case
def loop_hard_sigmoid_by_limits(name):
    graph = Graph(name, opset=13)
    keras(graph, ["lstm Tanh HardSigmoid2", "gru Relu HardSigmoid3"])
    graph.save(name)


@case
def loop_gru(name):
    graph = Graph(name, opset=9)
    keras(graph, ["gru", "gru Softsign"], last=False)
    graph.save(name)


@case
def loop_gru_reset_before(name):
    graph = Graph(name, opset=15)
    keras(graph, ["gru_before", "gru_before Tanh HardSigmoid"])
    graph.save(name)


@case
def loop_simple_rnn(name):
    graph = Graph(name, opset=12)
    keras(graph, ["rnn", "rnn Relu"], inputs=1, units=1)
    graph.save(name)


@case
def loop_final_states(name):
    """The sequence and the states that the loop ends with; the states begin as inputs of the graph say."""
    graph = Graph(name, opset=13)
    x = graph.input("x", ["batch", 5, 3])
    h, c = graph.input("h", ["batch", 4]), graph.input("c", ["batch", 4])
    loop = Loop(graph, graph.transpose(x, 1, 0, 2), 5, 4, 3, "lstm", [h, c])
    graph.output(graph.transpose(loop.sequence, 1, 0, 2), loop.finals["h"], loop.finals["c"])
    graph.save(name)


@case
def loop_go_backwards(name):
    graph = Graph(name, opset=13)
    x = graph.input("x", ["batch", 6, 3])
    xt = graph.transpose(x, 1, 0, 2)
    lengths = graph.node("Tile", graph.node("Cast", graph.dim(xt, 0), to=INT64), graph.node("Cast", graph.dim(x, 0), to=INT64))
    back = graph.node("ReverseSequence", xt, lengths, batch_axis=1, time_axis=0)
    zeros = graph.zeros(x, 0, 4)
    forward = Loop(graph, xt, 6, 4, 3, "gru", [zeros])
    backward = Loop(graph, back, 6, 4, 3, "gru", [zeros])
    turned = graph.node("ReverseSequence", backward.sequence, lengths, batch_axis=1, time_axis=0)
    both = graph.node("Concat", graph.transpose(forward.sequence, 1, 0, 2), graph.transpose(turned, 1, 0, 2), axis=-1)
    graph.output(graph.dense(both, 8, 2), graph.squeeze(graph.slice(backward.sequence, -1, BIG, 0), 0))
    graph.save(name)


def masked(graph, cells, value=0.0, last=True, steps=8, **more):
    """Masking in front of the layers, and a Dense behind; rows have missing steps in front, between and at the end."""
    x = (graph.random.random((3, steps, 4)) * 2 - 1).astype(numpy.float32)
    for row, missing in ((0, [0, 1]), (1, [3, 4, 7]), (2, [])):
        x[row, missing] = value
    x[2, 2, 1] = value
    x = graph.input("x", ["batch", steps, 4], x)
    unequal = graph.node("Cast", graph.node("Not", graph.node("Equal", x, graph.constant(value, numpy.float32))), to=FLOAT)
    zero = graph.constant(0, numpy.float32)
    there = graph.node("Cast", graph.node("Greater", graph.reduce_sum(unequal, -1), zero), to=FLOAT)
    xt = graph.transpose(graph.node("Mul", x, there), 1, 0, 2)
    mask = graph.node("Greater", graph.reduce_sum(unequal, -1, keepdims=0), zero)
    mask = graph.transpose(graph.unsqueeze(mask, -1), 1, 0, 2)
    for i, cell in enumerate(cells):
        zeros = graph.zeros(x, 0, 5)
        loop = Loop(graph, xt, steps, 5, 5 if i else 4, cell, [zeros, zeros], mask=mask, **more)
        xt = loop.sequence
    end = graph.squeeze(graph.slice(xt, -1, BIG, 0), 0) if last else graph.transpose(xt, 1, 0, 2)
    graph.output(graph.dense(end, 5, 2) if last else end)


@case
def loop_masked_lstm(name):
    graph = Graph(name, opset=13)
    masked(graph, ["lstm", "lstm Relu"])
    graph.save(name)


@case
def loop_masked_gru_steps(name):
    graph = Graph(name, opset=11)
    masked(graph, ["gru"], value=-1.0, last=False, where=True)
    graph.save(name)


@case
def loop_masked_tiled(name):
    graph = Graph(name, opset=16)
    masked(graph, ["lstm", "gru"], where="tile")
    graph.save(name)


@case
def refused_masked_mean(name):
    """The mean of all steps, also of those that repeat the output before."""
    graph = Graph(name, opset=13)
    masked(graph, ["lstm"], last=False)
    graph.nodes.pop()
    graph.outputs.clear()
    graph.output(graph.node("ReduceMean", graph.nodes[-1].output[0], axes=[1], keepdims=0))
    graph.save(name, refused="several steps")


@case
def loop_masked_zero_output(name):
    graph = Graph(name, opset=13)
    masked(graph, ["rnn"], last=False, zero_missing=True)
    graph.save(name)


@case
def loop_masked_indices(name):
    """Embedding(mask_zero=True)."""
    graph = Graph(name, opset=13)
    ids = graph.input("ids", ["batch", 6], [[1, 2, 0, 3, 0, 0], [4, 4, 1, 2, 3, 5], [0, 0, 1, 5, 0, 2]], INT32)
    embedded = graph.node("Gather", graph.weights(6, 3), ids)
    mask = graph.node("Not", graph.node("Equal", ids, graph.constant(0, numpy.int32)))
    mask = graph.transpose(graph.unsqueeze(mask, -1), 1, 0, 2)
    zeros = graph.zeros(ids, 0, 4)
    loop = Loop(graph, graph.transpose(embedded, 1, 0, 2), 6, 4, 3, "lstm", [zeros, zeros], mask=mask)
    graph.output(graph.dense(graph.squeeze(graph.slice(loop.sequence, -1, BIG, 0), 0), 4, 2))
    graph.save(name)


def near(form, cell="lstm"):
    def write(name):
        graph = Graph(name)
        keras(graph, [f"{cell} Tanh Sigmoid {form}"] if form else [cell])
        graph.save(name, refused="Loop")
    return write


# Loop splits at blanks, so forms have none.
for text in ("coupled", "swapped", "scaled"):
    CASES[f"refused-lstm-{text}"] = near(text)
CASES["refused-gru-swapped"] = near("swapped", "gru")


@case
def refused_loop_fewer_steps(name):
    graph = Graph(name)
    x = graph.input("x", ["batch", 7, 3])
    zeros = graph.zeros(x, 0, 4)
    loop = Loop(graph, graph.transpose(x, 1, 0, 2), 6, 4, 3, "gru", [zeros])
    graph.output(loop.sequence)
    graph.save(name, refused="Loop")


@case
def refused_loop_state_of_other_rows(name):
    """The mask of the states is another one than that of the outputs."""
    graph = Graph(name)
    x = graph.input("x", ["batch", 7, 3])
    flags = graph.input("flags", [7, "batch", 1], kind=BOOL, value=graph.random.random((7, 3, 1)) < 0.5)
    zeros = graph.zeros(x, 0, 4)
    loop = Loop(graph, graph.transpose(x, 1, 0, 2), 7, 4, 3, "gru", [zeros], mask=flags, zero_missing=True)
    graph.output(loop.sequence)
    graph.save(name, refused="Loop")


# States.

@case
def states_zero_concat(name):
    """The zero states of two directions joined, with ConstantOfShape and with Expand; time first."""
    graph = Graph(name, opset=15)
    x = graph.input("x", ["time", "batch", 3])
    rows = graph.node("Concat", graph.dim(x, 1), graph.ints(4), axis=0)
    zeros = graph.unsqueeze(graph.node("ConstantOfShape", rows), 0)
    other = graph.unsqueeze(graph.zeros(x, 1, 4), 0)
    y, h, c = graph.rnn("LSTM", x, 3, 4, graph.node("Concat", zeros, other, axis=0), graph.node("Concat", other, zeros, axis=0),
                        direction="bidirectional")
    final = graph.node("Reshape", graph.transpose(h, 1, 0, 2), graph.ints(-1, 8))
    graph.output(graph.dense(final, 8, 3))
    graph.save(name)


@case
def states_stacked_split(name):
    """Two layers; h and c of both in one tensor [4, batch, units], parted by Split and joined by Concat."""
    graph = Graph(name, opset=18)
    x = graph.input("x", ["batch", "time", 3])
    state = graph.input("state", [4, "batch", 5])
    h0, h1, c0, c1 = graph.split(state, [1, 1, 1, 1], 0)
    y, ha, ca = graph.rnn("LSTM", graph.transpose(x, 1, 0, 2), 3, 5, h0, c0)
    y, hb, cb = graph.rnn("LSTM", graph.squeeze(y, 1), 5, 5, h1, c1)
    probability = graph.node("Sigmoid", graph.dense(graph.transpose(graph.squeeze(y, 1), 1, 0, 2), 5, 1))
    graph.output(probability, graph.node("Concat", ha, hb, ca, cb, axis=0))
    graph.save(name)


@case
def states_stacked_axes(name):
    """Both directions: h and c in one tensor [2, directions, batch, units]."""
    graph = Graph(name)
    x = graph.input("x", ["time", "batch", 3])
    state = graph.input("state", [2, 2, "batch", 4])
    h, c = [graph.node("Gather", state, graph.constant(i, numpy.int64), axis=0) for i in (0, 1)]
    y, h, c = graph.rnn("LSTM", x, 3, 4, h, c, direction="bidirectional")
    graph.output(y, graph.node("Concat", graph.unsqueeze(h, 0), graph.unsqueeze(c, 0), axis=0))
    graph.save(name)


@case
def states_gru_one_step(name):
    """A step at a time, the state as an input and an output without an axis of directions."""
    graph = Graph(name, opset=14)
    x, h = graph.input("x", ["batch", 3]), graph.input("h", ["batch", 4])
    y, last = graph.rnn("GRU", graph.unsqueeze(x, 0), 3, 4, graph.unsqueeze(h, 0), linear_before_reset=1)
    state = graph.squeeze(last, 0)
    graph.output(graph.node("Softmax", graph.dense(graph.squeeze(y, 0, 1), 4, 3), axis=-1), state)
    graph.save(name)


@case
def states_lstm_one_step(name):
    """One step of features without an axis of time, joined with features of the row; the states beside the output."""
    graph = Graph(name, opset=11)
    x, row = graph.input("x", ["batch", 3]), graph.input("row", ["batch", 2])
    h, c = graph.input("h", [1, "batch", 4]), graph.input("c", [1, "batch", 4])
    joined = graph.unsqueeze(graph.node("Concat", x, row, axis=1), 0)
    y, h, c = graph.rnn("LSTM", joined, 5, 4, h, c)
    graph.output(graph.dense(graph.squeeze(y, 0, 1), 4, 2), h, c)
    graph.save(name)


# Lengths.

@case
def lengths_gather(name):
    """The step at lengths - 1 of two layers."""
    graph = Graph(name, opset=17)
    x = graph.input("x", ["batch", "time", 3])
    lengths = graph.input("lengths", ["batch"], [6, 2, 4], INT64)
    y = graph.rnn("GRU", graph.transpose(x, 1, 0, 2), 3, 4)[0]
    y = graph.rnn("LSTM", graph.node("Tanh", graph.squeeze(y, 1)), 4, 5)[0]
    y = graph.transpose(graph.squeeze(y, 1), 1, 0, 2)
    index = graph.node("Reshape", graph.node("Sub", lengths, graph.constant(1, numpy.int64)), graph.ints(-1, 1, 1))
    picked = graph.node("GatherElements", y, graph.node("Expand", index, graph.ints(1, 1, 5)), axis=1)
    graph.output(graph.dense(graph.squeeze(picked, 1), 5, 2))
    graph.save(name)


@case
def lengths_gather_time_first(name):
    graph = Graph(name)
    x = graph.input("x", ["time", "batch", 3])
    lengths = graph.input("lengths", ["batch"], [1, 6, 3], INT32)
    y = graph.squeeze(graph.rnn("LSTM", x, 3, 4)[0], 1)
    index = graph.node("Cast", graph.node("Add", lengths, graph.constant(-1, numpy.int32)), to=INT64)
    shape = graph.node("Concat", graph.ints(1), graph.dim(x, 1), graph.ints(4), axis=0)
    index = graph.node("Expand", graph.unsqueeze(index, 0, 2), shape)
    graph.output(graph.squeeze(graph.node("GatherElements", y, index, axis=0), 0))
    graph.save(name)


@case
def lengths_gather_branch(name):
    """PyTorch's exporter asks with If whether the dimension that squeeze takes away has one element."""
    graph = Graph(name, opset=14)
    x = graph.input("x", ["batch", "time", 3])
    lengths = graph.input("lengths", ["batch"], [6, 2, 4], INT64)
    y = graph.transpose(graph.squeeze(graph.rnn("GRU", graph.transpose(x, 1, 0, 2), 3, 4)[0], 1), 1, 0, 2)
    index = graph.node("Reshape", graph.node("Sub", lengths, graph.constant(1, numpy.int64)), graph.ints(-1, 1, 1))
    picked = graph.node("GatherElements", y, graph.node("Expand", index, graph.ints(1, 1, 4)), axis=1)
    is_one = graph.node("Equal", graph.node("Gather", graph.node("Shape", picked), graph.ints(1), axis=0), graph.ints(1))
    branches = []
    for kind in ("then", "else"):
        branch = Scope(graph.random, graph.opset, prefix=graph.name(kind) + "/")
        out = branch.squeeze(picked, 1) if kind == "then" else branch.node("Identity", picked)
        branches.append(helper.make_graph(
            branch.nodes, kind, [], [helper.make_tensor_value_info(out, FLOAT, None)], branch.constants))
    graph.output(graph.dense(graph.node("If", is_one, then_branch=branches[0], else_branch=branches[1]), 4, 2))
    graph.save(name)


def numbered(name, opset, batch_first):
    """y[arange(batch), lengths - 1] as PyTorch writes it: steps of all rows one after the other, and an index into them."""
    graph = Graph(name, opset=opset)
    x = graph.input("x", ["batch", "time", 3] if batch_first else ["time", "batch", 3])
    lengths = graph.input("lengths", ["batch"], [6, 2, 4], INT64)
    y = graph.squeeze(graph.rnn("LSTM", graph.transpose(x, 1, 0, 2) if batch_first else x, 3, 4)[0], 1)
    y = graph.transpose(y, 1, 0, 2) if batch_first else y
    rows = graph.node("Range", graph.constant(0, numpy.int64), graph.squeeze(graph.dim(y, 0 if batch_first else 1), 0), graph.constant(1, numpy.int64))
    last = graph.node("Sub", lengths, graph.constant(1, numpy.int64))
    length = graph.dim(y, 1)
    index = graph.node("Add", last, graph.node("Mul", rows, length)) if batch_first else graph.node("Add", graph.node("Mul", last, length), rows)
    picked = graph.node("Gather", graph.node("Flatten", y, axis=2), index, axis=0)
    shape = graph.node("Concat", graph.node("Shape", index), graph.dim(y, 2), axis=0)
    graph.output(graph.dense(graph.node("Reshape", picked, shape), 4, 2))
    graph.save(name)


CASES["lengths-rows-numbered"] = lambda name: numbered(name, 13, True)
CASES["lengths-rows-numbered-time-first"] = lambda name: numbered(name, 15, False)


@case
def refused_gather_behind_reverse(name):
    """What the reverse direction has seen of the padding is not what a model with lengths computes."""
    graph = Graph(name)
    x = graph.input("x", ["time", "batch", 3])
    lengths = graph.input("lengths", ["batch"], [1, 6, 3], INT64)
    y = graph.squeeze(graph.rnn("LSTM", x, 3, 4, direction="reverse")[0], 1)
    index = graph.node("Sub", lengths, graph.constant(1, numpy.int64))
    index = graph.node("Expand", graph.unsqueeze(index, 0, 2), graph.ints(1, 1, 4))
    graph.output(graph.squeeze(graph.node("GatherElements", y, index, axis=0), 0))
    graph.save(name, refused="past the end")


@case
def refused_gather_beside_steps(name):
    graph = Graph(name)
    x = graph.input("x", ["time", "batch", 3])
    lengths = graph.input("lengths", ["batch"], [1, 6, 3], INT64)
    y = graph.squeeze(graph.rnn("LSTM", x, 3, 4)[0], 1)
    index = graph.node("Sub", lengths, graph.constant(1, numpy.int64))
    index = graph.node("Expand", graph.unsqueeze(index, 0, 2), graph.ints(1, 1, 4))
    graph.output(graph.squeeze(graph.node("GatherElements", y, index, axis=0), 0), y)
    graph.save(name, refused="past the end")


@case
def refused_last_value_beside_lengths(name):
    """The last value of the sequence, also of rows that are shorter."""
    graph = Graph(name)
    x = graph.input("x", ["batch", "time", 3])
    lengths = graph.input("lengths", ["batch"], [6, 2, 4], INT32)
    h = graph.rnn("GRU", graph.transpose(x, 1, 0, 2), 3, 4, lengths=lengths)[1]
    last = graph.node("Gather", x, graph.constant(-1, numpy.int64), axis=1)
    graph.output(graph.node("Add", last, graph.dense(graph.squeeze(h, 0), 4, 3)))
    graph.save(name, refused="past the end")


@case
def refused_flip_before_lengths(name):
    """Whole sequences from their ends, in front of a layer whose rows are shorter."""
    graph = Graph(name)
    x = graph.input("x", ["time", "batch", 3])
    lengths = graph.input("lengths", ["batch"], [6, 2, 4], INT32)
    turned = graph.slice(x, -1, -(2 ** 63) + 1, 0, -1)
    graph.output(graph.squeeze(graph.rnn("GRU", turned, 3, 4, lengths=lengths)[1], 0))
    graph.save(name, refused="past the end")


IDS = [[1, 2, 3, 0, 0, 0], [0, 0, 4, 5, 1, 1], [2, 0, 1, 0, 5, 0]]


@case
def lengths_of_indices(name):
    """The count of indices that are not 0, wherever they stand; both directions."""
    graph = Graph(name, opset=12)
    ids = graph.input("ids", ["batch", "time"], IDS, INT64)
    embedded = graph.transpose(graph.node("Gather", graph.weights(6, 3), ids), 1, 0, 2)
    there = graph.node("Not", graph.node("Equal", ids, graph.constant(0, numpy.int64)))
    lengths = graph.reduce_sum(graph.node("Cast", there, to=INT32), 1, keepdims=0)
    h = graph.rnn("LSTM", embedded, 3, 4, direction="bidirectional", lengths=lengths)[1]
    graph.output(graph.dense(graph.node("Reshape", graph.transpose(h, 1, 0, 2), graph.ints(-1, 8)), 8, 2))
    graph.save(name)


@case
def lengths_of_features(name):
    """The count of steps whose features are not all 0; and two layers of them."""
    graph = Graph(name, opset=13)
    x = (graph.random.random((6, 3, 4)) * 2 - 1).astype(numpy.float32)
    x[4:, 0] = x[:2, 1] = 0
    x = graph.input("x", ["time", "batch", 4], x)
    zero = graph.constant(0, numpy.float32)
    unequal = graph.node("Cast", graph.node("Not", graph.node("Equal", x, zero)), to=INT32)
    there = graph.node("ReduceMax", unequal, axes=[2], keepdims=0)
    lengths = graph.reduce_sum(there, 0, keepdims=0)
    y = graph.rnn("GRU", x, 4, 5, lengths=lengths)[0]
    h = graph.rnn("GRU", graph.squeeze(y, 1), 5, 3, lengths=lengths)[1]
    graph.output(graph.squeeze(h, 0))
    graph.save(name)


@case
def lengths_of_a_mask(name):
    """A mask as an input, whose ones are counted."""
    graph = Graph(name, opset=17)
    x = graph.input("x", ["batch", "time", 3])
    mask = graph.input("mask", ["batch", "time"], [[1, 1, 1, 1, 0, 0], [1, 1, 1, 1, 1, 1], [1, 0, 0, 0, 0, 0]], INT64)
    lengths = graph.node("Cast", graph.reduce_sum(mask, 1, keepdims=0), to=INT32)
    h = graph.rnn("LSTM", graph.transpose(x, 1, 0, 2), 3, 4, lengths=lengths)[1]
    graph.output(graph.dense(graph.squeeze(h, 0), 4, 2))
    graph.save(name)


# Numbers.

@case
def half_precision(name):
    """Weights, inputs and outputs of 16 bits."""
    graph = Graph(name, opset=14)
    x = graph.input("x", ["time", "batch", 3], kind=TensorProto.FLOAT16)
    half = numpy.float16
    names = [graph.name("lstm") for _ in range(3)]
    graph.node("LSTM", x, graph.weights(1, 16, 3, dtype=half), graph.weights(1, 16, 4, dtype=half), graph.weights(1, 32, dtype=half),
               names=names, hidden_size=4)
    dense = graph.node("Add", graph.node("MatMul", graph.squeeze(names[0], 1), graph.weights(4, 2, dtype=half)), graph.weights(2, dtype=half))
    graph.output(graph.node("Cast", dense, to=FLOAT))
    # ONNX Runtime rounds every value to 16 bits.
    graph.save(name, tolerance=2e-3)


@case
def half_precision_inside(name):
    graph = Graph(name, opset=13)
    x = graph.node("Cast", graph.input("x", ["batch", "time", 3]), to=TensorProto.FLOAT16)
    half = numpy.float16
    names = [graph.name("gru") for _ in range(2)]
    graph.node("GRU", graph.transpose(x, 1, 0, 2), graph.weights(2, 12, 3, dtype=half), graph.weights(2, 12, 4, dtype=half),
               names=names, hidden_size=4, direction="bidirectional")
    y = graph.node("Reshape", graph.transpose(names[0], 2, 0, 1, 3), graph.ints(0, 0, 8))
    graph.output(graph.node("Cast", y, to=FLOAT))
    graph.save(name, tolerance=2e-3)


def integers(graph, shape, dtype, low, high):
    return graph.constant(graph.random.integers(low, high, shape), dtype)


@case
def dequantized_weights(name):
    """Weights as integers with a factor for each tensor and for each column."""
    graph = Graph(name, opset=13)
    x = graph.input("x", ["time", "batch", 3])
    w = graph.node("DequantizeLinear", integers(graph, (1, 16, 3), numpy.int8, -100, 100), graph.constant(0.005, numpy.float32))
    scale = graph.constant(graph.random.random(16) * 0.01, numpy.float32)
    r = graph.node("DequantizeLinear", integers(graph, (1, 16, 4), numpy.uint8, 0, 255), scale,
                   integers(graph, (16,), numpy.uint8, 100, 150), axis=1)
    names = [graph.name("lstm") for _ in range(3)]
    graph.node("LSTM", x, w, r, names=names, hidden_size=4)
    kernel = graph.node("DequantizeLinear", integers(graph, (4, 2), numpy.int8, -100, 100), graph.constant([0.01, 0.004], numpy.float32), axis=1)
    graph.output(graph.node("MatMul", graph.squeeze(names[0], 1), kernel))
    graph.save(name)


@case
def dynamic_quantized_lstm(name):
    """ONNX Runtime's operator, both directions, a factor for each column, weights around a zero point."""
    graph = Graph(name, opset=13)
    x = graph.input("x", ["time", "batch", 3])
    names = [graph.name("lstm") for _ in range(3)]
    w, r = integers(graph, (2, 3, 16), numpy.int8, -100, 100), integers(graph, (2, 4, 16), numpy.int8, -100, 100)
    scales = [graph.constant(0.003 + graph.random.random((2, 16)) * 0.002, numpy.float32) for _ in range(2)]
    zeros = [graph.constant(numpy.zeros((2, 16)), numpy.int8) for _ in range(2)]
    graph.node("DynamicQuantizeLSTM", x, w, r, graph.weights(2, 32), "", "", "", "", scales[0], zeros[0], scales[1], zeros[1], names=names,
               hidden_size=4, direction="bidirectional", domain="com.microsoft")
    graph.output(names[0])
    # ONNX Runtime rounds inputs and states to 8 bits, too.
    graph.save(name, tolerance=1e-2)


# Directions, steps, several inputs and outputs.

@case
def directions_summed_by_slices(name):
    graph = Graph(name)
    x = graph.input("x", ["batch", "time", 3])
    y = graph.rnn("GRU", graph.transpose(x, 1, 0, 2), 3, 4, direction="bidirectional")[0]
    first, second = graph.split(y, [1, 1], 1)
    summed = graph.node("Add", graph.squeeze(first, 1), graph.squeeze(second, 1))
    graph.output(graph.transpose(summed, 1, 0, 2))
    graph.save(name)


@case
def directions_joined_late(name):
    """The reverse node in front, and a layer behind each before they are joined."""
    graph = Graph(name, opset=10)
    x = graph.input("x", ["time", "batch", 3])
    back = graph.squeeze(graph.rnn("LSTM", x, 3, 4, direction="reverse")[0], 1)
    forward = graph.squeeze(graph.rnn("LSTM", x, 3, 4)[0], 1)
    graph.output(graph.node("Concat", graph.node("Tanh", back), forward, axis=2))
    graph.save(name)


@case
def flips(name):
    """The reverse direction by two flips, in the middle of a model."""
    graph = Graph(name, opset=13)
    x = graph.input("x", ["batch", "time", 3])
    first = graph.rnn("GRU", graph.transpose(x, 1, 0, 2), 3, 4)[0]
    y = graph.transpose(graph.squeeze(first, 1), 1, 0, 2)
    turned = graph.slice(y, -1, -(2 ** 63) + 1, 1, -1)
    back = graph.transpose(graph.squeeze(graph.rnn("LSTM", graph.transpose(turned, 1, 0, 2), 4, 3)[0], 1), 1, 0, 2)
    graph.output(graph.node("Concat", y, graph.slice(back, -1, -(2 ** 63) + 1, 1, -1), axis=-1))
    graph.save(name)


@case
def repeat_vector_decoder(name):
    """An encoder, its state for as many steps as the input has, a decoder with a Dense; batch first."""
    graph = Graph(name, opset=13)
    x = graph.input("x", ["batch", "time", 3])
    h = graph.squeeze(graph.rnn("LSTM", graph.transpose(x, 1, 0, 2), 3, 4)[1], 0)
    times = graph.node("Concat", graph.ints(1), graph.dim(x, 1), graph.ints(1), axis=0)
    repeated = graph.node("Tile", graph.unsqueeze(h, 1), times)
    y = graph.rnn("LSTM", graph.transpose(repeated, 1, 0, 2), 4, 4)[0]
    graph.output(graph.dense(graph.transpose(graph.squeeze(y, 1), 1, 0, 2), 4, 3))
    graph.save(name)


@case
def last_steps(name):
    """The last two steps of a time that is open."""
    graph = Graph(name)
    x = graph.input("x", ["batch", "time", 3])
    y = graph.transpose(graph.squeeze(graph.rnn("GRU", graph.transpose(x, 1, 0, 2), 3, 4)[0], 1), 1, 0, 2)
    graph.output(graph.dense(graph.slice(y, -2, BIG, 1), 4, 1))
    graph.save(name)


@case
def last_value_added(name):
    """The last values of some features are added to the forecast."""
    graph = Graph(name)
    x = graph.input("x", ["batch", "time", 4])
    h = graph.squeeze(graph.rnn("LSTM", graph.transpose(x, 1, 0, 2), 4, 5)[1], 0)
    last = graph.node("Gather", x, graph.constant(-1, numpy.int64), axis=1)
    graph.output(graph.node("Add", graph.slice(last, 1, 3, 1), graph.dense(h, 5, 2)))
    graph.save(name)


@case
def static_at_every_step(name):
    """Static features repeated along time beside an embedding and numbers."""
    graph = Graph(name, opset=13)
    x = graph.input("x", ["batch", "time", 3])
    ids = graph.input("day", ["batch", "time"], graph.random.integers(0, 7, (3, 6)), INT64)
    static = graph.input("static", ["batch", 2])
    times = graph.node("Concat", graph.ints(1), graph.dim(x, 1), graph.ints(1), axis=0)
    repeated = graph.node("Tile", graph.unsqueeze(static, 1), times)
    joined = graph.node("Concat", graph.node("Gather", graph.weights(7, 2), ids), x, repeated, axis=2)
    h = graph.squeeze(graph.rnn("GRU", graph.transpose(joined, 1, 0, 2), 7, 4)[1], 0)
    graph.output(graph.dense(h, 4, 2))
    graph.save(name)


@case
def static_at_fixed_steps(name):
    """All lengths are numbers, and so is how often the row is repeated."""
    graph = Graph(name, opset=16)
    x, static = graph.input("x", [2, 6, 3]), graph.input("static", [2, 2])
    repeated = graph.node("Expand", graph.unsqueeze(static, 1), graph.ints(2, 6, 2))
    joined = graph.node("Concat", x, repeated, axis=2)
    y = graph.rnn("GRU", graph.transpose(joined, 1, 0, 2), 5, 4)[0]
    graph.output(graph.transpose(graph.squeeze(y, 1), 1, 0, 2))
    graph.save(name)


@case
def heads_and_branches(name):
    """Two branches of different cells, joined; three outputs: of every step, of the last one and of a state."""
    graph = Graph(name, opset=17)
    x = graph.input("x", ["batch", "time", 3])
    xt = graph.transpose(x, 1, 0, 2)
    a = graph.squeeze(graph.rnn("LSTM", xt, 3, 4)[0], 1)
    b, state = graph.rnn("GRU", xt, 3, 2)
    joined = graph.transpose(graph.node("Concat", a, graph.squeeze(b, 1), axis=2), 1, 0, 2)
    last = graph.node("Gather", joined, graph.constant(-1, numpy.int64), axis=1)
    policy = graph.node("Softmax", graph.dense(last, 6, 3), axis=-1)
    graph.output(graph.dense(joined, 6, 1), policy, graph.squeeze(state, 0))
    graph.save(name)


@case
def mask_times_input(name):
    graph = Graph(name)
    x = graph.input("x", ["batch", "time", 3])
    y = graph.transpose(graph.squeeze(graph.rnn("GRU", graph.transpose(x, 1, 0, 2), 3, 4)[0], 1), 1, 0, 2)
    graph.output(graph.node("Mul", x, graph.node("Sigmoid", graph.dense(y, 4, 3))))
    graph.save(name)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--runtime", default=".", help="folder in which onnxruntime-node is installed")
    parser.add_argument("names", nargs="*")
    arguments = parser.parse_args()
    names = arguments.names or sorted(CASES)
    for name in names:
        CASES[name](name)
    paths = [os.path.join(FOLDER, name) for name in names]
    subprocess.run(["node", os.path.join(HERE, "compute_cases.mjs"), *paths], cwd=arguments.runtime, check=True)


if __name__ == "__main__":
    main()
