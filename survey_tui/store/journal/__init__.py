"""The append-only journal: file format, reader, writer, index and the TinyDB storage on top of it."""
