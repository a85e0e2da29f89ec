"""Words of responses whose survey is gone."""

MESSAGES: dict[str, str] = {
    "finish": "finish",
    "finish_tip": "Finish the response with the answers that it has (the key must come twice)",
    "why": (
        "The survey of this response is no longer on this device (its plugin was removed or switched "
        "off). The answers are all here. To go on asking, switch the plugin on or install it again; "
        "otherwise press ^F to finish the response as it is."
    ),
    "sure": (
        "Finish the response with just these answers? Press ^F once more to finish; any other key leaves it."
    ),
    "stored": "The response is finished and stored, waiting to be sent.",
}
