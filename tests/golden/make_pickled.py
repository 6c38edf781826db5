#!/usr/bin/env python3
"""Writes pickled/: files that hold more than a state dict, or its weights in parts, and what PyTorch 1.13 computes.

Whole modules, checkpoints with other objects of Python beside the weights, weights of weight_norm, of its successor, and of dropped connections,
and TorchSharp's own format. Needs Debian's python3-torch (1.13) and python3-numpy. NAME/case.json is as in cases/.
"""
import collections
import os
import shutil
import struct
import sys
import types
import warnings

import numpy
import torch
from torch import nn, serialization

import make_cases

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "pickled")
TIME, BATCH, INPUT, HIDDEN = 6, 3, 4, 5
BATCH_MAJOR, TIME_MAJOR = "batch, time, features", "time, batch, features"

# Classes of a package that is nowhere else: a file names them, and nobody can import them.
PACKAGE = types.ModuleType("somebodys.models")
sys.modules["somebodys"], sys.modules["somebodys.models"] = types.ModuleType("somebodys"), PACKAGE


def of_package(kind):
    kind.__module__, kind.__qualname__ = PACKAGE.__name__, kind.__name__
    setattr(PACKAGE, kind.__name__, kind)
    return kind


@of_package
class TakeLast(nn.Module):
    def forward(self, x):
        return x[0][:, -1]


@of_package
class Swish(nn.Module):
    def forward(self, x):
        return x * torch.sigmoid(x)


@of_package
class Classifier(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(9, INPUT)
        self.rnn = nn.RNN(INPUT, HIDDEN, 2, nonlinearity="relu", batch_first=True)
        self.head = nn.Sequential(nn.Linear(HIDDEN, 6), nn.BatchNorm1d(6, eps=0.01), nn.ELU(0.5), nn.Dropout(0.2), nn.Linear(6, 2))
        self.note = {"made by": "somebody", "numbers": [1, 2.5, None], "kind": nn.Linear}

    def forward(self, ids):
        return self.head(self.rnn(self.embedding(ids))[0][:, -1])


@of_package
class TimeMajor(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(INPUT, HIDDEN, bidirectional=True)
        self.fc = nn.Linear(2 * HIDDEN, 2)
        self.activation = nn.LeakyReLU(0.2)

    def forward(self, x):
        return self.activation(self.fc(self.lstm(x)[0]))


@of_package
class Convolutional(nn.Module):
    """Convolutions whose numbers are attributes of theirs."""

    def __init__(self):
        super().__init__()
        self.first, self.activation = nn.Conv1d(INPUT, 6, 4, padding="same", dilation=1), nn.Hardtanh(-0.5, 0.75)
        self.second = nn.Conv1d(6, HIDDEN + 1, 3, stride=2, padding=1, dilation=1, groups=2)
        self.gru, self.fc = nn.GRU(HIDDEN + 1, HIDDEN, batch_first=True), nn.Linear(HIDDEN, 2)

    def forward(self, x):
        x = self.second(self.activation(self.first(x.transpose(1, 2)))).transpose(1, 2)
        return self.fc(self.gru(x)[0][:, -1])


@of_package
class Dropped(nn.Module):
    """As AWD-LSTM and fastai have it: the weight outside of training lies beside the module that it is of."""

    def __init__(self):
        super().__init__()
        self.module = nn.LSTM(INPUT, HIDDEN, batch_first=True)
        self.weight_hh_l0_raw = nn.Parameter(torch.randn(4 * HIDDEN, HIDDEN) * 0.4)


def folder_of(name):
    torch.manual_seed(sum(name.encode()))
    path = os.path.join(FOLDER, name)
    shutil.rmtree(path, ignore_errors=True)
    os.makedirs(path)
    return path


def case(name, contents, x, y, axes, options, save=torch.save, model="model.pt"):
    path = os.path.join(FOLDER, name)
    save(contents, os.path.join(path, model))
    name_of_input = "ids" if x.dtype == torch.int64 else "x"
    make_cases.write(path, model, {f"in.{name_of_input}": x, "out.y": y}, options=options, axes=axes)


def numbers(*shape):
    return torch.rand(*(shape or (BATCH, TIME, INPUT))) * 2 - 1


def save_legacy(contents, path):
    """The older form has the source of every class beside its name; ours is without."""

    def no_source(*_, **__):
        raise OSError

    kept, serialization.get_source_lines_and_file = serialization.get_source_lines_and_file, no_source
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.save(contents, path, _use_new_zipfile_serialization=False)
    serialization.get_source_lines_and_file = kept


def sequential():
    folder_of("sequential")
    model = nn.Sequential(
        nn.GRU(INPUT, HIDDEN, 2, batch_first=True), TakeLast(),
        nn.Sequential(nn.Linear(HIDDEN, 6), nn.Tanh(), nn.Dropout(0.5)), nn.Linear(6, 3), nn.Softmax(dim=1)).eval()
    x = numbers()
    case("sequential", model, x, model(x), BATCH_MAJOR, {"output": "last_step"})
    folder_of("sequential-wrapped")
    case("sequential-wrapped", {"epoch": 3, "net": nn.DataParallel(model), "criterion": nn.MSELoss()}, x, model(x), BATCH_MAJOR,
         {"output": "last_step"})
    folder_of("sequential-layer-norm")
    normed = nn.Sequential(nn.Linear(INPUT, HIDDEN), nn.LayerNorm(HIDDEN, eps=0.01), nn.ReLU(), nn.Linear(HIDDEN, 2))
    x = numbers()
    case("sequential-layer-norm", normed, x, normed(x), BATCH_MAJOR, {"output": "every_step"})
    folder_of("sequential-activations")
    bounded = nn.Sequential(nn.GRU(INPUT, HIDDEN, batch_first=True), TakeLast(), nn.Linear(HIDDEN, 6), nn.ReLU6(), nn.Linear(6, 6),
                            nn.Threshold(0.1, 0), nn.Linear(6, 3), nn.LogSoftmax(dim=-1))
    x = numbers() * 20
    case("sequential-activations", bounded, x, bounded(x), BATCH_MAJOR, {"output": "last_step"})
    folder_of("sequential-silu")
    torch.save(nn.Sequential(nn.Linear(INPUT, HIDDEN), nn.SiLU()), os.path.join(FOLDER, "sequential-silu", "model.pt"))
    make_cases.write(os.path.join(FOLDER, "sequential-silu"), "model.pt", refused="torch.jit.script(model.eval()).save")
    folder_of("sequential-unknown")
    unknown = nn.Sequential(nn.Linear(INPUT, HIDDEN), Swish(), nn.Linear(HIDDEN, 2))
    torch.save(unknown, os.path.join(FOLDER, "sequential-unknown", "model.pt"))
    make_cases.write(os.path.join(FOLDER, "sequential-unknown"), "model.pt", refused="somebodys.models.Swish")


def modules():
    folder_of("module")
    model = Classifier().eval()
    model.head[1].running_mean.copy_(torch.randn(6))
    model.head[1].running_var.copy_(torch.rand(6) + 0.5)
    ids = torch.randint(0, 9, (BATCH, TIME))
    options = {"modules": ["embedding", "rnn", "head"], "output": "last_step"}
    case("module", model, ids, model(ids), "batch, time", options)
    folder_of("module-legacy")
    case("module-legacy", model, ids, model(ids), "batch, time", options,
         save=save_legacy)
    folder_of("module-time-major")
    model, x = TimeMajor().eval(), numbers(TIME, BATCH, INPUT)
    case("module-time-major", model, x, model(x), TIME_MAJOR, {"modules": ["lstm", "fc", "activation"], "output": "every_step"})
    folder_of("module-convolution")
    convolutional, steps = Convolutional().eval(), numbers()
    case("module-convolution", convolutional, steps, convolutional(steps), BATCH_MAJOR,
         {"modules": ["first", "activation", "second", "gru", "fc"], "output": "last_step"})
    folder_of("module-unsaid")
    torch.save(model, os.path.join(FOLDER, "module-unsaid", "model.pt"))
    make_cases.write(os.path.join(FOLDER, "module-unsaid"), "model.pt",
                     refused="which of its modules are applied, in which order")


def beside():
    """Other objects of Python beside a state dict."""
    folder_of("beside")
    model = nn.ModuleDict({"gru": nn.GRU(INPUT, HIDDEN, batch_first=True), "fc": nn.Linear(HIDDEN, 2)})
    optimizer = torch.optim.Adam(model.parameters())
    x = numbers()
    y = model["fc"](model["gru"](x)[0])
    y.sum().backward()
    optimizer.step()
    y = model["fc"](model["gru"](x)[0])
    contents = {
        "loss": numpy.float64(0.25), "mean": numpy.arange(3.0), "table": numpy.zeros(9000), "criterion": nn.CrossEntropyLoss(),
        "optimizer": optimizer, "scheduler": torch.optim.lr_scheduler.StepLR(optimizer, 2), "names": {"a", "b"},
        "counts": collections.defaultdict(int, {"a": 1}), "device": torch.device("cpu"), "type": torch.float32,
        "args": types.SimpleNamespace(hidden=HIDDEN), "state_dict": model.state_dict(),
    }
    case("beside", contents, x, y, BATCH_MAJOR,
         {"modules": ["gru", "fc"], "output": "every_step", "layout": "batch_major"})


def normed():
    options = {"modules": ["lstm", "fc"], "output": "every_step", "layout": "batch_major"}

    def make():
        lstm = nn.LSTM(INPUT, HIDDEN, batch_first=True)
        for name in ("weight_ih_l0", "weight_hh_l0"):
            lstm = nn.utils.weight_norm(lstm, name)
        model = nn.ModuleDict({"lstm": lstm, "fc": nn.utils.weight_norm(nn.Linear(HIDDEN, 2), dim=None)})
        for name, value in model.named_parameters():
            if name.endswith("_g"):
                value.data.mul_(torch.rand(value.shape) + 0.5)
        return model

    folder_of("weight-norm")
    model, x = make(), numbers()
    y = model["fc"](model["lstm"](x)[0])
    case("weight-norm", model.state_dict(), x, y, BATCH_MAJOR, options)
    folder_of("weight-norm-module")
    case("weight-norm-module", model, x, y, BATCH_MAJOR, {"modules": ["lstm", "fc"], "output": "every_step"})

    # PyTorch 2's successor, under the names that it has.
    folder_of("parametrizations")
    renamed = collections.OrderedDict()
    for name, value in model.state_dict().items():
        module, _, weight = name.rpartition(".")
        part = {"_g": 0, "_v": 1}.get(weight[-2:])
        renamed[name if part is None else f"{module}.parametrizations.{weight[:-2]}.original{part}"] = value
    case("parametrizations", renamed, x, y, BATCH_MAJOR, options)

    folder_of("parametrizations-spectral")
    spectral = nn.ModuleDict({"gru": nn.GRU(INPUT, HIDDEN), "fc": nn.utils.parametrizations.spectral_norm(nn.Linear(HIDDEN, 2))})
    torch.save(spectral.state_dict(), os.path.join(FOLDER, "parametrizations-spectral", "model.pt"))
    make_cases.write(os.path.join(FOLDER, "parametrizations-spectral"), "model.pt", refused="fc.parametrizations.weight")


def dropped():
    for name, as_module in (("weight-drop", False), ("weight-drop-inside", True)):
        folder_of(name)
        module, fc, x = Dropped(), nn.Linear(HIDDEN, 2), numbers()
        state = collections.OrderedDict((f"rnn.{key}", value) for key, value in module.state_dict().items())
        if not as_module:
            state = collections.OrderedDict(
                (key.replace("module.", ""), value) for key, value in state.items() if key != "rnn.module.weight_hh_l0")
        state.update({f"fc.{key}": value for key, value in fc.state_dict().items()})
        module.module.weight_hh_l0.data.copy_(module.weight_hh_l0_raw)
        y = fc(module.module(x)[0][:, -1])
        case(name, state, x, y, BATCH_MAJOR,
             {"modules": ["rnn.module" if as_module else "rnn", "fc"], "output": "last_step", "layout": "batch_major"})


def repeated():
    """What is repeated is the last step, where that is no final state: both directions at the last step."""
    folder_of("repeat-last-step")
    model = nn.ModuleDict({"encoder": nn.LSTM(INPUT, HIDDEN, batch_first=True, bidirectional=True),
                           "decoder": nn.LSTM(2 * HIDDEN, HIDDEN, batch_first=True), "fc": nn.Linear(HIDDEN, INPUT)})
    x = numbers()
    last = model["encoder"](x)[0][:, -1:]
    y = model["fc"](model["decoder"](last.expand(-1, TIME, -1))[0])
    case("repeat-last-step", model.state_dict(), x, y, BATCH_MAJOR,
         {"modules": ["encoder", "repeat", "decoder", "fc"], "output": "every_step", "layout": "batch_major"})


def leb(number):
    encoded = b""
    while number >= 0x80:
        encoded += bytes([number & 0x7F | 0x80])
        number >>= 7
    return encoded + bytes([number])


def save_torchsharp(state, path):
    """TorchSharp's module.save: see TorchSharp's documentation of its format."""
    kinds = {torch.float32: 6, torch.float64: 7, torch.float16: 5, torch.int64: 4}
    with open(path, "wb") as file:
        file.write(leb(len(state)))
        for name, value in state.items():
            file.write(leb(len(name.encode())) + name.encode() + leb(kinds[value.dtype]) + leb(value.dim()))
            file.write(b"".join(leb(size) for size in value.shape) + value.numpy().tobytes())


def torchsharp():
    folder_of("torchsharp")
    model = nn.ModuleDict({"gru": nn.GRU(INPUT, 34, batch_first=True), "norm": nn.BatchNorm1d(34), "fc": nn.Linear(34, 2)}).eval()
    model["norm"].running_mean.copy_(torch.randn(34))
    x = numbers()
    y = model["fc"](model["norm"](model["gru"](x)[0].transpose(1, 2)).transpose(1, 2))
    state = model.state_dict()
    state["fc.weight"] = state["fc.weight"].half().float().half()
    y = nn.functional.linear(
        model["norm"](model["gru"](x)[0].transpose(1, 2)).transpose(1, 2), state["fc.weight"].float(), state["fc.bias"])
    case("torchsharp", state, x, y, BATCH_MAJOR,
         {"modules": ["gru", "norm(1e-5)", "fc"], "output": "every_step", "layout": "batch_major"},
         save=save_torchsharp, model="model.dat")


if __name__ == "__main__":
    os.makedirs(FOLDER, exist_ok=True)
    with torch.no_grad():
        sequential()
        modules()
        normed()
        dropped()
        repeated()
        torchsharp()
    beside()
    print(f"{len(os.listdir(FOLDER))} cases in {FOLDER}, PyTorch {torch.__version__}", file=sys.stderr)
