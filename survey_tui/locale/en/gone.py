"""Texts of responses whose survey is no longer installed."""

MESSAGES: dict[str, str] = {
    "finish": "finalise",
    "finish_tip": "Finalise the response with the answers it has (press twice)",
    "why": "The survey of this response is no longer on this device (its plugin was removed or disabled). All its "
    "answers are kept. To continue the interview, enable the plugin or install it again; otherwise press ^F to "
    "finalise the response as it is.",
    "sure": "Finalise the response with exactly these answers? Press ^F again to finalise; any other key cancels.",
    "stored": "The response is final and stored, pending upload.",
}
