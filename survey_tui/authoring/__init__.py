"""The plugin author's kit: creating, checking, previewing and testing a plugin.

* ``project``: the files of a plugin, and the program with this plugin alone
* ``respondent``, ``simulation``: a simulated respondent, and a thousand interviews with random ones
* ``plugin_report``, ``offer_remarks``, ``remarks``: what ``plugins check`` finds
* ``scripted_interview``: an interview with expectations, in Python or TOML
* ``scaffold``: a new plugin; ``preview``: its questions while they are written
* ``admission``: the check before a plugin is installed
* ``pytest_plugin``: fixtures (loaded by pytest itself, never by the program)
"""
