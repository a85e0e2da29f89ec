MESSAGES: dict[str, str] = {
    "title": "Help",
    "choosing_title": "Choosing an answer",
    "choosing": "Press the number (or letter) of the answer, then Enter. Several answers: press each number to set "
    "or remove its [x]. 8 and 9 are usually Don’t know and Refused; where you type text or a number, use ^K and ^X. "
    "Arrow keys and space also choose.",
    "typing_title": "Typing Vietnamese",
    "typing": "Use the system's input method (Unikey, OpenKey, ibus) as usual. Without one: Settings (^S on Home), "
    "Telex or VNI. Diacritics are not needed when searching for a commune or a question.",
    "saving_title": "Saving",
    "saving": "Each answer is written to the disk when you press Enter; once it says “saved” it is safe, even if "
    "the power fails. Pause at any time; the interview reopens at the same question.",
    "contact_title": "Who can help",
    "nobody": "Call the coordinator of your commune or province.",
}
