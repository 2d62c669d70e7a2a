"""Benchmarks: every figure is a ratio to a named baseline that was measured in the same run, turn by turn."""
