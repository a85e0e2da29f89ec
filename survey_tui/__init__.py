"""survey-tui: field surveys of digital-society adoption, held in a terminal, without a network.

The rooms of the house, from the ground up: ``errors``; ``locale``, ``places`` and ``vietnamese`` (words and
geography); ``expressions`` (the XLSForm language); ``forms`` (what a questionnaire is); ``interview`` (a
conversation in progress); ``store`` (what survives) and ``plugins``; ``ui`` (the Textual app); ``cli``.
"""

__version__ = "0.1.0"
