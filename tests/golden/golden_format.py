"""The golden case format: one safetensors file a case and an index.json; see README.md beside this file."""
import json
import os
import struct

import numpy as np

DTYPES = {np.dtype("float32"): "F32", np.dtype("float64"): "F64"}

# What a case is when its entry does not say otherwise, in the terms of torch.nn.LSTM and its kin.
DEFAULTS = dict(num_layers=1, bidirectional=False, bias=True, proj_size=0, batch_first=False, unbatched=False, T=6, B=3,
                lengths=None, enforce_sorted=None, initial_state=False, loss_on_state=False, tags=[])


def rng_of(case_id, seed):
    """A generator of its own for every case, so that adding or dropping a case leaves the others as they are."""
    return np.random.Generator(np.random.PCG64([seed, *case_id.encode()]))


def shapes(c):
    """Shapes of x, y, h0 and c0."""
    directions = 2 if c["bidirectional"] else 1
    state = c["proj_size"] or c["hidden_size"]
    lead = [c["T"]] if c["unbatched"] else [c["B"], c["T"]] if c["batch_first"] else [c["T"], c["B"]]
    rows = [] if c["unbatched"] else [c["B"]]
    blocks = [c["num_layers"] * directions]
    return (lead + [c["input_size"]], lead + [directions * state],
            blocks + rows + [state], blocks + rows + [c["hidden_size"]])


def parameter_shapes(c):
    """{torch parameter name: shape}, in torch's order."""
    gates = {"lstm": 4, "gru": 3}.get(c["kind"], 1)
    rows, state = gates * c["hidden_size"], c["proj_size"] or c["hidden_size"]
    suffixes = [""] + ["_reverse"] * c["bidirectional"]
    found = {}
    for layer in range(c["num_layers"]):
        columns = c["input_size"] if layer == 0 else state * len(suffixes)
        for suffix in (f"_l{layer}{s}" for s in suffixes):
            found["weight_ih" + suffix], found["weight_hh" + suffix] = [rows, columns], [rows, state]
            if c["bias"]:
                found["bias_ih" + suffix], found["bias_hh" + suffix] = [rows], [rows]
            if c["proj_size"]:
                found["weight_hr" + suffix] = [c["proj_size"], c["hidden_size"]]
    return found


def float32_error(single, double):
    """[largest error, largest value] over the elements that are finite in both."""
    finite = np.isfinite(single) & np.isfinite(double)
    return [float(np.abs(v[finite]).max(initial=0.0)) for v in (single - double, double)]


def write_case(folder, entry, tensors, metadata):
    """Write a case's tensors in the safetensors layout; returns its index entry."""
    entry = dict(entry, file=entry["id"] + ".safetensors")
    header, blobs, offset = {"__metadata__": dict(metadata, case=entry["id"])}, [], 0
    for name, a in sorted(tensors.items(), key=lambda item: (-item[1].dtype.itemsize, item[0])):
        header[name] = {"dtype": DTYPES[a.dtype], "shape": list(a.shape), "data_offsets": [offset, offset + a.nbytes]}
        blobs.append(np.ascontiguousarray(a).tobytes())
        offset += a.nbytes
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(os.path.join(folder, entry["file"]), "wb") as f:
        f.write(struct.pack("<Q", len(text)) + text + b"".join(blobs))
    return dict(entry, bytes=8 + len(text) + offset)


def write_index(folder, about, entries):
    """Write index.json, one line a case."""
    with open(os.path.join(folder, "index.json"), "w", encoding="utf-8") as f:
        f.write("{" + "".join(f"{json.dumps(k)}: {json.dumps(v)},\n" for k, v in about.items()) + '"cases": [\n')
        f.write(",\n".join(json.dumps(e) for e in entries) + "\n]}\n")
    print(f"{len(entries)} cases, {sum(e['bytes'] for e in entries) / 1e6:.2f} MB in {folder}")
