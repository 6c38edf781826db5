"""The rows that bench/shapes.json asks for."""

import dataclasses
import fnmatch
import json

GATES = {"lstm": 4, "gru": 3, "gru_before": 3}

# Steps of a stream that are compared between systems.
STREAM_STEPS = 16

# Samples of a capture that are compared: twice what it looks back on.
CAPTURE_STEPS = 8192


@dataclasses.dataclass(frozen=True)
class Shape:
    workload: str
    cell: str
    time: int
    batch: int
    input: int
    hidden: int
    layers: int
    directions: int
    threads: int
    quick: bool
    # Of an epoch of training; 0 where a call is not an epoch.
    sequences: int = 0

    @property
    def name(self):
        """What filters match: `stream/lstm/T=1,B=1,I=64,H=64,threads=1`."""
        return (f"{self.workload}/{self.cell}/T={self.time},B={self.batch},I={self.input},"
                f"H={self.hidden},threads={self.threads}")

    @property
    def streaming(self):
        return self.workload in ("stream", "tiny", "pool")

    @property
    def pools(self):
        """Whether the rows are streams that come and go, whose states are gathered for every step."""
        return self.workload == "pool"

    @property
    def captures(self):
        """Whether it is a network of convolutions, whose state is carried from block to block."""
        return self.workload == "capture"

    @property
    def trains(self):
        """Whether a call goes forward and backward."""
        return self.workload.startswith("train")

    @property
    def shown_steps(self):
        """By what the time of a call is divided to be shown: its steps, except that an epoch is shown whole."""
        return 1 if self.sequences else self.time

    @property
    def steps(self):
        """Steps of the shared inputs."""
        return STREAM_STEPS if self.streaming else CAPTURE_STEPS if self.captures else self.time

    def layer_input(self, layer):
        return self.input if layer == 0 else self.directions * self.hidden

    def words(self, data):
        """The words of the prepare line."""
        values = {"workload": self.workload, "cell": self.cell, "time": self.time, "batch": self.batch,
                  "input": self.input, "hidden": self.hidden, "layers": self.layers,
                  "directions": self.directions, "threads": self.threads, "steps": self.steps,
                  "sequences": self.sequences, "data": data}
        return " ".join(f"{key}={value}" for key, value in values.items())


def _expand(workload):
    for threads in workload["threads"]:
        for cell in workload["cells"]:
            for hidden in workload["hidden"]:
                for batch in workload["batch"]:
                    yield Shape(
                        workload=workload["name"], cell=cell, time=workload["time"], batch=batch,
                        input=workload.get("input", hidden), hidden=hidden,
                        layers=workload.get("layers", 1), directions=workload.get("directions", 1),
                        threads=threads, quick=threads == 1 and hidden in workload["quick"],
                        sequences=workload.get("sequences", 0))


def select(path, quick, filters):
    """The shapes of a file in its order; with filters, those whose name one of the patterns matches."""
    with open(path, encoding="utf-8") as file:
        workloads = json.load(file)["workloads"]
    shapes = [shape for workload in workloads for shape in _expand(workload)]
    if quick:
        shapes = [shape for shape in shapes if shape.quick]
    if filters:
        shapes = [shape for shape in shapes
                  if any(fnmatch.fnmatch(shape.name, f"*{pattern}*") for pattern in filters)]
    return shapes
