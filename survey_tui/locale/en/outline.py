MESSAGES: dict[str, str] = {
    "title": "Outline",
    "find": "Find:",
    "nothing": "No question matches. Delete some letters to see them all again.",
    "go": "go there",
    "go_tip": "Go to the selected question",
    "review": "review",
    "review_tip": "See what is missing, and finalise",
    "skipped": "Not asked: {reason}",
    "ahead": "Not asked yet, {reason}",
    "note": "Note: {reason}",
    "read_only": "read only",
}
