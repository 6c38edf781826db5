#!/usr/bin/env python3
"""Writes docs/results.md and its plots from artifacts/bench/peers.json, which `./build.sh peers` leaves."""

import argparse
import collections
import json
import math
import pathlib

from goals import EPOCHS, goals

ROOT = pathlib.Path(__file__).resolve().parent.parent
PEERS = ["onednn", "libxsmm", "pytorch", "onnxruntime", "onnxruntime-dotnet", "torchsharp", "mkl-plain"]
OURS = ["recurrent", "recurrent-mkl", "recurrent-avx2"]
# Held back on purpose: compared with ours under the same restriction, not counted among the peers.
RESTRICTED = ["onednn-avx2"]
COLORS = {
    "limit": "#999999", "recurrent": "#d62728", "recurrent-avx2": "#ff9896", "recurrent-mkl": "#8c564b",
    "onednn": "#1f77b4", "libxsmm": "#2ca02c", "pytorch": "#ff7f0e", "onnxruntime": "#9467bd", "onnxruntime-dotnet": "#c5b0d5",
    "torchsharp": "#ffbb78", "mkl-plain": "#17becf",
    "onednn-avx2": "#aec7e8",
}
CELLS = {"lstm": "LSTM", "gru": "GRU", "gru_before": "GRU, reset before"}
GATES = {"lstm": 4, "gru": 3, "gru_before": 3}
TITLES = {
    "stream": "One step a call, one stream",
    "sequence": "Sequences of 100 steps, one stream",
    "batched": "Batches",
    "stack": "Two bidirectional layers",
    "tiny": "Small networks on one input",
    "train": "A training step, forward and backward",
    "train_yearly": "An epoch of a forecaster, 237 windows of yearly sunspots; microseconds of the epoch",
    "train_monthly": "An epoch of a forecaster, 2246 windows of monthly sunspots; microseconds of the epoch",
}

Shape = collections.namedtuple("Shape", "workload cell T B I H threads")


class Results:
    """The rows of a run by shape and system."""

    def __init__(self, run):
        self.machine = run["machine"]
        self.limits = run["limits"]
        self.systems = [name for name in OURS + PEERS + RESTRICTED if any(row["system"] == name for row in run["rows"])]
        self.shapes = {}
        for row in run["rows"]:
            shape = Shape(*(row[key] for key in Shape._fields))
            self.shapes.setdefault(shape, {})[row["system"]] = row

    def step_us(self, shape, system):
        """Microseconds a step, or of an epoch; `limit` is that of the best instruction set."""
        steps = 1 if shape.workload in EPOCHS else shape.T
        if system == "limit":
            limit = self.shapes[shape].get("recurrent", {}).get("limit_us")
            return limit / steps if limit else None
        row = self.shapes[shape].get(system)
        return row["us"] / steps if row else None

    def share_of_limit(self, shape, system):
        row = self.shapes[shape].get(system)
        return row["limit_us"] / row["us"] if row and row["limit_us"] else None

    def best_peer(self, shape):
        times = [self.step_us(shape, peer) for peer in PEERS if self.step_us(shape, peer)]
        return min(times, default=None)

    def ratio(self, shape):
        ours, best = self.step_us(shape, "recurrent"), self.best_peer(shape)
        return best / ours if ours and best else None


def gigaflops(shape, step_us):
    """Of the products of one layer; the `stack` workload has others and is given in time."""
    return 2e-3 * GATES[shape.cell] * shape.H * (shape.I + shape.H) * shape.B / step_us


def number(value):
    if value is None:
        return "–"
    return f"{value:.0f}" if value >= 1000 else f"{value:#.3g}".rstrip(".")


def table(results, shapes, wanted):
    """`wanted` has the goals of a shape."""
    names = results.systems
    lines = [f"| cell | B | H | threads | {' | '.join(names)} | best peer / ours | of limit | goal | met |",
             "|---|---|---|---|" + "---|" * (len(names) + 4)]
    for shape in shapes:
        share, ratio = results.share_of_limit(shape, "recurrent"), results.ratio(shape)
        times = " | ".join(number(results.step_us(shape, name)) for name in names)
        own = [goal for goal in wanted.get(shape, []) if not goal.what.startswith("AVX2")]
        lines.append(f"| {CELLS[shape.cell]} | {shape.B} | {shape.H} | {shape.threads} | {times} | "
                     f"{f'{ratio:.2f}x' if ratio else '–'} | {f'{100 * share:.0f} %' if share else '–'} | "
                     f"{', '.join(goal.text(goal.wanted) for goal in own) or '–'} | "
                     f"{('yes' if all(goal.met for goal in own) else 'no') if own else '–'} |")
    return lines


def at_the_limit(results, goal):
    """What a ratio to the best peer would be if a step took no more than the limit."""
    share = results.share_of_limit(goal.shape, "recurrent")
    return f"{results.ratio(goal.shape) / share:.2f}x" if goal.what == "ahead of the best peer" and share else "–"


def goal_table(results, wanted):
    """How many goals of each kind are met, and every one that is not."""
    every = [goal for of_shape in wanted.values() for goal in of_shape]
    lines = ["| goal | met | of |", "|---|---|---|"]
    for what in dict.fromkeys(goal.what for goal in every):
        kind = [goal for goal in every if goal.what == what]
        lines.append(f"| {what} | {sum(goal.met for goal in kind)} | {len(kind)} |")
    missed = [goal for goal in every if not goal.met]
    if missed:
        lines += ["", "Not met:", "", "| workload | cell | B | H | threads | goal | wanted | reached | at the limit |",
                  "|---|---|---|---|---|---|---|---|---|"]
    for goal in missed:
        shape = goal.shape
        lines.append(f"| {shape.workload} | {CELLS[shape.cell]} | {shape.B} | {shape.H} | {shape.threads} | {goal.what} | "
                     f"{goal.text(goal.wanted)} | {goal.text(goal.reached)} | {at_the_limit(results, goal)} |")
    return lines


class Plot:
    """Lines over H, both axes logarithmic, as SVG text."""

    WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM, LABEL = 640, 400, 64, 140, 36, 44, 28

    def __init__(self, title, unit, lines):
        self._title, self._unit, self._lines = title, unit, lines
        points = [point for line in lines.values() for point in line]
        self._x = self._range([x for x, _ in points])
        self._y = self._range([y for _, y in points])

    @staticmethod
    def _range(values):
        return math.log(min(values)) - 0.05, math.log(max(values)) + 0.05

    def _place(self, x, y):
        width = self.WIDTH - self.LEFT - self.RIGHT
        height = self.HEIGHT - self.TOP - self.BOTTOM
        return (self.LEFT + width * (math.log(x) - self._x[0]) / (self._x[1] - self._x[0]),
                self.TOP + height * (self._y[1] - math.log(y)) / (self._y[1] - self._y[0]))

    def _ticks(self):
        lowest, highest = (math.exp(end) for end in self._y)
        digits = range(1, 10) if highest / lowest < 10 else (1, 2, 5)
        for power in range(-4, 7):
            for digit in digits:
                if lowest <= digit * 10.0**power <= highest:
                    yield digit * 10.0**power

    def _labels(self):
        """Sizes that have room for their number, powers of two before others."""
        sizes = {x for line in self._lines.values() for x, _ in line}
        chosen = []
        for size in sorted(sizes, key=lambda size: (size & (size - 1) != 0, size)):
            x, _ = self._place(size, math.exp(self._y[0]))
            if all(abs(x - self._place(other, math.exp(self._y[0]))[0]) >= self.LABEL for other in chosen):
                chosen.append(size)
        return sorted(chosen)

    def text(self):
        bottom, right = self.HEIGHT - self.BOTTOM, self.WIDTH - self.RIGHT
        parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.WIDTH} {self.HEIGHT}" '
            'font-family="sans-serif" font-size="12">',
            f'<rect width="{self.WIDTH}" height="{self.HEIGHT}" fill="white"/>',
            f'<text x="{self.LEFT}" y="20" font-size="14">{self._title}</text>',
            f'<text x="{self.LEFT}" y="{self.HEIGHT - 8}">hidden size; {self._unit}</text>',
        ]
        for value in self._ticks():
            _, y = self._place(math.exp(self._x[0]), value)
            parts.append(f'<path d="M{self.LEFT} {y:.1f}H{right}" stroke="#e0e0e0"/>')
            parts.append(f'<text x="{self.LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{value:g}</text>')
        for size in self._labels():
            x, _ = self._place(size, math.exp(self._y[0]))
            parts.append(f'<text x="{x:.1f}" y="{bottom + 16}" text-anchor="middle">{size}</text>')
        for place, (name, line) in enumerate(self._lines.items()):
            path = "L".join("{:.1f} {:.1f}".format(*self._place(*point)) for point in line)
            dash = ' stroke-dasharray="5 4"' if name == "limit" else ""
            width = 2.5 if name == "recurrent" else 1.5
            parts.append(f'<path d="M{path}" fill="none" stroke="{COLORS[name]}" stroke-width="{width}"{dash}/>')
            y = self.TOP + 12 + 18 * place
            parts.append(f'<path d="M{right + 10} {y - 4}h18" stroke="{COLORS[name]}" stroke-width="{width}"{dash}/>')
            parts.append(f'<text x="{right + 34}" y="{y}">{name}</text>')
        return "\n".join(parts) + "\n</svg>\n"


def lines_over_hidden(results, shapes, value):
    lines = {}
    for name in ["limit"] + results.systems:
        points = [(shape.H, value(shape, results.step_us(shape, name)))
                  for shape in shapes if results.step_us(shape, name)]
        if len(points) > 1:
            lines[name] = sorted(points)
    return lines


def plots(results):
    """File names and contents: streams and sequences in time, batches in rate."""
    for workload, cell, threads in (("stream", "lstm", 1), ("stream", "gru", 1), ("sequence", "lstm", 1),
                                    ("sequence", "gru", 1), ("stream", "lstm", 2), ("sequence", "lstm", 2)):
        shapes = [shape for shape in results.shapes
                  if (shape.workload, shape.cell, shape.threads) == (workload, cell, threads)]
        lines = lines_over_hidden(results, shapes, lambda _, step_us: step_us)
        title = f"{TITLES[workload]}: {CELLS[cell]}, {threads} thread{'s' if threads > 1 else ''}"
        if lines:
            yield f"{workload}-{cell}-{threads}.svg", Plot(title, "microseconds a step, less is better", lines).text()
    for cell in ("lstm", "gru"):
        shapes = [shape for shape in results.shapes
                  if (shape.workload, shape.cell, shape.B, shape.threads) == ("batched", cell, 32, 1)]
        lines = lines_over_hidden(results, shapes, gigaflops)
        if lines:
            yield f"batched-{cell}.svg", Plot(
                f"Batches of 32: {CELLS[cell]}, 1 thread", "GFLOP/s, more is better", lines).text()


def slower(results):
    """Shapes at which a peer is ahead of us."""
    for shape in results.shapes:
        ratio = results.ratio(shape)
        if ratio and ratio < 1:
            row = results.shapes[shape]
            peer = min((peer for peer in PEERS if peer in row), key=lambda name: row[name]["us"])
            yield (f"- {shape.workload} {CELLS[shape.cell]}, B={shape.B}, H={shape.H}, threads={shape.threads}: "
                   f"{peer} takes {100 * ratio:.0f} % of our time")


def page(results, plot_names):
    machine = results.machine
    wanted = collections.defaultdict(list)
    for goal in goals(results):
        wanted[goal.shape].append(goal)
    text = [
        "# Results", "",
        "Written by `bench/results.py` from what `./build.sh peers` measured; how is in [bench/README.md](../bench/README.md).",
        "Times are microseconds a step of all batch rows; a ratio is between figures of one interleaved run. The limit is what "
        "this machine needs at least; the goal is for the best peer's time over ours, for the share of the limit (%), or for a "
        "step (ns).", "",
        f"{machine['processor']}, {machine['processors']} processors, L1d {machine['l1d_bytes'] >> 10} KiB, "
        f"L2 {machine['l2_bytes'] >> 10} KiB, L3 {machine['l3_bytes'] >> 10} KiB; {machine['date']}.", "",
        *(f"- `{name}`: {version}" for name, version in machine["systems"].items()), "",
        "| limit | GFLOP/s | L1 | L2 | L3 | memory, GB/s |", "|---|---|---|---|---|---|",
    ]
    for name, rates in results.limits.items():
        reads = " | ".join(number(rates["read_gb_s"].get(level)) for level in ("L1", "L2", "L3", "memory"))
        isa, threads = name.split("/")
        text.append(f"| {isa}, {threads} thread{'s' if threads != '1' else ''} | {rates['gflops']:.0f} | {reads} |")
    for workload, title in TITLES.items():
        shapes = [shape for shape in results.shapes if shape.workload == workload]
        if not shapes:
            continue
        shapes.sort(key=lambda shape: (shape.threads, list(CELLS).index(shape.cell), shape.B, shape.H))
        text += ["", f"## {title}", ""]
        drawn = [f"![{name}](results/{name})" for name in plot_names if name.startswith(f"{workload}-")]
        text += drawn + [""] * bool(drawn) + table(results, shapes, wanted)
    behind = list(slower(results))
    text += ["", "## Where a peer is ahead", ""] + (behind or ["Nowhere in this run."])
    text += ["", "## Goals", "",
             "A ratio is the best peer's time over ours; a size that is no multiple of a vector is held to the ratio of the "
             "nearest size above. Steps in ns were aimed at on a processor of 3.8 GHz."]
    text += [""] + goal_table(results, wanted)
    return "\n".join(text) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--input", type=pathlib.Path, default=ROOT / "artifacts/bench/peers.json")
    parser.add_argument("--output", type=pathlib.Path, default=ROOT / "docs", help="folder of results.md")
    arguments = parser.parse_args()
    results = Results(json.loads(arguments.input.read_text(encoding="utf-8")))
    folder = arguments.output / "results"
    folder.mkdir(parents=True, exist_ok=True)
    drawn = dict(plots(results))
    for name, text in drawn.items():
        (folder / name).write_text(text, encoding="utf-8")
    (arguments.output / "results.md").write_text(page(results, list(drawn)), encoding="utf-8")


if __name__ == "__main__":
    main()
