#!/usr/bin/env python3
"""Writes more cases of onnx-files/, with what make_onnx_files.py has: steps of inputs that are taken before a layer, rows that are
sorted by their lengths, GatherND, Scan, functions of the file's own, outputs that are flattened. Called like make_onnx_files.py.
"""
import numpy
from onnx import TensorProto, helper

import make_onnx_files as files
from make_onnx_files import BIG, FLOAT, INT32, INT64, Graph, Scope

files.CASES.clear()
case = files.case


def layer(graph, x, inputs, units, kind="GRU", **arguments):
    """A layer of one direction over [batch, time, features]."""
    y = graph.rnn(kind, graph.transpose(x, 1, 0, 2), inputs, units, **arguments)
    return graph.transpose(graph.squeeze(y[0], 1), 1, 0, 2)


@case
def flat_output(name):
    """Time first, and an output of all steps of a row side by side."""
    graph = Graph(name)
    x = graph.input("x", [6, "batch", 3])
    y = graph.transpose(graph.squeeze(graph.rnn("LSTM", x, 3, 4)[0], 1), 1, 0, 2)
    graph.output(graph.node("Reshape", y, graph.ints(0, -1)))
    graph.save(name)


@case
def flat_output_features_first(name):
    graph = Graph(name)
    x = graph.input("x", [6, "batch", 3])
    y = graph.transpose(graph.squeeze(graph.rnn("LSTM", x, 3, 4)[0], 1), 1, 2, 0)
    graph.output(graph.node("Flatten", y))
    graph.save(name)


@case
def input_less_its_last_step(name):
    graph = Graph(name)
    x = graph.input("x", ["batch", "time", 3])
    last = graph.slice(x, -1, BIG, 1)
    y = layer(graph, graph.node("Sub", x, last), 3, 4)
    graph.output(graph.node("Add", graph.dense(y, 4, 3), last))
    graph.save(name)


@case
def input_without_its_first_step(name):
    graph = Graph(name)
    x = graph.input("x", ["batch", "time", 3])
    graph.output(layer(graph, graph.slice(x, 1, BIG, 1), 3, 4))
    graph.save(name)


@case
def input_of_every_second_step(name):
    graph = Graph(name)
    x = graph.input("x", ["batch", "time", 3])
    graph.output(layer(graph, graph.slice(x, 0, BIG, 1, 2), 3, 4, "LSTM"))
    graph.save(name)


@case
def last_step_in_front_of_a_layer(name):
    """A decoder of one step, which reads the last step of the input."""
    graph = Graph(name)
    x = graph.input("x", ["batch", "time", 3])
    last = graph.node("Gather", x, graph.constant(-1, numpy.int64), axis=1)
    one = graph.node("Gather", layer(graph, graph.unsqueeze(last, 1), 3, 4), graph.constant(0, numpy.int64), axis=1)
    whole = graph.node("Gather", layer(graph, x, 3, 4), graph.constant(-1, numpy.int64), axis=1)
    graph.output(graph.node("Add", one, whole))
    graph.save(name)


@case
def residual_around_a_convolution(name):
    graph = Graph(name)
    x = graph.input("x", ["batch", 3, "time"])
    y = graph.node("Relu", graph.node("Conv", x, graph.weights(3, 3, 3), graph.weights(3), pads=[1, 1]))
    graph.output(layer(graph, graph.transpose(graph.node("Add", x, y), 0, 2, 1), 3, 4))
    graph.save(name)


@case
def row_beside_every_step(name):
    """A row, expanded to the steps of an input by its shape, beside the input."""
    graph = Graph(name)
    x = graph.input("x", ["batch", "time", 3])
    z = graph.input("z", ["batch", 2])
    shape = graph.node("Concat", graph.ints(-1), graph.dim(x, 1), graph.ints(-1), axis=0)
    asked = graph.node("Where", graph.node("Equal", shape, graph.ints(-1, -1, -1)), graph.ints(1, 1, 1), shape)
    row = graph.node("Expand", graph.unsqueeze(z, 1), asked)
    graph.output(layer(graph, graph.node("Concat", x, row, axis=2), 5, 4))
    graph.save(name)


@case
def row_added_to_every_step(name):
    graph = Graph(name)
    x = graph.input("x", ["batch", "time", 3])
    z = graph.input("z", ["batch", 2])
    y = graph.node("Add", layer(graph, x, 3, 4), graph.unsqueeze(graph.dense(z, 2, 4), 1))
    graph.output(layer(graph, y, 4, 2))
    graph.save(name)


def sorted_rows(name, direction="forward"):
    """pack_padded_sequence with enforce_sorted=False, as PyTorch exports it."""
    graph = Graph(name)
    x = graph.input("x", ["batch", "time", 3])
    lengths = graph.input("lengths", ["batch"], [4, 6, 2], INT64)
    count = graph.node("Gather", graph.node("Shape", lengths), graph.ints(-1))
    values, order = graph.node("TopK", lengths, count, outputs=2, axis=-1)
    order = graph.node("Cast", order, to=INT64)
    packed = graph.transpose(graph.node("Gather", x, order, axis=0), 1, 0, 2)
    rows = graph.node("Cast", graph.node("ReduceProd", graph.node("Shape", order), keepdims=0), to=INT64)
    numbers = graph.node("Range", graph.constant(0, numpy.int64), rows, graph.constant(1, numpy.int64))
    empty = graph.node("ConstantOfShape", graph.node("Shape", order), value=helper.make_tensor("value", INT64, [1], [0]))
    back = graph.node("ScatterElements", empty, order, numbers, axis=0)
    y, h, _ = graph.rnn("LSTM", packed, 3, 4, direction=direction, lengths=graph.node("Cast", values, to=INT32))
    y = graph.node("Reshape", graph.transpose(y, 0, 2, 1, 3), graph.ints(0, 0, -1))
    y = graph.node("Gather", graph.transpose(y, 1, 0, 2), back, axis=0)
    state = graph.node("Gather", graph.node("Gather", h, back, axis=1), graph.constant(-1, numpy.int64), axis=0)
    graph.output(y, graph.dense(state, 4, 2))
    return graph


@case
def rows_sorted_by_length(name):
    sorted_rows(name).save(name)


@case
def rows_sorted_by_length_both_directions(name):
    sorted_rows(name, "bidirectional").save(name)


@case
def refused_rows_left_sorted(name):
    graph = Graph(name)
    x = graph.input("x", ["batch", "time", 3])
    lengths = graph.input("lengths", ["batch"], [4, 6, 2], INT64)
    values, order = graph.node("TopK", lengths, graph.dim(lengths, 0), outputs=2)
    packed = graph.transpose(graph.node("Gather", x, order, axis=0), 1, 0, 2)
    y = graph.rnn("GRU", packed, 3, 4, lengths=graph.node("Cast", values, to=INT32))[0]
    graph.output(graph.squeeze(y, 1))
    graph.save(name, refused="order of their lengths")


@case
def lengths_gather_nd(name):
    """The step at lengths - 1 by GatherND, with the rows as its batch."""
    graph = Graph(name)
    x = graph.input("x", ["batch", "time", 3])
    lengths = graph.input("lengths", ["batch"], [4, 6, 2], INT64)
    index = graph.unsqueeze(graph.node("Sub", lengths, graph.constant(1, numpy.int64)), 1)
    graph.output(graph.dense(graph.node("GatherND", layer(graph, x, 3, 4), index, batch_dims=1), 4, 2))
    graph.save(name)


@case
def lengths_gather_nd_places(name):
    """The same with the number of each row beside the index, as tf.gather_nd has it."""
    graph = Graph(name)
    x = graph.input("x", ["batch", "time", 3])
    lengths = graph.input("lengths", ["batch"], [4, 6, 2], INT32)
    index = graph.unsqueeze(graph.node("Sub", lengths, graph.constant(1, numpy.int32)), 1)
    rows = graph.node("Cast", graph.squeeze(graph.dim(x, 0), 0), to=INT32)
    numbers = graph.node("Range", graph.constant(0, numpy.int32), rows, graph.constant(1, numpy.int32))
    places = graph.node("Concat", graph.unsqueeze(numbers, 1), index, axis=1)
    picked = graph.node("GatherND", layer(graph, x, 3, 4, "LSTM"), graph.node("Cast", places, to=INT64))
    graph.output(graph.dense(picked, 4, 2))
    graph.save(name)


def scan(name, cell, **attributes):
    """A Scan whose body is a simple RNN or a GRU that resets after the product."""
    graph = Graph(name)
    x = graph.input("x", ["batch", "time", 3])
    state = graph.node("Expand", graph.constant(0, numpy.float32), graph.node("Concat", graph.dim(x, 0), graph.ints(4), axis=0))
    body = Scope(graph.random, graph.opset, prefix="body/")
    inputs = [helper.make_tensor_value_info(value, FLOAT, shape) for value, shape in (("body/h", ["rows", 4]), ("body/x", ["rows", 3]))]
    h, xt = "body/h", "body/x"
    if cell == "rnn":
        new = body.node("Tanh", body.node("Add", graph_dense(body, xt, 3, 4), body.node("MatMul", h, body.weights(4, 4))))
    else:
        gates, rest = body.split(graph_dense(body, xt, 3, 12), [8, 4], 1)
        product = body.node("Add", body.node("MatMul", h, body.weights(4, 12)), body.weights(12))
        recurrent, last = body.split(product, [8, 4], 1)
        z, r = body.split(body.node("Sigmoid", body.node("Add", gates, recurrent)), [4, 4], 1)
        candidate = body.node("Tanh", body.node("Add", rest, body.node("Mul", r, last)))
        kept = body.node("Sub", body.constant(1, numpy.float32), z)
        new = body.node("Add", body.node("Mul", z, h), body.node("Mul", kept, candidate))
    result, collected = body.node("Identity", new), body.node("Identity", new)
    outputs = [helper.make_tensor_value_info(value, FLOAT, ["rows", 4]) for value in (result, collected)]
    graph_body = helper.make_graph(body.nodes, "body", inputs, outputs, body.constants)
    swapped = "scan_input_axes" in attributes
    sequence = x if swapped else graph.transpose(x, 1, 0, 2)
    final, y = graph.node("Scan", state, sequence, outputs=2, body=graph_body, num_scan_inputs=1, **attributes)
    graph.output(y if swapped else graph.transpose(y, 1, 0, 2), graph.dense(final, 4, 2))
    return graph


def graph_dense(scope, x, inputs, outputs):
    return scope.node("Add", scope.node("MatMul", x, scope.weights(inputs, outputs)), scope.weights(outputs))


@case
def scan_simple_rnn(name):
    scan(name, "rnn").save(name)


@case
def scan_gru_batch_first(name):
    scan(name, "gru", scan_input_axes=[1], scan_output_axes=[1]).save(name)


@case
def refused_scan_backwards(name):
    scan(name, "rnn", scan_input_directions=[1], scan_output_directions=[1]).save(name, refused="Scan")


@case
def functions_of_the_file(name):
    """A dense layer and one behind another as functions of the file, with an attribute and a default, as newer exporters write."""
    graph = Graph(name, opset=18)
    x = graph.input("x", ["batch", "time", 3])
    y = layer(graph, x, 3, 4, "LSTM")
    sets = [helper.make_opsetid("", 18), helper.make_opsetid("pkg", 1)]
    scaled = helper.make_node("LeakyRelu", ["sum"], ["out"])
    scaled.attribute.append(helper.make_attribute("alpha", 0.5))
    scaled.attribute[0].CopyFrom(reference("alpha", "slope"))
    dense = helper.make_function(
        "pkg", "dense", ["x", "w", "b"], ["out"],
        [helper.make_node("MatMul", ["x", "w"], ["product"]), helper.make_node("Add", ["product", "b"], ["sum"]), scaled], sets, ["slope"])
    both = helper.make_function(
        "pkg", "both", ["x", "w", "b"], ["out"],
        [helper.make_node("dense", ["x", "w", "b"], ["sum"], domain="pkg", slope=0.25),
         helper.make_node("Tanh", ["sum"], ["out"])], sets)
    graph.functions = [dense, both]
    z = graph.node("both", y, graph.weights(4, 4), graph.weights(4), domain="pkg")
    graph.output(graph.node("dense", z, graph.weights(4, 2), graph.weights(2), domain="pkg", slope=0.125))
    graph.save(name)


def reference(name, of):
    attribute = helper.make_attribute(name, 0.0)
    attribute.ClearField("f")
    attribute.ref_attr_name = of
    return attribute


@case
def decoder_of_an_encoder(name):
    graph = Graph(name)
    x = graph.input("x", ["batch", "time", 3])
    xt = graph.transpose(x, 1, 0, 2)
    state = graph.rnn("GRU", xt, 3, 4)[1]
    graph.output(graph.squeeze(graph.rnn("GRU", xt, 3, 4, state)[0], 1))
    graph.save(name)


@case
def refused_cell_step_by_step(name):
    """An RNNCell in a loop of Python, of two steps."""
    graph = Graph(name)
    x = graph.input("x", ["batch", 2, 3])
    state = graph.node("Expand", graph.constant(0, numpy.float32), graph.node("Concat", graph.dim(x, 0), graph.ints(4), axis=0))
    inputs, recurrent, bias = graph.weights(4, 3), graph.weights(4, 4), graph.weights(4)
    for step in range(2):
        xt = graph.node("Gather", x, graph.constant(step, numpy.int64), axis=1)
        product = graph.node("Gemm", state, recurrent, bias, transB=1)
        state = graph.node("Tanh", graph.node("Add", product, graph.node("Gemm", xt, inputs, bias, transB=1)))
    graph.output(state)
    graph.save(name, refused="step by step")


if __name__ == "__main__":
    files.main()
