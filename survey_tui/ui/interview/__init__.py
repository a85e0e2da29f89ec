"""An interview as the keys see it: the answer being given, and the way from question to question. No
widgets."""
