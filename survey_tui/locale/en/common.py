MESSAGES: dict[str, str] = {
    "help": "help",
    "help_tip": "Open this help (^H, F1, or ? where no text is typed)",
    "language": "Tiếng Việt",
    "language_tip": "Switch between Vietnamese and English, at once and everywhere",
    "back": "back",
    "back_tip": "Back to the previous screen",
    "cancel": "cancel",
    "cancel_tip": "Close without saving the change",
    "too_small": "The terminal is too small ({width}×{height}). It needs at least {min_width} columns and "
    "{min_height} lines: enlarge the window or choose a smaller font. Saved answers are safe. ^Q quits.",
}
