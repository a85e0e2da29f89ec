"""Console parts of both programs: output, diagnostics, click classes, argument types, runs."""
