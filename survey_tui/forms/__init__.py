"""Forms: the immutable model; how questionnaires are read, composed, checked and compiled.

* ``model`` – the form
* ``sources``, ``columns``, ``cells``, ``builder`` – from table rows to items
* ``toml_reader``, ``csv_lists``, ``xlsform`` – readers: our TOML files, CSV lists, XLSForm sheets
* ``library``, ``composition`` – questionnaire directories; modules and additions composed into one form
* ``check``, ``findings`` – checks that report every fault with place and remedy
* ``catalogue``, ``cache`` – the surveys on this device; unchanged ones are not parsed again
* ``compiled``, ``dependencies`` – compiled expressions, and the order of calculation
"""
