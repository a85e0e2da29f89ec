"""The interview line by line: for screen readers, terminals that cannot draw, and scripts."""
