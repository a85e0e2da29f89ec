"""What a questionnaire is, and how it is read, composed and checked.

* ``model`` – the immutable form
* ``rows``, ``columns``, ``builder``, ``lists`` – from table rows to the model
* ``toml_reader``, ``xlsform`` – the two kinds of rows: our TOML files and XLSForm sheets
* ``compose`` – modules and province additions become one survey
* ``check``, ``check_path`` – everything wrong with a form or a file, as findings that name place and remedy
* ``cache``, ``catalogue`` – the surveys on this device, ready without reading TOML again
* ``compiled`` – expressions turned into functions
* ``outline`` – a form as a plain text tree
"""
