"""Former place of :mod:`survey_tui.authoring`: the names that plugins' tests use, kept until version 1.0."""
