"""Signed bundles of responses that travel on USB drives."""
