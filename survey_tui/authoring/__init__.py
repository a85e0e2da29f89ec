"""The author's kit: what somebody who writes a plugin needs before anybody else uses it.

* ``project`` – what lies at a path, and the program with this plugin alone
* ``respondent``, ``walk`` – somebody who answers, and an interview held with them
* ``simulate``, ``remarks``, ``inspect`` – a thousand interviews, and what is wrong with the plugin
* ``interview``, ``visits`` – one interview that expects something, in Python and written down in TOML
* ``blank`` – a new plugin; ``preview`` – the plugin's questions while they are written
* ``fixtures`` – the same for pytest (loaded by pytest itself, never by the program)
"""
