"""Application context of one run (home, settings, store, surveys, plugins), shared by both programs."""
