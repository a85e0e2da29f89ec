"""Home, settings, store, surveys and plugins of one run; shared by both programs."""
