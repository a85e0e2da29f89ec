"""Known words: of the glossary, XLSForm and the libraries; exceptions with their reasons."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

GLOSSARY = Path(__file__).parents[2] / "docs" / "glossary.md"

_LIBRARIES = """
abc argparse array ast asyncio base64 bisect builtins calendar codecs collections collections.abc
contextlib copy csv dataclasses datetime decimal difflib email.message enum errno fnmatch fractions
functools gzip hashlib heapq hmac html http http.client importlib inspect io ipaddress itertools
json keyword linecache locale logging logging.handlers math mimetypes multiprocessing operator os
pathlib pickle platform pprint queue random re secrets selectors shutil signal socket sqlite3 ssl
statistics string struct subprocess sys tarfile tempfile textwrap threading time token tokenize
tomllib traceback types typing unicodedata unittest urllib.parse urllib.request uuid warnings
weakref xml.etree.ElementTree zipfile zlib click click.shell_completion pluggy tinydb tinydb.table
tinydb.storages tinydb.queries httpx msgspec filelock platformdirs regex textual.app textual.screen
textual.widget textual.widgets textual.binding textual.driver textual.events textual.geometry
textual.reactive textual.message textual.strip textual.dom rich.text rich.cells rich.style
rich.console starlette.applications starlette.requests starlette.responses starlette.routing
starlette.middleware uvicorn sqlalchemy sqlalchemy.engine sqlalchemy.schema jinja2
cryptography.hazmat.primitives.hashes cryptography.hazmat.primitives.asymmetric.ed25519
cryptography.hazmat.primitives.ciphers.aead pytest hypothesis
"""
LIBRARIES = tuple(_LIBRARIES.split())
"""Modules of the standard library and of dependencies whose public names count as known words."""

XLSFORM = """
appearance bind body calculate calculation cascading choice choices constraint count date default
dynamic enumerator external filter form geopoint geoshape geotrace group guidance hint image
instance integer itext label language list media message name nodeset note once other parameters
position pulldata randomize range relevance relevant repeat required row select selected settings
survey text time title trigger type version xform xlsform xpath barcode decimal acknowledge consent
select_one select_multiple
"""

SHARED_CONCEPTS = {
    "attachments": "client, server, and on a USB drive",
    "csv_tables": "on the device and on the server",
    "devices": "server and its command",
    "errors": "of the program and of the client",
    "findings": "of forms and of the store",
    "form_change": "what it is, and its screen",
    "form_files": "the hook, and its use by an application",
    "inbox": "client and its commands",
    "interview": "a screen; the former path of the kit until 1.0",
    "outline": "what it is, and its screen",
    "passphrase": "its cryptography, and its screens",
    "project": "of a plugin author; the former path of the kit until 1.0",
    "queries": "of the store (TinyDB) and of the pages (SQL)",
    "responses": "store, server, and their command",
    "review": "what it is, and its screen",
    "roster": "what it is, and its screen",
    "serve": "server and its command",
    "settings": "what they are, and their screen",
    "status": "client and its command",
    "updates": "server and the coordinator's commands",
}
"""Module names used more than once: one concept seen from several layers."""

EXCEPTIONS = {
    "frozen names: fields of data, events, hooks, protocol, commands": (
        "enrolled forget orphans prefilled quality recalculate recalculated seen skipped stamp undone"
    ),
    "XForms, XPath, Java, Unicode, HTTP and cryptography": (
        "bearer csrf csv envelope metrics midnight nfc openapi principal qr randomness secret since "
        "trim wildcard"
    ),
    "packages and modules of the layout": (
        "admin admission cli deidentification discovery fieldwork geography installation inventory "
        "kit logic overview preview reachability scaffold structure tamper tinydb ui"
    ),
    "plain English for which no term is needed": (
        "about ago answerable attention backspace become clean compact compacting comparable "
        "crosses deciding deidentify describe districts dotted doubtful erasure erasures exclusive "
        "graph hello irrelevant itself jump mention nearest needs newest normalise older ownership "
        "propagate recent redraw renew reread retryable scripted silent strengthen submit than "
        "unload unrecorded unwritten worth yes"
    ),
}
"""Words of public names from none of these sources, by the reason why they stay."""


def split_words(name: str) -> Iterator[str]:
    """The words of an identifier in lower case: ``ServerConnection`` and ``server_connection`` alike."""
    for part in re.findall(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+", name):
        if len(part) > 1:
            yield part.lower()


@cache
def known_words() -> frozenset[str]:
    """Words of the glossary's tables and of public names of the libraries, with their regular forms."""
    found = set(split_words(XLSFORM)) | _glossary_words()
    for library in LIBRARIES:
        found |= _public_words(library)
    exceptions = {word for words in EXCEPTIONS.values() for word in words.split()}
    return frozenset(form for word in found for form in _forms(word)) | exceptions


def _glossary_words() -> set[str]:
    rows = (line for line in GLOSSARY.read_text(encoding="utf-8").splitlines() if line.startswith("| "))
    return {word for row in rows for word in split_words(" ".join(row.split(" | ")[:2]))}


def _public_words(library: str) -> set[str]:
    """Words of a module's public names and of the attributes of its classes; none if it is not installed."""
    try:
        module = importlib.import_module(library)
    except ImportError:
        return set()
    names = [name for name in dir(module) if not name.startswith("_")]
    for name in list(names):
        value = getattr(module, name, None)
        if isinstance(value, type):
            names += [attribute for attribute in vars(value) if not attribute.startswith("_")]
    return {word for name in names for word in split_words(name)}


def _forms(word: str) -> Iterator[str]:
    """The word with its regular forms, and the stems of which it may be one."""
    yield word
    for ending in ("s", "es", "ed", "ing", "er", "or"):
        yield word + ending
        yield word.removesuffix(ending)
    if word.endswith("e"):
        yield from (f"{word}d", f"{word[:-1]}ing", f"{word[:-1]}ion", f"{word[:-1]}or", f"{word}r")
    if word.endswith("y"):
        yield from (f"{word[:-1]}ies", f"{word[:-1]}ied", f"{word[:-1]}ier")
    for ending in ("ing", "ed", "ion"):
        if word.endswith(ending):
            yield f"{word.removesuffix(ending)}e"
