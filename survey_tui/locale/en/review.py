"""Texts of the interview: checks of answers, outline, review."""

MESSAGES: dict[str, str] = {
    "required": "This question needs an answer.",
    "constraint": "This answer is not valid. Please check it with the respondent.",
    "unusual": "This answer is unusual. Please ask again, and confirm it if it is right.",
    "expression_failed": "The form has an error in the column {column} of this question, so the answer could not be "
    "checked. Continue the interview and inform the person in charge of the form.",
    "filter_failed": "The form has an error in the column choice_filter of this question, so every choice is shown. "
    "Choose what the respondent says and inform the person in charge of the form.",
    "skipped": "not asked here",
    "skipped_because": "because {parts}",
    "is": "“{label}”: {answer}",
    "no_answer": "not answered yet",
    "missing_dk": "Don’t know",
    "missing_refused": "Refused",
    "orphan": "This question is no longer in the form on this device (its plugin was removed or disabled). Recorded "
    "answer: {answer}",
    "advice_error": "Wrong: {message}",
    "advice_warning": "Check again: {message}",
    "advice_note": "Note: {message}",
}
