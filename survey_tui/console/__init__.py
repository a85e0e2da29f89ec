"""What both command lines share: output, diagnostics, click classes, argument types, running a command."""
