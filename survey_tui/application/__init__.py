"""Application context of one run: home, settings, store, surveys and plugins."""
