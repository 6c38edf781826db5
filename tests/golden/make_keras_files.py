#!/usr/bin/env python3
"""Model files as Keras, RTNeural's exporter, AIDA-X and GuitarML's trainer write them, each with an input and its output.

No Keras was at hand: configurations and names follow its documentation, outputs are computed by keras_equations.py. A file
NAME.safetensors or NAME.json goes with NAME.io.safetensors: x [steps, features], y.f64 [steps, outputs] or [outputs], and
as metadata how far a float or a double result may be from it.

usage: make_keras_files.py [--out DIR]     needs numpy
"""
import argparse
import json
import os
import struct

import numpy as np

import keras_cases

DTYPES = {np.dtype("float32"): "F32", np.dtype("float64"): "F64"}
HERE = os.path.dirname(os.path.abspath(__file__))


def write_safetensors(path, tensors, metadata):
    header, blobs, offset = {"__metadata__": metadata} if metadata else {}, [], 0
    for name, a in sorted(tensors.items(), key=lambda item: (-item[1].dtype.itemsize, item[0])):
        header[name] = {"dtype": DTYPES[a.dtype], "shape": list(a.shape), "data_offsets": [offset, offset + a.nbytes]}
        blobs.append(np.ascontiguousarray(a).tobytes())
        offset += a.nbytes
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as f:
        f.write(struct.pack("<Q", len(text)) + text + b"".join(blobs))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", default=os.path.join(HERE, "keras"), help="where to put the files (default: keras/)")
    folder = parser.parse_args().out
    os.makedirs(folder, exist_ok=True)
    cases = list(keras_cases.all_cases())
    for case in cases:
        if case.document is None:
            write_safetensors(os.path.join(folder, case.name + ".safetensors"), case.tensors, case.metadata)
        else:
            with open(os.path.join(folder, case.name + ".json"), "w", encoding="utf-8") as f:
                f.write(json.dumps(case.document) + "\n")
        io = {"x": case.x.astype(np.float32), "y.f64": np.asarray(case.y, dtype=np.float64)}
        allowed = {"allowed.single": "2e-6", "allowed.double": "1e-6" if case.is_rounded else "1e-12"}
        write_safetensors(os.path.join(folder, case.name + ".io.safetensors"), io, allowed)
    print(f"{len(cases)} models in {folder}")


if __name__ == "__main__":
    main()
