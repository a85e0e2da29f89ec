MESSAGES: dict[str, str] = {
    # plugins
    "plugin_load": "Plugin {plugin} ({distribution}) could not be loaded: {reason}. The program runs without it; "
    "install it again, remove it, or tell its author.",
    "plugin_register": "Plugin {plugin} ({distribution}) could not be registered: {reason}. It may share its name with "
    "another plugin or be written for another version; update or remove it.",
    "plugin_hook": "Plugin {plugin} ({distribution}) failed while it ran: {reason}. What it offers is left out; tell "
    "its author.",
    # cli
    "cli_no_such_command": "There is no command “{name}”. The commands: {command} --help",
    "cli_no_such_option": "There is no option “{name}”. The options: {command} --help",
    "cli_missing": "{what} is missing. How to use it: {command} --help",
    "cli_bad_value": "The value of {what} cannot be used; possible: {allowed}. How to use it: {command} --help",
    "cli_usage": "The command line was not understood: {reason}. How to use it: {command} --help",
    "cli_no_terminal": "This needs a terminal (keyboard and screen). In a script, or with input or output redirected, "
    "use: survey-tui ask SURVEY --plain (ids of surveys: survey-tui forms list)",
    "cli_dumb_terminal": "This terminal (TERM={term}) cannot show a full screen. Use: survey-tui ask SURVEY --plain "
    "(ids of surveys: survey-tui forms list)",
    "cli_small_terminal": "The terminal is too small: {columns} columns × {rows} lines, at least {need_columns} × "
    "{need_rows} are needed. Make the window larger or the letters smaller, or use: survey-tui ask SURVEY --plain",
}
