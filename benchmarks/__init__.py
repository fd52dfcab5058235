"""Speed and control-quality benchmarks. Timings are ratios measured side by side in one run."""
