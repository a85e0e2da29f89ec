"""The exception tree and the exit statuses.

An error has a *code* and *details*. Its message is ``errors.<code>`` in ``locale``, in every language: what
happened, where, and what to do next. ``str(error)`` is for logs: code and details, in English.

::

    SurveyError
    ├── UsageError         the command line or a setting is wrong
    ├── TerminalError      no terminal, or one that is too small
    ├── FormError          a form, module or survey file cannot be used
    ├── ExpressionError    an expression cannot be parsed, compiled or evaluated
    ├── AnswerError        an answer or a step that the interview does not accept
    ├── PlaceError         no such province or commune
    ├── StoreError         the store cannot be opened, read or written
    └── PluginError        a plugin cannot be loaded, or one of its hooks failed
"""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """Exit statuses of ``survey-tui`` (``docs/cli.md``) and ``survey-sync`` (``docs/sync.md``)."""

    OK = 0
    FAILURE = 1  # an unexpected failure; a report was written
    USAGE = 2  # the command line was not understood (click's own code)
    BAD_FORM = 3  # a form, module or survey cannot be used
    BAD_ANSWER = 4  # input was refused (ask --plain, unknown commune …)
    STORE = 5  # the store cannot be read or written
    NOT_FOUND = 6  # no such survey or response
    TERMINAL = 7  # no terminal, or one that is too small
    UNFINISHED = 8  # the input of ask --plain ended before the interview did; the draft is kept
    WAITING = 10  # survey-sync: something is still pending; trying again later may be enough
    REFUSED = 11  # survey-sync: the server refused a response or has another of that id; needs a person
    NOT_ENROLLED = 12  # survey-sync: no token, or the server does not accept it
    UNTRUSTED = 13  # survey-sync: a certificate, signature or key is not to be trusted
    BUSY = 14  # survey-sync: another process is sending or has the store open
    INTERRUPTED = 130  # stopped by the user; drafts are kept
    PIPE = 141  # the reader of the output closed it (128 + SIGPIPE, as for any program)


class SurveyError(Exception):
    """Base class of all expected failures.

    ``code`` is the key of the message (``errors.<code>``); ``details`` fill its placeholders.
    """

    exit_code: ExitCode = ExitCode.FAILURE

    def __init__(self, code: str, /, **details: object) -> None:
        super().__init__(code, details)
        self.code = code
        self.details = details

    def __str__(self) -> str:
        facts = ", ".join(f"{name}={value!r}" for name, value in self.details.items())
        return f"{self.code} ({facts})" if facts else self.code


class UsageError(SurveyError):
    """The command line or a setting is wrong."""

    exit_code = ExitCode.USAGE


class TerminalError(SurveyError):
    """The full-screen program cannot run here; ``survey-tui ask --plain`` can."""

    exit_code = ExitCode.TERMINAL


class FormError(SurveyError):
    """A form, module or survey file cannot be used."""

    exit_code = ExitCode.BAD_FORM


class ExpressionError(SurveyError):
    """An expression cannot be parsed, compiled or evaluated.

    ``details`` have ``expression`` (its text) and, if known, ``position`` (0-based character offset) and
    ``expected`` (what is allowed there).
    """

    exit_code = ExitCode.BAD_FORM


class AnswerError(SurveyError):
    """An answer or a step that the interview does not accept; nothing has changed."""

    exit_code = ExitCode.BAD_ANSWER


class PlaceError(SurveyError):
    """No such province or commune."""

    exit_code = ExitCode.BAD_ANSWER


class StoreError(SurveyError):
    """The store cannot be opened, read or written; acknowledged writes are safe."""

    exit_code = ExitCode.STORE


class PluginError(SurveyError):
    """A plugin cannot be loaded, or one of its hooks failed; other plugins are not affected.

    ``details`` have ``plugin`` (name of its entry point), ``distribution`` and ``reason``.
    """

    exit_code = ExitCode.BAD_FORM
