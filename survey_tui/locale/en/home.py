MESSAGES: dict[str, str] = {
    "title": "Digital society survey",
    "glance": "Done today {today} · Drafts {draft} · To send {final} · Sent {sent} · Received {received}",
    "household": "Household {number}",
    "nothing": "No responses yet. Press ^N to start an interview.",
    "nothing_found": "No response matches what you typed. Delete some of it to see the list again.",
    "nothing_readable": "There is no response that can be read.",
    "draft": "draft",
    "final": "done, to send",
    "sent": "sent",
    "received": "received",
    "open": "open",
    "open_tip": "Go on with a draft where it stopped, or read a finished response",
    "new": "new interview",
    "new_tip": "Interview another household, or record how a visit ended",
    "reopen": "re-open",
    "reopen_tip": "Open a finished response for correction, as long as it was not sent",
    "discard": "discard",
    "discard_tip": "Take a draft away for good (press twice)",
    "sync": "send",
    "sync_tip": "Send finished responses to the server, and see what has arrived",
    "settings": "settings",
    "settings_tip": "Language, typing, colours, mouse",
    "plugin_off": "plugin off",
    "plugin_off_tip": "Switch off a plugin that fails, or leave it on",
    "quit": "quit",
    "quit_tip": "Leave; every answer is saved",
    "read_only": (
        "Read-only: another program has the responses open, or they cannot be written. "
        "Close the other program and start again to interview."
    ),
    "damaged": (
        "The store is damaged ({count} findings). Whole responses can still be read; nothing can be asked or "
        "corrected. Leave (^Q), copy the data directory elsewhere, then run: survey-tui store repair"
    ),
    "sent_already": "This response was sent and can no longer be changed. Tell the coordinator if it must be.",
    "sure_reopen": "Re-open this finished response? Press ^O again to do so; any other key leaves it.",
    "sure_discard": "Discard this draft for good? Press ^D again to do so; any other key keeps it.",
    "withdraw": "erase by code",
    "withdraw_tip": "Erase a response for good, by the receipt code that the respondent gives",
    "sealed": "The response is sealed: it cannot be opened on this device. To read or correct it, tell the coordinator.",
    "not_encrypted": "Data is not encrypted (^S: settings).",
}
