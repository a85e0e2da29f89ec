"""What one run works with: home, settings, store, surveys and plugins. Shared by both programs."""
