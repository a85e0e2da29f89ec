MESSAGES: dict[str, str] = {
    # plugins
    "plugin_load": "Plugin {plugin} ({distribution}) could not be loaded: {reason}. The program runs without it; "
    "install it again, remove it, or contact its author.",
    "plugin_hook": "Plugin {plugin} ({distribution}) failed: {reason}. Its part is left out; contact its author.",
    "plugin_manifest": "{place} cannot be used: {reason}. This plugin is left out; correct the file as described in "
    "docs/plugins.md, or contact its author.",
    "plugin_state": "{path} cannot be read: {reason}. No province plugin runs until it can; correct or delete the "
    "file (deleting it resets which plugins are disabled and which keys are trusted).",
    "plugin_state_write": "{path} cannot be written: {reason}. Check free space and permissions of the data directory.",
    "plugin_name": "“{plugin}” ({distribution}) is not a valid plugin name: lower-case letters, digits and _ only. "
    "The plugin is left out; contact its author.",
    "plugin_name_twice": "Two plugins have the name {plugin}: {other} and {distribution}. Only {other} is used; "
    "remove one of them.",
    "plugin_empty": "{distribution} is not a plugin: it has no plugin.toml. Install it again with survey-tui "
    "plugins install, or delete the folder.",
    "plugin_other_name": "Plugin {plugin}: {place} gives the name “{said}”. The name of the folder and the name in "
    "the file must be the same; change one of them.",
    "plugin_api": "Plugin {plugin} ({distribution}) needs a newer program (API {needs}; this one has API {has}). Update survey-tui or use an older version of the plugin.",
    "plugin_area": "Plugin {plugin}: {place} names an area that does not exist: {reason}. Correct [area]; codes "
    "before and after 2025-07-01 are different codes.",
    "plugin_manners": "Plugin {plugin} ({distribution}) did something that is not permitted: {reason}. It was "
    "prevented; contact its author.",
    "plugin_clash": "Plugin {plugin} ({distribution}): {what} already exists in {other} and is left out. Rename it "
    "in the plugin or remove one of the two.",
    "plugin_addition": "Plugin {plugin} ({distribution}): its questions contain an error and are left out of survey "
    "{survey}: {reason}. The interview continues; contact its author.",
    "plugin_anchor": "Plugin {plugin} ({distribution}): survey {survey} has no item “{after}”, so the addition "
    "{module} is left out. The interview continues with the common questions. Ask its author to correct after in "
    "plugin.toml.",
    "plugin_died": "Last time, the program ended suddenly while plugin {plugin} was running. Report this to its author.",
    "plugin_off_now": "Plugin {plugin} was disabled because it failed several times in a row ({reason}). Once it is "
    "corrected: survey-tui plugins enable {plugin}",
    "plugin_function": "Function {name} of plugin {plugin} failed: {reason}. Continue the interview and report this "
    "to the plugin's author.",
    "plugin_signature_none": "Plugin {plugin} ({distribution}) has no signature, and this device accepts only "
    "plugins with a trusted signature. Install the version that your coordinator signed.",
    "plugin_signature_damaged": "The signature file of plugin {plugin} ({distribution}) is damaged. Ask your "
    "coordinator for the package again.",
    "plugin_signature_files": "Plugin {plugin} ({distribution}) differs from what was signed: files were changed, "
    "added or removed. Do not use it; ask your coordinator for it again.",
    "plugin_signature_key": "Plugin {plugin} ({distribution}) is signed with a key that this device does not trust. If you are sure who signed it: survey-tui plugins keys trust NAME KEY",
    "plugin_signature_wrong": "The signature of plugin {plugin} ({distribution}) does not match the key that it "
    "names. Do not use it; inform your coordinator.",
    "plugin_archive_bomb": "{entry}: the archive unpacks to an abnormal size. It is not safe and was not installed; "
    "ask the sender for it again.",
    "plugin_archive_empty": "{entry} contains no files. Check the path.",
    "plugin_archive_encoding": "{entry}: file names in the archive are not UTF-8. Pack it again with survey-tui plugins sign or a recent tool.",
    "plugin_archive_encrypted": "{entry}: the archive is protected by a password. Ask for one without a password.",
    "plugin_archive_link": "{entry} is a link or a device file and may point outside the plugin's folder. It was "
    "not installed; use regular files.",
    "plugin_archive_long_name": "{entry}: the name is too long or the folders are nested too deeply. Use shorter "
    "names and pack it again.",
    "plugin_archive_name": "{entry}: the name is not safe (absolute, “..”, special characters or a reserved name). "
    "It was not installed; rename it and pack it again.",
    "plugin_archive_no_zip": "{entry} cannot be read: it is not a zip file, or it is damaged. Copy it again.",
    "plugin_archive_too_large": "{entry} is too large. A plugin is a few text files; remove what is not needed.",
    "plugin_archive_too_many": "{entry} contains too many files. A plugin is a few text files; remove what is not needed.",
    "plugin_archive_twice": "{entry}: the archive contains two files of this name. Pack it again.",
    "plugin_archive_unreadable": "{entry} cannot be read. Check its permissions or copy it again.",
    "plugin_foreign_file": "{entry}: a declarative plugin must not contain this kind of file. Use .toml, .csv, "
    ".xlsx, .md, .txt and SIGNATURE.json only.",
    "plugin_no_plugin": "{entry} is not a plugin: neither plugin.toml nor a Python package (wheel). Check the file.",
    "plugin_wheel": "{entry}: this Python package cannot be used: {reason}. Contact the plugin's author.",
    "plugin_exists_elsewhere": "Plugin {plugin} already exists at {other}. Remove it before you install this one.",
    "plugin_unknown": "There is no plugin {plugin}. Installed: {known}.",
    "plugin_core": "{plugin} is part of the program itself and cannot be disabled or removed.",
    "plugin_not_in_home": "Plugin {plugin} was installed by another tool ({distribution}). Remove it with pip "
    "uninstall, or disable it: survey-tui plugins disable {plugin}.",
    "plugin_write": "{path} cannot be written: {reason}. Check free space and permissions.",
    "plugin_crypto": "The library cryptography, needed for keys and signatures, is missing. Install it: pip install 'survey-tui[crypto]'",
    "plugin_key_file": "The key file {path} cannot be used: {reason}. Check the path.",
    "plugin_key": "“{said}” is not a public key (64 hexadecimal digits). survey-tui plugins keys new prints one.",
    "plugin_command": "Plugin {plugin} has no command {command}. Its commands: {known}.",
    "plugin_run": "Plugin {plugin} failed while running {command}: {reason}. Contact its author.",
    # cli
    "cli_no_such_command": "There is no command “{name}”. List the commands: {command} --help",
    "cli_no_such_option": "There is no option “{name}”. List the options: {command} --help",
    "cli_missing": "{what} is missing. See the usage: {command} --help",
    "cli_bad_value": "The value of {what} is not valid; possible values: {allowed}. See the usage: {command} --help",
    "cli_usage": "The command line was not understood: {reason}. See the usage: {command} --help",
    "cli_no_terminal": "This needs a terminal (keyboard and screen). In a script, or with input or output "
    "redirected, use: survey-tui ask SURVEY --plain (survey ids: survey-tui forms list)",
    "cli_dumb_terminal": "This terminal (TERM={term}) cannot show a full screen. Use: survey-tui ask SURVEY --plain "
    "(survey ids: survey-tui forms list)",
    "cli_small_terminal": "The terminal is too small: {columns} columns × {rows} lines; it needs at least "
    "{need_columns} × {need_rows}. Enlarge the window, choose a smaller font, or use: survey-tui ask SURVEY --plain",
    # cli: ask, responses, export
    "cli_not_text": "Line {line} is not UTF-8 text (or contains control characters) and was not recorded. Type it "
    "again, or save the input file as UTF-8.",
    "cli_line_too_long": "Line {line} is longer than {limit} bytes and was not recorded. Shorten it and enter it again.",
    "cli_no_such_choice": "There is no choice “{said}”. Type the number of the choice, 1 to {last}, or its exact label.",
    "cli_answer_refused": "The answer to {question} was not recorded: {reason} Enter another one.",
    "cli_no_such_order": "There is no command “/{said}”. Type /help for the commands.",
    "cli_yes_or_no": "“{said}” was not understood. Type y (yes) or n (no).",
    "cli_go_where": "“{said}” does not match exactly one question. /outline lists the names; within a repeat, give "
    "the whole path, such as r/person[2]/p_age.",
    "cli_which_language": "There is no language “{said}”; available: {known}. Example: /language en",
    "cli_already_final": "Response {id} is final, so there is nothing left to ask. To see it: survey-tui responses show {id}",
    "cli_other_survey": "Response {id} belongs to the survey {form}, not {survey}. Continue with: survey-tui ask "
    "{form} --plain --response {id}",
    "cli_bad_area": "“{area}” is not the number of an enumeration area. Enter two digits (01–99) or the whole code, "
    "such as 32059-01.",
    "cli_area_elsewhere": "Area {area} is not in commune {commune}. The code of an area begins with the code of its "
    "commune; check --commune and --area.",
    "cli_area_alone": "--area {area} was given without --commune. Add --commune CODE (the 5 digits of the commune).",
    "cli_bad_household": "“{household}” is not a household number. Enter a number from 1 to 99.",
    "cli_bad_surveyor": "“{surveyor}” is not a surveyor code. It has two capital letters and three digits, such as AB123.",
    "cli_no_response": "No response on this device has an id beginning with “{id}”. List them: survey-tui responses list",
    "cli_many_responses": "{count} responses have an id beginning with “{id}”. Type more characters; list them: "
    "survey-tui responses list",
    "cli_many_surveys": "A CSV table contains one survey, but the store has: {surveys}. Add --survey ID, or use --format jsonl.",
    "cli_home_no_directory": "{path} is a file, not a directory, so it cannot contain the data. Choose a directory with --home.",
    "cli_output": "{path} could not be written: {reason}. Check the disk and the permissions, or choose another "
    "file with --output.",
    "cli_no_path": "There is no file or directory {path}. Check the path.",
    "cli_survey_gone": "Response {id} belongs to the survey “{survey}”, which is no longer installed (installed: "
    "{known}). Install its package again and retry; or open the response in survey-tui, where it can be read and "
    "finalised.",
    # forms
    "forms_invalid": "{file} has errors ({count}), the first at {first}. Run: survey-tui forms check, and correct them.",
    "forms_file_type": "No installed plugin reads {suffix} files, so {path} cannot be used. Readable here: {known}. Install a plugin that reads them: survey-tui plugins install PATH",
    "forms_no_survey": "There is no survey “{survey}”. Available: {known}. List them: survey-tui forms list.",
    "form_cycle": "Calculations or conditions of the form depend on each other in a circle: {path}. Remove one of them.",
    # store
    "store_disk_full": "The disk is full, so this last answer was NOT saved; everything saved before is still "
    "there. Delete other files from the device (not {path}), then enter the answer again.",
    "store_disk_nearly_full": "The disk is nearly full, so a new interview cannot be started: it might not fit. "
    "Drafts can still be finalised and sent. Delete other files from the device (not {path}), then try again.",
    "store_older_version": "The store {path} was created by an older version of the program. Open survey-tui once: "
    "it migrates the store to the new format and keeps the old file.",
    "store_migration_failed": "The store {path} of an older version is damaged at line {line} and could not be "
    "migrated. Restore a backup (survey-tui store restore), or send the data directory to technical support.",
    "store_backup_missing": "The backup location {path} is missing. Insert the memory card, or choose another "
    "location with --to.",
    "store_backup_nothing": "There is no store at {path} to back up yet.",
    "store_backup_full": "There is not enough space for the backup at {path}. Delete other files there, or use another card.",
    "store_backup_failed": "The backup to {path} failed: {reason}. The store is unchanged; try another card.",
    "store_backup_unread": "Data read back from {path} differs from the data written. Stop using this card; the "
    "store is unchanged.",
    "store_no_backup_place": "No backup location is set. Choose one: survey-tui store backup --to DIR (with "
    "--remember, backups go there from now on).",
    "store_not_a_backup": "{path} is not a backup of a store, or its beginning is damaged. Choose another file; the "
    "store is unchanged.",
    "store_not_writable": "{path} cannot be written: the disk is read-only, or writing is not permitted. Saved "
    "responses are still there; check the memory card and the permissions, or choose another directory with --home.",
    "store_io": "The disk reported an error at {path}: {reason}. The last answer was not saved. Copy this directory "
    "to a safe place, then run: survey-tui store check",
    "store_in_use": "Another program is writing to the store ({path}). Close the other survey-tui "
    "window and try again.",
    "store_read_only": "The store is open read-only, so nothing can be saved ({path}). Run survey-tui "
    "store check to see why and what to do.",
    "store_no_response": "There is no response {response} on this device. List them with: survey-tui "
    "responses list",
    "store_not_a_draft": "Response {response} is final, so it cannot be changed or discarded. Reopen it first "
    "(possible until it is sent).",
    "store_not_final": "Response {response} is not final yet. Finalise it first.",
    "store_already_sent": "Response {response} was sent and cannot be reopened. If it needs a correction, inform "
    "the coordinator.",
    "store_id_taken": "A response with the id {response} already exists. Start the interview again to get a new id.",
    "store_damaged": "Data at offset {offset} of {path} is damaged, so this response may lack answers and was not "
    "opened. Run: survey-tui store check, then survey-tui store repair",
    "store_bad_text": "The text contains a broken character and was not saved. Delete it and type it again.",
    "store_unknown_event": "The response contains data written by a newer version of the program. Update survey-tui "
    "and open it again.",
    "store_newer_version": "The store {path} was created by a newer version of the program and can only be read. "
    "Update survey-tui.",
    # ui
    "ui_settings_write": "The settings could not be saved to {path}: {reason}. They apply until you quit; check the "
    "free disk space and the permissions of the directory.",
    # interview
    "interview_no_such_path": "This form has no question “{path}”. Choose one in the outline.",
    "interview_no_question": "“{path}” is not a question to ask. Choose another one in the outline.",
    "interview_no_such_group": "“{path}” is not a group of questions. Choose a group in the outline.",
    "interview_no_such_repeat": "This form has no table “{path}”. Choose one in the outline.",
    "interview_no_such_instance": "The table has no row “{path}”. Open the table again and choose a row.",
    "interview_nothing_here": "No question in “{path}” needs to be asked now.",
    "interview_not_relevant": "“{path}” is not asked because of earlier answers. If it should be, correct the earlier "
    "answer (the outline says which).",
    "interview_read_only": "“{path}” is display only; it cannot be changed.",
    "interview_finished": "This response is final. Reopen it before you change it.",
    "interview_incomplete": "This response cannot be finalised yet: {count} points need attention. Open the review "
    "and go through them.",
    "interview_missing_not_allowed": "“{path}” does not allow “don’t know” or “refused”. Choose an answer.",
    "interview_no_warning": "There is nothing to confirm at “{path}”.",
    "interview_cannot_add": "No row can be added to “{path}”: an earlier answer determines their number, or this "
    "part is not asked.",
    "interview_no_such_language": "This form has no language “{language}”.",
    "interview_no_start": "The log of this response has no beginning, so it cannot be opened. Contact technical support.",
    "interview_not_a_choice": "“{text}” is not among the choices. Choose from the list.",
    "interview_ambiguous_choice": "“{text}” matches several choices. Type the number, or more of the text.",
    "interview_out_of_range": "The value must be between {low} and {high}, in steps of {step}.",
    "interview_bad_integer": "“{text}” is not a whole number. Type digits, at most 9 (for example: 12).",
    "interview_bad_decimal": "“{text}” is not a number. Type a number (for example: 2.5).",
    "interview_bad_date": "“{text}” is not a date. Type day/month/year (for example: 21/11/2026) or “today”.",
    "interview_bad_time": "“{text}” is not a time of day. Type hours and minutes (for example: 08:30).",
    "interview_bad_datetime": "“{text}” is not a date and time. Type the date, then the time (21/11/2026 08:30).",
    "interview_bad_geopoint": "“{text}” is not a position. Type latitude, longitude (for example: 10.2434, 106.3756).",
    "interview_bad_geotrace": "“{text}” is not a list of positions. Type the points, separated by semicolons.",
    "interview_bad_geoshape": "“{text}” is not a list of positions. Type the points, separated by semicolons.",
    "interview_bad_acknowledge": "“{text}” is not understood. Type “ok” once it has been read.",
    # cli: output
    "cli_reader_gone": "The program that read the output closed it early. Run the command again if you need all of it.",
    # places
    "place_unknown_commune": "No commune matches “{said}”. The nearest: {nearest}. Choose one of these, or type a "
    "name (diacritics are not needed) to search.",
    "place_no_commune": "No commune matches “{said}”. A commune code has 5 digits; check it, or type the commune's "
    "name with its province (diacritics are not needed) to search.",
    "place_unknown_province": "No province has the code “{said}” (codes since 1 July 2025). Valid codes: {known}.",
    "place_unknown_legacy_province": "There was no province “{said}” before 1 July 2025. Use an old code or name, "
    "for example: {known}.",
    "place_bad_area": "The enumeration area “{text}” is not valid. Write the 5-digit commune code, a hyphen and two "
    "digits from 01 to 99, for example 32047-02.",
    # expressions
    "expressions_syntax": "At position {position} (counted from 0) there is “{found}” where {expected} is expected. "
    "Correct the expression.",
    "expressions_syntax_end": "The expression ends too early: a value, a quote or a bracket is missing at its end. "
    "Write the rest.",
    "expressions_syntax_value": "At position {position} (counted from 0) there is “{found}” where a value is "
    "expected: a number, text in quotes, ${{name}} or a function.",
    "expressions_syntax_operator": "At position {position} (counted from 0) there is “{found}”, but a value must be "
    "followed by an operator (+ - * div mod = != < > and or) or the end of the expression.",
    "expressions_syntax_name": "At position {position} (counted from 0) there is “{found}”, but / must be followed "
    "by a name, . or .. Correct the path.",
    "expressions_too_long": "The expression or text has {length} characters, more than {limit}. Split it into several "
    "calculates.",
    "expressions_too_deep": "Brackets are nested too deeply (more than {limit} levels) at position {position}. "
    "Split the expression into several calculates.",
    "expressions_unknown_name": "There is no question, group or column “{name}” (position {position}). Check the name.",
    "expressions_unknown_name_near": "There is no question, group or column “{name}” (position {position}). Did you mean "
    "“{suggestion}”?",
    "expressions_ambiguous_name": "Several items have the name “{name}”: {paths}. Give each its own name.",
    "expressions_unknown_function": "There is no function “{name}” (position {position}). See docs/expressions.md; "
    "names are case-sensitive.",
    "expressions_unknown_function_near": "There is no function “{name}” (position {position}). Did you mean “{suggestion}”?",
    "expressions_arguments": "The function {name} takes {wanted} arguments, but at position {position} it has {given}. "
    "Add or remove some.",
    "expressions_bare_word": "The word “{name}” at position {position} is not in quotes and is not a column. "
    "Perhaps you mean {suggestion}",
    "expressions_quoted_name": "In quotes, “{text}” is plain text and is not replaced by the answer. Remove the "
    "quotes, or join with concat().",
    "expressions_unsupported": "“{what}” cannot be used at position {position}. Write it differently; see "
    "docs/expressions.md.",
    "expressions_no_parent": "The path at position {position} has too many .. and leaves the form. Remove some.",
    "expressions_not_a_path": "The function {function} at position {position} needs a question or repeat such as "
    "${{name}}, not a computed value.",
    "expressions_not_around": "In indexed-repeat (position {position}), the repeat “{repeat}” does not contain "
    "“{field}”. Name the repeat that contains it.",
    "expressions_repeated": "“{name}” has {count} values because it is in a repeat, but one value is needed here. "
    "Use indexed-repeat(), sum(), count() or join(). Expression: {expression}",
    "expressions_text_wanted": "The function {function} takes only text (names of choices), not a number, date or "
    "condition. Use quotes or string(). Expression: {expression}",
    "expressions_type": "A value cannot be converted to a number in the expression: {expression}",
    "expressions_date": "“{value}” is not a valid date; write 2026-11-21 or 2026-11-21T09:30. Expression: {expression}",
    "expressions_date_format": "The date pattern “{pattern}” contains “{field}”, which does not exist. Only these "
    "may follow %: {fields}",
    "expressions_regex": "The pattern “{pattern}” is wrong: {reason}. Correct it.",
    "expressions_regex_slow": "The pattern “{pattern}” took more than {seconds} seconds on this answer and was stopped. "
    "Write a simpler one.",
    "expressions_library": "“{expression}” needs the library {library}, which is not installed here. Install it: pip install 'survey-tui[crypto]'",
    "expressions_digest": "digest has no algorithm “{algorithm}” or no encoding “{encoding}”. Use MD5, SHA-1, "
    "SHA-256, SHA-384 or SHA-512 with hex or base64.",
    "expressions_geography": "The function {function} needs coordinates but was given “{value}”. A point is "
    "latitude and longitude, separated by a space; points are separated by ;",
    "expressions_no_list": "There is no list or table “{name}”. Check the name in instance() or pulldata().",
    "expressions_weights": "weighted-checklist has {flags} conditions but {weights} weights. Each condition needs "
    "one weight.",
    "expressions_answer": "“{answer}” is not a value of type {type}. Enter it again in the right form.",
    "expressions_evaluation": "The expression cannot be computed because a number or date is too large, or it is "
    "nested too deeply ({reason}): {expression}",
    # --- at rest: seals, keys, the device's passphrase, withdrawal
    "crypto_missing": "The encryption library “cryptography” is not installed on this device, so this cannot be done. Install it: pip install 'survey-tui[crypto]'",
    "seal_needs_library": "Responses of survey {form} must be sealed, and the encryption library is not installed on this device. Install it before the interview: pip install 'survey-tui[crypto]'",
    "seal_not_opened": "The sealed response cannot be opened: it was changed, or the key is not the right one. Get "
    "the original from the device that conducted the interview.",
    "seal_not_an_envelope": "This is not a sealed response. Check the file.",
    "seal_other_key": "Response {response} is sealed with key {key_id}, which is not in the private key file. Use "
    "the file that contains it.",
    "key_bad_public": "“{text}” is not a public key. A valid key looks like hpke-x25519:…, as survey-tui keys new prints it.",
    "key_file_exists": "The file {path} already exists; a key file is never overwritten. Choose another name, or "
    "change the key with: survey-tui keys rotate",
    "key_unreadable": "The key file {path} cannot be read ({reason}). Check the path and the permissions.",
    "key_bad_private": "{path} is not a private key file of survey-tui. Choose one created by survey-tui keys new.",
    "lock_foreign_record": "A line of the store was not written by this store in this position. Run: survey-tui store check",
    "lock_passphrase_needed": "The store is locked by a passphrase. Enter it; in a script use --passphrase-file FILE.",
    "lock_damaged": "The lock description at the beginning of the store cannot be used. Use a backup, and inform "
    "the coordinator.",
    "lock_too_short": "The passphrase is too short: it needs at least {shortest} characters. A few words in a row "
    "are long and easy to remember.",
    "cli_passphrase_file": "The passphrase in file {path} cannot be read. Check the path, the permissions and the "
    "encoding (UTF-8).",
    "lock_mismatch": "The two passphrases are not the same. Enter them again.",
    "lock_no_recovery": "This key does not open the store (the recovery key is {key_id}). Use the coordinator's "
    "private key file.",
    "lock_wait": "Too many wrong attempts. Wait {seconds} seconds and enter it again; no data is erased.",
    "lock_other_store": "This is not the store that was locked on this device (was the file replaced by one from "
    "another device?). Inform the coordinator; if the coordinator copied it here, delete {path} and open the "
    "program again.",
    "lock_none": "The store on this device has no passphrase, so there is nothing to open.",
    "lock_wrong_passphrase": "The passphrase is wrong (attempt {count}). Try again; no data is erased.",
    "store_sealed": "Response {response} is sealed: it can no longer be opened on this device. To read or correct "
    "it, contact the coordinator.",
    "withdraw_unknown": "No response on this device has the receipt code “{code}”. Check the code, or inform the "
    "coordinator if the response has left the device.",
    "withdraw_not_sure": "Nothing was erased, because the confirmation typed is not {word}.",
    # sync: errors while sending
    "sync_not_enrolled": "This device is not enrolled. Ask your coordinator for a code, then run: survey-sync enrol URL CODE",
    "sync_bad_code": "The server {host} does not accept this code (mistyped, already used or expired). Check every "
    "character, or ask your coordinator for a new one.",
    "sync_token": "The server {host} does not recognise this device. The responses are still on this device; ask "
    "for a new code and run: survey-sync enrol URL CODE",
    "sync_revoked": "The coordinator has revoked this device at {host}. The responses are still on this device; "
    "call your coordinator.",
    "sync_bad_url": "“{url}” is not a server address. It should look like https://server.example (without a user name).",
    "sync_not_https": "{url} does not use HTTPS, so households' data could be read in transit. Use an address that "
    "begins with https://",
    "sync_no_line": "No connection to {host} ({reason}). The responses are safe on this device; try again when "
    "there is a connection.",
    "sync_slow": "{host} took too long to answer. What has no receipt is still on this device; try again where the "
    "signal is better.",
    "sync_garbled": "The reply of {host} was damaged in transit and is ignored. The request will be sent again.",
    "sync_stranger": "The reply is not from the server {host} (status {status}): usually it is the login page of a "
    "Wi-Fi network. No response counts as sent. Open a browser, log in to the Wi-Fi, and try again.",
    "sync_other_protocol": "The server {host} supports only protocol {versions}. Update the program, or inform your coordinator.",
    "sync_long_reply": "{host} sent more than {limit} bytes, so reading was stopped. Inform your coordinator.",
    "sync_certificate": "The certificate of {host} cannot be trusted: {reason}. Nothing was sent. Check the date "
    "and time of this device; if they are right, do not use this network and inform your coordinator.",
    "sync_busy_server": "The server {host} is busy (status {status}). The responses are still on this device; the "
    "program will try again.",
    "sync_server_failed": "The server {host} failed (status {status}). The responses are still on this device; try "
    "again later, and inform your coordinator if it continues.",
    "sync_rejected": "The server refused the request ({problem}, status {status}). The responses are still on this "
    "device; give your coordinator this code. {detail}",
    "sync_no_receipt": "The server sent no receipt for {count} responses, so they still count as not sent.",
    "sync_limit": "The limit of {limit} bytes for this run is reached. The rest is sent next time (survey-sync push).",
    "sync_stopped": "Stopped as requested. What has a receipt has arrived; everything else is still pending on this device.",
    "sync_busy": "Another program is sending from this store. Wait until it has finished, then try again.",
    "sync_server_damaged": "The file {path} is damaged or cannot be read. Rename it and enrol again: survey-sync enrol URL CODE",
    "sync_file_damaged": "The file {path} is damaged or cannot be read. Rename it, show it to technical support, "
    "and run the command again.",
    "sync_destination": "The destination “{name}” (a plugin) failed: {reason}. The responses are still on this "
    "device; contact the plugin's author.",
    "sync_no_destination": "There is no destination “{name}”. Available: {known}.",
    # sync: bundles and keys
    "sync_key_missing": "This device has no signing key, and the library to create one is not installed. Install "
    "it: pip install 'survey-tui[crypto]'",
    "sync_key_damaged": "The key file {path} cannot be used. Restore its backup; without one, rename it so that a "
    "new key is created, and inform your coordinator.",
    "sync_bad_key": "“{typed}” is not a public key (64 characters 0–9, a–f). Copy the whole line that survey-sync key prints.",
    "sync_bundle_unreadable": "{path} cannot be read: {reason}. Plug the USB drive in again and retry.",
    "sync_bundle_unwritable": "{path} cannot be written: {reason}. The responses are still on this device; use "
    "another USB drive.",
    "sync_bundle_not": "{path} is not a bundle of survey-sync. Choose the .svb or .svr file.",
    "sync_bundle_newer": "{path} was created by a newer version (format {version}). Update the program.",
    "sync_bundle_damaged": "{path} is damaged or truncated, so none of its responses were received. Create the "
    "bundle again on the surveyor's device.",
    "sync_bundle_signature": "The signature of {path} is wrong: the file was changed. Nothing was received. Create "
    "the bundle again, and ask who had the USB drive.",
    "sync_bundle_other_key": "{path} gives {device} as its device but is signed with a different key "
    "({fingerprint}) than before. If the device was reinstalled, have the surveyor read out its key (survey-sync "
    "key) and run again with --accept {fingerprint}",
    "sync_bundle_too_large": "{path} contains a response of more than {limit} bytes. Nothing was received; contact "
    "technical support.",
    "sync_receipts_untrusted": "{path} is signed with the key {public}, which this device does not trust yet. If it is your "
    "coordinator's, run: survey-sync trust NAME {public}",
    "sync_no_server": "The server part is not installed. Install it: pip install 'survey-tui[server]'",
    # survey-sync: server
    "server_bad_database": "The database “{database}” is not understood. Enter the path of an SQLite file, or "
    "postgresql://user@host/name.",
    "server_no_database": "The database {database} cannot be opened: {reason}. Check the path, the write "
    "permission, and whether the database server is running.",
    "server_newer_database": "The database belongs to a newer version (step {found}; this program knows {known}). "
    "Nothing was changed; update survey-sync.",
    "server_needs_tls": "Serving on {host} needs HTTPS. Add --certificate and --key; or --behind-https if a proxy "
    "in front uses HTTPS; or serve on 127.0.0.1 only.",
    "server_bad_certificate": "The certificate {path} cannot be used: {reason}. Check the certificate and key files (PEM).",
    "server_cannot_listen": "Port {port} on {host} cannot be opened: {reason}. Choose another one with --port, or stop the "
    "program that uses it.",
    "server_no_such_device": "There is no device “{said}”. See the list: survey-sync devices",
    "server_many_devices": "Several devices match “{said}”: {devices}. Enter the whole id.",
    "server_account_exists": "The account “{name}” already exists. Choose another name, or reset its password.",
    "server_account_role": "The role “{role}” cannot sign in to the pages. Choose coordinator or analyst.",
    "server_no_account": "There is no account “{name}”. See the list of accounts.",
    "server_backup_postgres": "PostgreSQL has its own backup tool. Run: {command}",
    "server_backup_exists": "The file {path} already exists and is not overwritten. Choose another name.",
    "server_backup_failed": "The copy {path} cannot be written: {reason}. The database is not affected; check that "
    "the directory exists, the free space and the write permission.",
    # kit
    "kit_no_plugin": "{path} contains no plugin: neither plugin.toml nor pyproject.toml. Name the plugin's folder, "
    "or create one: survey-tui plugins new",
    "kit_no_entry_point": "{path} does not name exactly one entry point in [project.entry-points.survey_tui] "
    "({reason}). Correct it as shown in docs/plugins.md.",
    "kit_bad_name": "The name “{name}” cannot be used: lower-case letters, digits and _ only, starting with a "
    "letter, 2 to 40 characters, such as hau_giang.",
    "kit_exists": "{path} already exists. Choose another name, or another directory with --into.",
    "kit_not_there": "Plugin {plugin} asks nothing in the survey {survey} in commune {commune}. Choose another "
    "commune with --commune, or check [area] and [[addition]] in plugin.toml.",
    # sync: packages from the coordinator
    "plugin_no_room": "The disk is full, so plugin {plugin} could not be installed ({path}). Delete photos or films "
    "and install it again; do not delete the data directory.",
    "plugin_read_only": "{path} cannot be written, so plugin {plugin} could not be installed. Check whether the "
    "disk or card is write-protected, then install it again.",
    "plugin_unsound": "Package {plugin} was not installed because its questions have {count} errors ({reason}). Ask "
    "its sender to run survey-tui plugins check and to send a corrected version.",
    "plugin_package_name": "The package was offered as {plugin} but contains {said}, so it was not installed. Ask "
    "your coordinator to send the right one.",
    "plugin_needs": "Plugin {plugin} needs Python packages that are not installed on this device: {names}. Install "
    "them with pip, or contact the plugin's author.",
    "sync_install_read_only": "The store is open in another program, or cannot be written, so nothing was "
    "installed. Close that program (or check the disk) and try again; the packages remain pending.",
    "sync_fetch_no_room": "The disk is full, so your coordinator's messages and updates could not be received. "
    "Delete photos or films and try again; no response is affected.",
    "sync_fetch_disk": "{path} cannot be written ({reason}), so your coordinator's messages and updates could not "
    "be received. Check the permissions and the card, then try again.",
    "sync_package_too_large": "The package has {size} bytes, more than {limit}, so it is not fetched. Inform your coordinator.",
    "sync_download_unreadable": "The fetched package at {path} cannot be read: {reason}. Try again; if it "
    "continues, check the disk or card.",
    "sync_download_damaged": "Package {name} was damaged on the disk after it was fetched. The next push fetches it again.",
    # survey-sync: the coordinator's commands
    "sync_not_coordinator": "This device is not enrolled as coordinator (role: {role}), so it cannot do this. Ask "
    "the server's administrator for a code (survey-sync enrol-code --role coordinator), then run: survey-sync enrol "
    "URL CODE",
    "sync_no_update": "There is no message or package with number {seq}. List the numbers: survey-sync offered",
    "sync_refused": "The server refused this ({problem}: {detail}). Nothing was changed. Check what you entered; if "
    "it is right, contact the server's administrator.",
    "sync_offer_too_large": "{path} has {size} bytes; the server accepts {limit}. Nothing was sent. Make the "
    "package smaller (pictures, tables), or ask for a higher limit.",
    "sync_offer_version": "{name} {version} is already offered (number {seq}) with other content. Increase the "
    "version in the package, or retract the other one first: survey-sync retract {seq}",
    "sync_offer_kind": "{name} is already offered as {content} (number {seq}). Offer it with --as {content}, or "
    "retract the other one first: survey-sync retract {seq}",
    "sync_offer_no_survey": "{path} is not a package and is not in a directory surveys/. Name a packed plugin "
    "(survey-tui plugins pack), a plugin's folder, or a file surveys/NAME.toml with modules/ and lists/ next to "
    "surveys/.",
    "sync_offer_survey_id": "{path}: the survey id “{id}” cannot be the name of a package. Use 2–40 lower-case "
    "letters, digits and _, starting with a letter.",
    "sync_offer_unreadable": "{path} cannot be read as a survey: {reason}. Check it: survey-tui forms check {path}",
    "sync_key_file": "{path} is not a private key. Create one: survey-tui plugins keys new FILE; or omit --key to "
    "sign with this device's key.",
    "sync_message_empty": "The message is empty; nothing was sent. Write: survey-sync message 'TEXT'",
    "sync_message_long": "The message has {length} characters; the limit is {limit}. Nothing was sent. Shorten it "
    "or send two messages.",
    "sync_message_not_text": "The input is not UTF-8 text; nothing was sent. Save it as UTF-8 and send it again.",
}
