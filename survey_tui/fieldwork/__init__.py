"""Fieldwork: an interview from the door to the stored response."""
