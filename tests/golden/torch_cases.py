"""Cases of torch.nn.RNN, LSTM and GRU: outputs and gradients in float64 and float32."""
import warnings

import numpy as np
import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from golden_format import DEFAULTS, float32_error, parameter_shapes, rng_of, shapes, write_case, write_index

KINDS = ["rnn_tanh", "rnn_relu", "lstm", "gru"]
GRADIENTS_IN_FULL = 3000    # parameters up to which gradients are kept in both precisions


def listed_cases():
    """The same ground for every cell: sizes around a vector's width, layers, directions, layouts, ragged batches."""
    for kind in KINDS + ["lstm_proj"]:
        def case(name, i, h, **kw):
            proj = dict(proj_size=max(1, h // 2)) if kind == "lstm_proj" else {}
            return {**DEFAULTS, "id": f"{kind}_{name}", "kind": kind.removesuffix("_proj"), "input_size": i,
                    "hidden_size": h, "tags": ["listed"], **proj, **kw}
        yield case("plain", 3, 16)
        yield case("tiny", 1, 2 if kind == "lstm_proj" else 1, T=9, B=1)
        yield case("initial", 8, 17, initial_state=True, loss_on_state=True, batch_first=True, B=5)
        yield case("deep", 5, 7, num_layers=3, bias=False, T=5)
        yield case("unbatched", 4, 9, unbatched=True, B=1, initial_state=True, bidirectional=True)
        yield case("sorted", 6, 8, lengths=[7, 7, 4, 2, 1], enforce_sorted=True, T=7, B=5, loss_on_state=True)
        yield case("ragged", 3, 5, lengths=[2, 8, 1, 5], enforce_sorted=False, T=8, B=4, num_layers=2,
                   bidirectional=True, initial_state=True, loss_on_state=True, batch_first=True)
        yield case("wide", 33, 37, T=4, B=9, bidirectional=kind != "lstm_proj")
        yield case("long", 2, 10, T=60, B=2, scale=2.5 if kind != "rnn_relu" else 1.0, initial_state=True)


def edge_cases():
    """Saturation, denormals, zeros, and one NaN or infinity whose row alone may be affected."""
    for kind in KINDS:
        for tag in ["saturate", "denormal", "zeros", "nan", "inf"] + ["huge_weights"] * (kind != "rnn_relu"):
            yield {**DEFAULTS, "id": f"edge_{tag}_{kind}", "kind": kind, "input_size": 7, "hidden_size": 17,
                   "initial_state": True, "loss_on_state": True, "tags": ["edge", tag],
                   "scale": 50.0 if tag == "huge_weights" else 1.0}


def make_module(c):
    kw = {k: c[k] for k in ("num_layers", "bias", "batch_first", "bidirectional")}
    if c["kind"] == "lstm":
        return nn.LSTM(c["input_size"], c["hidden_size"], proj_size=c["proj_size"], **kw)
    if c["kind"] == "gru":
        return nn.GRU(c["input_size"], c["hidden_size"], **kw)
    return nn.RNN(c["input_size"], c["hidden_size"], nonlinearity=c["kind"].removeprefix("rnn_"), **kw)


def make_data(c, rng):
    """Inputs and parameters in float32. Parameters are uniform in torch's own range times the case's scale."""
    x, y, hidden, cell = shapes(c)

    def normal(shape, deviation=1.0):
        return (rng.standard_normal(shape) * deviation).astype(np.float32)

    data = {"x": normal(x), "ly": normal(y)}
    for used, names, deviation in (("initial_state", ("h0", "c0"), 0.7), ("loss_on_state", ("lh", "lc"), 1.0)):
        for name, shape in zip(names[:2 if c["kind"] == "lstm" else 1], (hidden, cell)):
            if c[used]:
                data[name] = normal(shape, deviation)
    limit = c.get("scale", 1.0) / np.sqrt(c["hidden_size"])
    params = {n: rng.uniform(-limit, limit, s).astype(np.float32) for n, s in parameter_shapes(c).items()}
    if "saturate" in c["tags"]:
        data["x"] = np.where(rng.random(data["x"].shape) < 0.5, -1e4, 1e4).astype(np.float32)
    elif "denormal" in c["tags"]:       # without biases, so that what is denormal stays it
        data.update({k: (data[k] * np.float64(1e-40)).astype(np.float32) for k in ("x", "h0")})
        params.update({k: np.zeros_like(v) for k, v in params.items() if "bias" in k})
    elif "zeros" in c["tags"]:
        data["x"][:], data["h0"][:] = 0, 0
        params = {k: np.zeros_like(v) for k, v in params.items()}
    elif "nan" in c["tags"] or "inf" in c["tags"]:
        data["x"][2, 1, 0] = np.nan if "nan" in c["tags"] else np.inf
    return data, params


def run(c, data, params, dtype, gradients):
    """Forward and, if asked for, backward in one precision: outputs and gradients by name."""
    module = make_module(c).to(dtype)
    assert {n: list(p.shape) for n, p in module.named_parameters()} == parameter_shapes(c)
    with torch.no_grad():
        for name, p in module.named_parameters():
            p.copy_(torch.from_numpy(params[name]).to(dtype))
    leaves = {k: torch.from_numpy(data[k]).to(dtype).requires_grad_(gradients) for k in ("x", "h0", "c0") if k in data}
    state = (leaves["h0"], leaves["c0"]) if "c0" in leaves else leaves.get("h0")
    if c["lengths"] is None:
        y, final = module(leaves["x"], state)
    else:
        packed = pack_padded_sequence(leaves["x"], torch.tensor(c["lengths"]), c["batch_first"], c["enforce_sorted"])
        y, final = module(packed, state)
        y, _ = pad_packed_sequence(y, c["batch_first"], total_length=c["T"])
    outputs = dict(y=y, hn=final[0], cn=final[1]) if c["kind"] == "lstm" else dict(y=y, hn=final)
    result = {k: v.detach().numpy() for k, v in outputs.items()}
    if gradients:
        weights = dict(y="ly", hn="lh", cn="lc")
        sum((v * torch.from_numpy(data[weights[k]]).to(dtype)).sum()
            for k, v in outputs.items() if weights[k] in data).backward()
        leaves.update(module.named_parameters())
        result.update({"g." + k: v.grad.numpy().copy() for k, v in leaves.items()})
    return result


def write_one(folder, c, seed):
    data, params = make_data(c, rng_of(c["id"], seed))
    gradients = not {"nan", "inf"} & set(c["tags"])
    double, single = (run(c, data, params, t, gradients) for t in (torch.float64, torch.float32))
    count = sum(p.size for p in params.values())
    full = count <= GRADIENTS_IN_FULL
    tensors = {**data, **{"p." + k: v for k, v in params.items()}}
    for name, value in double.items():
        leaf = name.removeprefix("g.")
        if leaf == name:
            tensors[name + ".f64"], tensors[name + ".f32"] = value, single[name]
        elif full or leaf in data:
            tensors["g64." + leaf], tensors["g32." + leaf] = value, single[name]
        else:
            tensors["g64r." + leaf] = value.astype(np.float32)
    entry = dict(c, params=count, gradients=gradients, param_gradients="full" if full else "rounded",
                 f32_err={k: float32_error(single[k], v) for k, v in double.items()})
    return write_case(folder, entry, tensors, {"torch": torch.__version__})


def write_folder(folder, seed):
    torch.set_num_threads(1)
    torch.set_flush_denormal(False)
    warnings.simplefilter("ignore")
    entries = [write_one(folder, c, seed) for c in [*listed_cases(), *edge_cases()]]
    write_index(folder, {"torch": torch.__version__, "numpy": np.__version__, "seed": seed}, entries)
