"""Findings of the form checker: what is wrong, and what to do about it."""

from __future__ import annotations

MESSAGES: dict[str, str] = {
    "error": "error",
    "warning": "warning",
    "did_you_mean": "Did you mean “{nearest}”?",
    "only_in": "(Only in the survey: {survey}. If it does not belong there, name the others in surveys = [ … ].)",
    "more": "… and {count} more. Correct these first, then check again.",
    # kinds of values
    "kind_text": "text in quotation marks",
    "kind_flag": "true or false",
    "kind_texts": 'a list of texts: ["…", "…"]',
    "kind_list": "a list",
    "kind_table": "a table",
    "kind_tables": "a series of tables in double brackets",
    "kind_number": "a number",
    "kind_integer": "a whole number",
    "kind_date": "a date or time",
    "kind_translated": "a text for each language (label.vi, label.en)",
    # files
    "unreadable": "This file cannot be read: {reason}. Check that it exists and that you may open it.",
    "not_a_file": "This is not an ordinary file. Name a .toml file or a questionnaire directory.",
    "file_too_large": "This file is larger than {limit} KB. Split it into several modules.",
    "reader": "{message}",
    "not_utf8": "This file is not UTF-8 text (byte {byte}). Save it again with the encoding UTF-8.",
    "file_type": "No installed plugin reads {suffix} files, so this one was read as TOML. Readable here: {known}. "
    "Install a plugin that reads them: survey-tui plugins install PATH",
    "bad_toml": "This is not valid TOML: {reason}. Correct this line; everything after it is unread.",
    "toml_dots": "This key has more than 20 parts joined by dots. Write it as column.language.",
    "toml_depth": "Brackets are nested too deeply here. Put each question under its own [[question]].",
    "bad_table": "This is not a valid CSV table: {reason}. Save the sheet as CSV again (comma, UTF-8).",
    "table_without_name": "The table has no column of this name. Write the column names in the first line: name, "
    "label.vi, label.en.",
    "no_questionnaires": "No .toml files in surveys/, modules/ or lists/ here. Name the directory that contains them.",
    "unknown_key": "This key is not known here. Remove it, or look up its place in docs/questionnaires.md.",
    "missing_key": "This key is missing or empty. Add it at the top of the file or table.",
    "bad_cell": "Expected {expected}, found {found}. Correct the value.",
    "file_name": "The file {file} contains a module with another name. Rename the file to {expected}: surveys look for it there.",
    "seal_key": "The sealing key (seal_key) is malformed: it must be hpke-x25519: and 43 characters, as survey-tui "
    "keys new prints it. Copy the whole line.",
    "default_language": "The default language “{language}” is not among the languages ({known}). Add it there or choose another.",
    "no_modules": 'The survey names no modules. List them in order: modules = ["household", …].',
    "unknown_module": "There is no module of this name. Check the spelling, or put the file into modules/.",
    "module_twice": "The survey names this module twice. Keep one of them.",
    "survey_twice": "Another survey has this id already ({other}); this file is ignored. Choose another id.",
    "addition_place": 'An addition needs exactly one anchor: after = "item name", or at_end = true.',
    "addition_communes": "The addition names no communes, so it would never be asked. List their codes in communes.",
    "commune_code": "“{commune}” is not a commune code. Write five digits in quotation marks.",
    # rows
    "no_type": 'The question has no type. Add one, for example type = "text".',
    "unknown_type": "There is no question type “{type}”. The types are listed in docs/questionnaires.md.",
    "select_without_list": 'The type “{type}” needs the name of a list, for example "{type} yn".',
    "unknown_column": "There is no such column. Remove it or correct its name.",
    "column_not_here": "This column cannot be used with the type “{type}”. Remove it.",
    "not_translatable": "This column is not translated. Write it once, as {translatable}.",
    "group_not_closed": 'This {type} is never closed. Add a row of type "end_{type}" after its last question.',
    "end_without_begin": 'There is no open group or repeat to end here. Remove this row, or add its "begin_{type}".',
    "wrong_end": "This ends a {type}, but {opened} (line {line}) is still open. End that first, or correct the name.",
    "too_deep": "Groups are nested more than {limit} deep. Remove some levels.",
    "too_many_rows": "{rows} rows are more than the limit of {limit}. Split the file.",
    "too_long": "This text has {length} characters; at most {limit} can be shown. Shorten it.",
    "control_character": "The text contains an invisible control character ({character}). Delete it and type the text again.",
    "bad_parameter": "The parameter “{parameter}” is not understood. Write name=value, separated by spaces.",
    # names
    "empty_form": "The form has no questions. Add at least one module with questions.",
    "no_name": "This row has no name. Add one: it is the name of the column in the data.",
    "bad_name": "This is not a valid name. Use at most {limit} letters a–z, digits and _, not starting with a digit: {better}",
    "reserved_name": "This name is reserved by the format. Choose another.",
    "duplicate_name": "This name is already used in {file}, line {line}. Each question needs its own name.",
    "unknown_name": "There is no question “{name}”. Correct the name, or add the module that contains it.",
    # texts
    "no_label": "There is no text to show. Add label.{language}.",
    "missing_translation": "The translation “{language}” is missing; the default language is shown instead. Add it.",
    "unknown_language": "The survey does not have this language. Correct the code, or add it to the survey's languages.",
    "rule_without_message": "The surveyor will not know why an answer is refused or questioned. Add {message}.",
    "message_without_rule": "This message is never shown: the column {rule} is empty. Add the rule, or remove the message.",
    # choices
    "unknown_list": "There is no choice list “{list}”. Add a [[list]] of this name, or correct the type.",
    "empty_list": "This list has no choices. Add choices = [ … ].",
    "list_twice": "Another list of this name has other choices ({other}, line {line}). Rename one of them.",
    "choice_without_name": "A choice in this list has no name. The name is what is stored: add one.",
    "choice_without_label": "This choice has no text to show. Add label.{language}.",
    "duplicate_choice": "The list has this choice already ({file}, line {line}). Remove or rename one of them.",
    "space_in_choice": "The name of a choice must not contain spaces: answers with several choices are stored with "
    "spaces between them. Write {better}",
    "unknown_choice_column": "The list “{list}” has no column “{word}”. Add it to the choices; for a question, "
    "write ${{{word}}}.",
    # settings
    "unknown_appearance": "The appearance “{word}” is not known and has no effect.",
    "unknown_allow": '“{word}” is not a kind of missing answer. Use "dk" (don\'t know) or "refused".',
    "unknown_parameter": "The type “{type}” has no parameter “{parameter}”. Remove it.",
    "bad_range": "No number fits a range from {start} to {end} in steps of {step}. Correct start, end and step.",
    "bad_default": "This is not an answer of type “{type}”. Correct or remove the default.",
    "default_not_a_choice": "The default “{choice}” is not in the list. Use the name of a choice, not its label.",
    "consent_default": "Consent must be given by the respondent and must never be preset (Law 91/2025/QH15). Remove this column.",
    "useless_column": "This column has no effect with the type “{type}”. Remove it.",
    "no_calculation": "The type calculate needs an expression. Add calculation.",
    "trigger_without_calculation": "A trigger only runs a calculation, and there is none. Add calculation or remove trigger.",
    # expressions
    "expression": "{reason} In: {expression}",
    "bad_regex": "The pattern {pattern} is not valid ({reason}). Correct it; try it with a right and a wrong answer.",
    "cycle": "These depend on each other in a circle: {path}. Remove one of them from an expression.",
    # reach
    "not_a_choice": "“{choice}” is not a choice of {question} (list {list}), so this comparison is never true. Use "
    "the name of a choice.",
    "never_relevant": "The condition is never true, so this is never asked: {relevant}. Correct it, or remove the row.",
    "unreachable": "This is never asked: here {question} must be {needs}, but {other} requires {other_needs}. "
    "Correct one of the two conditions.",
}
