"""Files of forms that plugins read and write, each behind the isolation border."""

from __future__ import annotations

import hashlib
import io
import stat
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from msgspec.structs import replace

from survey_tui.errors import PluginError
from survey_tui.forms.check import format_finding
from survey_tui.forms.findings import Findings, FormFinding
from survey_tui.forms.library import ModuleReader, display_name
from survey_tui.forms.model import Form, Source, Translated
from survey_tui.forms.sources import ListRow, Module, Row
from survey_tui.locale import Translator
from survey_tui.plugins.isolation import PluginCallError
from survey_tui.plugins.manager import Plugins
from survey_tui.plugins.named_offers import NamedOffer, named_offers
from survey_tui.plugins.offers import FormFileType

OWN_SUFFIXES = (".toml", ".csv")
"""Read by the program itself."""

MAX_BYTES = 20 * 1024 * 1024
"""Largest file that is handed to a plugin: a workbook with a list of all communes takes 1 MB."""

MAX_SECONDS = 60.0
"""Longest reading or writing of one file."""

T = TypeVar("T")


class FormFileReader:
    """A file type of a plugin. A fault of the plugin is an error among the findings and a plugin failure."""

    def __init__(self, plugins: Plugins, offer: NamedOffer) -> None:
        self._plugins = plugins
        self._plugin = offer.member
        self._type: FormFileType = offer.item

    @property
    def has_modules(self) -> bool:
        return self._type.read_module is not None

    def read(self, path: Path, findings: Findings) -> Form | None:
        """The form in ``path``, every field checked, with the hash of the file; ``None`` if there is none."""
        form = self._read(self._type.read, _checked_form, path, findings)
        return None if form is None else replace(form, sha256=_sha256(path))

    def read_module(self, path: Path, findings: Findings) -> Module | None:
        """The module in ``path``, with the hash of the file and without a place in surveys."""
        if self._type.read_module is None:
            return None
        module = self._read(self._type.read_module, _checked_module, path, findings)
        return None if module is None else replace(module, path=path, sha256=_sha256(path))

    def write(self, form: Form) -> bytes:
        """The bytes of a file. Raises ``PluginError("plugin_run")``, also for a type that is only read."""
        buffer = io.BytesIO()
        try:
            self._plugins.run_isolated(self._plugin, partial(self._write, form, buffer), MAX_SECONDS)
            return buffer.getvalue()
        except (PluginCallError, ValueError) as fault:  # ValueError: the plugin has closed the file
            raise PluginError(
                "plugin_run", plugin=self._plugin.name, command=self._type.name, reason=str(fault)
            ) from fault

    def _write(self, form: Form, buffer: io.BytesIO) -> None:
        if self._type.write is None:
            raise PluginCallError("it does not write forms")
        self._type.write(form, buffer)

    def _read(
        self,
        read: Callable[[Path, Findings], object],
        check: Callable[[object], T],
        path: Path,
        findings: Findings,
    ) -> T | None:
        if not _is_readable(path, findings):
            return None
        own = Findings()
        try:
            found = self._plugins.run_isolated(self._plugin, partial(_call, read, path, own), MAX_SECONDS)
            result = None if found is None else check(found)
            for each in own.as_list():
                _add(findings, msgspec.convert(msgspec.to_builtins(each), FormFinding))
        except (PluginCallError, TypeError, ValueError, RecursionError) as fault:
            self._blame(path, findings, str(fault)[:300])
            return None
        if result is None and not own.has_errors:
            self._blame(path, findings, "it returned nothing and found no error")
        return result

    def _blame(self, path: Path, findings: Findings, reason: str) -> None:
        self._plugins.record_failure(self._plugin.name, "plugin_hook", f"{path.name}: {reason}")
        findings.error("unreadable", Source(display_name(path)), path.name, reason=reason)


def form_file_readers(plugins: Plugins) -> dict[str, FormFileReader]:
    """Suffix → reader, for every file type of a plugin."""
    offers = named_offers(plugins, "form_file_types", OWN_SUFFIXES, "{}", lambda item: item.suffixes)
    return {suffix: FormFileReader(plugins, offer) for suffix, offer in offers.items()}


def module_readers(plugins: Plugins) -> Mapping[str, ModuleReader]:
    """Suffix → reader of module files."""
    readers = form_file_readers(plugins)
    return {suffix: reader.read_module for suffix, reader in readers.items() if reader.has_modules}


def installed_readers(home: Path) -> Mapping[str, ModuleReader]:
    """The same of the plugins in use in ``home``, for the files of a plugin that is not installed."""
    return module_readers(Plugins.load(home=home))


def _add(findings: Findings, finding: FormFinding) -> None:
    """Add a plugin's finding; one that the program has no words for is shown with its ``message``."""
    try:
        format_finding(finding, Translator())
    except (KeyError, IndexError, ValueError):
        report = findings.error if finding.severity == "error" else findings.warning
        message = finding.details.get("message", finding.code)
        report("reader", finding.source, finding.item, finding.column, message=message)
    else:
        findings.add(finding)


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _call(read: Callable[[Path, Findings], object], path: Path, findings: Findings) -> object:
    return read(path, findings)


def _is_readable(path: Path, findings: Findings) -> bool:
    source = Source(display_name(path))
    try:
        status = path.stat()
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        findings.error("unreadable", source, path.name, reason=str(error))
        return False
    if not stat.S_ISREG(status.st_mode):
        findings.error("not_a_file", source, path.name)
    elif status.st_size > MAX_BYTES:
        findings.error("file_too_large", source, path.name, limit=MAX_BYTES // 1024)
    else:
        return True
    return False


def _checked_form(found: object) -> Form:
    if type(found) is not Form:
        raise ValueError(f"a Form is expected, not {type(found).__name__}")
    form: Form = _rebuilt(found, Form)
    return form


def _checked_module(found: object) -> Module:
    if type(found) is not Module:
        raise ValueError(f"a Module is expected, not {type(found).__name__}")
    return Module(
        name=_rebuilt(found.name, str),
        version=_rebuilt(found.version, str),
        title=_rebuilt(found.title, Translated),
        rows=_rebuilt(found.rows, list[Row]),
        list_rows=_rebuilt(found.list_rows, list[ListRow]),
        addition=None,
        path=Path(),
        sha256="",
    )


def _rebuilt(value: object, kind: Any) -> Any:
    """A copy of plain values, every one of the type that is declared; ``ValueError`` otherwise."""
    return msgspec.convert(msgspec.to_builtins(value), kind)
