"""What was collected, for those who read it: JSON Lines and CSV, whole or without what leads to a
household."""
