"""Shared by both command lines: output, diagnostics, click classes, argument types, running a command."""
