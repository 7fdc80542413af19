"""Benchmarks: ours against stated baselines, side by side in one run (`make bench`)."""
