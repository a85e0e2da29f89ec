MESSAGES: dict[str, str] = {
    # what standard error says
    "error": "Error: {message}",
    "warning": "Note: {message}",
    "interrupted": "Stopped. Every recorded answer is still in its draft.",
    "crash": "Something unforeseen happened ({kind}). Every recorded answer is still there; start the program again. "
    "If it happens again, send the file {report} to whoever looks after the program (it holds no answers).",
    "crash_unwritten": "Something unforeseen happened ({kind}), and no report could be written. Every recorded answer "
    "is still there; start the program again, and tell whoever looks after it if it happens again.",
    # help
    "usage": "Usage:",
    "options": "Options",
    "commands": "Commands",
    "help": "Surveys of digital society on the surveyor's device, without a network. Opens Home when no command is "
    "given.",
    "help_start": "Open an interview at once.\n\nSURVEY is the survey's id (see: survey-tui forms list).",
    "help_ask": "Hold an interview line by line, without the full screen.\n\nFor screen readers, old machines and "
    "scripts: answers are read from the keyboard or a file, one line each. Type /help for the commands inside.",
    "help_responses": "Look at and export the responses on this device.",
    "help_responses_list": "List the responses.",
    "help_responses_show": "Show one response.\n\nThe first characters of an ID are enough if no other begins so.",
    "help_responses_export": "Export finished responses as JSON Lines or CSV.\n\nWith --output each repeat becomes a "
    "CSV file of its own; without it each repeat is a JSON cell.",
    "help_forms": "Look at and check questionnaires.",
    "help_forms_list": "List the surveys that can be used.",
    "help_forms_check": "Check a questionnaire file or a directory.\n\nEach finding names file, line, question, column "
    "and remedy.",
    "help_forms_show": "Show the questions of a survey.",
    "help_store": "Check and repair the data store of this device.",
    "help_store_check": "Read the whole store and name what is damaged; changes nothing.",
    "help_store_repair": "Move damaged lines to a file of their own and write the store anew from the sound ones.",
    "help_completion": "Print the completion script for bash, zsh or fish.",
    "option_help": "Show this help and leave.",
    "option_version": "Show the version and leave.",
    "option_home": "Directory of all data (environment variable: SURVEY_TUI_HOME).",
    "option_language": "Language: vi or en (environment variable: SURVEY_TUI_LANGUAGE).",
    "option_json": "Print JSON for another program to read.",
    "option_commune": "Code of the commune (5 digits) where the interview is held.",
    "option_area": "Number of the enumeration area in the commune (two digits).",
    "option_household": "Number of the household in the area (1–99).",
    "option_surveyor": "The surveyor's code (two capital letters and three digits: AB123).",
    "option_plain": "Ask line by line, without colour or control codes (it always does).",
    "option_response": "Go on with the draft of this id.",
    "option_status": "Only responses in this state.",
    "option_survey": "Only responses of this survey.",
    "option_format": "jsonl (one response a line, byte for byte as frozen) or csv.",
    "option_output": "Write to this file instead of standard output.",
    "option_bom": "Begin a CSV file with the UTF-8 mark, so that Excel reads Vietnamese correctly.",
}
