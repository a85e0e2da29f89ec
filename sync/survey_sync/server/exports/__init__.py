"""Exports of the server: JSON Lines and CSV, whole or without what identifies a household."""
