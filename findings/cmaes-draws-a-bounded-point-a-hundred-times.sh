#!/usr/bin/env bash
# Expected: with bounds, CMA.ask() of the package cmaes draws a point or two until one lies within them, however many
# dimensions there are: a share of the points is outside.
# Seen: a point counts as outside if any coordinate is, and in hundreds of dimensions nearly every point is. So each ask()
# draws n_max_resampling (100) whole points, gives all of them up and moves the last one to the bounds: as with
# n_max_resampling=1, at a hundred times the cost. At 200 dimensions in the unit cube from its middle with sigma 0.3.
# Version: cmaes 0.13.1. Source: what the docstring of CMA says of n_max_resampling, and ask() in _cma.py.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check cmaes==0.13.1 numpy==2.2.6
cat >draws.py <<'PY'
from importlib.metadata import version

import numpy as np
from cmaes import CMA


def draws_per_point(dimensions, most):
    strategy = CMA(mean=np.full(dimensions, 0.5), sigma=0.3, bounds=np.tile([0.0, 1.0], (dimensions, 1)), seed=1,
                   n_max_resampling=most)
    drawn, rng = 0, strategy._rng

    class Counted:
        def randn(self, *size):
            nonlocal drawn
            drawn += 1
            return rng.randn(*size)

    strategy._rng = Counted()
    at_edge = np.mean([np.isin(strategy.ask(), (0.0, 1.0)).any() for _ in range(50)])
    return drawn / 50, at_edge


print("cmaes", version("cmaes"))
found = {}
for dimensions in (5, 200):
    for most in (100, 1):
        found[dimensions, most] = draws_per_point(dimensions, most)
        drawn, at_edge = found[dimensions, most]
        print(f"{dimensions} dimensions, n_max_resampling {most}: {drawn:.1f} draws a point; {at_edge:.0%} of the points "
              "were moved to a bound")
assert found[5, 100][0] < 3
assert found[200, 100] == (101.0, 1.0) or found[200, 100] == (100.0, 1.0), found[200, 100]
assert found[200, 1][0] <= 2 and found[200, 1][1] == 1.0
PY
venv/bin/python draws.py
