"""Fieldwork: interviews from the door to the stored response."""
