"""Training in PyTorch: a step of nn.LSTM or nn.GRU forward and backward, and an epoch of a small forecaster."""

import time

import torch

# Calls of which the fastest says how fast a setting is.
TRIALS = 3


def _parameters(module, values):
    """Sets the parameters, which stand in the order of the shared data; what follows them."""
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.copy_(values[:parameter.numel()].view(parameter.shape))
            values = values[parameter.numel():]
    return values


def _flat(tensors):
    return torch.cat([tensor.detach().reshape(-1) for tensor in tensors])


class TrainingTask:
    """What training tasks share: the fastest of their settings is taken."""

    def choose(self, settings):
        """Tries every setting, a name and a function that makes it so, and keeps the fastest."""
        times = {}
        for name, enter in settings.items():
            enter()
            self.call()
            times[name] = min(self._time() for _ in range(TRIALS))
        self.setting = min(times, key=times.get)
        settings[self.setting]()

    def _time(self):
        start = time.perf_counter()
        self.call()
        return time.perf_counter() - start


class GradientTask(TrainingTask):
    """A call goes forward and backward; the gradients of parameters and inputs are new each time, not added up."""

    def __init__(self, cell, number, values):
        kind = torch.nn.LSTM if cell == "lstm" else torch.nn.GRU
        self._model = kind(number["input"], number["hidden"])
        values = _parameters(self._model, values)
        steps, batch = number["time"], number["batch"]
        count = steps * batch * number["input"]
        self._x = values[:count].view(steps, batch, number["input"]).clone().requires_grad_()
        self._dy = values[count:].view(steps, batch, number["hidden"]).clone()
        self._wanted = [*self._model.parameters(), self._x]
        self._gradients = ()
        self.choose({"MKLDNN": lambda: torch.backends.mkldnn.set_flags(True),
                     "no MKLDNN": lambda: torch.backends.mkldnn.set_flags(False)})

    def call(self):
        y, _ = self._model(self._x)
        self._gradients = torch.autograd.grad(y, self._wanted, self._dy)

    def ends(self):
        """The gradients of the parameters, then of the inputs."""
        self.call()
        return _flat(self._gradients)


class EpochTask(TrainingTask):
    """A call is an epoch in the order of the data: forward, mean squared error, backward, Adam.

    The batches are cut before.
    """

    def __init__(self, number, values):
        self._lstm = torch.nn.LSTM(number["input"], number["hidden"])
        self._dense = torch.nn.Linear(number["hidden"], 1)
        self._model = torch.nn.ModuleList([self._lstm, self._dense])
        self._values = values
        values = _parameters(self._model, values)
        count, steps = number["sequences"], number["time"]
        windows = values[:-count].view(count, steps, number["input"]).transpose(0, 1)
        self._batches = [(x.contiguous(), y.clone()) for x, y in zip(
            windows.split(number["batch"], dim=1), values[-count:].view(count, 1).split(number["batch"]))]
        self._loss = torch.nn.MSELoss()
        self.choose({f"{'MKLDNN' if mkldnn else 'no MKLDNN'}, Adam(foreach={foreach})":
                     lambda mkldnn=mkldnn, foreach=foreach: self._start(mkldnn, foreach)
                     for mkldnn in (True, False) for foreach in (True, False)})

    def _start(self, mkldnn, foreach):
        torch.backends.mkldnn.set_flags(mkldnn)
        _parameters(self._model, self._values)
        self._optimizer = torch.optim.Adam(self._model.parameters(), lr=1e-3, eps=1e-7, foreach=foreach)

    def call(self):
        total = 0
        for x, target in self._batches:
            self._optimizer.zero_grad(set_to_none=True)
            y, _ = self._lstm(x)
            loss = self._loss(self._dense(y[-1]), target)
            loss.backward()
            self._optimizer.step()
            total += loss.detach() * len(target)
        return float(total)

    def ends(self):
        """The parameters after the first epoch, then its mean loss. Choosing a setting left untouched ones."""
        loss = self.call() / sum(len(target) for _, target in self._batches)
        return torch.cat([_flat(self._model.parameters()), torch.tensor([loss])])
