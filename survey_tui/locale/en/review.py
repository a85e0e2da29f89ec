"""The words of the interview itself: checks of answers, outline, review."""

MESSAGES: dict[str, str] = {
    "required": "This question needs an answer.",
    "constraint": "This answer is not valid. Please check it with the respondent.",
    "unusual": "This answer is unusual. Please ask again, and confirm it if it is right.",
    "expression_failed": "The form has a fault in the column {column} of this question, so it could not be checked. "
    "Go on with the interview and tell the person in charge of the form.",
    "filter_failed": "The questionnaire has a mistake in the column choice_filter of this question, so every "
    "choice is offered. Choose what the respondent says and tell the person in charge of the form.",
    "skipped": "not asked here",
    "skipped_because": "because {parts}",
    "is": "“{label}”: {answer}",
    "no_answer": "not answered yet",
    "missing_dk": "Don’t know",
    "missing_refused": "Refused",
    "orphan": "This question is no longer in the form on this device (its plugin was removed or is off). Recorded answer: {answer}",
    "advice_error": "Wrong: {message}",
    "advice_warning": "Worth a look: {message}",
    "advice_note": "Note: {message}",
}
