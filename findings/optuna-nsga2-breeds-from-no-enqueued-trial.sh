#!/usr/bin/env bash
# Expected: a trial that was enqueued is one of the first generation of NSGAIISampler, and its parameters are passed on.
# Seen: it has no generation (samplers set it only where they sample), so it is never a parent: a known good start is lost.
# With create_trial(system_attrs={"NSGAIISampler:generation": 0}) and add_trial it is one.
# Version: optuna 5.0.0. Source: get_trial_generation and get_population in optuna/samplers/_ga/_base.py.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check optuna==5.0.0
cat >breeds.py <<'PY'
import optuna
from optuna.distributions import FloatDistribution

optuna.logging.set_verbosity(optuna.logging.WARNING)
START = {"a": 0.125, "b": 0.125}


def passed_on(begin):
    study = optuna.create_study(directions=["minimize"] * 2,
                                sampler=optuna.samplers.NSGAIISampler(population_size=8, seed=1))
    begin(study)
    for _ in range(80):
        trial = study.ask()
        a, b = trial.suggest_float("a", 0, 1), trial.suggest_float("b", 0, 1)
        study.tell(trial, [a + 5 * b, b - a + 5 * b])
    return sum(0.125 in trial.params.values() for trial in study.trials[1:])


def added(study):
    study.add_trial(optuna.create_trial(
        params=START, distributions=dict.fromkeys(START, FloatDistribution(0, 1)), values=[0.75, 0.625],
        system_attrs={"NSGAIISampler:generation": 0}))


print("optuna", optuna.__version__)
enqueued, own = passed_on(lambda study: study.enqueue_trial(START)), passed_on(added)
print(f"of 80 trials with a value of the start: {enqueued} where it was enqueued, {own} where it was added")
assert enqueued == 0 < own
PY
venv/bin/python breeds.py
