"""Cases of what torch has no module for, computed from the published equations with numpy.

LSTM: Hochreiter & Schmidhuber 1997, Gers et al. 2000; peepholes: Gers & Schmidhuber 2000; projection: Sak et al. 2014.
GRU: Cho et al. 2014. Simple RNN: Elman 1990. Clip, coupling and activations: the ONNX operators.
Written for a reader, one row and one step at a time, and independent of every other implementation in this project.
"""
import numpy as np

from golden_format import DEFAULTS, float32_error, parameter_shapes, rng_of, shapes, write_case, write_index

ACTIVATIONS = {
    "tanh": lambda a, alpha, beta: np.tanh(a),
    "sigmoid": lambda a, alpha, beta: 1 / (1 + np.exp(-a)),
    "relu": lambda a, alpha, beta: np.maximum(a, 0),
    "hard_sigmoid": lambda a, alpha, beta: np.clip(alpha * a + beta, 0, 1),
    "identity": lambda a, alpha, beta: a,
    "affine": lambda a, alpha, beta: alpha * a + beta,
    "leaky_relu": lambda a, alpha, beta: np.where(a < 0, alpha * a, a),
    "thresholded_relu": lambda a, alpha, beta: np.where(a >= alpha, a, 0),
    "scaled_tanh": lambda a, alpha, beta: alpha * np.tanh(beta * a),
    "elu": lambda a, alpha, beta: np.where(a < 0, alpha * np.expm1(a), a),
    "softsign": lambda a, alpha, beta: a / (1 + np.abs(a)),
    "softplus": lambda a, alpha, beta: np.maximum(a, 0) + np.log1p(np.exp(-np.abs(a))),
}
PARAMETERS = {"hard_sigmoid": (0.2, 0.5), "affine": (0.75, -0.125), "leaky_relu": (0.01, 0), "thresholded_relu": (0.25, 0),
              "scaled_tanh": (1.7159, 0.6667), "elu": (0.9, 0)}


def activation(kind):
    """An activation with its parameters, which are float32 numbers in every precision."""
    alpha, beta = (float(np.float32(p)) for p in PARAMETERS.get(kind, (0, 0)))
    return dict(kind=kind, alpha=alpha, beta=beta)


def listed_cases():
    def case(cell, name, variant, i=5, h=9, **kw):
        return {**DEFAULTS, "id": f"{cell}_{name}", "kind": {"rnn": "rnn_tanh"}.get(cell, cell), "input_size": i,
                "hidden_size": h, "initial_state": True, "tags": ["variant"], "variant": variant, **kw}

    for kind in ACTIVATIONS:
        yield case("rnn", kind, dict(activations=dict(candidate=activation(kind))))
    yield case("rnn", "clip", dict(clip=0.25))
    yield case("rnn", "reverse", dict(reverse=True), lengths=[4, 0, 6], h=17)
    yield case("rnn", "two_activations", dict(activations=dict(candidate=activation("softsign")),
               reverse_activations=dict(candidate=activation("relu"))), bidirectional=True)

    ragged = dict(lengths=[3, 0, 6, 1], B=4)
    yield case("lstm", "peephole", {}, peephole=True, h=17)
    yield case("lstm", "peephole_previous", dict(output_peephole="previous_cell"), peephole=True)
    yield case("lstm", "peephole_deep", {}, peephole=True, num_layers=2, bidirectional=True, batch_first=True, **ragged)
    yield case("lstm", "peephole_projected", {}, peephole=True, proj_size=4, h=11)
    yield case("lstm", "coupled_input", dict(coupling="forget_from_input"))
    yield case("lstm", "coupled_forget", dict(coupling="input_from_forget"))
    yield case("lstm", "coupled_peephole_clip", dict(coupling="forget_from_input", clip=0.5), peephole=True, **ragged)
    yield case("lstm", "clip", dict(clip=0.25), bidirectional=True)
    yield case("lstm", "reverse", dict(reverse=True), num_layers=2)
    yield case("lstm", "empty_row_keeps", {}, **ragged)
    yield case("lstm", "empty_row_zeroes", dict(empty_row="zeroes_state"), **ragged)
    yield case("lstm", "no_steps", {}, T=0)
    yield case("lstm", "no_rows", {}, B=0)
    for roles in (("hard_sigmoid", "relu", "softsign"), ("hard_sigmoid", "softsign", "identity"),
                  ("sigmoid", "scaled_tanh", "elu"), ("affine", "leaky_relu", "tanh"), ("sigmoid", "tanh", "softplus")):
        yield case("lstm", "_".join(roles), dict(activations={
            role: activation(kind) for role, kind in zip(("gate", "candidate", "output"), roles)}), h=16)
    yield case("lstm", "two_activations", dict(reverse_activations=dict(
        gate=activation("hard_sigmoid"), candidate=activation("relu"), output=activation("tanh"))), bidirectional=True)

    before = dict(reset_before=True)
    yield case("gru", "before", before, h=17)
    yield case("gru", "before_deep", before, num_layers=2, bidirectional=True, batch_first=True, **ragged)
    yield case("gru", "before_without_bias", before, bias=False)
    yield case("gru", "before_clip", dict(before, clip=0.25))
    yield case("gru", "before_relu", dict(before, activations=dict(candidate=activation("relu"))), h=24)
    yield case("gru", "before_reverse", dict(before, reverse=True), **ragged)
    yield case("gru", "after_clip", dict(clip=0.25))
    yield case("gru", "after_hard_sigmoid_softsign", dict(activations=dict(
        gate=activation("hard_sigmoid"), candidate=activation("softsign"))), h=16)
    yield case("gru", "after_empty_row_keeps", {}, bidirectional=True, **ragged)
    yield case("gru", "after_empty_row_zeroes", dict(empty_row="zeroes_state"), bidirectional=True, **ragged)
    yield case("gru", "no_steps", before, T=0)


class Direction:
    """One direction of one layer, in one precision."""

    def __init__(self, c, params, suffix, dtype):
        self.c, self.variant, self.dtype = c, c["variant"], dtype
        self.parameter = lambda name: params[name + suffix].astype(dtype)
        self.W, self.R = self.parameter("weight_ih"), self.parameter("weight_hh")
        rows = self.W.shape[0]
        self.b_ih, self.b_hh = (self.parameter(n) if c["bias"] else np.zeros(rows, dtype) for n in ("bias_ih", "bias_hh"))
        self.peephole = self.parameter("peephole").reshape(3, -1) if c.get("peephole") else np.zeros((3, rows // 4), dtype)
        reverse = self.variant.get("reverse") or suffix.endswith("_reverse")
        self.order = -1 if reverse else 1
        roles = self.variant.get("activations", {})
        self.roles = self.variant.get("reverse_activations", roles) if reverse else roles

    def act(self, role, default, a):
        """The activation of a role, behind the clip."""
        if role != "output" and self.variant.get("clip"):
            a = np.clip(a, -self.variant["clip"], self.variant["clip"])
        f = self.roles.get(role, dict(kind=default, alpha=0, beta=0))
        return ACTIVATIONS[f["kind"]](a, f["alpha"], f["beta"]).astype(self.dtype)

    def step(self, x, h, c):
        return {"lstm": self.lstm, "gru": self.gru}.get(self.c["kind"], self.rnn)(x, h, c)

    def rnn(self, x, h, c):
        return self.act("candidate", "tanh", self.W @ x + self.R @ h + self.b_ih + self.b_hh), c

    def lstm(self, x, h, c):
        a_i, a_f, a_g, a_o = np.split(self.W @ x + self.R @ h + self.b_ih + self.b_hh, 4)
        p_i, p_f, p_o = self.peephole
        i, f = self.act("gate", "sigmoid", a_i + p_i * c), self.act("gate", "sigmoid", a_f + p_f * c)
        if self.variant.get("coupling") == "forget_from_input":
            f = 1 - i
        elif self.variant.get("coupling") == "input_from_forget":
            i = 1 - f
        new = f * c + i * self.act("candidate", "tanh", a_g)
        seen = c if self.variant.get("output_peephole") == "previous_cell" else new
        o = self.act("gate", "sigmoid", a_o + p_o * seen)
        h = o * self.act("output", "tanh", new)
        return (self.parameter("weight_hr") @ h if self.c["proj_size"] else h), new

    def gru(self, x, h, c):
        (w_r, w_z, w_n), (r_r, r_z, r_n) = np.split(self.W, 3), np.split(self.R, 3)
        (bi_r, bi_z, bi_n), (bh_r, bh_z, bh_n) = np.split(self.b_ih, 3), np.split(self.b_hh, 3)
        r = self.act("gate", "sigmoid", w_r @ x + bi_r + r_r @ h + bh_r)
        z = self.act("gate", "sigmoid", w_z @ x + bi_z + r_z @ h + bh_z)
        state = r_n @ (r * h) + bh_n if self.variant.get("reset_before") else r * (r_n @ h + bh_n)
        n = self.act("candidate", "tanh", w_n @ x + bi_n + state)
        return (1 - z) * n + z * h, c

    def run(self, x, h, c):
        """One row: inputs [n, I] to outputs [n, S] and the final states."""
        y = np.zeros((len(x), len(h)), self.dtype)
        for t in range(len(x))[::self.order]:
            h, c = self.step(x[t], h, c)
            y[t] = h
        return y, h, c


def run(c, data, params, dtype):
    """All rows through all layers: y, hn and cn."""
    shape_x, shape_y, shape_h, shape_c = shapes(c)
    time_major = (lambda a: a.swapaxes(0, 1)) if c["batch_first"] else (lambda a: a)
    y = time_major(np.zeros(shape_y, dtype))
    hn, cn = data["h0"].astype(dtype), data["c0"].astype(dtype) if "c0" in data else np.zeros(shape_c, dtype)
    suffixes = [""] + ["_reverse"] * c["bidirectional"]
    for row in range(c["B"] if c["T"] else 0):
        length = c["T"] if c["lengths"] is None else c["lengths"][row]
        sequence = time_major(data["x"])[:length, row].astype(dtype)
        for layer in range(c["num_layers"]):
            parts = []
            for k, suffix in enumerate(suffixes, layer * len(suffixes)):
                direction = Direction(c, params, f"_l{layer}{suffix}", dtype)
                part, hn[k, row], cn[k, row] = direction.run(sequence, hn[k, row], cn[k, row])
                parts.append(part)
            sequence = np.concatenate(parts, axis=1)
        y[:length, row] = sequence
        if length == 0 and c["variant"].get("empty_row") == "zeroes_state":
            hn[:, row], cn[:, row] = 0, 0
    return {"y": time_major(y), "hn": hn, **({"cn": cn} if c["kind"] == "lstm" else {})}


def write_one(folder, c, seed):
    rng = rng_of(c["id"], seed)
    shape_x, _, shape_h, shape_c = shapes(c)
    data = {"x": rng.standard_normal(shape_x), "h0": rng.standard_normal(shape_h) * 0.7}
    if c["kind"] == "lstm":
        data["c0"] = rng.standard_normal(shape_c) * 0.7
    named = dict(parameter_shapes(c))
    if c.get("peephole"):
        named.update({n.replace("weight_ih", "peephole"): [3 * c["hidden_size"]] for n in named if "weight_ih" in n})
    limit = 1.5 / np.sqrt(c["hidden_size"])
    data = {k: v.astype(np.float32) for k, v in data.items()}
    params = {n: rng.uniform(-limit, limit, s).astype(np.float32) for n, s in named.items()}
    double, single = (run(c, data, params, t) for t in (np.float64, np.float32))
    tensors = {**data, **{"p." + k: v for k, v in params.items()}}
    for name, value in double.items():
        tensors[name + ".f64"], tensors[name + ".f32"] = value, single[name]
    entry = dict(c, gradients=False, f32_err={k: float32_error(single[k], v) for k, v in double.items()})
    return write_case(folder, entry, tensors, {"numpy": np.__version__})


def write_folder(folder, seed):
    write_index(folder, {"numpy": np.__version__, "seed": seed}, [write_one(folder, c, seed) for c in listed_cases()])
