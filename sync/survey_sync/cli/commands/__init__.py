"""The commands of survey-sync, one module each, imported when it is asked for."""
