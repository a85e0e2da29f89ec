"""Messages, hashes and the audience of an update: shared by client and server, no I/O."""
