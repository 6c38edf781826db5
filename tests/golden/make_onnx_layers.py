#!/usr/bin/env python3
"""Writes onnx-layers/: ONNX files with the layers that stand around recurrent ones, as exporters write them. Each is a
folder with model.onnx, case.json (docs/import.md), inputs and outputs.

What PyTorch exports is computed by PyTorch; graphs that are written node by node, as tf2onnx and the newer exporters do,
by ONNX Runtime. Needs Debian's python3-torch (1.13) and python3-onnx, and npm's onnxruntime-node: see the README there.

    ./make_onnx_layers.py [FOLDER [SEED]]
"""

import json
import os
import shutil
import subprocess
import sys
import warnings

import numpy
import onnx
import onnx.helper
import onnx.numpy_helper
import torch
from torch import nn
from torch.nn import functional

HERE = os.path.dirname(os.path.abspath(__file__))
FOLDER = os.path.abspath(sys.argv[1]) if len(sys.argv) > 1 else os.path.join(HERE, "onnx-layers")
SEED = int(sys.argv[2]) if len(sys.argv) > 2 else 0
BATCH, INPUT, HIDDEN = 3, 4, 6
COMPUTED = []


def new_folder(name):
    # Every case has random numbers of its own, so that adding one leaves the others as they are.
    torch.manual_seed(sum(name.encode()) + 1000 * SEED)
    numpy.random.seed(sum(name.encode()) + 1000 * SEED)
    path = os.path.join(FOLDER, name)
    os.makedirs(path)
    return path


def write_case(path, inputs, outputs, refused=None):
    """Writes case.json and the arrays that are there; others are computed afterwards."""
    case = {"model": "model.onnx"}
    for name, value in inputs.items():
        numpy.save(os.path.join(path, f"in.{name}.npy"), value)
    if refused:
        case["refused"] = refused
    else:
        case["tolerance"] = 1e-5
        case["inputs"] = {name: f"in.{name}.npy" for name in inputs}
        case["outputs"] = {name: f"out.{name}.npy" for name in outputs}
    for name, value in outputs.items():
        if value is None:
            COMPUTED.append(path)
        else:
            numpy.save(os.path.join(path, f"out.{name}.npy"), value)
    with open(os.path.join(path, "case.json"), "w") as file:
        json.dump(case, file, indent=1)
        file.write("\n")


# What PyTorch exports.


class Chomp(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.size = size

    def forward(self, x):
        return x[:, :, :-self.size]


class Left(nn.Module):
    """Zeros before the first step."""

    def __init__(self, size):
        super().__init__()
        self.size = size

    def forward(self, x):
        return functional.pad(x, (self.size, 0))


class Front(nn.Module):
    """Layers over [batch, features, time], a recurrent module, its last step or all of them, and a head."""

    def __init__(self, front, width, core="LSTM", steps=False, transposed=True):
        super().__init__()
        self.front = front
        self.core = getattr(nn, core)(width, HIDDEN, batch_first=True)
        self.head = nn.Linear(HIDDEN, 2)
        self.steps, self.transposed = steps, transposed

    def forward(self, x):
        x = self.front(x.transpose(1, 2) if self.transposed else x).transpose(1, 2)
        y, _ = self.core(x)
        return self.head(y if self.steps else y[:, -1])


class Behind(nn.Module):
    """A recurrent module and what is made of its steps."""

    def __init__(self, head, core="GRU", bidirectional=False, batch_first=True):
        super().__init__()
        self.core = getattr(nn, core)(INPUT, HIDDEN, batch_first=batch_first, bidirectional=bidirectional)
        self.head = head

    def forward(self, x):
        return self.head(self.core(x)[0])


class Apply(nn.Module):
    def __init__(self, function, **modules):
        super().__init__()
        self.function = function
        for name, module in modules.items():
            self.add_module(name, module)

    def forward(self, x):
        return self.function(self, x)


class Block(nn.Module):
    """A block of a temporal convolutional network: two convolutions that are cut at their ends, and a connection around."""

    def __init__(self, inputs, outputs, kernel, dilation, last_first=False):
        super().__init__()
        pad = (kernel - 1) * dilation
        steps = [nn.Conv1d(inputs, outputs, kernel, padding=pad, dilation=dilation), Chomp(pad), nn.ReLU(), nn.Dropout(0.2),
                 nn.Conv1d(outputs, outputs, kernel, padding=pad, dilation=dilation), Chomp(pad), nn.ReLU()]
        if last_first:
            steps[1:3] = [nn.BatchNorm1d(outputs), nn.ReLU(), Chomp(pad)]
        self.net = nn.Sequential(*steps)
        self.down = nn.Conv1d(inputs, outputs, 1) if inputs != outputs else None

    def forward(self, x):
        return torch.relu(self.net(x) + (x if self.down is None else self.down(x)))


class Gated(nn.Module):
    """Dilated causal convolutions with gates, as WaveNet has them."""

    def __init__(self):
        super().__init__()
        self.start = nn.Conv1d(INPUT, 5, 1)
        self.filters = nn.ModuleList(nn.Conv1d(5, 10, 2, dilation=2 ** i) for i in range(3))
        self.mixes = nn.ModuleList(nn.Conv1d(5, 5, 1) for _ in range(3))
        self.end = nn.Conv1d(5, 2, 1)

    def forward(self, x):
        x, total = self.start(x.transpose(1, 2)), 0
        for i, (pair, mix) in enumerate(zip(self.filters, self.mixes)):
            left, right = pair(functional.pad(x, (2 ** i, 0))).chunk(2, 1)
            z = torch.tanh(left) * torch.sigmoid(right)
            total = total + z
            x = x + mix(z)
        return self.end(torch.relu(total)).transpose(1, 2)


def attention(score, kind):
    """Pooling by the softmax of scores, in the ways that people write it."""
    def pool(self, h):
        s = score(self, h)
        if kind == "sum":
            return self.fc((torch.softmax(s, 1) * h).sum(1))
        if kind == "squeezed":
            return self.fc((torch.softmax(s.squeeze(-1), -1).unsqueeze(-1) * h).sum(dim=1))
        if kind == "bmm":
            return self.fc(torch.bmm(torch.softmax(s, 1).transpose(1, 2), h).squeeze(1))
        if kind == "bmm squeezed":
            return self.fc(torch.bmm(torch.softmax(s.squeeze(2), 1).unsqueeze(1), h).squeeze(1))
        return self.fc(torch.bmm(h.transpose(1, 2), torch.softmax(s, dim=1)).squeeze(2))
    return pool


def torch_models():
    linear = nn.Linear
    conv = nn.Conv1d
    fronts = {
        "conv-same-relu": ([conv(INPUT, 5, 3, padding=1), nn.ReLU()], 5, {}),
        "conv-valid": ([conv(INPUT, 5, 4), nn.Tanh()], 5, {"core": "GRU"}),
        "conv-stride-without-bias": ([conv(INPUT, 5, 3, stride=2, padding=1, bias=False), nn.ReLU()], 5, {"core": "RNN"}),
        "conv-dilated-groups": ([conv(INPUT, 6, 3, dilation=2, groups=2, padding=2), nn.LeakyReLU(0.2)], 6, {"steps": True}),
        "conv-depthwise-separable": ([conv(INPUT, INPUT, 3, padding=1, groups=INPUT), conv(INPUT, 5, 1), nn.ReLU()], 5, {}),
        "conv-causal": ([Left(4), conv(INPUT, 5, 3, dilation=2), nn.ReLU()], 5, {"steps": True, "core": "GRU"}),
        "conv-constant-pad": ([nn.ConstantPad1d((2, 1), 0.0), conv(INPUT, 5, 4)], 5, {"steps": True}),
        "conv-batch-norm": ([conv(INPUT, 5, 3, padding=1), nn.BatchNorm1d(5), nn.ReLU(), conv(5, 4, 3, padding=1)], 4, {}),
        "conv-max-pool": ([conv(INPUT, 5, 3, padding=1), nn.ReLU(), nn.MaxPool1d(2)], 5, {}),
        "conv-max-pool-padded": ([conv(INPUT, 5, 3), nn.MaxPool1d(3, stride=2, padding=1)], 5, {"steps": True}),
        "max-pool-dilated": ([nn.MaxPool1d(2, stride=1, dilation=3)], INPUT, {"core": "GRU"}),
        "max-pool-ceil": ([nn.MaxPool1d(3, stride=2, ceil_mode=True)], INPUT, {"steps": True}),
        "average-pool": ([nn.AvgPool1d(3, stride=2)], INPUT, {}),
        "average-pool-padded": ([nn.AvgPool1d(3, stride=1, padding=1)], INPUT, {"steps": True}),
        "average-pool-not-counted": ([nn.AvgPool1d(4, stride=2, padding=2, count_include_pad=False)], INPUT, {}),
        "conv-features-first-input": ([conv(INPUT, 5, 3, padding=1), nn.ReLU()], 5, {"transposed": False}),
        "temporal-blocks": ([Block(INPUT, 5, 3, 1), Block(5, 5, 3, 2)], 5, {"steps": True, "core": "GRU"}),
        "temporal-block-cut-last": ([Block(INPUT, 5, 2, 2, last_first=True)], 5, {}),
        "conv-glu": ([conv(INPUT, 8, 3, padding=1), nn.GLU(1)], 4, {}),
        "conv-prelu": ([conv(INPUT, 5, 3, padding=1), nn.PReLU(5)], 5, {}),
        "conv-elu-two-pools": ([conv(INPUT, 6, 3), nn.ELU(), nn.MaxPool1d(2), conv(6, 5, 2), nn.AvgPool1d(2, 1)], 5, {}),
        "squeeze-and-excite": ([conv(INPUT, 5, 3, padding=1), Apply(
            lambda m, x: x * torch.sigmoid(m.b(torch.relu(m.a(x.mean(2))))).unsqueeze(2), a=linear(5, 2), b=linear(2, 5))], 5, {}),
    }
    for name, (layers, width, more) in fronts.items():
        yield name, Front(nn.Sequential(*layers), width, **more), {}
    yield "gated-convolutions", Gated(), {}
    yield "conv-only", nn.Sequential(Apply(lambda m, x: x.transpose(1, 2)), conv(INPUT, 5, 3), nn.ReLU(), Apply(
        lambda m, x: x.mean(-1)), linear(5, 2)), {}
    yield "conv-flatten-dense", Apply(
        lambda m, x: m.b(torch.relu(m.a(torch.relu(m.c(x.transpose(1, 2))).flatten(1)))), c=conv(INPUT, 5, 3), a=linear(40, 6), b=linear(6, 2)), {"fixed": True}
    yield "conv-flatten-concat", Apply(
        lambda m, x: m.a(torch.cat([m.c(x.transpose(1, 2)).flatten(1), m.g(x)[0][:, -1]], 1)),
        c=conv(INPUT, 3, 3), g=nn.GRU(INPUT, HIDDEN, batch_first=True), a=linear(30, 2)), {"fixed": True}
    yield "flatten-dense", Behind(Apply(lambda m, h: m.fc(h.reshape(h.shape[0], -1)), fc=linear(10 * HIDDEN, 3))), {"fixed": True}
    yield "flatten-dense-both-directions", Behind(
        nn.Sequential(nn.Flatten(), linear(20 * HIDDEN, 5), nn.ReLU(), linear(5, 1)), bidirectional=True), {"fixed": True}
    scores = {"linear": (lambda m, h: m.a(h), {"a": linear(HIDDEN, 1)}),
              "tanh": (lambda m, h: m.b(torch.tanh(m.a(h))), {"a": linear(HIDDEN, 5), "b": linear(5, 1, bias=False)})}
    for (name, (score, modules)), kind in zip(2 * list(scores.items()) + list(scores.items())[:1],
                                              ("sum", "squeezed", "bmm", "bmm squeezed", "right")):
        yield f"attention-{name}-{kind.replace(' ', '-')}", Behind(
            Apply(attention(score, kind), fc=linear(HIDDEN, 2), **modules), core="LSTM"), {}
    yield "attention-per-feature", Behind(Apply(lambda m, h: (torch.softmax(m.a(h), 1) * h).sum(1), a=linear(HIDDEN, HIDDEN))), {}
    yield "attention-of-last-step", Behind(Apply(lambda m, h: m.fc(torch.bmm(
        torch.softmax(torch.bmm(h, h[:, -1].unsqueeze(2)).squeeze(2), 1).unsqueeze(1), h).squeeze(1)), fc=linear(HIDDEN, 2))), {}
    yield "attention-added-last-step", Behind(Apply(
        lambda m, h: (torch.softmax(m.v(torch.tanh(m.a(h) + m.b(h[:, -1:]))), 1) * h).sum(1),
        a=linear(HIDDEN, 5), b=linear(HIDDEN, 5), v=linear(5, 1))), {}
    yield "attention-both-directions", Behind(
        Apply(attention(lambda m, h: m.a(h), "sum"), a=linear(2 * HIDDEN, 1), fc=linear(2 * HIDDEN, 2)), bidirectional=True), {}
    yield "mean-over-time", Behind(Apply(lambda m, h: m.fc(h.mean(1)), fc=linear(HIDDEN, 2)), core="LSTM"), {}
    yield "max-over-time", Behind(Apply(lambda m, h: m.fc(h.max(1)[0]), fc=linear(HIDDEN, 2))), {}
    yield "mean-max-and-last", Behind(Apply(lambda m, h: m.fc(torch.cat([h.mean(dim=1), torch.amax(h, 1), h[:, -1]], -1)),
                                            fc=linear(6 * HIDDEN, 2)), bidirectional=True), {}
    yield "adaptive-pools", Behind(Apply(lambda m, h: m.fc(torch.cat([
        functional.adaptive_avg_pool1d(h.transpose(1, 2), 1).squeeze(2),
        functional.adaptive_max_pool1d(h.permute(0, 2, 1), 1).view(h.shape[0], -1)], 1)), fc=linear(2 * HIDDEN, 2))), {}
    yield "mean-over-time-first", Behind(Apply(lambda m, h: h.mean(0)), batch_first=False), {"time_first": True}
    yield "sum-by-number-of-steps", Behind(Apply(lambda m, h: m.fc(h.sum(1) / h.shape[1]), fc=linear(HIDDEN, 2))), {}
    yield "conv-cut-by-length", nn.Sequential(Apply(
        lambda m, x: (lambda y: y[:, :, :y.shape[2] - 2])(m.c(x.transpose(1, 2))).transpose(1, 2), c=conv(INPUT, 5, 3, padding=2)), nn.ReLU()), {}
    yield "sum-over-fixed-time", Behind(Apply(lambda m, h: h.sum(1))), {"fixed": True}
    yield "layer-norm", Behind(nn.Sequential(nn.LayerNorm(HIDDEN), linear(HIDDEN, 2))), {}
    yield "layer-norm-plain", Behind(nn.LayerNorm(HIDDEN, eps=1e-3, elementwise_affine=False)), {}
    yield "layer-norm-of-input", nn.Sequential(nn.LayerNorm(INPUT), Behind(nn.Identity())), {}
    yield "layer-norm-of-last", Behind(Apply(lambda m, h: m.fc(m.n(h[:, -1])), n=nn.LayerNorm(HIDDEN), fc=linear(HIDDEN, 2))), {}
    yield "layer-norm-both-directions", Behind(nn.Sequential(nn.LayerNorm(2 * HIDDEN), linear(2 * HIDDEN, 1)), bidirectional=True), {}
    yield "layer-norm-residual", Behind(Apply(
        lambda m, h: m.n(h + m.b(torch.relu(m.a(m.n2(h))))), n=nn.LayerNorm(HIDDEN), n2=nn.LayerNorm(HIDDEN), a=linear(HIDDEN, 9), b=linear(9, HIDDEN))), {}
    yield "log-softmax", Behind(nn.Sequential(linear(HIDDEN, 5), nn.LogSoftmax(-1))), {}
    yield "log-softmax-of-last", Behind(Apply(lambda m, h: torch.log_softmax(m.fc(h[:, -1]), 1), fc=linear(HIDDEN, 5))), {}
    yield "log-of-softmax", Behind(Apply(lambda m, h: torch.log(torch.softmax(m.fc(h[:, -1]), 1)), fc=linear(HIDDEN, 5))), {}
    functions = {
        "silu": nn.SiLU(), "selu": nn.SELU(), "celu": nn.CELU(0.7), "hardswish": nn.Hardswish(), "mish": nn.Mish(),
        "softsign": nn.Softsign(), "prelu": nn.PReLU(), "prelu-per-feature": Apply(lambda m, h: m.p(h.transpose(1, 2)).transpose(1, 2), p=nn.PReLU(5)),
        "relu6": nn.ReLU6(), "hardtanh": nn.Hardtanh(-0.3, 0.4), "gelu-tanh": nn.GELU(approximate="tanh"), "gelu": nn.GELU(), "hardsigmoid": nn.Hardsigmoid(),
        "clamp": Apply(lambda m, h: h.clamp(min=-0.2)), "clamp-max": Apply(lambda m, h: h.clamp(max=0.1)),
        "square": Apply(lambda m, h: h ** 2 + h.abs()),
    }
    for name, function in functions.items():
        yield f"function-{name}", Behind(nn.Sequential(linear(HIDDEN, 5), function, linear(5, 2))), {}
    yield "mask-of-steps", Behind(Apply(lambda m, h: h * torch.sigmoid(m.a(h)), a=linear(HIDDEN, 1))), {}
    yield "gate-of-row", Behind(Apply(lambda m, h: h * torch.sigmoid(m.a(h.mean(1, keepdim=True))), a=linear(HIDDEN, HIDDEN))), {}
    yield "forecast", Behind(Apply(lambda m, h: m.fc(h[:, -1]).view(-1, 5, 2), fc=linear(HIDDEN, 10))), {}
    yield "forecast-of-batch", Behind(Apply(lambda m, h: m.fc(h[:, -1]).view(h.size(0), 5, 2), fc=linear(HIDDEN, 10))), {}
    yield "forecast-without-features", Behind(Apply(lambda m, h: m.fc(h[:, -1]).unsqueeze(-1), fc=linear(HIDDEN, 5))), {}
    yield "forecast-decoded", Behind(Apply(lambda m, h: m.b(m.d(m.fc(h[:, -1]).reshape(-1, 5, 3))[0]),
                                           fc=linear(HIDDEN, 15), d=nn.GRU(3, 4, batch_first=True), b=linear(4, 1))), {}
    yield "every-second-step", Behind(Apply(lambda m, h: h[:, ::2])), {}
    yield "without-ends", Behind(Apply(lambda m, h: h[:, 1:-2])), {}
    yield "shifted", Behind(Apply(lambda m, h: torch.cat([h, functional.pad(h, (0, 0, 1, 0))[:, :-1]], 2))), {}


def export_as(opset, model, x, path, axes, folds):
    """Whether the operator set has all that the model needs."""
    try:
        torch.onnx.export(model, x, os.path.join(path, "model.onnx"), input_names=["x"], output_names=["y"],
                          opset_version=opset, dynamic_axes=axes, do_constant_folding=folds)
        return True
    except (torch.onnx.errors.UnsupportedOperatorError, torch.onnx.errors.SymbolicValueError):
        return False


def export(number, name, model, fixed=False, time_first=False):
    path = new_folder(name)
    for parameter in model.parameters():
        nn.init.uniform_(parameter, -0.8, 0.8)
    for module in model.modules():
        if isinstance(module, nn.BatchNorm1d):
            module.running_mean.uniform_(-0.5, 0.5)
            module.running_var.uniform_(0.5, 2)
    model.eval()
    features_first = isinstance(model, Front) and not model.transposed
    shape = (BATCH, INPUT, 10) if features_first else (10, BATCH, INPUT) if time_first else (BATCH, 10, INPUT)
    x = torch.rand(*shape) * 2 - 1
    time = 2 if features_first else 0 if time_first else 1
    axes = {"x": {1 - min(time, 1): "batch"} if fixed else {1 - min(time, 1): "batch", time: "time"}}
    opset = 9 + number % 8
    with torch.no_grad():
        while not export_as(opset, model, x, path, axes if number % 5 or not fixed else {}, number % 3 != 0):
            opset += 1
        if not fixed:
            # Another length than that of the export.
            x = torch.cat([x, x.flip(time)[(slice(None),) * time + (slice(0, 3),)]], time)
        write_case(path, {"x": x.numpy()}, {"y": model(x).numpy()})


# Graphs that are written node by node.


class Graph:
    """A graph from x [batch, time, features], which is there as y behind a GRU of 5 units, [batch, time, 5]."""

    def __init__(self, opset, time=None, core=True):
        self.nodes, self.tensors, self.opset, self.time = [], [], opset, time
        self.count = 0
        if core:
            t = self.node("Transpose", "x", perm=[1, 0, 2])
            y = self.node("GRU", t, self.weights(1, 15, INPUT), self.weights(1, 15, 5), self.weights(1, 30), hidden_size=5)
            self.y = self.node("Transpose", self.squeeze(y, 1), perm=[1, 0, 2])

    def name(self):
        self.count += 1
        return f"v{self.count}"

    def constant(self, values, dtype=numpy.float32):
        name = self.name()
        self.tensors.append(onnx.numpy_helper.from_array(numpy.array(values, dtype), name))
        return name

    def integers(self, *values):
        return self.constant(values, numpy.int64)

    def weights(self, *shape, scale=0.7):
        return self.constant(numpy.random.uniform(-scale, scale, shape))

    def positive(self, *shape):
        return self.constant(numpy.random.uniform(0.5, 1.5, shape))

    def node(self, operation, *inputs, outputs=1, name=None, **attributes):
        names = [name] if name else [self.name() for _ in range(outputs)]
        self.nodes.append(onnx.helper.make_node(operation, list(inputs), names, name=f"n{len(self.nodes)}", **attributes))
        return names[0] if outputs == 1 else names

    def axes(self, operation, value, *axes, **attributes):
        """Axes are an attribute or an input, as the operator set has it."""
        since = {"Squeeze": 13, "Unsqueeze": 13, "ReduceSum": 13}.get(operation, 18)
        if self.opset >= since:
            return self.node(operation, value, self.integers(*axes), **attributes)
        return self.node(operation, value, axes=list(axes), **attributes)

    def squeeze(self, value, *axes):
        return self.axes("Squeeze", value, *axes)

    def unsqueeze(self, value, *axes):
        return self.axes("Unsqueeze", value, *axes)

    def features_first(self, value):
        return self.node("Transpose", value, perm=[0, 2, 1])

    def pad(self, value, pads, fill=0.0):
        if self.opset < 11:
            return self.node("Pad", value, mode="constant", pads=list(pads), value=fill)
        return self.node("Pad", value, self.integers(*pads), self.constant(fill), mode="constant")

    def clip(self, value, low=None, high=None):
        if self.opset < 11:
            return self.node("Clip", value, **{key: number for key, number in (("min", low), ("max", high)) if number is not None})
        return self.node("Clip", value, "" if low is None else self.constant(low), *([] if high is None else [self.constant(high)]))

    def save(self, path, output, inputs=None):
        value = onnx.helper.make_tensor_value_info
        x = value("x", 1, ["batch", self.time or "time", INPUT]) if inputs is None else inputs
        self.nodes.append(onnx.helper.make_node("Identity", [output], ["o"]))
        graph = onnx.helper.make_graph(self.nodes, "g", [x], [value("o", 1, None)], self.tensors)
        opset = onnx.helper.make_opsetid("", self.opset)
        model = onnx.helper.make_model(graph, opset_imports=[opset], producer_name="own", ir_version=8)
        onnx.save(model, os.path.join(path, "model.onnx"))


def normalized(g, x, kind, size=5):
    """A layer normalization in operators."""
    gamma, beta, eps = g.positive(size), g.weights(size), g.constant(1e-3 if "large" in kind else 1e-5)
    mean = g.axes("ReduceMean", x, -1, keepdims=1)
    d = g.node("Sub", x, mean)
    if "square" in kind:
        squares = g.node("Mul", d, d)
    elif "twice" in kind:
        squares = g.node("Pow", g.node("Sub", x, mean), g.constant(2.0))
    else:
        squares = g.node("Pow", d, g.constant(2.0))
    variance = g.node("Add", eps, g.axes("ReduceMean", squares, -1, keepdims=1)) if "first" in kind else g.node(
        "Add", g.axes("ReduceMean", squares, 2, keepdims=1), eps)
    if "power" in kind:
        inverse = g.node("Pow", variance, g.constant(-0.5))
        return g.node("Add", g.node("Mul", g.node("Mul", d, inverse), gamma), beta)
    root = g.node("Sqrt", variance)
    if "quotient" in kind:
        inverse = g.node("Div", g.constant(1.0), root)
        return g.node("Add", g.node("Mul", gamma, g.node("Mul", inverse, d)), beta)
    if "keras" in kind:
        inverse = g.node("Mul", g.node("Reciprocal", root), gamma)
        shift = g.node("Sub", beta, g.node("Mul", mean, inverse))
        return g.node("Add", g.node("Mul", x, inverse), shift)
    if "cast" in kind:
        root = g.node("Cast", root, to=1)
        d = g.node("Cast", d, to=1)
    return g.node("Add", g.node("Mul", g.node("Div", d, root), gamma), beta)


def hand_written():
    def conv(opset, kernel, time=None, **attributes):
        def build():
            g = Graph(opset, time)
            groups = attributes.get("group", 1)
            x = g.node("Conv", g.features_first(g.y), g.weights(10, 5 // groups, kernel), g.weights(10), **attributes)
            return g, g.features_first(g.node("Relu", x))
        return build

    for number, (kind, kernel) in enumerate((("SAME_UPPER", 4), ("SAME_LOWER", 4), ("VALID", 3), ("SAME_UPPER", 3))):
        yield f"conv-{kind.lower().replace('_', '-')}-{kernel}", conv(9 + 4 * number, kernel, auto_pad=kind)
    yield "conv-same-upper-stride", conv(13, 4, time=9, auto_pad="SAME_UPPER", strides=[3])
    yield "conv-same-lower-stride", conv(15, 3, time=8, auto_pad="SAME_LOWER", strides=[2])
    yield "conv-groups-of-five", conv(18, 2, group=5, pads=[1, 0])
    yield "conv-uneven-pads", conv(21, 5, pads=[1, 3], strides=[2])

    def image(opset, row, with_pad=False, reshaped=False):
        def build():
            g = Graph(opset)
            if reshaped:
                # As tf2onnx has it: [batch, 1, time, features], then the features first.
                x = g.unsqueeze(g.y, 1)
                x = g.node("Transpose", x, perm=[0, 3, 1, 2])
            else:
                x = g.unsqueeze(g.features_first(g.y), 2 if row else 3)
            row_first = row or reshaped
            kernel = [1, 3] if row_first else [3, 1]
            if with_pad:
                x = g.pad(x, [0, 0, 0, 2, 0, 0, 0, 0] if row_first else [0, 0, 2, 0, 0, 0, 0, 0])
            x = g.node("Conv", x, g.weights(6, 5, *kernel), g.weights(6), kernel_shape=kernel)
            x = g.squeeze(g.node("Relu", x), 2 if row_first else 3)
            return g, g.features_first(x)
        return build

    yield "conv-image-of-a-row", image(9, True)
    yield "conv-image-of-a-column", image(14, False)
    yield "conv-image-padded", image(11, True, with_pad=True)
    yield "conv-image-column-padded", image(18, False, with_pad=True)
    yield "conv-image-tf", image(13, True, with_pad=True, reshaped=True)

    def one_channel():
        g = Graph(13)
        x = g.node("Conv", g.unsqueeze(g.y, 1), g.weights(6, 1, 3, 5), g.weights(6))
        x = g.squeeze(g.node("Relu", x), 3)
        return g, g.squeeze(g.node("GlobalMaxPool", x), 2)

    yield "conv-image-of-one-channel", one_channel

    def cut_by_shape():
        g = Graph(13)
        x = g.features_first(g.y)
        wide = g.node("Conv", x, g.weights(5, 5, 3), pads=[2, 2])
        length = g.node("Gather", g.node("Shape", x), g.integers(2), axis=0)
        cut = g.node("Slice", wide, g.integers(0), length, g.integers(2), g.integers(1))
        return g, g.node("Add", cut, x)

    yield "conv-cut-by-shape", cut_by_shape

    def dense_from_left():
        g = Graph(12)
        x = g.features_first(g.y)
        x = g.node("Add", g.node("MatMul", g.weights(7, 5), x), g.weights(7, 1))
        return g, g.features_first(g.node("Tanh", x))

    yield "dense-features-first", dense_from_left

    def pool(opset, operation, kernel, time=None, pad=None, fill=0.0, **attributes):
        def build():
            g = Graph(opset, time)
            x = g.features_first(g.y)
            if pad:
                x = g.pad(x, [0, 0, pad[0], 0, 0, pad[1]], fill)
            return g, g.features_first(g.node(operation, x, kernel_shape=[kernel], **attributes))
        return build

    yield "max-pool-same", pool(9, "MaxPool", 3, auto_pad="SAME_UPPER")
    yield "max-pool-behind-a-pad", pool(13, "MaxPool", 3, pad=(1, 1), fill=-3.4028234663852886e38, strides=[2])
    yield "max-pool-behind-zeros", pool(13, "MaxPool", 3, pad=(1, 1), strides=[2])
    yield "max-pool-ceil-of-fixed-time", pool(10, "MaxPool", 2, time=7, strides=[2], ceil_mode=1)
    yield "max-pool-pads-and-dilations", pool(12, "MaxPool", 3, pads=[2, 1], dilations=[2])
    yield "average-pool-counted", pool(9, "AveragePool", 3, pads=[2, 1], count_include_pad=1)
    yield "average-pool-not-counted-uneven", pool(11, "AveragePool", 4, pads=[1, 2], strides=[2])
    yield "average-pool-behind-a-pad", pool(13, "AveragePool", 3, pad=(2, 0))
    yield "average-pool-ceil", pool(13, "AveragePool", 3, strides=[2], ceil_mode=1)
    yield "average-pool-same", pool(14, "AveragePool", 2, auto_pad="SAME_LOWER")
    yield "average-pool-dilated", pool(19, "AveragePool", 2, dilations=[3])

    def over_time(opset, operation, **attributes):
        def build():
            g = Graph(opset)
            if operation.startswith("Global"):
                x = g.node(operation, g.features_first(g.y))
                return g, g.node("Flatten", x)
            x = g.axes(operation, g.y, 1, **attributes)
            return g, x if attributes.get("keepdims", 1) == 0 else g.squeeze(x, 1)
        return build

    yield "global-average-pool", over_time(9, "GlobalAveragePool")
    yield "global-max-pool", over_time(13, "GlobalMaxPool")
    yield "reduce-mean-18", over_time(18, "ReduceMean", keepdims=0)
    yield "reduce-max-21", over_time(21, "ReduceMax", keepdims=0)
    yield "reduce-max-kept", over_time(11, "ReduceMax", keepdims=1)
    yield "reduce-mean-9", over_time(9, "ReduceMean", keepdims=0)

    def reduced_last(opset, operation):
        def build():
            g = Graph(opset)
            return g, g.axes(operation, g.features_first(g.y), -1, keepdims=0)
        return build

    yield "reduce-mean-features-first", reduced_last(12, "ReduceMean")
    yield "mean-of-features", lambda: (lambda g: (g, g.axes("ReduceMean", g.y, -1, keepdims=1)))(Graph(13))
    yield "sum-of-features", lambda: (lambda g: (g, g.axes("ReduceSum", g.y, 2, keepdims=0)))(Graph(13))

    def norm(opset, kind):
        def build():
            g = Graph(opset)
            x = normalized(g, g.y, kind)
            return g, g.node("MatMul", x, g.weights(5, 2))
        return build

    for number, kind in enumerate(("plain", "square", "twice", "first", "power", "quotient", "keras", "keras square large", "cast")):
        yield f"layer-norm-in-operators-{kind.replace(' ', '-')}", norm((9, 11, 13, 15, 18, 21)[number % 6], kind)

    def layer_norm(opset, **attributes):
        def build():
            g = Graph(opset)
            inputs = [g.y, g.positive(5)] + ([g.weights(5)] if attributes.pop("offsets", True) else [])
            return g, g.node("LayerNormalization", *inputs, **attributes)
        return build

    yield "layer-norm-17", layer_norm(17, axis=2, epsilon=1e-3)
    yield "layer-norm-without-offsets", layer_norm(21, offsets=False)

    def softmax_then_sum(opset, **more):
        def build():
            g = Graph(opset)
            s = g.node("MatMul", g.node("Tanh", g.node("MatMul", g.y, g.weights(5, 4))), g.weights(4, more.get("scores", 1)))
            if more.get("flat"):
                # As Keras has it: scores without their axis, a copy for every feature, and these last.
                s = g.node("Reshape", s, g.integers(0, -1))
                w = g.node("Softmax", s, axis=1)
                w = g.unsqueeze(w, 1)
                w = g.node("Tile", w, g.integers(1, 5, 1)) if more["flat"] == "tile" else g.node("Expand", w, g.integers(1, 5, 1))
                w = g.node("Transpose", w, perm=[0, 2, 1])
            else:
                w = g.node("Softmax", s, axis=1)
            return g, g.axes("ReduceSum", g.node("Mul", *((w, g.y) if more.get("first") else (g.y, w))), 1, keepdims=0)
        return build

    yield "attention-softmax-9", softmax_then_sum(9)
    yield "attention-softmax-13", softmax_then_sum(13, first=True)
    yield "attention-copies-tiled", softmax_then_sum(12, flat="tile")
    yield "attention-copies-expanded", softmax_then_sum(13, flat="expand", first=True)
    yield "attention-scores-of-features", softmax_then_sum(18, scores=5)

    def joined_rows():
        g = Graph(13, time=6)
        flat = g.node("Reshape", g.y, g.integers(-1, 30))
        return g, g.node("Concat", g.node("Relu", flat), g.axes("ReduceMean", g.y, 1, keepdims=0), axis=1)

    yield "flattened-and-joined", joined_rows

    def three_widths():
        g = Graph(13, time=7)
        x = g.features_first(g.y)
        rows = [g.squeeze(g.node("MaxPool", g.node("Relu", g.node("Conv", x, g.weights(3, 5, kernel), g.weights(3))),
                                 kernel_shape=[8 - kernel]), 2) for kernel in (2, 3, 4)]
        return g, g.node("Gemm", g.node("Concat", *rows, axis=1), g.weights(2, 9), g.weights(2), transB=1)

    yield "convs-of-three-widths-pooled", three_widths

    def to_one_step():
        g = Graph(11, time=6)
        x = g.squeeze(g.node("Conv", g.features_first(g.y), g.weights(4, 5, 6), g.weights(4)), 2)
        return g, g.node("Concat", x, g.axes("ReduceMax", g.y, 1, keepdims=0), axis=1)

    yield "conv-to-one-step", to_one_step

    def bias_behind():
        g = Graph(9)
        x = g.node("Transpose", g.unsqueeze(g.y, 1), perm=[0, 3, 1, 2])
        x = g.node("Transpose", g.node("Conv", x, g.weights(6, 5, 1, 3), pads=[0, 1, 0, 1]), perm=[0, 2, 3, 1])
        x = g.squeeze(g.node("Relu", g.node("Add", x, g.weights(6))), 1)
        x = g.node("Transpose", g.unsqueeze(x, 2), perm=[0, 3, 1, 2])
        x = g.node("Transpose", g.node("MaxPool", x, kernel_shape=[2, 1], strides=[2, 1]), perm=[0, 2, 3, 1])
        return g, g.squeeze(x, 2)

    yield "conv-and-pool-tf", bias_behind

    def flat_first():
        g = Graph(11, time=6)
        flat = g.node("Flatten", g.features_first(g.y))
        return g, g.node("Gemm", g.node("Tanh", flat), g.weights(3, 30), g.weights(3), transB=1, alpha=0.5)

    yield "flattened-features-first", flat_first

    def flat_out():
        g = Graph(13, time=6)
        return g, g.node("Concat", g.node("Flatten", g.features_first(g.y)), g.weights(1, 1) and g.axes("ReduceMax", g.y, 1, keepdims=0), axis=1)

    yield "flattened-features-first-and-joined", flat_out

    def unary(opset, build_value):
        def build():
            g = Graph(opset)
            return g, build_value(g, g.node("MatMul", g.y, g.weights(5, 6, scale=4)))
        return build

    yield "clip-6", unary(9, lambda g, v: g.clip(v, -0.5, 0.25))
    yield "clip-below", unary(11, lambda g, v: g.clip(v, low=-0.25))
    yield "clip-above", unary(13, lambda g, v: g.clip(v, high=0.5))
    yield "minimum-and-maximum", unary(13, lambda g, v: g.node("Min", g.node("Max", v, g.constant(-0.5)), g.constant(0.75)))
    yield "prelu-of-features", unary(9, lambda g, v: g.node("PRelu", v, g.weights(6)))
    yield "prelu-features-first", unary(16, lambda g, v: g.features_first(g.node("PRelu", g.features_first(v), g.weights(6, 1))))
    yield "selu-9", unary(9, lambda g, v: g.node("Selu", v, alpha=1.5, gamma=0.9))
    yield "hard-swish-14", unary(14, lambda g, v: g.node("HardSwish", v))
    yield "erf-9", unary(9, lambda g, v: g.node("Erf", v))
    yield "gelu-20", unary(20, lambda g, v: g.node("Gelu", v))
    yield "gelu-20-tanh", unary(20, lambda g, v: g.node("Gelu", v, approximate="tanh"))
    yield "mish-18", unary(18, lambda g, v: g.node("Mish", v))
    yield "mish-in-operators", unary(12, lambda g, v: g.node("Mul", v, g.node("Tanh", g.node("Softplus", v))))
    yield "hard-swish-in-operators", unary(12, lambda g, v: g.node(
        "Div", g.node("Mul", v, g.clip(g.node("Add", v, g.constant(3.0)), 0.0, 6.0)), g.constant(6.0)))
    yield "silu-in-operators", unary(9, lambda g, v: g.node("Mul", g.node("Sigmoid", v), v))
    yield "log-softmax-9", unary(9, lambda g, v: g.node("LogSoftmax", v, axis=2))
    yield "softmax-features-first", unary(13, lambda g, v: g.features_first(g.node("Softmax", g.features_first(v), axis=1)))
    yield "log-softmax-features-first", unary(15, lambda g, v: g.features_first(g.node("LogSoftmax", g.features_first(v), axis=1)))
    yield "batch-norm-features-first", unary(15, lambda g, v: g.features_first(g.node(
        "BatchNormalization", g.features_first(v), g.positive(6), g.weights(6), g.weights(6), g.positive(6))))

    def refused(opset, word, build_value):
        def build():
            g = Graph(opset)
            return g, build_value(g, g.y), word
        return build

    yield "refused-instance-norm", refused(13, "InstanceNormalization", lambda g, v: g.node(
        "InstanceNormalization", g.features_first(v), g.positive(5), g.weights(5)))
    yield "refused-self-attention", refused(13, "attention of every step", lambda g, v: g.node(
        "MatMul", g.node("Softmax", g.node("MatMul", v, g.features_first(v)), axis=-1), v))
    yield "refused-reflecting-pad", refused(13, "mode reflect", lambda g, v: g.node(
        "Conv", g.node("Pad", g.features_first(v), g.integers(0, 0, 1, 0, 0, 1), mode="reflect"), g.weights(5, 5, 3)))
    yield "refused-sum-over-open-time", refused(13, "whose number is open", lambda g, v: g.axes("ReduceSum", v, 1, keepdims=0))
    yield "refused-ceil-with-counted-padding", refused(13, "ceil_mode", lambda g, v: g.node(
        "AveragePool", g.features_first(v), kernel_shape=[3], strides=[2], pads=[1, 1], count_include_pad=1, ceil_mode=1))
    yield "refused-upsampling", refused(13, "Resize", lambda g, v: g.node(
        "Resize", g.features_first(v), "", g.constant([1.0, 1.0, 2.0])))
    yield "refused-minimum-over-time", refused(13, "ReduceMin", lambda g, v: g.axes("ReduceMin", v, 1, keepdims=0))
    yield "refused-root", refused(13, "Sqrt", lambda g, v: g.node("Sqrt", v))


def write_graph(name, build):
    path = new_folder(name)
    g, output, *word = build()
    g.save(path, output)
    x = numpy.random.uniform(-1, 1, (BATCH, g.time or 11, INPUT)).astype(numpy.float32)
    if word:
        write_case(path, {}, {}, refused=word[0])
    else:
        write_case(path, {"x": x}, {"o": None})


if __name__ == "__main__":
    warnings.filterwarnings("ignore")
    os.makedirs(FOLDER, exist_ok=True)
    for entry in os.scandir(FOLDER):
        if entry.is_dir():
            shutil.rmtree(entry.path)
    only = os.environ.get("ONLY", "")
    for case, module, options in torch_models():
        if only in case:
            export(sum(case.encode()) + SEED, case, module, **options)
    for case, graph in hand_written():
        if only in case:
            write_graph(case, graph)
    subprocess.run(["node", os.path.join(HERE, "compute_onnx_outputs.mjs"), *sorted(set(COMPUTED))], check=True)
