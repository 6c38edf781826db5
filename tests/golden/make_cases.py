#!/usr/bin/env python3
"""Writes cases/: folders with a model file as PyTorch leaves it, inputs, and the outputs of the code that made it.

Needs Debian's python3-torch (1.13) and python3-numpy; one model is written by this library's own tool. case.json names the model's file, what that file does not say
(`options`: modules, output, layout), the axes of the inputs, the tensors by name and the largest absolute difference; or,
in the place of outputs, a word of the message with which the file is to be refused.
"""
import collections
import io
import json
import os
import pickle
import random
import shutil
import subprocess
import warnings
import zipfile

import numpy
import torch
from torch import nn

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "cases")
TIME, BATCH, INPUT, HIDDEN = 7, 4, 3, 5
TIME_MAJOR, BATCH_MAJOR = "time, batch, features", "batch, time, features"


def new_folder(name):
    # Every case has random numbers of its own, so that adding one leaves the others as they are.
    torch.manual_seed(sum(name.encode()))
    path = os.path.join(FOLDER, name)
    shutil.rmtree(path, ignore_errors=True)
    os.makedirs(path)
    return path


def write(path, model, tensors=(), **entries):
    """Writes case.json, and the tensors (in.NAME, out.NAME) that it names."""
    case = {"model": model, **entries}
    for kind, field in (("in", "inputs"), ("out", "outputs")):
        named = {name.split(".", 1)[1]: value for name, value in dict(tensors).items() if name.startswith(kind + ".")}
        for name, value in named.items():
            numpy.save(os.path.join(path, f"{kind}.{name}.npy"), value.detach().numpy())
        if named:
            case[field] = {name: f"{kind}.{name}.npy" for name in named}
    if "outputs" in case:
        case["tolerance"] = 1e-6
    with open(os.path.join(path, "case.json"), "w") as file:
        json.dump(case, file, indent=1)
        file.write("\n")


def batch(*shape):
    return torch.rand(*shape) * 2 - 1


class Sequence(nn.Module):
    """A recurrent module, the last step, and a head."""

    def __init__(self, core, head):
        super().__init__()
        self.core, self.head = core, head

    def forward(self, x):
        return self.head(self.core(x)[0][:, -1])


def sequential_gap():
    path = new_folder("sequential-gap")
    head = nn.Sequential(nn.Linear(HIDDEN, 6), nn.ReLU(), nn.Dropout(0.5), nn.Linear(6, 2))
    model = Sequence(nn.LSTM(INPUT, HIDDEN, num_layers=2, batch_first=True), head).eval()
    torch.save(model.state_dict(), os.path.join(path, "model.pt"))
    x = batch(BATCH, TIME, INPUT)
    options = {"modules": ["core", "head.0", "relu", "head.3"], "output": "last_step", "layout": "batch_major"}
    write(path, "model.pt", {"in.x": x, "out.y": model(x)}, options=options, axes=BATCH_MAJOR)


def final_states():
    """The final states of both directions, with an axis of one element in front."""
    path = new_folder("final-states")
    gru, head = nn.GRU(INPUT, HIDDEN, num_layers=2, bidirectional=True), nn.Linear(2 * HIDDEN, 2)
    state = {f"gru.{name}": value for name, value in gru.state_dict().items()}
    state.update({f"head.{name}": value for name, value in head.state_dict().items()})
    torch.save(state, os.path.join(path, "model.pt"))
    x = batch(TIME, BATCH, INPUT)
    states = gru(x)[1]
    y = head(torch.cat([states[-2], states[-1]], -1)).unsqueeze(0)
    write(path, "model.pt", {"in.x": x, "out.y": y}, options={"output": "final_state", "layout": "time_major"},
          axes=TIME_MAJOR)


def embedding():
    """Modules are listed, and nobody says that the first one is an embedding."""
    path = new_folder("embedding")
    model = nn.ModuleDict({"words": nn.Embedding(9, INPUT), "lstm": nn.LSTM(INPUT, HIDDEN, batch_first=True),
                           "fc": nn.Linear(HIDDEN, 9)})
    torch.save(model.state_dict(), os.path.join(path, "model.pt"))
    ids = torch.randint(0, 9, (BATCH, TIME))
    y = model["fc"](model["lstm"](model["words"](ids))[0])
    options = {"modules": ["words", "lstm", "fc"], "output": "every_step", "layout": "batch_major"}
    write(path, "model.pt", {"in.ids": ids, "out.y": y}, options=options, axes={"ids": "batch, time"})


def exchanged():
    """A time-major model whose outputs come batch by batch, their features in two axes."""
    path = new_folder("exchanged")
    model = nn.ModuleDict({"rnn": nn.RNN(INPUT, HIDDEN, nonlinearity="relu"), "fc": nn.Linear(HIDDEN, 6)})
    torch.save(model.state_dict(), os.path.join(path, "model.pt"))
    x = batch(TIME, BATCH, INPUT)
    y = model["fc"](model["rnn"](x)[0]).transpose(0, 1).reshape(BATCH, TIME, 3, 2)
    options = {"modules": ["rnn(relu)", "fc"], "output": "every_step", "layout": "time_major"}
    write(path, "model.pt", {"in.x": x, "out.y": y}, options=options, axes=TIME_MAJOR)


def one_sequence():
    """A sequence without an axis for a batch; the axes follow from the model."""
    path = new_folder("one-sequence")
    lstm = nn.LSTM(INPUT, HIDDEN, proj_size=2)
    torch.save(lstm.state_dict(), os.path.join(path, "model.pt"))
    x = batch(TIME, INPUT)
    write(path, "model.pt", {"in.x": x, "out.y": lstm(x)[0]}, options={"output": "every_step", "layout": "batch_major"})


class BridgePickler(pickle.Pickler):
    """Writes as TorchSharp.PyBridge does: an OrderedDict has an empty tuple as its argument."""

    def __init__(self, stream, archive):
        super().__init__(stream, protocol=2)
        self.archive, self.count = archive, 0

    def reducer_override(self, value):
        if isinstance(value, torch.Tensor):
            return torch._utils._rebuild_tensor_v2, (
                Storage(value), 0, tuple(value.shape), tuple(value.stride()), True, Hooks())
        if isinstance(value, Hooks):
            return collections.OrderedDict, ((),)
        return NotImplemented

    def persistent_id(self, value):
        if not isinstance(value, Storage):
            return None
        key, data = str(self.count), value.tensor.detach().numpy()
        self.count += 1
        self.archive.writestr("model/data/" + key, data.tobytes())
        return ("storage", torch.FloatStorage, key, "cpu", data.size)


Storage = collections.namedtuple("Storage", "tensor")


class Hooks:
    pass


def pybridge():
    """Tensors in an order of no meaning, as they come out of a table."""
    path = new_folder("pybridge")
    head = nn.ModuleDict({"fc1": nn.Linear(HIDDEN, HIDDEN), "fc2": nn.Linear(HIDDEN, HIDDEN)})
    lstm = nn.LSTM(INPUT, HIDDEN, batch_first=True)
    state = {**head.state_dict(), **{f"lstm.{name}": value for name, value in lstm.state_dict().items()}}
    items = list(state.items())
    random.Random(1).shuffle(items)
    with zipfile.ZipFile(os.path.join(path, "model.pt"), "w") as archive:
        archive.writestr("model/version", "3\n")
        stream = io.BytesIO()
        BridgePickler(stream, archive).dump(dict(items))
        archive.writestr("model/data.pkl", stream.getvalue())
    loaded = torch.load(os.path.join(path, "model.pt"))
    assert all(torch.equal(loaded[name], value) for name, value in items)
    x = batch(BATCH, TIME, INPUT)
    y = head["fc2"](torch.relu(head["fc1"](lstm(x)[0][:, -1])))
    options = {"modules": ["lstm", "fc1", "relu", "fc2"], "output": "last_step", "layout": "batch_major"}
    write(path, "model.pt", {"in.x": x, "out.y": y}, options=options, axes=BATCH_MAJOR)


class Exchanged(nn.Module):
    """Takes [time, batch, features] and gives [batch, time, features]."""

    def __init__(self):
        super().__init__()
        self.gru, self.head = nn.GRU(INPUT, HIDDEN), nn.Linear(HIDDEN, 2)

    def forward(self, x):
        return self.head(self.gru(x)[0]).transpose(0, 1)


class Directions(nn.Module):
    """Gives the two directions as an axis, [time, direction, batch, features]."""

    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(INPUT, HIDDEN, bidirectional=True)

    def forward(self, x):
        return self.lstm(x)[0].view(TIME, BATCH, 2, HIDDEN).permute(0, 2, 1, 3)


def onnx(name, model):
    path = new_folder(name)
    model = model()
    x = batch(TIME, BATCH, INPUT)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(model, x, os.path.join(path, "model.onnx"), input_names=["x"], output_names=["y"])
    write(path, "model.onnx", {"in.x": x, "out.y": model(x)})


def ours():
    """The first case as this library writes it: the file says all of its model."""
    source, path = os.path.join(FOLDER, "sequential-gap"), new_folder("ours")
    tool = [os.path.join(FOLDER, "..", "..", "..", "build.sh"), "cli", "convert"]
    options = ["--modules", "core,head.0,relu,head.3", "--last-step", "--batch-major"]
    subprocess.run([*tool, os.path.join(source, "model.pt"), os.path.join(path, "model.safetensors"), *options], check=True)
    tensors = {name: torch.from_numpy(numpy.load(os.path.join(source, name + ".npy"))) for name in ("in.x", "out.y")}
    write(path, "model.safetensors", tensors)


def refusals():
    path = new_folder("refused-branches")
    model = nn.ModuleDict({"left": nn.LSTM(INPUT, HIDDEN), "right": nn.LSTM(INPUT, HIDDEN)})
    torch.save(model.state_dict(), os.path.join(path, "model.pt"))
    write(path, "model.pt", refused="follow from each other")

    path = new_folder("refused-unsaid")
    torch.save(nn.LSTM(INPUT, HIDDEN).state_dict(), os.path.join(path, "model.pt"))
    write(path, "model.pt", refused="Layout = SequenceLayout.BatchMajor")


if __name__ == "__main__":
    for case in (sequential_gap, ours, final_states, embedding, exchanged, one_sequence, pybridge, refusals):
        case()
    onnx("onnx-exchanged", Exchanged)
    onnx("onnx-directions", Directions)
    print(f"{len(os.listdir(FOLDER))} files and folders in {FOLDER}, PyTorch {torch.__version__}")
