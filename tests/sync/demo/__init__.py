"""``make demo``: the whole way of a response in one command, without a person and without a network."""
