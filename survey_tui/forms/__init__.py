"""Questionnaires: the immutable form, and how it is read, composed, checked and compiled.

* ``model`` – the form
* ``sources``, ``columns``, ``cells``, ``builder`` – from table rows to items
* ``toml_reader``, ``csv_lists``, ``xlsform`` – readers: our TOML files, CSV lists, XLSForm sheets
* ``library``, ``composition`` – questionnaire directories; modules and additions composed into one form
* ``check``, ``findings`` – all faults of a form or a file, with place and remedy
* ``catalogue``, ``cache`` – the surveys on this device, without reading TOML again
* ``compiled``, ``dependencies`` – compiled expressions, and the order of calculation
"""
