"""Exports of the server: JSON Lines and CSV, complete or de-identified."""
