"""The goals of a results page: what is wanted of a shape, and what a run reached."""

import dataclasses

# Ratio to the best peer, one thread, input size = hidden size.
RATIOS = {
    ("stream", "lstm"): {64: 2.3, 128: 2.4, 256: 1.6, 512: 1.1, 1024: 1.6},
    ("stream", "gru"): {64: 2.2, 128: 2.0, 256: 1.4, 512: 1.1, 1024: 1.3},
    ("sequence", "lstm"): {64: 2.0, 128: 1.5, 256: 1.4, 512: 1.2, 1024: 1.1},
    ("sequence", "gru"): {64: 2.2, 128: 1.6, 256: 1.6, 512: 1.2, 1024: 1.3},
}
STACK_RATIO = 1.05

# Share of the limit that batches are to reach, and at which sizes no peer may be ahead.
BATCHED_SHARES = {256: 0.92, 512: 0.95, 1024: 0.85}
BATCHED_NEVER_BEHIND = (256, 512)

# Microseconds a step, input size 1.
TINY_MICROSECONDS = {16: 0.08, 40: 0.2}

# Our own time with one thread over that with two.
TWO_THREADS_FROM, TWO_THREADS_GAIN, STACK_GAIN = 256, 1.7, 1.9

AVX2_SHARE = 0.9

# Workloads of which a call is an epoch, shown whole.
EPOCHS = ("train_yearly", "train_monthly")

# A training step: of the limit, and ahead of oneDNN and of PyTorch; an epoch of a forecaster ahead of PyTorch.
TRAIN_SHARE, TRAIN_HIDDEN = 0.85, (256, 512)
TRAIN_RATIOS = {"onednn": 1.0, "pytorch": 1.7}
EPOCH_RATIO = 25.0


@dataclasses.dataclass(frozen=True)
class Goal:
    shape: tuple
    what: str
    wanted: float
    reached: float
    unit: str = "x"
    less_is_better: bool = False

    @property
    def met(self):
        return self.reached <= self.wanted if self.less_is_better else self.reached >= self.wanted

    def text(self, value):
        if self.unit == "%":
            return f"{100 * value:.0f} %"
        return f"{1000 * value:.0f} ns" if self.unit == "ns" else f"{value:.2f}x"


def _ratio_of(sizes, hidden):
    """A size that is no row of the table has the ratio of the nearest one above."""
    above = [size for size in sizes if size >= hidden]
    return sizes[min(above)] if above else None


def _of_one_thread(results, shape):
    ratio = results.ratio(shape)
    if ratio and (shape.workload, shape.cell) in RATIOS and shape.I == shape.H:
        wanted = _ratio_of(RATIOS[shape.workload, shape.cell], shape.H)
        if wanted:
            yield Goal(shape, "ahead of the best peer", wanted, ratio)
    if ratio and shape.workload == "stack":
        yield Goal(shape, "ahead of the best peer", STACK_RATIO, ratio)
    share = results.share_of_limit(shape, "recurrent")
    if shape.workload == "batched":
        if share and shape.H in BATCHED_SHARES:
            yield Goal(shape, "of the limit", BATCHED_SHARES[shape.H], share, "%")
        if ratio and shape.H in BATCHED_NEVER_BEHIND:
            yield Goal(shape, "never behind the best peer", 1.0, ratio)
    ours = results.step_us(shape, "recurrent")
    if ours and shape.workload == "tiny" and shape.H in TINY_MICROSECONDS:
        yield Goal(shape, "a step", TINY_MICROSECONDS[shape.H], ours, "ns", less_is_better=True)


def _of_avx2(results, shape):
    share = results.share_of_limit(shape, "recurrent-avx2")
    if share and shape.workload != "tiny":
        yield Goal(shape, "AVX2 forced: of its limit", AVX2_SHARE, share, "%")
    ours, theirs = (results.step_us(shape, name) for name in ("recurrent-avx2", "onednn-avx2"))
    if ours and theirs:
        yield Goal(shape, "AVX2 forced: ahead of oneDNN with AVX2", 1.0, theirs / ours)


def _of_training(results, shape):
    ours = results.step_us(shape, "recurrent")
    share = results.share_of_limit(shape, "recurrent")
    if shape.workload == "train" and shape.cell == "lstm" and shape.H in TRAIN_HIDDEN:
        if share:
            yield Goal(shape, "training step: of the limit", TRAIN_SHARE, share, "%")
        for peer, ratio in TRAIN_RATIOS.items():
            theirs = results.step_us(shape, peer)
            if ours and theirs:
                yield Goal(shape, f"training step: ahead of {peer}", ratio, theirs / ours)
    elif shape.workload in EPOCHS:
        theirs = results.step_us(shape, "pytorch")
        if ours and theirs:
            yield Goal(shape, "an epoch: ahead of pytorch", EPOCH_RATIO, theirs / ours)


def _of_two_threads(results, shape):
    alone = shape._replace(threads=1)
    if alone not in results.shapes:
        return
    one, two = results.step_us(alone, "recurrent"), results.step_us(shape, "recurrent")
    if one and two:
        wanted = STACK_GAIN if shape.workload == "stack" else TWO_THREADS_GAIN if shape.H >= TWO_THREADS_FROM else 1.0
        yield Goal(shape, "ahead of our own one thread", wanted, one / two)


def goals(results):
    """The goals of every shape that a run has."""
    for shape in results.shapes:
        if shape.workload in ("train", *EPOCHS):
            yield from _of_training(results, shape)
        elif shape.threads == 1:
            yield from _of_one_thread(results, shape)
            yield from _of_avx2(results, shape)
        elif shape.threads == 2:
            yield from _of_two_threads(results, shape)
