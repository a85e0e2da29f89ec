MESSAGES: dict[str, str] = {
    "title": "Review before finalising",
    "facts": "{answered} of {relevant} questions answered, in {minutes} minutes.",
    "all_well": "Nothing is missing and there are no contradictions. Press ^F to finalise the response.",
    "not_yet": "It cannot be finalised yet: entries marked X remain. Choose one and press Enter to go there.",
    "stored": "The response is final and stored on this device. It has not been sent: when there is a connection, "
    "press ^Y on Home.",
    "jump": "go there",
    "jump_tip": "Go to the question of this entry",
    "done": "to Home",
    "done_tip": "Back to Home",
    "finish": "finalise",
    "finish_tip": "Finalise the response and store it",
    "back": "back",
    "back_tip": "Back to the questions",
    "pause": "pause",
    "pause_tip": "Back to Home; the response stays a draft",
}
