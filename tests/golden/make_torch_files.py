#!/usr/bin/env python3
"""Files as PyTorch 1.13 writes them, in torch_files/: checkpoints in all their forms, and what has to be refused.

NAME.pt is the file; NAME.safetensors has an input x [time, batch, features] and the output y of the same model computed
in float64. index.json says how each is to be read: "options" are ImportOptions, "refused" is part of the message.
"""
import json
import os
import sys
import zipfile

import numpy as np
import torch
from torch import nn

from golden_format import write_case

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "torch_files")
TIME, BATCH = 6, 2
INDEX = {}


class Chain(nn.Module):
    """Modules by name, applied in the order of `steps`, which may also be functions."""

    def __init__(self, modules, steps):
        super().__init__()
        for name, module in modules.items():
            self.add_module(name, module)
        self.steps = steps

    def forward(self, x):
        for step in self.steps:
            x = apply(getattr(self, step) if isinstance(step, str) else step, x)
        return x


class InitialState(nn.Module):
    """An LSTM that starts from trained states."""

    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(3, 4, num_layers=2)
        self.h0 = nn.Parameter(torch.randn(2, 1, 4))
        self.c0 = nn.Parameter(torch.randn(2, 1, 4))

    def forward(self, x):
        rows = x.shape[1]
        return self.lstm(x, (self.h0.expand(-1, rows, -1).contiguous(), self.c0.expand(-1, rows, -1).contiguous()))[0]


def apply(step, x):
    if isinstance(step, (nn.LSTM, nn.GRU, nn.RNN)):
        return step(x)[0]
    if isinstance(step, nn.RNNCellBase):
        state, steps = None, []
        for row in x:
            state = step(row, state)
            steps.append(state[0] if isinstance(state, tuple) else state)
        return torch.stack(steps)
    if isinstance(step, nn.BatchNorm1d):
        return step(x.transpose(1, 2)).transpose(1, 2)
    return step(x)


def linear_stack():
    return Chain({"lstm": nn.LSTM(3, 4, num_layers=2, bidirectional=True), "fc": nn.Linear(8, 2)}, ["lstm", "fc"])


def case(name, model, x, options=None, save=None, contents=None):
    """Saves a model's state dict, or what is made of it, and what the model computes."""
    path = os.path.join(FOLDER, name + ".pt")
    contents = model.state_dict() if contents is None else contents
    (save or torch.save)(contents, path)
    x = x if x.dtype == torch.int64 else x.double()
    y = model.double().eval()(x).detach()
    write_case(FOLDER, {"id": name}, {"x": x.double().numpy(), "y": y.numpy()}, {"torch": torch.__version__})
    INDEX[name] = {"options": options or {}}


def refuse(name, contents, message, save=torch.save):
    save(contents, os.path.join(FOLDER, name + ".pt"))
    INDEX[name] = {"refused": message}


def deflate(contents, path):
    """The same file as a zip program would pack it again."""
    torch.save(contents, path)
    with zipfile.ZipFile(path) as stored:
        entries = [(entry.filename, stored.read(entry)) for entry in stored.infolist()]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in entries:
            packed.writestr(name, data)


def legacy(contents, path):
    torch.save(contents, path, _use_new_zipfile_serialization=False)


def views(model):
    """The same parameters as views: transposed, out of the middle of another tensor, and sharing memory."""
    state = dict(model.state_dict())
    state["fc.weight"] = state["fc.weight"].t().contiguous().t()
    wide = torch.zeros(16, 9)
    wide[:, 2:6] = state["lstm.weight_hh_l0"]
    state["lstm.weight_hh_l0"] = wide[:, 2:6]
    both = torch.cat([state["lstm.bias_ih_l0"], state["lstm.bias_hh_l0"]])
    state["lstm.bias_ih_l0"], state["lstm.bias_hh_l0"] = both[:16], both[16:]
    return state


def features(size):
    return torch.randn(TIME, BATCH, size)


def forms():
    """One model in every form of file."""
    model, x = linear_stack(), features(3)
    case("zip", model, x)
    for name, save in (("deflated", deflate), ("legacy", legacy)):
        case(name, model.float(), x, save=save)
    case("views", model.float(), x, contents=views(model))
    case("views_legacy", model.float(), x, contents=views(model), save=legacy)
    case("parameters", model.float(), x, contents=dict(model.named_parameters()))
    optimizer = torch.optim.Adam(model.parameters())
    model.float()(x).sum().backward()
    optimizer.step()
    checkpoint = {"epoch": 3, "loss": 0.25, "model_state_dict": model.state_dict(),
                  "optimizer_state_dict": optimizer.state_dict(), "seed": 2**70, "tags": ["a", None, True]}
    case("checkpoint", model, x, contents=checkpoint)
    case("chosen", model.float(), x, {"StateDict": "second"},
         contents={"first": nn.Linear(1, 1).state_dict(), "second": model.state_dict()})
    for name, kind in (("half", torch.float16), ("bfloat16", torch.bfloat16), ("double", torch.float64)):
        rounded = {key: value.to(kind) for key, value in model.float().state_dict().items()}
        model.load_state_dict(rounded)
        case(name, model, x, contents=rounded)


def modules():
    """What a model may consist of."""
    case("rnn_tanh", Chain({"rnn": nn.RNN(3, 5, num_layers=2)}, ["rnn"]), features(3))
    case("rnn_relu", Chain({"rnn": nn.RNN(3, 5, nonlinearity="relu")}, ["rnn"]), features(3), {"Nonlinearity": "Relu"})
    projected = nn.LSTM(3, 6, num_layers=2, proj_size=2, bidirectional=True)
    case("lstm_projected", Chain({"lstm": projected}, ["lstm"]), features(3))
    no_bias = {"gru": nn.GRU(3, 5, bias=False), "out": nn.Linear(5, 2, bias=False)}
    case("no_bias", Chain(no_bias, ["gru", "out"]), features(3))
    cells = {"a": nn.LSTMCell(3, 4), "b": nn.GRUCell(4, 5), "c": nn.RNNCell(5, 3)}
    case("cells", Chain(cells, ["a", "b", "c"]), features(3))
    case("activations", Chain({"gru": nn.GRU(3, 5), "fc1": nn.Linear(5, 4), "fc2": nn.Linear(4, 3)},
                              ["gru", torch.tanh, "fc1", torch.relu, "fc2", nn.Softmax(-1)]), features(3),
         {"Modules": ["gru", "tanh", "fc1", "relu", "fc2", "softmax"]})
    words = {"words": nn.Embedding(7, 3), "lstm": nn.LSTM(3, 4), "fc": nn.Linear(4, 7)}
    case("embedding", Chain(words, ["words", "lstm", "fc"]), torch.randint(0, 7, (TIME, BATCH)))
    case("order", Chain({"fc": nn.Linear(4, 2), "lstm": nn.LSTM(3, 4)}, ["lstm", "fc"]), features(3))
    norm = nn.BatchNorm1d(3)
    norm(torch.randn(50, 3) * 3 + 1)
    with torch.no_grad():
        norm.weight.copy_(torch.randn(3))
        norm.bias.copy_(torch.randn(3))
    case("batch_norm", Chain({"norm": norm, "gru": nn.GRU(3, 4)}, ["norm", "gru"]), features(3))
    inner = Chain({"lstm": nn.LSTM(3, 4), "head": nn.Linear(4, 2)}, ["lstm", "head", torch.sigmoid])
    case("nested", Chain({"module": Chain({"net": inner}, ["net"])}, ["module"]), features(3),
         {"Modules": ["lstm", "head", "sigmoid"]})
    case("initial_state", InitialState(), features(3), {"InitialStates": {"lstm": ["h0", "c0"]}})


def refusals():
    lstm = nn.LSTM(3, 4)
    refuse("whole_module", lstm, "a pickled module does not say what it outputs")
    refuse("tensor", torch.zeros(3), "found a single tensor")
    refuse("numpy", {"loss": np.float64(1.5), "model": lstm.state_dict()}, "a state dict does not say what it outputs")
    refuse("expanded", {"weight": torch.zeros(1).expand(1000, 1000)}, "repeats them")
    refuse("convolution", nn.Conv1d(2, 2, 3).state_dict(), "a state dict does not say its stride, padding, dilation and groups")
    branches = Chain({"left": nn.LSTM(3, 4), "right": nn.LSTM(3, 4)}, [])
    refuse("branches", branches.state_dict(), "do not follow from each other")


if __name__ == "__main__":
    torch.manual_seed(4)
    os.makedirs(FOLDER, exist_ok=True)
    forms()
    modules()
    refusals()
    with open(os.path.join(FOLDER, "index.json"), "w") as file:
        json.dump(INDEX, file, indent=1)
        file.write("\n")
    print(f"{len(INDEX)} files in {FOLDER}, PyTorch {torch.__version__}", file=sys.stderr)
