#!/usr/bin/env python3
"""Writes more cases of onnx-files/: one step of a cell with its states as inputs and outputs of the graph, in operators as PyTorch
exports nn.LSTMCell, nn.GRUCell and nn.RNNCell, alone and in the networks that have them: policies of robots, detectors of voice;
and inputs as Keras and spectrograms have them.
Called like make_onnx_files.py.
"""
import numpy

import make_onnx_files as files
from make_onnx_files import Graph

files.CASES.clear()
case = files.case


def gemm(graph, x, inputs, outputs, name=None):
    """nn.Linear over rows."""
    weights = graph.constant((graph.random.random((outputs, inputs)) * 2 - 1).astype(numpy.float32) * 0.5, name=name)
    return graph.node("Gemm", x, weights, graph.weights(outputs), alpha=1.0, beta=1.0, transB=1)


def parts(graph, x, count, size):
    return graph.split(x, [size] * count, 1)


def lstm_gates(graph, gates, c, units):
    i, f, g, o = parts(graph, gates, 4, units)
    i, f, g, o = graph.node("Sigmoid", i), graph.node("Sigmoid", f), graph.node("Tanh", g), graph.node("Sigmoid", o)
    c = graph.node("Add", graph.node("Mul", f, c), graph.node("Mul", i, g))
    return graph.node("Mul", o, graph.node("Tanh", c)), c


def lstm_cell(graph, x, h, c, inputs, units, names=(None, None)):
    gates = graph.node("Add", gemm(graph, h, units, 4 * units, names[0]), gemm(graph, x, inputs, 4 * units, names[1]))
    return lstm_gates(graph, gates, c, units)


def gru_cell(graph, x, h, inputs, units):
    xr, xz, xn = parts(graph, gemm(graph, x, inputs, 3 * units), 3, units)
    hr, hz, hn = parts(graph, gemm(graph, h, units, 3 * units), 3, units)
    reset, update = graph.node("Sigmoid", graph.node("Add", hr, xr)), graph.node("Sigmoid", graph.node("Add", hz, xz))
    new = graph.node("Tanh", graph.node("Add", xn, graph.node("Mul", hn, reset)))
    return graph.node("Add", graph.node("Mul", graph.node("Sub", h, new), update), new)


@case
def cell_lstm_policy(name):
    """A policy: the observation is normalized, the actions are limited."""
    graph = Graph(name, opset=17)
    obs, h, c = graph.input("obs", ["batch", 6]), graph.input("h_in", ["batch", 4]), graph.input("c_in", ["batch", 4])
    x = graph.node("Div", graph.node("Sub", obs, graph.weights(6)), graph.constant([[0.5, 2, 1, 1.5, 0.75, 3]], numpy.float32))
    h, c = lstm_cell(graph, x, h, c, 6, 4)
    actions = gemm(graph, graph.node("Elu", gemm(graph, h, 4, 5)), 5, 2)
    limits = graph.constant(-0.5, numpy.float32), graph.constant(0.5, numpy.float32)
    graph.output(graph.node("Clip", actions, *limits), h, c)
    graph.save(name)


@case
def cell_lstm_alike(name):
    """The observation is as wide as the state: the names of the weights say which is which."""
    graph = Graph(name, opset=11)
    x, h, c = graph.input("x", ["batch", 4]), graph.input("h", ["batch", 4]), graph.input("c", ["batch", 4])
    h, c = lstm_cell(graph, x, h, c, 4, 4, ("rnn.weight_hh", "rnn.weight_ih"))
    graph.output(gemm(graph, h, 4, 2), h, c)
    graph.save(name)


@case
def cell_lstm_without_bias(name):
    graph = Graph(name, opset=9)
    x, h, c = graph.input("x", ["batch", 3]), graph.input("h", ["batch", 4]), graph.input("c", ["batch", 4])
    gates = graph.node("Add", graph.node("MatMul", x, graph.weights(3, 16)), graph.node("MatMul", h, graph.weights(4, 16)))
    h, c = lstm_gates(graph, gates, c, 4)
    graph.output(gemm(graph, h, 4, 2), h, c)
    graph.save(name)


@case
def cell_gru_behind_lstm(name):
    """Two cells, one behind the other; both put out their states."""
    graph = Graph(name, opset=13)
    x, h, c = graph.input("x", ["batch", 3]), graph.input("h", ["batch", 4]), graph.input("c", ["batch", 4])
    state = graph.input("g", ["batch", 5])
    h, c = lstm_cell(graph, x, h, c, 3, 4)
    state = gru_cell(graph, h, state, 4, 5)
    graph.output(graph.node("Softmax", gemm(graph, state, 5, 3), axis=-1), h, c, state, names=("y", "hn", "cn", "gn"))
    graph.save(name)


@case
def cell_rnn_relu(name):
    graph = Graph(name, opset=18)
    x, h = graph.input("x", ["batch", 3]), graph.input("h", ["batch", 4])
    h = graph.node("Relu", graph.node("Add", gemm(graph, x, 3, 4), gemm(graph, h, 4, 4)))
    graph.output(gemm(graph, h, 4, 2), h)
    graph.save(name)


@case
def cell_lstm_stacked_state(name):
    """A detector of voice: convolutions leave one step, both states are in one tensor, and a convolution is the head."""
    graph = Graph(name, opset=16)
    x, state = graph.input("x", ["batch", 5, 4]), graph.input("state", [2, "batch", 4])
    x = graph.node("Relu", graph.node("Conv", x, graph.weights(6, 5, 3), graph.weights(6), pads=[1, 1], strides=[2]))
    x = graph.node("Relu", graph.node("Conv", x, graph.weights(4, 6, 3), graph.weights(4), pads=[1, 1], strides=[2]))
    h, c = [graph.node("Gather", state, graph.constant(i, numpy.int64), axis=0) for i in range(2)]
    h, c = lstm_cell(graph, graph.squeeze(x, 2), h, c, 4, 4)
    y = graph.node("Relu", graph.node("Cast", graph.unsqueeze(h, 2), to=files.FLOAT))
    y = graph.node("Sigmoid", graph.node("Conv", y, graph.weights(1, 4, 1), graph.weights(1), kernel_shape=[1]))
    graph.output(graph.squeeze(y, 2), graph.node("Concat", graph.unsqueeze(h, 0), graph.unsqueeze(c, 0), axis=0), names=("y", "stateN"))
    graph.save(name)


@case
def indices_as_floats(name):
    """Keras's input of indices is of float32 unless it is said otherwise; its embedding casts them."""
    graph = Graph(name, opset=13)
    x = graph.input("x", ["batch", "time"], [[1, 8, 0, 3], [2, 2, 5, 7], [0, 4, 6, 1]])
    e = graph.node("Gather", graph.weights(9, 3), graph.node("Cast", x, to=files.INT32))
    y = graph.transpose(graph.squeeze(graph.rnn("LSTM", graph.transpose(e, 1, 0, 2), 3, 4)[0], 1), 1, 0, 2)
    graph.output(graph.node("Softmax", graph.dense(y, 4, 3), axis=-1))
    graph.save(name)


@case
def dense_of_tensordot(name):
    """tf.tensordot of a sequence whose sizes are not known: they are multiplied as floating-point numbers."""
    graph = Graph(name, opset=13)
    x = graph.input("x", ["batch", "time", 3])
    y = graph.transpose(graph.squeeze(graph.rnn("LSTM", graph.transpose(x, 1, 0, 2), 3, 4)[0], 1), 1, 0, 2)
    shape = graph.node("Shape", y)
    free, inner = [graph.node("Gather", shape, graph.ints(*axes), axis=0) for axes in ((0, 1), (2,))]
    sizes = []
    for part in (free, inner):
        product = graph.node("ReduceProd", graph.node("Cast", part, to=files.FLOAT), axes=[0], keepdims=0)
        sizes.append(graph.unsqueeze(graph.node("Cast", product, to=files.INT64), 0))
    matrix = graph.node("Reshape", y, graph.node("Concat", *sizes, axis=0))
    product = graph.node("MatMul", matrix, graph.weights(4, 5))
    y = graph.node("Reshape", product, graph.node("Concat", free, graph.ints(5), axis=0))
    graph.output(graph.node("Softmax", graph.node("Add", y, graph.weights(5)), axis=-1))
    graph.save(name)


@case
def image_of_one_channel(name):
    """What spectrograms come as: [batch, 1, time, features]."""
    graph = Graph(name, opset=17)
    x = graph.input("x", ["batch", 1, 6, 5])
    y = graph.rnn("LSTM", graph.transpose(graph.squeeze(x, 1), 1, 0, 2), 5, 4, direction="bidirectional")[0]
    y = graph.node("Reshape", graph.transpose(y, 2, 0, 1, 3), graph.ints(0, 0, -1))
    graph.output(graph.dense(y, 8, 2))
    graph.save(name)


@case
def cell_lstm_alike_beside_the_cell_state(name):
    """The observation is as wide as the state: that which comes in with the cell state is the state."""
    graph = Graph(name, opset=13)
    x, state = graph.input("x", ["batch", 4]), graph.input("state", [2, "batch", 4])
    h, c = [graph.node("Gather", state, graph.constant(i, numpy.int64), axis=0) for i in range(2)]
    h, c = lstm_cell(graph, x, h, c, 4, 4)
    graph.output(gemm(graph, h, 4, 2), graph.node("Concat", graph.unsqueeze(h, 0), graph.unsqueeze(c, 0), axis=0))
    graph.save(name)


@case
def refused_loop_written_out(name):
    """A loop in Python that was traced: the same weights at each step."""
    graph = Graph(name, opset=13)
    x, h = graph.input("x", [2, "batch", 3]), graph.input("h", ["batch", 4])
    weights = [(graph.weights(4, n), graph.weights(4)) for n in (3, 4)]
    for i in range(2):
        step = graph.node("Gather", x, graph.constant(i, numpy.int64), axis=0)
        products = [graph.node("Gemm", value, *pair, transB=1) for value, pair in zip((step, h), weights)]
        h = graph.node("Tanh", graph.node("Add", *products))
    graph.output(gemm(graph, h, 4, 2), h)
    graph.save(name, refused="A loop over steps that is written out step by step is not followed")


@case
def refused_cell_twice(name):
    """Two steps of a cell for one of the input: its state would be that of the first one."""
    graph = Graph(name, opset=13)
    x, h = graph.input("x", ["batch", 3]), graph.input("h", ["batch", 4])
    for _ in range(2):
        before = len(graph.constants)
        h = gru_cell(graph, x, h, 3, 4)
        if before == 0:
            names = [constant.name for constant in graph.constants]
        else:
            # The second step has the weights of the first.
            renamed = dict(zip([constant.name for constant in graph.constants[before:]], names))
            del graph.constants[before:]
            for node in graph.nodes:
                for i, value in enumerate(node.input):
                    node.input[i] = renamed.get(value, value)
    graph.output(gemm(graph, h, 4, 2), h)
    graph.save(name, refused="no cell that starts from an input of the graph")


@case
def refused_cell_alike(name):
    """Nothing says which of two inputs is the state."""
    graph = Graph(name, opset=17)
    x, h, c = graph.input("x", ["batch", 4]), graph.input("h", ["batch", 4]), graph.input("c", ["batch", 4])
    h, c = lstm_cell(graph, x, h, c, 4, 4)
    graph.output(gemm(graph, h, 4, 2), h, c)
    graph.save(name, refused="no cell that starts from an input")


@case
def refused_rows_alone(name):
    """A forecast of a window in blocks that take off what they explain."""
    graph = Graph(name, opset=17)
    x = graph.input("x", ["batch", 8])
    h = graph.node("Relu", gemm(graph, x, 8, 6))
    rest = graph.node("Sub", x, gemm(graph, h, 6, 8))
    graph.output(graph.node("Add", gemm(graph, h, 6, 2), gemm(graph, graph.node("Relu", gemm(graph, rest, 8, 6)), 6, 2)))
    graph.save(name, refused="no cell that starts from an input")


# The input and the state side by side, in one product.

def joined(graph, first, second, inputs, outputs):
    return gemm(graph, graph.node("Concat", first, second, axis=1), inputs, outputs)


@case
def cell_rnn_joined(name):
    """Elman's cell as PyTorch's tutorial writes it: nn.Linear over torch.cat((x, h), 1)."""
    graph = Graph(name, opset=13)
    x, h = graph.input("x", ["batch", 3]), graph.input("h", ["batch", 4])
    h = graph.node("Tanh", joined(graph, x, h, 7, 4))
    graph.output(graph.node("LogSoftmax", gemm(graph, h, 4, 2), axis=1), h)
    graph.save(name)


@case
def cell_rnn_joined_state_first(name):
    graph = Graph(name, opset=9)
    x, h = graph.input("x", ["batch", 3]), graph.input("h", ["batch", 4])
    product = graph.node("MatMul", graph.node("Concat", h, x, axis=-1), graph.weights(7, 4))
    h = graph.node("Relu", graph.node("Add", product, graph.weights(4)))
    graph.output(gemm(graph, h, 4, 2), h)
    graph.save(name)


@case
def cell_rnn_joined_linear(name):
    graph = Graph(name, opset=17)
    x, h = graph.input("x", ["batch", 2]), graph.input("h", ["batch", 5])
    h = joined(graph, x, h, 7, 5)
    graph.output(gemm(graph, graph.node("Sigmoid", h), 5, 3), h)
    graph.save(name)


@case
def cell_lstm_joined(name):
    """All gates from one product; a layer of features is in front, so that one of both alone comes from an input."""
    graph = Graph(name, opset=14)
    x, h, c = graph.input("x", ["batch", 3]), graph.input("h", ["batch", 4]), graph.input("c", ["batch", 4])
    h, c = lstm_gates(graph, joined(graph, graph.node("Relu", gemm(graph, x, 3, 4)), h, 8, 16), c, 4)
    graph.output(gemm(graph, h, 4, 2), h, c)
    graph.save(name)


@case
def row_as_wide_as_the_output(name):
    """No cell: features of the row beside those of the sequence."""
    graph = Graph(name, opset=13)
    x, row = graph.input("x", ["batch", "time", 3]), graph.input("row", ["batch", 2])
    last = graph.squeeze(graph.rnn("LSTM", graph.transpose(x, 1, 0, 2), 3, 4)[1], 0)
    graph.output(graph.node("Tanh", joined(graph, last, row, 6, 2)))
    graph.save(name)


@case
def refused_state_read_twice(name):
    """The older form of the tutorial, whose output is made of the state before."""
    graph = Graph(name, opset=13)
    x, h = graph.input("x", ["batch", 3]), graph.input("h", ["batch", 4])
    both = graph.node("Concat", x, h, axis=1)
    graph.output(gemm(graph, both, 7, 2), graph.node("Tanh", gemm(graph, both, 7, 4)))
    graph.save(name, refused="is the state that a layer starts from, which nothing else can read")


# The memory of Unity's ML-Agents.

@case
def memory_beside(name):
    """Hidden and cell state side by side in one tensor."""
    graph = Graph(name, opset=9)
    x, memory = graph.input("obs_0", ["batch", 3]), graph.input("recurrent_in", [1, "batch", 8])
    h, c = graph.split(memory, [4, 4], 2)
    y, h, c = graph.rnn("LSTM", graph.unsqueeze(x, 0), 3, 4, h, c)
    graph.output(gemm(graph, graph.squeeze(y, 0, 1), 4, 2), graph.node("Concat", h, c, axis=2), names=("actions", "recurrent_out"))
    graph.save(name)


@case
def memory_beside_slices(name):
    """The same by slices, for a single row."""
    graph = Graph(name, opset=13)
    x, memory = graph.input("x", [1, 1, 3]), graph.input("memory", [1, 1, 10])
    h, c = graph.slice(memory, 0, 5, 2), graph.slice(memory, 5, 10, 2)
    y, h, c = graph.rnn("LSTM", x, 3, 5, h, c)
    graph.output(graph.dense(graph.squeeze(y, 1), 5, 2), graph.node("Concat", h, c, axis=-1))
    graph.save(name)


@case
def refused_memory_of_odd_parts(name):
    """Parts that are no states side by side."""
    graph = Graph(name, opset=13)
    x, memory = graph.input("x", ["time", "batch", 3]), graph.input("memory", [1, "batch", 9])
    h, c = graph.slice(memory, 0, 4, 2), graph.slice(memory, 5, 9, 2)
    y, h, c = graph.rnn("LSTM", x, 3, 4, h, c)
    graph.output(graph.squeeze(y, 1), h, c)
    graph.save(name, refused="initial_h: expected the shape [1, batch, 4]")


# States and steps.

@case
def states_by_layer(name):
    """Final states in the shape that PyTorch's documentation gives: [layers, directions, batch, features]."""
    graph = Graph(name, opset=13)
    x = graph.transpose(graph.input("x", ["batch", "time", 3]), 1, 0, 2)
    y, first = graph.rnn("GRU", x, 3, 4, direction="bidirectional")
    y = graph.node("Reshape", graph.transpose(y, 0, 2, 1, 3), graph.ints(0, 0, -1))
    _, second = graph.rnn("GRU", y, 8, 4, direction="bidirectional")
    h = graph.node("Reshape", graph.node("Concat", first, second, axis=0), graph.ints(2, 2, -1, 4))
    h = [graph.node("Gather", h, graph.constant(i, numpy.int64), axis=0) for i in (-1, 0)]
    parts = [graph.node("Gather", one, graph.constant(i, numpy.int64), axis=0) for one, i in ((h[0], 1), (h[0], 0), (h[1], 1))]
    graph.output(graph.dense(graph.node("Concat", *parts, axis=1), 12, 2))
    graph.save(name)


@case
def first_step(name):
    """The first step of a layer that runs both ways, and of a convolution."""
    graph = Graph(name, opset=13)
    x = graph.input("x", ["batch", "time", 3])
    y = graph.rnn("LSTM", graph.transpose(x, 1, 0, 2), 3, 4, direction="bidirectional")[0]
    y = graph.node("Reshape", graph.transpose(y, 2, 0, 1, 3), graph.ints(0, 0, -1))
    c = graph.transpose(graph.node("Conv", graph.transpose(x, 0, 2, 1), graph.weights(5, 3, 2), graph.weights(5)), 0, 2, 1)
    y, c = [graph.node("Gather", one, graph.constant(0, numpy.int64), axis=1) for one in (y, c)]
    graph.output(graph.dense(graph.slice(y, 4, 8, 1), 4, 2), graph.dense(y, 8, 2), graph.dense(c, 5, 2))
    graph.save(name)


# Layers that start from what others have computed.

@case
def decoder(name):
    graph = Graph(name, opset=13)
    x, z = graph.input("x", ["time", "batch", 3]), graph.input("z", ["time", "batch", 3])
    _, h, c = graph.rnn("LSTM", x, 3, 4)
    graph.output(graph.squeeze(graph.rnn("LSTM", z, 3, 4, h, c)[0], 1))
    graph.save(name)


@case
def decoder_of_both(name):
    """Both directions, batch first; the cell states side by side are read by a dense layer, one of them by another decoder."""
    graph = Graph(name, opset=13)
    x, z = graph.input("x", ["batch", "time", 3]), graph.input("future", ["batch", "time", 2])
    xt, zt = graph.transpose(x, 1, 0, 2), graph.transpose(z, 1, 0, 2)
    _, h, c = graph.rnn("LSTM", xt, 3, 4, direction="bidirectional")
    y = graph.rnn("LSTM", zt, 2, 4, h, c, direction="bidirectional")[0]
    y = graph.node("Reshape", graph.transpose(y, 2, 0, 1, 3), graph.ints(0, 0, -1))
    cells = graph.node("Reshape", graph.transpose(c, 1, 0, 2), graph.ints(0, -1))
    back = graph.slice(c, 1, 2, 0)
    other = graph.rnn("RNN", zt, 2, 4, back)[0]
    graph.output(graph.dense(y, 8, 2), graph.dense(cells, 8, 2), graph.transpose(graph.squeeze(other, 1), 1, 0, 2))
    graph.save(name)


@case
def decoder_from_a_row(name):
    """A first state that is computed from constants of the row, with zero cells and with others; a repeated row as the steps."""
    graph = Graph(name, opset=13)
    x, s = graph.input("x", ["batch", "time", 3]), graph.input("s", ["batch", 5])
    xt = graph.transpose(x, 1, 0, 2)
    h = graph.unsqueeze(graph.node("Tanh", graph.dense(s, 5, 4)), 0)
    c = graph.unsqueeze(graph.dense(s, 5, 4), 0)
    zero = graph.node("Expand", graph.constant(0, numpy.float32), graph.node("Shape", h))
    y = graph.rnn("LSTM", xt, 3, 4, h, zero)[0]
    z = graph.rnn("LSTM", xt, 3, 4, h, c)[0]
    graph.output(graph.transpose(graph.squeeze(y, 1), 1, 0, 2), graph.transpose(graph.squeeze(z, 1), 1, 0, 2))
    graph.save(name)


@case
def hidden_beside_cell(name):
    """A head that reads the hidden and the cell state side by side."""
    graph = Graph(name, opset=13)
    x = graph.input("x", ["batch", "time", 3])
    _, h, c = graph.rnn("LSTM", graph.transpose(x, 1, 0, 2), 3, 4)
    graph.output(graph.dense(graph.node("Concat", graph.squeeze(h, 0), graph.squeeze(c, 0), axis=1), 8, 2))
    graph.save(name)


@case
def refused_cell_alone(name):
    graph = Graph(name, opset=13)
    x, z = graph.input("x", ["time", "batch", 3]), graph.input("z", ["time", "batch", 3])
    c = graph.rnn("LSTM", x, 3, 4)[2]
    graph.output(graph.squeeze(graph.rnn("LSTM", z, 3, 4, "", c)[0], 1))
    graph.save(name, refused="initial_c: another layer has computed it")


# Functions.

def behind_gru(graph, units=4):
    x = graph.input("x", ["batch", "time", 3])
    return graph.transpose(graph.squeeze(graph.rnn("GRU", graph.transpose(x, 1, 0, 2), 3, units)[0], 1), 1, 0, 2)


@case
def log_of_a_sigmoid(name):
    """As PyTorch exports LogSigmoid, behind a dense layer and behind the recurrent one itself."""
    graph = Graph(name, opset=13)
    y = behind_gru(graph)
    graph.output(
        graph.node("Log", graph.node("Sigmoid", graph.dense(y, 4, 3))), graph.node("Log", graph.node("Sigmoid", y)))
    graph.save(name)


@case
def exp_of_a_log_softmax(name):
    graph = Graph(name, opset=13)
    graph.output(graph.node("Exp", graph.node("LogSoftmax", graph.dense(behind_gru(graph), 4, 3), axis=-1)))
    graph.save(name)


@case
def larger_and_smaller(name):
    graph = Graph(name, opset=13)
    y = behind_gru(graph)
    a, b, c = [graph.dense(y, 4, 3) for _ in range(3)]
    graph.output(graph.node("Max", a, b, c), graph.node("Min", a, graph.node("Tanh", b)))
    graph.save(name)


def refused(name, word, make, kind=files.FLOAT):
    def write(called):
        graph = Graph(called, opset=13)
        graph.output(make(graph), kind=kind)
        graph.save(called, refused=word)

    write.__name__ = name
    case(write)


def over_time(graph):
    """What layer normalization does, over the steps."""
    y = behind_gru(graph)
    y = graph.node("Sub", y, graph.node("ReduceMean", y, axes=[1], keepdims=1))
    variance = graph.node("ReduceMean", graph.node("Mul", y, y), axes=[1], keepdims=1)
    return graph.node("Div", y, graph.node("Sqrt", graph.node("Add", variance, graph.constant(1e-5, numpy.float32))))


def columns(graph):
    x = graph.input("x", ["batch", "time", 2], numpy.zeros([3, 6, 2]), files.INT64)
    parts = [graph.node("Gather", x, graph.constant(i, numpy.int64), axis=2) for i in range(2)]
    tables = [graph.node("Gather", graph.weights(5, 3), part) for part in parts]
    joined = graph.node("Concat", *tables, axis=2)
    return graph.rnn("GRU", graph.transpose(joined, 1, 0, 2), 6, 4)[0]


refused("refused_normalization_over_time", "a normalization over time is no layer", over_time)
refused("refused_columns_of_indices", "'x' has columns for several tables", columns)
refused("refused_exponential", "no layer computes exponentials", lambda graph: graph.node("Exp", behind_gru(graph)))
refused(
    "refused_largest_index", "which value is largest is no output of a model",
    lambda graph: graph.node("ArgMax", behind_gru(graph), axis=2), kind=files.INT64)
refused("refused_sine", "no layer computes this function", lambda graph: graph.node("Sin", behind_gru(graph)))
refused("refused_running_sum", "a sum that runs over steps", lambda graph: graph.node("CumSum", behind_gru(graph), graph.constant(1, numpy.int64)))


if __name__ == "__main__":
    files.main()
