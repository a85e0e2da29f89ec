MESSAGES: dict[str, str] = {
    "title": "Help",
    "choosing_title": "Choosing an answer",
    "choosing": (
        "Press the number (or letter) before the answer, then Enter. Several answers: press each number to set or "
        "take away its [x]. 8 and 9 are usually Don’t know and Refused; where text or a number is typed it is ^K and "
        "^X. Arrows and space choose too."
    ),
    "typing_title": "Typing Vietnamese",
    "typing": (
        "Use the system's input method (Unikey, OpenKey, ibus) as usual. Without one: Settings (^S on Home), Telex or "
        "VNI. No marks are needed when looking for a commune or a question."
    ),
    "saving_title": "Saving",
    "saving": (
        "Each answer is written to the disk when Enter is pressed; once it says “saved” it is safe, even if the power "
        "fails. Pause at any time; it opens again at the same question."
    ),
    "contact_title": "Who can help",
    "nobody": "Call the coordinator of your commune or province.",
}
