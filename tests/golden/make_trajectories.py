#!/usr/bin/env python3
"""Short trainings in float64 by PyTorch, one for each optimizer and kind of layer: training/trajectories.safetensors.

usage: make_trajectories.py [--out DIR] [--seed N]     needs numpy and PyTorch 1.13

Every one is `NAME.x`, `NAME.y`, and `NAME.init`, `NAME.final` (all parameters in the order of PyTorch's modules),
`NAME.loss` (of every batch). Batches are in the order of the rows. TrajectoriesTests names the same set-ups.
"""
import argparse
import os

import numpy as np
import torch
from torch import nn

import golden_format

HERE = os.path.dirname(os.path.abspath(__file__))
COUNT, TIME, BATCH = 26, 6, 8


class Model(nn.Module):
    def __init__(self, kind, layers, bidirectional, every_step):
        super().__init__()
        cls, extra = {"lstm": (nn.LSTM, {}), "gru": (nn.GRU, {}), "rnn": (nn.RNN, {}),
                      "projected": (nn.LSTM, {"proj_size": 3})}[kind]
        self.rnn = cls(1, 5, num_layers=layers, bidirectional=bidirectional, batch_first=True, **extra)
        size = extra.get("proj_size", 5) * (2 if bidirectional else 1)
        self.dense, self.every_step = nn.Linear(size, 1), every_step

    def forward(self, x, state=None):
        y, state = self.rnn(x, state)
        return self.dense(y if self.every_step else y[:, -1]), state


def rmsprop(p, **more): return torch.optim.RMSprop(p, lr=3e-3, alpha=0.9, eps=1e-7, **more)


# name: kind, layers, bidirectional, optimizer, loss, further: truncated steps, clipping, frozen parameters
RUNS = {
    "sgd": ("gru", 1, False, lambda p: torch.optim.SGD(p, lr=0.1), nn.MSELoss(), {}),
    "momentum": ("lstm", 2, False, lambda p: torch.optim.SGD(p, lr=0.03, momentum=0.9), nn.MSELoss(), {}),
    "nesterov": ("rnn", 1, True, lambda p: torch.optim.SGD(p, lr=0.03, momentum=0.9, nesterov=True), nn.MSELoss(), {}),
    "rmsprop": ("gru", 2, True, rmsprop, nn.L1Loss(), {}),
    "rmsprop_momentum": ("lstm", 1, True, lambda p: rmsprop(p, momentum=0.5), nn.HuberLoss(delta=0.3), {}),
    "adam": ("projected", 1, False, lambda p: torch.optim.Adam(p, lr=1e-2, eps=1e-7), nn.MSELoss(), {}),
    "adamw": ("rnn", 2, False, lambda p: torch.optim.AdamW(p, lr=1e-2, eps=1e-7, weight_decay=0.1), nn.MSELoss(), {}),
    "weight_decay": ("gru", 1, False, lambda p: torch.optim.SGD(p, lr=0.1, weight_decay=0.02), nn.MSELoss(), {}),
    "clip_norm": ("lstm", 1, False, lambda p: torch.optim.SGD(p, lr=0.1), nn.MSELoss(), {"norm": 0.05, "frozen": "bias_hh"}),
    "clip_value": ("gru", 1, False, lambda p: torch.optim.Adam(p, lr=1e-2, eps=1e-7), nn.MSELoss(), {"value": 0.01}),
    "truncated": ("lstm", 2, False, lambda p: torch.optim.Adam(p, lr=1e-2, eps=1e-7), nn.MSELoss(), {"steps": 4}),
}


def clip(parameters, how):
    if "norm" in how:
        norm = torch.sqrt(sum((p.grad ** 2).sum() for p in parameters))
        for p in parameters:
            p.grad *= min(1.0, how["norm"] / norm)
    if "value" in how:
        torch.nn.utils.clip_grad_value_(parameters, how["value"])


def run(name, rng, epochs):
    kind, layers, bidirectional, optimizer, loss_of, how = RUNS[name]
    model = Model(kind, layers, bidirectional, "steps" in how).double()
    for p in model.parameters():
        p.data = torch.from_numpy(rng.uniform(-0.6, 0.6, tuple(p.shape)))
    flat = lambda: np.concatenate([p.detach().numpy().ravel() for p in model.parameters()])
    wave = np.sin(np.arange(COUNT + TIME + 1) * 0.7) * 0.5 + 0.1 * rng.standard_normal(COUNT + TIME + 1)
    x = np.stack([wave[i:i + TIME] for i in range(COUNT)])[:, :, None]
    last = [wave[i + 1:i + TIME + 1] if "steps" in how else wave[i + TIME:i + TIME + 1] for i in range(COUNT)]
    y = np.stack(last).reshape(COUNT, -1, 1) if "steps" in how else np.stack(last)
    tensors = {"init": flat(), "x": x.copy(), "y": y}
    trained = []
    for key, p in model.named_parameters():
        p.requires_grad_(how.get("frozen", "-") not in key)
        trained += [p] if p.requires_grad else []
    optimizer = optimizer(trained)
    losses, steps = [], how.get("steps", TIME)
    for _ in range(epochs):
        for first in range(0, COUNT, BATCH):
            state = None
            for begin in range(0, TIME, steps):
                rows, times = slice(first, first + BATCH), slice(begin, begin + steps)
                part = torch.from_numpy(y[rows, times] if "steps" in how else y[rows])
                optimizer.zero_grad()
                found, state = model(torch.from_numpy(x[rows, times]), state)
                state = tuple(s.detach() for s in state) if isinstance(state, tuple) else state.detach()
                loss = loss_of(found, part)
                loss.backward()
                clip(trained, how)
                optimizer.step()
                losses.append(loss.item())
                if "steps" not in how:
                    state = None
    return {f"{name}.{key}": v for key, v in dict(tensors, final=flat(), loss=np.array(losses)).items()}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", default=os.path.join(HERE, "training"))
    parser.add_argument("--seed", type=int, default=20251121)
    parser.add_argument("--epochs", type=int, default=3)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    tensors = {}
    for name in RUNS:
        tensors.update(run(name, golden_format.rng_of(name, arguments.seed), arguments.epochs))
    golden_format.write_case(arguments.out, {"id": "trajectories"}, tensors, {"torch": torch.__version__})


if __name__ == "__main__":
    main()
