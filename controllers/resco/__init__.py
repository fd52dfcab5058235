"""The rule-based baselines of RESCO, as their paper and its code define them: for leaderboards, not for use.

Source: J. Ault, G. Sharon, Reinforcement Learning Benchmarks for Traffic Signal Control, NeurIPS 2021 (datasets and
benchmarks). docs/leaderboard.md says what is the same and what differs.
"""
