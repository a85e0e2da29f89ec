"""Modules that are merged elsewhere."""
