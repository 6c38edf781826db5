#!/usr/bin/env python3
"""Writes torchscript/: TorchScript archives of networks as people write them, inputs, and what PyTorch 1.13 computes.

Needs Debian's python3-torch (1.13) and python3-numpy. NAME/case.json is as in cases/. An archive of PyTorch has, beside the code, tables of
the lines that it was made of, with the paths of a machine: they are left out, as `_extra_files` would be.
"""
import io
import os
import shutil
import sys
import warnings
import zipfile
from typing import List, Optional, Tuple

import torch
from torch import nn
from torch.nn import functional
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

import make_cases

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "torchscript")
TIME, BATCH, INPUT, HIDDEN, CLASSES = 6, 3, 4, 5, 3
BATCH_MAJOR, TIME_MAJOR = "batch, time, features", "time, batch, features"


def save(module, path):
    """An archive without the tables of lines, and without the time of day."""
    buffer = io.BytesIO()
    torch.jit.save(module, buffer)
    with zipfile.ZipFile(buffer) as read, zipfile.ZipFile(path, "w") as written:
        for entry in read.infolist():
            if not entry.filename.endswith(".debug_pkl"):
                folder, _, rest = entry.filename.partition("/")
                info = zipfile.ZipInfo(f"model/{rest}", (1980, 1, 1, 0, 0, 0))
                is_code = rest.startswith("code/")
                info.compress_type = zipfile.ZIP_DEFLATED if is_code and entry.file_size > 200 else zipfile.ZIP_STORED
                written.writestr(info, read.read(entry))


def folder_of(name):
    torch.manual_seed(sum(name.encode()))
    path = os.path.join(FOLDER, name)
    shutil.rmtree(path, ignore_errors=True)
    os.makedirs(path)
    return path


def write(name, make, inputs, axes, traced=False, steps=False, output=None, tolerance=2e-6, convert=None):
    """A case: `make` builds the module; with `steps` the model is called once for each step of a sequence in time order."""
    path = folder_of(name)
    module = make().eval()
    tensors = {key: (value() if callable(value) else value) for key, value in inputs.items()}
    example = tuple(value[0] if steps else value for value in tensors.values())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        archive = torch.jit.trace(module, example, check_trace=False) if traced else torch.jit.script(module)
        archive = convert(archive) if convert else archive
    save(archive, os.path.join(path, "model.pt"))
    with torch.no_grad():
        if steps:
            results = [module(*(value[t] for value in tensors.values())) for t in range(TIME)]
            results = torch.stack([first(result) for result in results])
        else:
            results = module(*tensors.values())
    named = results if isinstance(results, dict) else {"y": first(results)}
    tensors = {f"in.{key}": value for key, value in tensors.items()}
    tensors.update({f"out.{key}": value for key, value in named.items()})
    make_cases.write(path, "model.pt", tensors, axes=axes, **({"options": {"output": output}} if output else {}))


def refuse(name, make, example, word, traced=False):
    path = folder_of(name)
    module = make().eval()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        archive = torch.jit.trace(module, example, check_trace=False) if traced else torch.jit.script(module)
    save(archive, os.path.join(path, "model.pt"))
    make_cases.write(path, "model.pt", refused=word)


def first(value):
    return value[0] if isinstance(value, tuple) else value


def sequences(*shape):
    return lambda: torch.rand(*(shape or (BATCH, TIME, INPUT))) * 2 - 1


class ZeroStates(nn.Module):
    """The classifier of most tutorials: states of zeros are made in forward."""

    def __init__(self, layers=2, bidirectional=False):
        super().__init__()
        self.layers, self.hidden, self.directions = layers, HIDDEN, 2 if bidirectional else 1
        self.lstm = nn.LSTM(INPUT, HIDDEN, layers, batch_first=True, dropout=0.2, bidirectional=bidirectional)
        self.drop = nn.Dropout(0.3)
        self.fc1 = nn.Linear(HIDDEN * self.directions, 7)
        self.fc2 = nn.Linear(7, CLASSES)

    def forward(self, x):
        h0 = torch.zeros(self.layers * self.directions, x.size(0), self.hidden).to(x.device)
        c0 = torch.zeros(self.layers * self.directions, x.size(0), self.hidden, device=x.device)
        out, _ = self.lstm(x, (h0, c0))
        out = self.drop(out[:, -1, :])
        return self.fc2(torch.relu(self.fc1(out)))


class FinalStates(nn.Module):
    """Both final states of a bidirectional GRU, side by side."""

    def __init__(self):
        super().__init__()
        self.gru = nn.GRU(INPUT, HIDDEN, 2, batch_first=True, bidirectional=True)
        self.fc = nn.Linear(2 * HIDDEN, CLASSES)

    def forward(self, x):
        _, h = self.gru(x)
        return torch.log_softmax(self.fc(torch.cat([h[-2], h[-1]], dim=1)), dim=1)


class LastState(nn.Module):
    """The final state of the last layer, squeezed."""

    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(INPUT, HIDDEN, 1, batch_first=True)
        self.fc = nn.Linear(HIDDEN, 1)

    def forward(self, x):
        _, (h, _) = self.lstm(x)
        return torch.sigmoid(self.fc(h.squeeze(0)))


class Tagger(nn.Module):
    """Words in, a class for each step out."""

    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(11, INPUT, padding_idx=0)
        self.lstm = nn.LSTM(INPUT, HIDDEN, batch_first=True, bidirectional=True)
        self.norm = nn.LayerNorm(2 * HIDDEN)
        self.out = nn.Linear(2 * HIDDEN, CLASSES)

    def forward(self, ids):
        y, _ = self.lstm(self.embedding(ids))
        return functional.log_softmax(self.out(self.norm(y)), dim=-1)


class TimeMajor(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = nn.RNN(INPUT, HIDDEN, 2, nonlinearity="relu")
        self.fc = nn.Linear(HIDDEN, 2)

    def forward(self, x):
        y, _ = self.rnn(x)
        return self.fc(y)


class Convolutional(nn.Module):
    """A convolution in front, with a batch normalization, and an LSTM behind."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv1d(INPUT, 6, 3, padding=1)
        self.norm = nn.BatchNorm1d(6)
        self.lstm = nn.LSTM(6, HIDDEN, batch_first=True)
        self.fc = nn.Linear(HIDDEN, CLASSES)
        self.norm.running_mean.copy_(torch.randn(6))
        self.norm.running_var.copy_(torch.rand(6) + 0.5)

    def forward(self, x):
        x = functional.relu(self.norm(self.conv(x.transpose(1, 2)))).permute(0, 2, 1)
        y, _ = self.lstm(x)
        return self.fc(y[:, -1])


class Pooled(nn.Module):
    """Convolution, pooling over two steps, a GRU."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv1d(INPUT, 6, 3)
        self.pool = nn.MaxPool1d(2)
        self.gru = nn.GRU(6, HIDDEN, batch_first=True)
        self.fc = nn.Linear(HIDDEN, CLASSES)

    def forward(self, x):
        y, _ = self.gru(self.pool(torch.relu(self.conv(x.transpose(1, 2)))).transpose(1, 2))
        return self.fc(y[:, -1, :])


class Attention(nn.Module):
    """A weight for each step, by softmax over time."""

    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(INPUT, HIDDEN, batch_first=True, bidirectional=True)
        self.score = nn.Linear(2 * HIDDEN, 1)
        self.fc = nn.Linear(2 * HIDDEN, CLASSES)

    def forward(self, x):
        y, _ = self.lstm(x)
        weights = torch.softmax(self.score(torch.tanh(y)), dim=1)
        return self.fc(torch.sum(weights * y, dim=1))


class AttentionByProduct(Attention):
    """The same as a product of matrices."""

    def forward(self, x):
        y, _ = self.lstm(x)
        weights = torch.softmax(self.score(y).squeeze(-1), dim=1)
        return self.fc(torch.bmm(weights.unsqueeze(1), y).squeeze(1))


class MeanAndMaximum(nn.Module):
    def __init__(self):
        super().__init__()
        self.gru = nn.GRU(INPUT, HIDDEN, batch_first=True)
        self.fc = nn.Linear(2 * HIDDEN, CLASSES)

    def forward(self, x):
        y, _ = self.gru(x)
        return self.fc(torch.cat([y.mean(dim=1), y.max(dim=1)[0]], dim=1))


class Residual(nn.Module):
    """Blocks with a connection around each, in a list of modules."""

    def __init__(self):
        super().__init__()
        self.input = nn.Linear(INPUT, HIDDEN)
        self.layers = nn.ModuleList([nn.LSTM(HIDDEN, HIDDEN, batch_first=True) for _ in range(3)])
        self.fc = nn.Linear(HIDDEN, 2)

    def forward(self, x):
        x = self.input(x)
        for layer in self.layers:
            y, _ = layer(x)
            x = x + y
        return self.fc(x)


class Autoencoder(nn.Module):
    """The final state, once for each step."""

    def __init__(self):
        super().__init__()
        self.encoder = nn.LSTM(INPUT, HIDDEN, batch_first=True)
        self.decoder = nn.LSTM(HIDDEN, HIDDEN, batch_first=True)
        self.output = nn.Linear(HIDDEN, INPUT)

    def forward(self, x):
        _, (h, _) = self.encoder(x)
        repeated = h[-1].unsqueeze(1).repeat(1, x.shape[1], 1)
        y, _ = self.decoder(repeated)
        return self.output(y)


class Policy(nn.Module):
    """A policy that keeps its states in buffers, one observation a call."""

    def __init__(self, kind="lstm"):
        super().__init__()
        self.memory = nn.LSTM(INPUT, HIDDEN) if kind == "lstm" else nn.GRU(INPUT, HIDDEN, 2)
        self.actor = nn.Sequential(nn.Linear(HIDDEN, 6), nn.ELU(), nn.Linear(6, 2))
        self.register_buffer("hidden_state", torch.zeros(1, 1, HIDDEN))
        self.register_buffer("cell_state", torch.zeros(1, 1, HIDDEN))

    def forward(self, x):
        out, (h, c) = self.memory(x.unsqueeze(0), (self.hidden_state, self.cell_state))
        self.hidden_state[:] = h
        self.cell_state[:] = c
        return self.actor(out.squeeze(0))

    @torch.jit.export
    def reset_memory(self):
        self.hidden_state[:] = 0.
        self.cell_state[:] = 0.


class GruPolicy(nn.Module):
    """The same with a GRU of two layers that starts from numbers, and an attribute that is set anew."""

    def __init__(self):
        super().__init__()
        self.mlp = nn.Sequential(nn.Linear(INPUT, 6), nn.Tanh())
        self.memory = nn.GRU(6, HIDDEN, 2)
        self.actor = nn.Linear(HIDDEN, 2)
        self.register_buffer("hidden", torch.randn(2, 1, HIDDEN))

    def forward(self, x):
        y, hidden = self.memory(self.mlp(x).unsqueeze(0), self.hidden)
        self.hidden = hidden
        return torch.tanh(self.actor(y[0]))


class StateArguments(nn.Module):
    """States come in and go out."""

    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(INPUT, HIDDEN, 2)
        self.fc = nn.Linear(HIDDEN, 2)

    def forward(self, x, h: torch.Tensor, c: torch.Tensor):
        y, (h1, c1) = self.lstm(x, (h, c))
        return self.fc(y), h1, c1


class CellPolicy(nn.Module):
    """A cell, and its state as an input and an output."""

    def __init__(self):
        super().__init__()
        self.cell = nn.GRUCell(INPUT, HIDDEN)
        self.fc = nn.Linear(HIDDEN, 2)

    def forward(self, x, h):
        h1 = self.cell(x, h)
        return self.fc(h1), h1


class Packed(nn.Module):
    """Rows of several lengths."""

    def __init__(self, sorted_rows=True):
        super().__init__()
        self.gru = nn.GRU(INPUT, HIDDEN, batch_first=True, bidirectional=True)
        self.fc = nn.Linear(2 * HIDDEN, CLASSES)
        self.sorted_rows = sorted_rows

    def forward(self, x, lengths):
        packed = pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=self.sorted_rows)
        _, h = self.gru(packed)
        return self.fc(torch.cat([h[0], h[1]], dim=1))


class Optional_(nn.Module):
    """Arguments that may be left out, branches on what is known, an exception."""

    def __init__(self):
        super().__init__()
        self.gru = nn.GRU(INPUT, HIDDEN, batch_first=True)
        self.fc = nn.Linear(HIDDEN, 2)
        self.scale = 0.5
        self.residual: bool = False

    def forward(self, x, h: Optional[torch.Tensor] = None, sizes: Optional[List[int]] = None):
        if x.dim() != 3:
            raise ValueError("expected a batch of sequences")
        if h is None:
            h = torch.zeros(1, x.shape[0], self.gru.hidden_size)
        assert x.shape[2] == 4
        y, h = self.gru(x, h)
        if self.residual:
            y = y + x
        if sizes is not None and len(sizes) > 0:
            y = y[:, :sizes[0]]
        return self.fc(y * self.scale)


class Steps(nn.Module):
    """Only the last three steps, of a model without a state."""

    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(INPUT, HIDDEN, batch_first=True)
        self.fc = nn.Linear(HIDDEN, 1)

    def forward(self, x):
        y, _ = self.lstm(x)
        return self.fc(y[:, -3:, :]).squeeze(-1)


class Gated(nn.Module):
    """Products of two paths, SiLU, leaky ReLU, clamping, parts of features."""

    def __init__(self):
        super().__init__()
        self.gru = nn.GRU(INPUT, 2 * HIDDEN, batch_first=True)
        self.out = nn.Linear(HIDDEN, CLASSES)

    def forward(self, x):
        y, _ = self.gru(x)
        a, b = y.chunk(2, dim=-1)
        gated = functional.silu(a) * torch.sigmoid(b)
        gated = functional.leaky_relu(gated + 0.25 * b, 0.2) / 2
        return torch.clamp(self.out(gated), -0.5, 0.5)


class Flattened(nn.Module):
    """All steps of a fixed time, flattened."""

    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(INPUT, HIDDEN, batch_first=True)
        self.fc = nn.Linear(HIDDEN * TIME, CLASSES)

    def forward(self, x):
        y, _ = self.lstm(x)
        return self.fc(y.reshape(y.shape[0], -1))


class Reversed(nn.Module):
    """One direction each, the second on the sequence from its end."""

    def __init__(self):
        super().__init__()
        self.forward_lstm = nn.LSTM(INPUT, HIDDEN, batch_first=True)
        self.backward_lstm = nn.LSTM(INPUT, HIDDEN, batch_first=True)
        self.fc = nn.Linear(2 * HIDDEN, 2)

    def forward(self, x):
        a, _ = self.forward_lstm(x)
        b, _ = self.backward_lstm(torch.flip(x, [1]))
        return self.fc(torch.cat([a, torch.flip(b, [1])], dim=-1))


class Two(nn.Module):
    """Two inputs, and two outputs by name."""

    def __init__(self):
        super().__init__()
        self.words = nn.Embedding(9, 3)
        self.gru = nn.GRU(3 + INPUT, HIDDEN, batch_first=True)
        self.first, self.second = nn.Linear(HIDDEN, 2), nn.Linear(HIDDEN, 1)

    def forward(self, x, ids):
        y, _ = self.gru(torch.cat([self.words(ids), x], dim=2))
        return {"logits": self.first(y), "value": self.second(y)}


class Causal(nn.Module):
    """Dilated convolutions, zeros in front."""

    def __init__(self):
        super().__init__()
        self.a, self.b = nn.Conv1d(INPUT, 6, 3, dilation=1), nn.Conv1d(6, 6, 3, dilation=2, groups=2)
        self.out = nn.Conv1d(6, 2, 1)

    def forward(self, x):
        x = x.transpose(1, 2)
        x = torch.tanh(self.a(functional.pad(x, (2, 0))))
        x = x + torch.relu(self.b(functional.pad(x, (4, 0))))
        return self.out(x).transpose(1, 2)


class Normed(nn.Module):
    """Weights of lengths and directions, which a trace computes at each call."""

    def __init__(self):
        super().__init__()
        self.gru = nn.GRU(INPUT, HIDDEN, batch_first=True)
        self.fc = nn.utils.weight_norm(nn.Linear(HIDDEN, 2))
        self.fc.weight_g.data.mul_(1.5)

    def forward(self, x):
        return self.fc(self.gru(x)[0])


class Parameter(nn.Module):
    """Trained initial states, one row for the whole batch."""

    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(INPUT, HIDDEN, 2, batch_first=True)
        self.h0, self.c0 = nn.Parameter(torch.randn(2, 1, HIDDEN)), nn.Parameter(torch.randn(2, 1, HIDDEN))

    def forward(self, x):
        rows = x.size(0)
        return self.lstm(x, (self.h0.expand(-1, rows, -1).contiguous(), self.c0.repeat(1, rows, 1)))[0]


class LastValue(nn.Module):
    """NLinear's way: the last value is taken away before, and added behind."""

    def __init__(self):
        super().__init__()
        self.lstm, self.fc = nn.LSTM(INPUT, HIDDEN, batch_first=True), nn.Linear(HIDDEN, INPUT)

    def forward(self, x):
        last = x[:, -1:, :]
        y, _ = self.lstm(x - last)
        return self.fc(y[:, -1]) + last.squeeze(1)


class Steps_(nn.Module):
    """Some of the input's steps, before anything says which dimension they are."""

    def __init__(self, take):
        super().__init__()
        self.lstm, self.take = nn.LSTM(INPUT, HIDDEN, batch_first=True), take

    def forward(self, x):
        if self.take == "tail":
            x = x[:, 1:]
        elif self.take == "strided":
            x = x[:, 1::2]
        else:
            x = x[:, 1:] - x[:, :-1]
        return self.lstm(x)[0]


class ResidualConvolution(nn.Module):
    """The input around a causal convolution, features first."""

    def __init__(self):
        super().__init__()
        self.conv, self.lstm = nn.Conv1d(INPUT, INPUT, 3, padding=2), nn.LSTM(INPUT, HIDDEN, batch_first=True)

    def forward(self, x):
        x = x.permute(0, 2, 1)
        x = x + torch.relu(self.conv(x)[:, :, :-2])
        return self.lstm(x.permute(0, 2, 1))[0]


class Projected(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(INPUT, HIDDEN, 2, batch_first=True, bidirectional=True, proj_size=3)
        self.fc = nn.Linear(6, 2)

    def forward(self, x):
        y, (h, _) = self.lstm(x)
        return self.fc(y[:, -1]) + self.fc(torch.cat([h[-2], h[-1]], 1))


class Cells(nn.Module):
    """Two cells in a loop over the steps, and a layer behind them at each."""

    def __init__(self):
        super().__init__()
        self.a, self.b, self.fc = nn.LSTMCell(INPUT, HIDDEN), nn.LSTMCell(HIDDEN, HIDDEN), nn.Linear(HIDDEN, 2)

    def forward(self, x):
        h1 = torch.zeros(x.size(0), 5)
        c1 = torch.zeros(x.size(0), 5)
        h2 = torch.zeros(x.size(0), 5)
        c2 = torch.zeros(x.size(0), 5)
        y = []
        for t in range(x.size(1)):
            h1, c1 = self.a(x[:, t], (h1, c1))
            h2, c2 = self.b(torch.tanh(h1), (h2, c2))
            y += [self.fc(h2) + h1[:, :2]]
        return torch.stack(y, dim=1)


class IteratedCell(nn.Module):
    """A cell over the steps of a sequence itself, its states trained; final state and all steps."""

    def __init__(self):
        super().__init__()
        self.cell, self.h0 = nn.RNNCell(INPUT, HIDDEN, nonlinearity="relu"), nn.Parameter(torch.randn(1, HIDDEN))

    def forward(self, x):
        h = self.h0.expand(x.size(1), -1)
        y = []
        last = h
        for step in x:
            h = self.cell(step, h)
            last = h * 2
            y.append(h.unsqueeze(0))
        return torch.cat(y, 0) + h - last


class ModuleOverSteps(nn.Module):
    """A module of two layers that is given a step at a time, and a tuple as its state."""

    def __init__(self):
        super().__init__()
        self.lstm, self.fc = nn.LSTM(INPUT, HIDDEN, 2, batch_first=True), nn.Linear(HIDDEN, 2)

    def forward(self, x):
        state = (torch.zeros(2, x.size(0), 5), torch.zeros(2, x.size(0), 5))
        y = []
        for t in range(x.size(1)):
            out, state = self.lstm(x[:, t:t + 1], state)
            y.append(self.fc(out))
        return torch.cat(y, dim=1)


class Activations(nn.Module):
    """Activations that are several layers."""

    def __init__(self):
        super().__init__()
        self.gru = nn.GRU(INPUT, 2 * HIDDEN, batch_first=True)
        self.soft, self.celu = nn.Softplus(2.0), nn.CELU(1.5)

    def forward(self, x):
        y = functional.glu(self.gru(functional.hardswish(3 * x))[0], -1)
        y = functional.gelu(y) + functional.gelu(y, approximate="tanh") + functional.mish(y) + self.soft(y)
        return self.celu(y - 1) + functional.logsigmoid(y) + functional.softshrink(y, 0.25) + functional.threshold(y, 1.0, 0.0)


class Repeats(nn.Module):
    """A cell in a loop over the steps."""

    def __init__(self):
        super().__init__()
        self.cell = nn.GRUCell(INPUT, HIDDEN)

    def forward(self, x):
        h = torch.zeros(x.size(0), self.cell.hidden_size)
        for t in range(x.size(1)):
            h = self.cell(x[:, t], h)
        return h


class FedBack(Repeats):
    """What a step puts out is what the next one reads."""

    def forward(self, x):
        h = torch.zeros(x.size(0), self.cell.hidden_size)
        y = torch.zeros(x.size(0), 4)
        for t in range(x.size(1)):
            h = self.cell(x[:, t] + y, h)
            y = h[:, :4]
        return y


class Depends(nn.Module):
    """A branch on the data."""

    def __init__(self):
        super().__init__()
        self.gru = nn.GRU(INPUT, HIDDEN, batch_first=True)

    def forward(self, x):
        y, _ = self.gru(x)
        if bool(y.sum() > 0):
            y = -y
        return y


class Noise(nn.Module):
    def __init__(self):
        super().__init__()
        self.gru = nn.GRU(INPUT, HIDDEN, batch_first=True)

    def forward(self, x):
        return self.gru(x, torch.randn(1, x.size(0), self.gru.hidden_size))[0]


class Counter(nn.Module):
    """A buffer that is no state of a layer is kept between calls."""

    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(INPUT, 2)
        self.register_buffer("last", torch.zeros(1, 2))

    def forward(self, x):
        y = self.fc(x) + self.last
        self.last = y
        return y


class Normalized(nn.Module):
    """A policy that brings its observations into a range, and keeps its state; the size of what it reads is in no weight before."""

    def __init__(self):
        super().__init__()
        self.register_buffer("mean", torch.randn(INPUT))
        self.register_buffer("deviation", torch.rand(INPUT) + 0.5)
        self.memory = nn.GRU(INPUT, HIDDEN)
        self.actor = nn.Sequential(nn.Linear(HIDDEN, 6), nn.ReLU(inplace=True), nn.Linear(6, 2))
        self.register_buffer("hidden", torch.zeros(1, 1, HIDDEN))

    def forward(self, x):
        x = torch.clamp((x - self.mean) / (self.deviation + 1e-5), -3., 3.)
        y, hidden = self.memory(x.unsqueeze(0), self.hidden)
        self.hidden[:] = hidden
        return self.actor(y.squeeze(0))


class Scaled(nn.Module):
    """Inputs times a number, and windows as long as the sequence."""

    def __init__(self):
        super().__init__()
        self.gru = nn.GRU(INPUT, HIDDEN, batch_first=True)
        self.fc = nn.Linear(HIDDEN, CLASSES)

    def forward(self, x):
        y = self.gru(x * 0.5 - 0.1)[0].transpose(1, 2)
        return self.fc(functional.max_pool1d(y, y.size(2)).squeeze(2))


class Rows(nn.Module):
    """A series of numbers without an axis of features; final states side by side after a permutation."""

    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(1, HIDDEN, batch_first=True, bidirectional=True)
        self.fc = nn.Linear(2 * HIDDEN, 1)

    def forward(self, x):
        _, (h, _) = self.lstm(x.unsqueeze(-1))
        return self.fc(h.permute(1, 0, 2).reshape(x.size(0), -1)).squeeze(-1)


class Characters(nn.Module):
    """All steps of all rows below each other, and back."""

    def __init__(self):
        super().__init__()
        self.embedding, self.lstm, self.fc = nn.Embedding(11, INPUT), nn.LSTM(INPUT, HIDDEN, batch_first=True), nn.Linear(HIDDEN, 11)

    def forward(self, ids):
        y, _ = self.lstm(self.embedding(ids))
        return self.fc(y.contiguous().view(-1, 5)).view(ids.size(0), ids.size(1), -1)


class Functions(nn.Module):
    """Functions of two values, and a mean of features as what is put out."""

    def __init__(self, is_mean=False):
        super().__init__()
        self.gru, self.fc, self.other = nn.GRU(INPUT, HIDDEN, batch_first=True), nn.Linear(HIDDEN, CLASSES), nn.Linear(HIDDEN, CLASSES)
        self.is_mean = is_mean

    def forward(self, x):
        y, _ = self.gru(x)
        a, b = self.fc(y), self.other(y)
        if self.is_mean:
            return torch.maximum(a, b).mean(-1, keepdim=True)
        return torch.minimum(torch.abs(a), torch.exp(torch.log_softmax(b, -1))) - torch.log(torch.sigmoid(a))


class StatesByLayer(nn.Module):
    """Final states in the shape that PyTorch's documentation gives: [layers, directions, batch, features]."""

    def __init__(self):
        super().__init__()
        self.gru, self.fc = nn.GRU(INPUT, HIDDEN, 2, batch_first=True, bidirectional=True), nn.Linear(2 * HIDDEN, CLASSES)

    def forward(self, x):
        _, h = self.gru(x)
        h = h.view(2, 2, x.size(0), 5)[-1]
        return self.fc(torch.cat((h[1], h[0]), 1))


class BothEnds(nn.Module):
    """The last step of the forward direction beside the first one of the other."""

    def __init__(self):
        super().__init__()
        self.lstm, self.fc = nn.LSTM(INPUT, HIDDEN, batch_first=True, bidirectional=True), nn.Linear(2 * HIDDEN, CLASSES)

    def forward(self, x):
        y, _ = self.lstm(x)
        return self.fc(torch.cat((y[:, -1, :5], y[:, 0, 5:]), 1))


class IndexOfRow(nn.Module):
    """What a whole row belongs to, beside its steps."""

    def __init__(self, repeats):
        super().__init__()
        self.table, self.gru, self.fc = nn.Embedding(4, 2), nn.GRU(INPUT, HIDDEN, batch_first=True), nn.Linear(HIDDEN + 2, 1)
        self.repeats = repeats

    def forward(self, x, i):
        y, h = self.gru(x)
        e = self.table(i)
        if self.repeats:
            return self.fc(torch.cat((y, e.unsqueeze(1).expand(-1, x.size(1), -1)), -1))
        return self.fc(torch.cat((h[-1], e), -1))


class Beside(nn.Module):
    """Two inputs side by side."""

    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(5, HIDDEN, batch_first=True)

    def forward(self, x, z):
        return self.lstm(torch.cat((x, z), -1))[0]


class Decoder(nn.Module):
    """A decoder from its encoder's states, of two layers."""

    def __init__(self):
        super().__init__()
        self.encoder, self.decoder = nn.GRU(INPUT, HIDDEN, 2, batch_first=True), nn.GRU(INPUT, HIDDEN, 2, batch_first=True)

    def forward(self, x, z):
        _, h = self.encoder(x)
        return self.decoder(z, h)[0]


class Bridge(nn.Module):
    """Forecasts some steps from what both directions have come to: dense layers make the states of it."""

    def __init__(self):
        super().__init__()
        self.encoder = nn.LSTM(INPUT, HIDDEN, batch_first=True, bidirectional=True)
        self.hidden, self.cell = nn.Linear(2 * HIDDEN, 7), nn.Linear(2 * HIDDEN, 7)
        self.decoder = nn.LSTM(7, 7, batch_first=True)
        self.fc = nn.Linear(7, CLASSES)

    def forward(self, x):
        _, (h, c) = self.encoder(x)
        h = torch.tanh(self.hidden(torch.cat((h[0], h[1]), dim=1)))
        c = torch.tanh(self.cell(torch.cat((c[0], c[1]), dim=1)))
        y, _ = self.decoder(h.unsqueeze(1).repeat(1, 4, 1), (h.unsqueeze(0), c.unsqueeze(0)))
        return self.fc(y)


class HiddenBesideCell(nn.Module):
    """A head over the hidden and the cell state of the last layer, side by side."""

    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(INPUT, HIDDEN, 2, batch_first=True)
        self.fc = nn.Linear(2 * HIDDEN, CLASSES)

    def forward(self, x):
        _, (h, c) = self.lstm(x)
        return self.fc(torch.cat((h[-1], c[-1]), dim=1))


class Columns(nn.Module):
    """Tables for the columns of one input."""

    def __init__(self):
        super().__init__()
        self.a, self.b, self.gru = nn.Embedding(7, 2), nn.Embedding(5, 3), nn.GRU(5, HIDDEN, batch_first=True)

    def forward(self, x):
        return self.gru(torch.cat((self.a(x[:, :, 0]), self.b(x[:, :, 1])), -1))[0]


class OverTime(nn.Module):
    """A normalization of each feature by all its steps."""

    def __init__(self):
        super().__init__()
        self.gru = nn.GRU(INPUT, HIDDEN, batch_first=True)

    def forward(self, x):
        y, _ = self.gru(x)
        return (y - y.mean(1, keepdim=True)) / (y.std(1, keepdim=True) + 1e-5)


def both(name, make, inputs, axes, **options):
    write(f"{name}-scripted", make, inputs, axes, **options)
    write(f"{name}-traced", make, inputs, axes, traced=True, **options)


def cases():
    x, xs = {"x": sequences()}, {"x": sequences(TIME, BATCH, INPUT)}
    ids = {"ids": lambda: torch.randint(0, 11, (BATCH, TIME))}
    step = {"x": sequences(TIME, 1, INPUT)}
    both("zero-states", ZeroStates, x, BATCH_MAJOR)
    both("zero-states-bidirectional", lambda: ZeroStates(bidirectional=True), x, BATCH_MAJOR)
    both("final-states", FinalStates, x, BATCH_MAJOR)
    both("last-state", LastState, x, BATCH_MAJOR)
    both("tagger", Tagger, ids, "batch, time")
    both("time-major", TimeMajor, xs, TIME_MAJOR)
    both("convolution", Convolutional, x, BATCH_MAJOR)
    both("pooled", Pooled, x, BATCH_MAJOR)
    both("attention", Attention, x, BATCH_MAJOR)
    write("attention-product-scripted", AttentionByProduct, x, BATCH_MAJOR)
    both("mean-maximum", MeanAndMaximum, x, BATCH_MAJOR)
    write("residual-scripted", Residual, x, BATCH_MAJOR)
    both("autoencoder", Autoencoder, x, BATCH_MAJOR)
    write("policy-scripted", Policy, step, TIME_MAJOR, steps=True)
    write("policy-gru-scripted", GruPolicy, step, TIME_MAJOR, steps=True)
    write("optional-scripted", Optional_, x, BATCH_MAJOR)
    both("last-steps", Steps, x, BATCH_MAJOR)
    both("gated", Gated, x, BATCH_MAJOR)
    both("flattened", Flattened, x, BATCH_MAJOR)
    both("reversed", Reversed, x, BATCH_MAJOR)
    both("causal", Causal, x, BATCH_MAJOR)
    write("weight-norm-traced", Normed, x, BATCH_MAJOR, traced=True)
    both("initial-states", Parameter, x, BATCH_MAJOR)
    write("frozen", ZeroStates, x, BATCH_MAJOR, convert=torch.jit.freeze)
    write("policy-normalized-scripted", Normalized, step, TIME_MAJOR, steps=True)
    write("scaled-scripted", Scaled, x, BATCH_MAJOR)
    both("rows", Rows, {"x": sequences(BATCH, TIME)}, "batch, time")
    both("characters", Characters, ids, "batch, time")
    both("last-value", LastValue, x, BATCH_MAJOR)
    for take in ("tail", "strided", "differences"):
        write(f"steps-{take}-scripted", lambda: Steps_(take), x, BATCH_MAJOR)
    both("residual-convolution", ResidualConvolution, x, BATCH_MAJOR)
    both("projected", Projected, x, BATCH_MAJOR)
    write("cells-scripted", Cells, x, BATCH_MAJOR)
    write("cells-final-scripted", Repeats, x, BATCH_MAJOR)
    write("cells-iterated-scripted", IteratedCell, xs, TIME_MAJOR)
    write("cells-module-scripted", ModuleOverSteps, x, BATCH_MAJOR)
    both("activations", Activations, x, BATCH_MAJOR)
    both("states-by-layer", StatesByLayer, x, BATCH_MAJOR)
    both("both-ends", BothEnds, x, BATCH_MAJOR)
    both("functions", Functions, x, BATCH_MAJOR)
    both("decoder", Decoder, {"x": sequences(), "z": sequences()}, {"x": BATCH_MAJOR, "z": BATCH_MAJOR})
    both("bridge", Bridge, x, BATCH_MAJOR)
    both("hidden-beside-cell", HiddenBesideCell, x, BATCH_MAJOR)
    both("functions-mean", lambda: Functions(is_mean=True), x, BATCH_MAJOR)
    write("two-inputs-scripted", Two, {"x": sequences(), "ids": lambda: torch.randint(0, 9, (BATCH, TIME))},
          {"x": BATCH_MAJOR, "ids": "batch, time"})


def refusals():
    x = torch.zeros(BATCH, TIME, INPUT)
    refuse("refused-loop", FedBack, (x,), "'y0', which a step hands to the next one")
    refuse("refused-loop-traced", Repeats, (x,), "script such a loop", traced=True)
    refuse("refused-branch", Depends, (x,), "code/__torch__.py, line")
    refuse("refused-random", Noise, (x,), "random")
    refuse("refused-counter", Counter, (x[:, 0],), "keeps")
    for traced in (False, True):
        kind = "traced" if traced else "scripted"
        refuse(f"refused-beside-{kind}", Beside, (x[..., :3], x[..., :2]), "how many features each of the inputs 'x', 'z' has", traced)
        for repeats in (False, True):
            refuse(f"refused-index-of-row-{'repeated' if repeats else 'last'}-{kind}", lambda: IndexOfRow(repeats),
                   (x, torch.zeros(BATCH, dtype=torch.long)), "has one index for a whole row", traced)
        refuse(f"refused-columns-{kind}", Columns, (x.long(),), "indices of tables have to be inputs of their own", traced)
        refuse(f"refused-over-time-{kind}", OverTime, (x,), "only a normalization of the features of each step by itself", traced)


if __name__ == "__main__":
    os.makedirs(FOLDER, exist_ok=True)
    cases()
    refusals()
    print(f"{len(os.listdir(FOLDER))} cases in {FOLDER}, PyTorch {torch.__version__}", file=sys.stderr)
