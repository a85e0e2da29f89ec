MESSAGES: dict[str, str] = {
    # plugins
    "plugin_load": "Plugin {plugin} ({distribution}) could not be loaded: {reason}. The program runs without it; "
    "install it again, remove it, or tell its author.",
    "plugin_register": "Plugin {plugin} ({distribution}) could not be registered: {reason}. It may share its name with "
    "another plugin or be written for another version; update or remove it.",
    "plugin_hook": "Plugin {plugin} ({distribution}) failed while it ran: {reason}. What it offers is left out; tell "
    "its author.",
}
