"""Web pages of the office: rendered on the server, without scripts, usable on a phone."""
