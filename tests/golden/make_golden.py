#!/usr/bin/env python3
"""Golden cases for the tests: torch/ by PyTorch, variants/ by numpy from the published equations.

usage: make_golden.py [--out DIR] [--seed N]     needs numpy and PyTorch 1.13
"""
import argparse
import os

import torch_cases
import variant_cases

HERE = os.path.dirname(os.path.abspath(__file__))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", default=HERE, help="where to put torch/ and variants/ (default: beside this file)")
    parser.add_argument("--seed", type=int, default=20250301)
    arguments = parser.parse_args()
    for name, cases in (("torch", torch_cases), ("variants", variant_cases)):
        folder = os.path.join(arguments.out, name)
        os.makedirs(folder, exist_ok=True)
        cases.write_folder(folder, arguments.seed)


if __name__ == "__main__":
    main()
