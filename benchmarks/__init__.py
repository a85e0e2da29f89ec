"""Figures of speed and memory, each a ratio against a plain baseline measured in the same run.

``make bench`` prints all of them, ``python -m benchmarks start autosave`` some. A module with a function
``measure() -> list[Figure]`` measures one subject.
"""
