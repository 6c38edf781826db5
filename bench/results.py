#!/usr/bin/env python3
"""Writes docs/results.md, its plots and README's table from artifacts/bench/peers.json, which `./build.sh peers` leaves."""

import argparse
import collections
import json
import math
import pathlib

# Workloads of which a call is an epoch, shown whole.
EPOCHS = ("train_yearly", "train_monthly")

ROOT = pathlib.Path(__file__).resolve().parent.parent
PEERS = ["onednn", "libxsmm", "pytorch", "onnxruntime", "onnxruntime-dotnet", "torchsharp", "mkl-plain", "eigen"]
OURS = ["recurrent", "recurrent-sessions", "recurrent-pool", "recurrent-mkl", "recurrent-avx2"]
# Held back on purpose: compared with ours under the same restriction, not counted among the peers.
RESTRICTED = ["onednn-avx2"]
# With weights of fewer bytes, which have tables of their own: ours of a precision, and the peers of the same.
REDUCED = {
    "int8": (["recurrent-int8", "recurrent-int8-8bit", "recurrent-avx2-int8"], ["onednn-int8", "onnxruntime-int8"]),
    "bf16": (["recurrent-bf16", "recurrent-avx2-bf16"], ["onednn-bf16"]),
}
COLORS = {
    "limit": "#999999", "recurrent": "#d62728", "recurrent-avx2": "#ff9896", "recurrent-mkl": "#8c564b",
    "recurrent-pool": "#d62728", "recurrent-sessions": "#e377c2",
    "onednn": "#1f77b4", "libxsmm": "#2ca02c", "pytorch": "#ff7f0e", "onnxruntime": "#9467bd", "onnxruntime-dotnet": "#c5b0d5",
    "torchsharp": "#ffbb78", "mkl-plain": "#17becf", "eigen": "#bcbd22",
    "onednn-avx2": "#aec7e8",
}
CELLS = {"lstm": "LSTM", "gru": "GRU", "gru_before": "GRU, reset before", "wavenet": "WaveNet"}
GATES = {"lstm": 4, "gru": 3, "gru_before": 3}
TITLES = {
    "stream": "One step per call, one stream",
    "sequence": "Sequences of 100 steps, one stream",
    "batched": "Batches",
    "stack": "Two bidirectional layers",
    "tiny": "Small networks on one input",
    "pool": "One step of each of B streams that come and go",
    "capture": "Captures of amplifiers in blocks of 64 samples, one stream",
    "train": "A training step, forward and backward",
    "train_yearly": "An epoch of a forecaster, 237 windows of yearly sunspots; microseconds of the epoch",
    "train_monthly": "An epoch of a forecaster, 2246 windows of monthly sunspots; microseconds of the epoch",
}

# README's table: workload, batch, hidden size, what the row is called. LSTM, input size = hidden size, one thread.
README_ROWS = [
    ("stream", 1, 64, "one step, 64 units"),
    ("stream", 1, 256, "one step, 256 units"),
    ("sequence", 1, 256, "100 steps, 256 units"),
    ("batched", 32, 256, "50 steps of 32 rows, 256 units"),
    ("train", 32, 256, "the same forward and backward"),
]
README_SYSTEMS = {
    "recurrent": "Recurrent (C#)", "onnxruntime-dotnet": "ONNX Runtime (C#)", "onednn": "oneDNN (C++)",
    "torchsharp": "TorchSharp (C#)", "pytorch": "PyTorch (Python)",
}
README_MARKS = ("<!-- written by bench/results.py -->", "<!-- end -->")

Shape = collections.namedtuple("Shape", "workload cell T B I H threads")


def ours_of(shape):
    """What of ours is compared with peers."""
    return "recurrent-pool" if shape.workload == "pool" else "recurrent"


def steps_of(shape):
    """By what the time of a call is divided to be shown."""
    return 1 if shape.workload in EPOCHS else shape.T


class Results:
    """The rows of a run by shape and system."""

    def __init__(self, run):
        self.machine = run["machine"]
        self.limits = run["limits"]
        self.missing = run["machine"].get("missing", {})
        self.systems = [name for name in OURS + PEERS + RESTRICTED if any(row["system"] == name for row in run["rows"])]
        self.shapes = {}
        # The rows of a precision by shape and system.
        self.reduced = {precision: {} for precision in REDUCED}
        for row in run["rows"]:
            shape = Shape(*(row[key] for key in Shape._fields))
            self.reduced.get(row["precision"], self.shapes).setdefault(shape, {})[row["system"]] = row

    def step_us(self, shape, system):
        """Microseconds a step, or of an epoch; `limit` is that of the best instruction set."""
        if system == "limit":
            limit = self.shapes[shape].get(ours_of(shape), {}).get("limit_us")
            return limit / steps_of(shape) if limit else None
        row = self.shapes[shape].get(system)
        return row["us"] / steps_of(shape) if row else None

    def share_of_limit(self, shape, system):
        row = self.shapes[shape].get(system)
        return row["limit_us"] / row["us"] if row and row["limit_us"] else None

    def best_peer(self, shape):
        times = [self.step_us(shape, peer) for peer in PEERS if self.step_us(shape, peer)]
        return min(times, default=None)

    def ratio(self, shape):
        ours, best = self.step_us(shape, ours_of(shape)), self.best_peer(shape)
        return best / ours if ours and best else None


def gigaflops(shape, step_us):
    """Of the products of one layer; the `stack` workload has others and is given in time."""
    return 2e-3 * GATES[shape.cell] * shape.H * (shape.I + shape.H) * shape.B / step_us


def number(value):
    if value is None:
        return "–"
    return f"{value:.0f}" if value >= 999.5 else f"{value:#.3g}".rstrip(".")


def table(results, shapes):
    names = [name for name in results.systems if any(name in results.shapes[shape] for shape in shapes)]
    lines = [f"| cell | B | H | threads | {' | '.join(names)} | best peer / ours | of limit |",
             "|---|---|---|---|" + "---|" * (len(names) + 2)]
    for shape in shapes:
        share, ratio = results.share_of_limit(shape, ours_of(shape)), results.ratio(shape)
        times = " | ".join(number(results.step_us(shape, name)) for name in names)
        lines.append(f"| {CELLS[shape.cell]} | {shape.B} | {shape.H} | {shape.threads} | {times} | "
                     f"{f'{ratio:.2f}x' if ratio else '–'} | {f'{100 * share:.0f} %' if share else '–'} |")
    return lines


def reduced_table(results, precision):
    """A row for each shape and each system of ours: beside our fp32, the peers of the precision, and its own limit."""
    ours, peers = REDUCED[precision]
    rows = results.reduced[precision]
    peers = [name for name in peers if any(name in of_shape for of_shape in rows.values())]
    lines = [f"| workload | cell | B | H | threads | system | us | of our fp32 | {' | '.join(peers)} | best peer / ours | of its limit |",
             "|---|---|---|---|---|---|---|---|" + "---|" * (len(peers) + 2)]

    def cells(shape, name):
        row = rows[shape][name]
        steps = steps_of(shape)
        plain = results.shapes.get(shape, {}).get("recurrent-avx2" if "avx2" in name else "recurrent")
        theirs = [rows[shape][peer]["us"] if peer in rows[shape] else None for peer in peers]
        best = min((us for us in theirs if us), default=None)
        yield name
        yield number(row["us"] / steps)
        yield f"{plain['us'] / row['us']:.2f}x" if plain else "–"
        yield from (number(us / steps if us else None) for us in theirs)
        # A peer that is not held back is no measure for what is.
        yield f"{best / row['us']:.2f}x" if best and "avx2" not in name else "–"
        yield f"{100 * row['limit_us'] / row['us']:.0f} %" if row["limit_us"] else "–"

    order = list(TITLES)
    for shape in sorted(rows, key=lambda shape: (
            order.index(shape.workload), shape.threads, list(CELLS).index(shape.cell), shape.B, shape.H)):
        for name in ours:
            if name in rows[shape]:
                lines.append(f"| {shape.workload} | {CELLS[shape.cell]} | {shape.B} | {shape.H} | {shape.threads} | "
                             f"{' | '.join(cells(shape, name))} |")
    return lines


def machine_line(machine):
    return (f"{machine['processor']}, {machine['processors']} processors, L1d {machine['l1d_bytes'] >> 10} KiB, "
            f"L2 {machine['l2_bytes'] >> 10} KiB, L3 {machine['l3_bytes'] >> 10} KiB; {machine['date']}.")


def readme_table(results):
    """Microseconds of a call, and in parentheses how many times as long as ours."""
    lines = [f"| LSTM, microseconds per call | {' | '.join(README_SYSTEMS.values())} |", "|---|" + "---|" * len(README_SYSTEMS)]
    for workload, batch, hidden, title in README_ROWS:
        shape = next(shape for shape in results.shapes
                     if (shape.workload, shape.cell, shape.B, shape.H, shape.threads) == (workload, "lstm", batch, hidden, 1))
        row = results.shapes[shape]
        ours = row["recurrent"]["us"]
        cells = []
        for system in README_SYSTEMS:
            us = row[system]["us"] if system in row else None
            factor = f" ({us / ours:.1f}x)" if us and system != "recurrent" else ""
            cells.append(number(us) + factor)
        lines.append(f"| {title} | {' | '.join(cells)} |")
    notes = [f"{machine_line(results.machine)} One thread; median of turns in one run of `./build.sh peers`."]
    if any("onnxruntime-dotnet" not in results.shapes[shape] for shape in results.shapes if shape.workload == "train"):
        notes.append("ONNX Runtime's package does not train.")
    notes += [f"{README_SYSTEMS[name]} did not run here: {plain(reason)}."
              for name, reason in results.missing.items() if name in README_SYSTEMS]
    return lines + ["", *notes]


def plain(reason):
    """A message as text: it may quote with what would begin code."""
    return reason.replace("`", "'")


def write_readme(path, results):
    begin, end = README_MARKS
    before, _, rest = path.read_text(encoding="utf-8").partition(begin)
    _, mark, after = rest.partition(end)
    if not mark:
        raise SystemExit(f"{path}: expected a table between {begin} and {end}")
    path.write_text("\n".join([before + begin, *readme_table(results), end]) + after, encoding="utf-8")


class Plot:
    """Lines over sizes, both axes logarithmic, as SVG text."""

    WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM, LABEL = 720, 420, 80, 190, 36, 52, 28

    def __init__(self, title, unit, lines, sizes="hidden size (units, log scale)"):
        self._title, self._unit, self._lines, self._sizes = title, unit, lines, sizes
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
            f'<text x="{(self.LEFT + right) / 2}" y="{self.HEIGHT - 12}" text-anchor="middle">'
            f'{self._sizes}</text>',
            f'<text transform="translate(18 {(self.TOP + bottom) / 2}) rotate(-90)" text-anchor="middle">'
            f'{self._unit} (log scale)</text>',
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
            width = 2.5 if name in ("recurrent", "recurrent-pool") else 1.5
            parts.append(f'<path d="M{path}" fill="none" stroke="{COLORS[name]}" stroke-width="{width}"{dash}/>')
            for point in line:
                x, y = self._place(*point)
                parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.5" fill="{COLORS[name]}"/>')
            y = self.TOP + 12 + 18 * place
            parts.append(f'<path d="M{right + 10} {y - 4}h18" stroke="{COLORS[name]}" stroke-width="{width}"{dash}/>')
            parts.append(f'<text x="{right + 34}" y="{y}">{name}</text>')
        return "\n".join(parts) + "\n</svg>\n"


def lines_over(size, results, shapes, value):
    """Lines of all systems over a size, the name of a field of the shapes."""
    lines = {}
    for name in ["limit"] + results.systems:
        points = [(getattr(shape, size), value(shape, results.step_us(shape, name)))
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
        lines = lines_over("H", results, shapes, lambda _, step_us: step_us)
        title = f"{TITLES[workload]}: {CELLS[cell]}, {threads} thread{'s' if threads > 1 else ''}"
        if lines:
            yield f"{workload}-{cell}-{threads}.svg", Plot(title, "microseconds per step, less is better", lines).text()
    for cell in ("lstm", "gru"):
        shapes = [shape for shape in results.shapes
                  if (shape.workload, shape.cell, shape.B, shape.threads) == ("batched", cell, 32, 1)]
        lines = lines_over("H", results, shapes, gigaflops)
        if lines:
            yield f"batched-{cell}.svg", Plot(
                f"Batches of 32: {CELLS[cell]}, 1 thread", "GFLOP/s, more is better", lines).text()
    for hidden in sorted({shape.H for shape in results.shapes if shape.workload == "pool"}):
        shapes = [shape for shape in results.shapes if (shape.workload, shape.cell, shape.H) == ("pool", "lstm", hidden)]
        lines = lines_over("B", results, shapes, lambda shape, step_us: 1000 * step_us / shape.B)
        if lines:
            yield f"pool-lstm-{hidden}.svg", Plot(
                f"A step of a stream: LSTM {hidden}, 1 thread", "nanoseconds per stream, less is better", lines,
                "streams that step at the same time (log scale)").text()


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
    text = [
        "# Results", "",
        "Written by `bench/results.py` from what `./build.sh peers` measured; how is in [bench/README.md](../bench/README.md).",
        "Times are microseconds per step of all batch rows; a ratio is between figures of one interleaved run. The limit is "
        "what the multiply-adds take, or reading the weights from the nearest cache that holds all of them, whichever takes longer. A step can "
        "pass 100 % of it where a faster cache keeps a part of the weights.",
        "", machine_line(machine), "",
        *(f"- `{name}`: {version}" for name, version in machine["systems"].items()),
        *(f"- `{name}` did not run here: {plain(reason)}" for name, reason in results.missing.items()), "",
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
        text += drawn + [""] * bool(drawn) + table(results, shapes)
    for precision, rows in results.reduced.items():
        if rows:
            text += ["", f"## Weights in {precision}", "",
                     "The same shapes; the limit is that of such weights.", "", *reduced_table(results, precision)]
    behind = list(slower(results))
    text += ["", "## Where a peer is ahead", ""] + (behind or ["Nowhere in this run."])
    return "\n".join(text) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--input", type=pathlib.Path, default=ROOT / "artifacts/bench/peers.json")
    parser.add_argument("--output", type=pathlib.Path, default=ROOT / "docs", help="folder of results.md")
    parser.add_argument("--readme", type=pathlib.Path, help="file whose table is written too; it needs a whole run")
    arguments = parser.parse_args()
    results = Results(json.loads(arguments.input.read_text(encoding="utf-8")))
    folder = arguments.output / "results"
    folder.mkdir(parents=True, exist_ok=True)
    drawn = dict(plots(results))
    for name, text in drawn.items():
        (folder / name).write_text(text, encoding="utf-8")
    (arguments.output / "results.md").write_text(page(results, list(drawn)), encoding="utf-8")
    if arguments.readme:
        write_readme(arguments.readme, results)


if __name__ == "__main__":
    main()
