"""Questions and checks are all in ``plugin.toml`` and ``modules/``: there is no code."""
