#!/usr/bin/env python3
"""Writes onnx-exports/: models exported by PyTorch, and graphs as tf2onnx and newer exporters write them, with an input
and the outputs that PyTorch computes. Needs Debian's python3-torch (1.13) and python3-onnx; nothing else reads them.

A case NAME is NAME.onnx and NAME.safetensors with in.<name> and out.<name> (float32, or int64 for indices).
"""

import itertools
import json
import os
import struct
import warnings

import numpy
import onnx
import onnx.helper
import onnx.numpy_helper
import torch
from torch import nn

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "onnx-exports")
INPUT, HIDDEN, BATCH, TIME, WORDS = 3, 4, 2, 5, 7


def write_tensors(name, tensors):
    header, data = {}, b""
    for key, value in tensors.items():
        value = numpy.ascontiguousarray(value)
        kind = {"float32": "F32", "int64": "I64"}[str(value.dtype)]
        header[key] = {"dtype": kind, "shape": list(value.shape), "data_offsets": [len(data), len(data) + value.nbytes]}
        data += value.tobytes()
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(os.path.join(FOLDER, name + ".safetensors"), "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + data)


def flat(outputs):
    if isinstance(outputs, torch.Tensor):
        return [outputs]
    return [tensor for item in outputs for tensor in flat(item)]


class Model(nn.Module):
    """A recurrent module with what stands around it in `head`."""

    def __init__(self, kind, layers=1, bidirectional=False, batch_first=False, head="none", embedding=False, **more):
        super().__init__()
        self.embedding = nn.Embedding(WORDS, INPUT) if embedding else None
        self.core = getattr(nn, kind)(INPUT, HIDDEN, layers, bidirectional=bidirectional, batch_first=batch_first, **more)
        width = HIDDEN * (2 if bidirectional else 1)
        self.linear = nn.Linear(width, 2)
        self.second = nn.Linear(2, 2)
        self.residual = nn.Linear(width, INPUT)
        self.one = nn.Linear(width, 1)
        self.norm = nn.BatchNorm1d(width)
        self.norm.running_mean.uniform_(-1, 1)
        self.norm.running_var.uniform_(0.5, 2)
        self.batch_first, self.head = batch_first, head

    def forward(self, x, *states):
        if self.embedding is not None:
            x = self.embedding(x)
        if states:
            y, h = self.core(x, states[0] if len(states) == 1 else tuple(states))
        else:
            y, h = self.core(x)
        final = h[0] if isinstance(h, tuple) else h
        last = y[:, -1] if self.batch_first else y[-1]
        head = self.head
        if head == "all":
            return self.linear(y)
        if head == "relu":
            return self.second(torch.relu(self.linear(y)))
        if head == "softmax":
            return torch.softmax(self.linear(y), -1)
        if head == "scaled":
            return torch.tanh(self.linear(y * 0.5 + 0.25)) / 2 - 1
        if head == "residual":
            return x + self.residual(y)
        if head == "first feature":
            return self.one(y) + x[..., 0:1]
        if head == "last":
            return self.linear(last)
        if head == "last state":
            return self.linear(final[-1])
        if head == "both states":
            return self.linear(torch.cat([final[-2], final[-1]], 1))
        if head == "norm":
            return self.linear(self.norm(last))
        if head == "norm of steps":
            return self.linear(self.norm(y.transpose(1, 2)).transpose(1, 2))
        if head == "activations":
            return nn.functional.elu(nn.functional.leaky_relu(torch.sigmoid(self.linear(y)), 0.2)) * 3
        if head == "sequence":
            return y
        return y, h


class Two(nn.Module):
    """Two recurrent modules of different kinds with dropout between them."""

    def __init__(self):
        super().__init__()
        self.first = nn.GRU(INPUT, HIDDEN, batch_first=True, bidirectional=True)
        self.between = nn.Sequential(nn.Dropout(0.3), nn.Linear(2 * HIDDEN, INPUT), nn.Hardsigmoid())
        self.second = nn.LSTM(INPUT, HIDDEN, batch_first=True)
        self.last = nn.Linear(HIDDEN, 1)

    def forward(self, x):
        y, _ = self.first(x)
        y, _ = self.second(self.between(y))
        return self.last(y[:, -1, :])


class Trained(nn.Module):
    """Initial states that are parameters, brought to the length of the batch in both ways that people use."""

    def __init__(self):
        super().__init__()
        self.batch_first = True
        self.core = nn.LSTM(INPUT, HIDDEN, 2, batch_first=True, bidirectional=True)
        self.hidden = nn.Parameter(torch.zeros(4, 1, HIDDEN))
        self.cell = nn.Parameter(torch.zeros(4, 1, HIDDEN))

    def forward(self, x):
        batch = x.shape[0]
        return self.core(x, (self.hidden.expand(-1, batch, -1).contiguous(), self.cell.repeat(1, batch, 1)))[0]


def export(name, model, inputs, names, opset, dynamic=True, folding=True):
    torch.manual_seed(1)
    for parameter in model.parameters():
        nn.init.uniform_(parameter, -0.8, 0.8)
    model.eval()
    batch_first = not hasattr(model, "batch_first") or model.batch_first
    axes = {names[0]: {0: "batch", 1: "time"} if batch_first else {0: "time", 1: "batch"}}
    axes |= {state: {1: "batch"} for state in names[1:]}
    with torch.no_grad():
        outputs = flat(model(*inputs))
        results = [f"out{i}" for i in range(len(outputs))]
        torch.onnx.export(
            model, tuple(inputs), os.path.join(FOLDER, name + ".onnx"), input_names=names, output_names=results,
            opset_version=opset, dynamic_axes=axes if dynamic else None, do_constant_folding=folding)
        if dynamic:
            # Other sizes than those of the export.
            inputs = [torch.cat([tensor, tensor.roll(1, 0)], 1) for tensor in inputs]
            if batch_first:
                inputs = [torch.cat([inputs[0][:, :1], inputs[0].flip(0)], 1)] + inputs[1:]
                inputs[0] = inputs[0][:1].repeat(inputs[1].shape[1] if len(inputs) > 1 else 3, *[1] * (inputs[0].dim() - 1))
            elif len(inputs) > 1:
                inputs[0] = inputs[0][:3]
            outputs = flat(model(*inputs))
    tensors = {f"in.{key}": value.numpy() for key, value in zip(names, inputs)}
    tensors |= {f"out.{key}": value.numpy() for key, value in zip(results, outputs)}
    write_tensors(name, tensors)


def sequences(batch_first):
    torch.manual_seed(2)
    return torch.randn(*((BATCH, TIME) if batch_first else (TIME, BATCH)), INPUT)


def export_all():
    opset = itertools.cycle(range(9, 17))
    for kind, layers, bidirectional, batch_first in itertools.product(
            ("RNN", "LSTM", "GRU"), (1, 2), (False, True), (False, True)):
        number = next(opset)
        name = f"{kind.lower()}{layers}{'_bi' if bidirectional else ''}{'_batch' if batch_first else ''}"
        export(name, Model(kind, layers, bidirectional, batch_first), [sequences(batch_first)], ["x"], number,
               folding=number % 2 == 0, dynamic=number % 3 != 0)
    heads = ["all", "relu", "softmax", "scaled", "residual", "first feature", "last", "last state", "norm",
             "norm of steps", "activations"]
    for head, kind in itertools.product(heads, ("LSTM", "GRU")):
        number = next(opset)
        batch_first = head == "norm of steps" or number % 2 == 0
        export(f"{kind.lower()}_{head.replace(' ', '_')}", Model(kind, 1, False, batch_first, head),
               [sequences(batch_first)], ["x"], number, folding=number % 3 != 0)
    for head in ("all", "both states", "last", "residual"):
        export(f"gru2_bi_{head.replace(' ', '_')}", Model("GRU", 2, True, True, head), [sequences(True)], ["x"], next(opset))
    export("rnn_relu", Model("RNN", 2, True, False, "all", nonlinearity="relu"), [sequences(False)], ["x"], 14)
    export("lstm_without_bias", Model("LSTM", 1, False, False, "all", bias=False), [sequences(False)], ["x"], 13)
    for batch_first, head in itertools.product((False, True), ("all", "last")):
        words = torch.randint(0, WORDS, (BATCH, TIME) if batch_first else (TIME, BATCH))
        export(f"embedding_{head}{'_batch' if batch_first else ''}",
               Model("LSTM", 2, False, batch_first, head, True), [words], ["x"], next(opset))
    torch.manual_seed(3)
    for layers, bidirectional in ((1, False), (2, False), (2, True)):
        rows = layers * (2 if bidirectional else 1)
        states = [torch.randn(rows, BATCH, HIDDEN) for _ in range(2)]
        name = f"states_{layers}{'_bi' if bidirectional else ''}"
        export(f"lstm_{name}", Model("LSTM", layers, bidirectional), [sequences(False)] + states, ["x", "h0", "c0"], 14)
        export(f"gru_{name}", Model("GRU", layers, bidirectional, True), [sequences(True)] + states[:1], ["x", "h0"], 12)
    for number in (9, 14):
        export(f"lstm_trained_states_{number}", Trained(), [sequences(True)], ["x"], number)
    export("two_modules", Two(), [sequences(True)], ["x"], 15)


if __name__ == "__main__":
    warnings.filterwarnings("ignore")
    os.makedirs(FOLDER, exist_ok=True)
    export_all()
