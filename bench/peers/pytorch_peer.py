#!/usr/bin/env python3
"""The line protocol of README.md for PyTorch: nn.LSTM and nn.GRU in inference mode, and in training."""

import os
import sys
import time

import torch

from pytorch_training import EpochTask, GradientTask

BLOCK = 32
SHORT_CALL = 1e-6
MOST_SAMPLES = 200000


class Unsupported(Exception):
    """The task is not one of PyTorch's."""


class InferenceTask:
    """A prepared task. A stream carries its states from call to call; a sequence starts every call from zero."""

    setting = None

    def __init__(self, pairs, number, values):
        torch.backends.mkldnn.set_flags(True)
        self._streaming = pairs["workload"] in ("stream", "tiny")
        kind = torch.nn.LSTM if pairs["cell"] == "lstm" else torch.nn.GRU
        self._model = kind(number["input"], number["hidden"], number["layers"],
                           bidirectional=number["directions"] == 2).eval()
        # The parameters stand in the order of the shared data: W, R and the biases of each direction.
        for parameter in self._model.parameters():
            parameter.copy_(values[:parameter.numel()].view(parameter.shape))
            values = values[parameter.numel():]
        inputs = values.view(number["steps"], number["batch"], number["input"]).clone()
        self._steps = inputs.split(number["time"])
        self._state = None

    def call(self, x=None):
        output, state = self._model(self._steps[0] if x is None else x, self._state)
        if self._streaming:
            self._state = state
        return output

    def ends(self):
        """The output of the first and of the last step, from zero states."""
        self._state = None
        outputs = [self.call(x) for x in self._steps]
        return torch.stack([outputs[0][0], outputs[-1][-1]])


def prepare(words):
    pairs = dict(word.split("=", 1) for word in words if "=" in word)
    number = {key: int(value) for key, value in pairs.items() if value.isdigit()}
    if pairs["cell"] not in ("lstm", "gru"):
        raise Unsupported("its GRU resets after the product")
    if number["threads"] != 1:
        raise Unsupported("one thread only")
    torch.set_num_threads(1)
    values = torch.from_file(pairs["data"], size=os.path.getsize(pairs["data"]) // 4)
    if number["sequences"]:
        return EpochTask(number, values.clone())
    if pairs["workload"] == "train":
        return GradientTask(pairs["cell"], number, values)
    with torch.inference_mode():
        return InferenceTask(pairs, number, values)


def time_block(task, calls):
    start = time.perf_counter()
    for _ in range(calls):
        task.call()
    return (time.perf_counter() - start) / calls


def run(task, seconds):
    # The first quarter brings caches and clocks to where they stay.
    end = time.perf_counter() + seconds / 4
    least = time_block(task, 1)
    while time.perf_counter() < end:
        least = min(least, time_block(task, 1))
    block = BLOCK if least < SHORT_CALL else 1
    end = time.perf_counter() + seconds
    samples = [time_block(task, block)]
    while len(samples) < MOST_SAMPLES and time.perf_counter() < end:
        samples.append(time_block(task, block))
    samples.sort()

    def percentile(share):
        return 1e6 * samples[int(share * (len(samples) - 1))]

    setting = f', "setting": "{task.setting}"' if task.setting else ""
    return (f'{{"us": {percentile(0.5):.5f}, "p99": {percentile(0.99):.5f}, "samples": {len(samples)}, '
            f'"block": {block}{setting}}}')


def answer(task, words):
    with torch.inference_mode(isinstance(task, InferenceTask)):
        if words[0] == "check":
            task.ends().contiguous().numpy().tofile(words[1])
            return "ok"
        return run(task, float(words[1]))


def main():
    task = None
    print(f"ready PyTorch {torch.__version__}", flush=True)
    for line in sys.stdin:
        words = line.split()
        if words == ["quit"]:
            return
        try:
            if words[0] == "prepare":
                task = prepare(words)
                reply = "ok"
            else:
                reply = answer(task, words)
        except Unsupported as reason:
            reply = f"unsupported {reason}"
        except (KeyError, ValueError, RuntimeError, OSError) as error:
            reply = f"error {' '.join(str(error).split())}"
        print(reply, flush=True)


if __name__ == "__main__":
    main()
