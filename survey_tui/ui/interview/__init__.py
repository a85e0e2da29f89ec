"""Key handling of an interview: the answer in progress and the way from question to question. No widgets."""
