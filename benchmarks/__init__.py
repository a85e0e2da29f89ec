"""Figures of speed and memory, each a ratio against a plain baseline measured in the same run.

``make bench`` prints them all; ``python -m benchmarks start autosave`` prints some. One module per figure,
each with a function ``measure() -> list[Figure]``.
"""
