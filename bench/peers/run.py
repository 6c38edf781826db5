#!/usr/bin/env python3
"""Times Recurrent and its peers on the shapes of bench/shapes.json, in one interleaved run.

For every shape each system prepares, then the systems take turns for several rounds, and the median of the rounds
counts: all figures of a row come from the same minutes. Before, the outputs are compared with ours, because a
benchmark of different computations says nothing. `./build.sh peers` calls this with the paths that it built.
"""

import argparse
import array
import datetime
import json
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import capture
import data
from limit import limit_us
from shapes import select
from systems import Peer, PeerFailure, Unavailable, Unsupported, known
from table import Table

# By precision. Rounded weights, and the inputs and states that a peer rounds too, change outputs, which are near 1.
TOLERANCES = {"float32": 1e-4, "bf16": 5e-3, "int8": 2e-2}

# A training step takes up to a quarter of a second: a turn is to have several.
TRAINING_TURN = 10

# Thread pools spin for a while after a call; they must not take the next system's processor.
SETTLE_SECONDS = 0.01


def parse_arguments():
    parser = argparse.ArgumentParser(prog="./build.sh peers", description=__doc__.split("\n")[0])
    parser.add_argument("--quick", action="store_true", help="a few shapes, short samples")
    parser.add_argument("--filter", action="append", default=[], metavar="PATTERN",
                        help="shapes whose name holds the pattern, such as 'stream/lstm*H=64,*'; may be repeated")
    parser.add_argument("--systems", default="", metavar="A,B",
                        help="these systems only")
    parser.add_argument("--caches", metavar="L1D,L2,L3",
                        help="KiB of the caches, such as 48,1024,32768, on a machine that does not tell them")
    parser.add_argument("--rounds", type=int, metavar="N", help="turns of each system (5, quick 3)")
    parser.add_argument("--seconds", type=float, metavar="S", help="length of a turn (0.1, quick 0.05)")
    for name in ("shapes", "native", "managed", "dotnet-peers", "output"):
        parser.add_argument(f"--{name}", type=pathlib.Path, required=True, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    arguments.rounds = arguments.rounds or (3 if arguments.quick else 5)
    arguments.seconds = arguments.seconds or (0.05 if arguments.quick else 0.1)
    return arguments


def choose_systems(arguments):
    """Those that were asked for, and for each one that is not installed why."""
    systems = known(arguments.native, arguments.managed, arguments.dotnet_peers)
    names = [name for name in arguments.systems.split(",") if name]
    unknown = set(names) - {system.name for system in systems}
    if unknown:
        sys.exit(f"--systems: expected some of {', '.join(s.name for s in systems)}; found {', '.join(unknown)}")
    return [system for system in systems if system.name in names or not names]


def start(systems):
    """The peers that run here, and for each other system the reason."""
    peers, missing = {}, {}
    for system in systems:
        peer = Peer(system)
        try:
            if not system.needs.exists():
                raise Unavailable(f"{system.needs.name} is not installed")
            peer.start()
            peers[system.name] = peer
        except (PeerFailure, Unavailable) as reason:
            missing[system.name] = str(reason)
            print(f"left out: {system.name}: {reason}")
    return peers, missing


def read_floats(path):
    values = array.array("f")
    values.frombytes(path.read_bytes())
    return values


class Run:
    """One run over all shapes."""

    def __init__(self, arguments):
        self._arguments = arguments
        self._peers, self._missing = start(choose_systems(arguments))
        self._table = Table([peer.system for peer in self._peers.values()])
        self._problems = []
        self.rows = []
        caches = ["--caches", arguments.caches] if arguments.caches else []
        measured = json.loads(subprocess.run(
            [arguments.native / "recurrent_limits", "--json", *caches], check=True, stdout=subprocess.PIPE, text=True).stdout)
        self._machine = measured["machine"]
        self._limits = measured["limits"]

    def all_shapes(self):
        shapes = select(self._arguments.shapes, self._arguments.quick, self._arguments.filter)
        if not shapes:
            sys.exit("--filter: no shape matches")
        print(self._table.header(), flush=True)
        for shape in shapes:
            if shape.threads <= self._machine["processors"]:
                self._shape(shape)
                self._write()
        for peer in self._peers.values():
            peer.close()
        return self._problems

    def _write(self):
        """After every shape, so that an interrupted run leaves what it has."""
        systems = {name: peer.version for name, peer in self._peers.items()}
        machine = {**self._machine, "date": datetime.date.today().isoformat(), "systems": systems,
                   "missing": self._missing}
        result = {"machine": machine, "limits": self._limits, "rows": self.rows}
        self._arguments.output.parent.mkdir(parents=True, exist_ok=True)
        self._arguments.output.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")

    def _best_instruction_set(self):
        return next(iter(self._limits)).split("/")[0]

    def _shape(self, shape):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "data.bin"
            data.write(shape, path)
            ready = self._prepare(shape, path, pathlib.Path(folder) / ("model.nam" if shape.captures else "model.onnx"))
            ready = self._compare(shape, ready, pathlib.Path(folder))
        results = {}
        samples = {name: [] for name in ready}
        seconds = self._arguments.seconds * (TRAINING_TURN if shape.trains else 1)
        for _ in range(self._arguments.rounds):
            for name in ready:
                if shape.threads > 1:
                    time.sleep(SETTLE_SECONDS)
                answer = self._ask(shape, name, f"run {seconds}")
                if answer is not None:
                    samples[name].append(json.loads(answer))
        for name, sets in samples.items():
            if sets:
                results[name] = self._row(shape, self._peers[name].system, sets)
        for line in self._table.lines(shape, results):
            print(line, flush=True)

    def _ask(self, shape, name, line):
        """The answer, or None after a failure, which is noted."""
        try:
            return self._peers[name].ask(line)
        except Unsupported:
            return None
        except PeerFailure as failure:
            self._problems.append(f"{shape.name}: {name}: {failure}")
            return None

    def _prepare(self, shape, path, model):
        words = shape.words(path)
        takers = {name: peer for name, peer in self._peers.items() if peer.system.takes(shape)}
        if shape.captures:
            capture.write_file(shape.hidden, path, model)
            words = f"{words} model={model}"
        elif any(peer.system.onnx for peer in takers.values()):
            subprocess.run([self._arguments.native / "onnx_model", model, *words.split()], check=True)
            words = f"{words} model={model}"
        return [name for name, peer in takers.items()
                if self._ask(shape, name, f"prepare {words} format={peer.system.format}") is not None]

    def _compare(self, shape, ready, folder):
        """Those of `ready` that compute what the first one does; ours is the first where it runs."""
        expected, first, same = None, 0, []
        for name in ready:
            path = folder / f"{name}.out"
            if self._ask(shape, name, f"check {path}") is None:
                continue
            found = read_floats(path)
            if expected is None:
                expected, first = found, TOLERANCES[self._peers[name].system.precision]
            tolerance = max(first, TOLERANCES[self._peers[name].system.precision])
            differences = [abs(a - b) for a, b in zip(expected, found, strict=True)]
            # Asked this way round, a NaN is a difference too.
            if all(difference <= tolerance for difference in differences):
                same.append(name)
            else:
                self._problems.append(f"{shape.name}: {name} differs by up to {max(differences):.2g}; left out")
        return same

    def _row(self, shape, system, sets):
        row = {
            "system": system.name, "workload": shape.workload, "cell": shape.cell,
            "T": shape.time, "B": shape.batch, "I": shape.input, "H": shape.hidden,
            "threads": shape.threads, "precision": system.precision,
            "us": round(statistics.median(one["us"] for one in sets), 5),
            "p99": round(statistics.median(one["p99"] for one in sets), 5),
            "limit_us": limit_us(
                shape, system.forced or self._best_instruction_set(), self._machine, self._limits, system.format),
            # A peer that has several ways to compute a shape says which it took.
            "note": sets[0].get("setting", system.note),
        }
        if row["limit_us"] is not None:
            row["limit_us"] = round(row["limit_us"], 5)
        self.rows.append(row)
        return row


def main():
    arguments = parse_arguments()
    run = Run(arguments)
    problems = run.all_shapes()
    for problem in problems:
        print(f"problem: {problem}")
    print(f"{len(run.rows)} rows in {arguments.output}")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
