"""Fieldwork: interviews from their start to the stored response."""
