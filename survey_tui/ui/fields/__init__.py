"""Fields: answers while they are entered, one module for each kind."""
