"""The coordinator's web pages: rendered here, no script, usable on a phone."""
