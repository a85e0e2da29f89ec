"""survey-tui: field surveys of digital-society adoption, conducted in a terminal without a network.

Packages, each importing only those before it: ``errors`` and ``files``; ``vietnamese``; ``locale`` and
``places``; ``expressions`` (the XLSForm language); ``forms`` (questionnaires); ``interview``; ``store`` and
``plugins``; ``fieldwork``; ``application``; ``exports``; ``authoring``; ``console``; ``ui``; ``cli``.
"""

__version__ = "0.1.0"
