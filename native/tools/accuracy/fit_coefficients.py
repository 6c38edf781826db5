#!/usr/bin/env python3
"""Fits the polynomial coefficients of native/src/simd/math.inl (needs mpmath).

Each polynomial is the weighted minimax fit on its interval, found by Lawson's iteration on Chebyshev
nodes. Coefficients are rounded to float one at a time from the lowest order up, refitting the
others after each, so that the later ones absorb the rounding of the earlier ones.
"""

import struct

from mpmath import mp, mpf, matrix, qr_solve, cos, expm1, log, log1p, pi, sqrt

mp.prec = 120


def to_float32(value):
    return mpf(struct.unpack("f", struct.pack("f", float(value)))[0])


def minimax(target, weight, low, high, powers, nodes=120, iterations=40):
    """Coefficients c with sum(c[k] * x**powers[k]) close to target(x), weighted by weight(x)."""
    xs = [(low + high) / 2 + (high - low) / 2 * cos(pi * (2 * i + 1) / (2 * nodes)) for i in range(nodes)]
    lawson = [mpf(1)] * nodes
    best, best_error = None, None
    for _ in range(iterations):
        rows = matrix(nodes, len(powers))
        right = matrix(nodes, 1)
        for i, x in enumerate(xs):
            scale = weight(x) * sqrt(lawson[i])
            for j, power in enumerate(powers):
                rows[i, j] = scale * x**power
            right[i] = scale * target(x)
        solution, _ = qr_solve(rows, right)
        errors = [abs(weight(x) * (sum(solution[j] * x**p for j, p in enumerate(powers)) - target(x))) for x in xs]
        worst = max(errors)
        if best_error is None or worst < best_error:
            best, best_error = [solution[j] for j in range(len(powers))], worst
        lawson = [w * (e / worst + mpf(10) ** -6) for w, e in zip(lawson, errors)]
        total = sum(lawson) / nodes
        lawson = [w / total for w in lawson]
    return best, best_error


def rounded_fit(name, target, weight, low, high, degree):
    fixed = []
    while len(fixed) <= degree:
        known = list(fixed)
        free = list(range(len(known), degree + 1))
        remaining = lambda x: target(x) - sum(c * x**k for k, c in enumerate(known))
        coefficients, error = minimax(remaining, weight, low, high, free)
        fixed.append(to_float32(coefficients[0]))
    print(f"{name}: weighted error 2^{float(log(error, 2)):.2f}")
    for k, c in enumerate(fixed):
        print(f"  c{k} = {float(c).hex()}  // {float(c):.9g}")


# exp: (e^r - 1 - r) / r^2 on |r| <= ln(2) / 2, a little wider for the rounding of n. The weight r makes the error of
# e^r - 1 relative to it, which is what tanh and expm1 need near 0.
half = log(mpf(2)) / 2 * mpf("1.0001")
exp_target = lambda r: (expm1(r) - r) / r**2 if r != 0 else mpf(1) / 2
rounded_fit("exp", exp_target, lambda r: abs(r) + mpf(2) ** -20, -half, half, 4)

# log1p: (log(1 + f) - f) / f^2 on sqrt(1/2) - 1 <= f <= sqrt(2) - 1, error relative to f.
log_target = lambda f: (log1p(f) - f) / f**2 if f != 0 else -mpf(1) / 2
low, high = sqrt(mpf("0.5")) - 1, sqrt(mpf(2)) - 1
rounded_fit("log1p", log_target, lambda f: abs(f) + mpf(2) ** -20, low * mpf("1.0001"), high * mpf("1.0001"), 8)

for name, value in [("ln 2", log(mpf(2)))]:
    high_part = to_float32(value)
    print(f"{name}: high {float(high_part).hex()} low {float(to_float32(value - high_part)).hex()}")
print(f"log2 e: {float(to_float32(1 / log(mpf(2)))).hex()}")
