"""Fields: an answer in the making, one module for each kind."""
