"""Protocol of client and server: messages, hashes, the audience of an update; no I/O."""
