"""Findings of plugins on a response under review: checks as expressions, and the hook ``check_response``.

They never block: a fault in a province's check must not keep a household's answers from being stored. What
must hold is a ``constraint`` of the question.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from survey_tui.errors import ExpressionError
from survey_tui.interview.session import Adviser, Session
from survey_tui.interview.views import InterviewFinding
from survey_tui.locale import Translator
from survey_tui.plugins.baselines import baselines_of
from survey_tui.plugins.loaded_plugin import LoadedPlugin
from survey_tui.plugins.manager import Plugins
from survey_tui.plugins.manifest import CheckTable
from survey_tui.plugins.offers import Baseline, QualityFinding, Response, Severity

_HOOK = "check_response"


def plugin_adviser(plugins: Plugins) -> Adviser:
    """All plugins' checks as one adviser of sessions."""

    def advise(session: Session) -> Iterator[InterviewFinding]:
        for member in plugins.members(session.started.commune):
            before = len(plugins.failures)
            yield from _plugin_findings(plugins, member, session)
            words = Translator(session.language)
            for failure in plugins.failures[before:]:
                yield InterviewFinding("failure", "", words.error(failure), blocking=False, label=member.name)

    return advise


def _plugin_findings(plugins: Plugins, member: LoadedPlugin, session: Session) -> Iterator[InterviewFinding]:
    answers = _ReviewedResponse(session)
    for check in member.resolved.manifest.check if member.resolved is not None else ():
        if not _is_fulfilled(plugins, member, check, session):
            yield answers.finding(check.severity, check.message, check.question or "")
    if member.may_have(_HOOK):
        response = answers.response(baselines_of(plugins, member))
        found: list[QualityFinding] | None = plugins.call_hook(member, _HOOK, response=response)
        for each in found or ():
            yield answers.finding(each.severity, each.message, each.question)


def _is_fulfilled(plugins: Plugins, member: LoadedPlugin, check: CheckTable, session: Session) -> bool:
    try:
        return session.holds(check.expression, check.relevant)
    except ExpressionError as error:
        if not error.code.startswith("expressions_unknown_name"):
            plugins.record_failure(member.name, "plugin_hook", f"check {check.name}: {error}"[:400])
        return True  # a survey that lacks the question has nothing to check


class _ReviewedResponse:
    """The response as plugins see it, and the paths of its questions."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._words = Translator(session.language)
        self._values = {path: text for path, text in session.submission() if text}
        self._paths = {entry.path: entry for entry in session.outline() if entry.kind == "question"}

    def response(self, baselines: list[Baseline]) -> Response:
        session = self._session
        return Response(
            form_id=session.started.form_id,
            form_version=session.started.form_version,
            commune=session.started.commune,
            language=session.language,
            values=MappingProxyType(self._values),
            baselines=tuple(baselines),
        )

    def finding(self, severity: Severity, message: Mapping[str, str], question: str) -> InterviewFinding:
        """A finding of a review; it has no path if the question is missing or was not asked."""
        said = message.get(self._session.language) or next(iter(message.values()), "")
        text = self._words(f"review.advice_{severity}", message=said)
        entry = self._paths.get(question) or next(
            (each for each in self._paths.values() if each.name == question and each.state != "skipped"), None
        )
        path = entry.path if entry is not None and entry.state != "skipped" else ""
        return InterviewFinding(
            "advice", path, text, blocking=False, label=entry.label if entry is not None else question
        )
