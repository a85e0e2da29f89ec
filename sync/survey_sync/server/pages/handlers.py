"""The pages themselves."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import msgspec
import segno
from markupsafe import Markup
from starlette.responses import Response, StreamingResponse

from survey_sync.protocol.audience import active_surveyors, replacement_number, update_audience
from survey_sync.protocol.messages import NewCode, NewMessage
from survey_sync.server.admin import enrolment_command
from survey_sync.server.devices import device_list, issue_code, revoke
from survey_sync.server.exports.download import Layout, csv_file, forms, json_lines, listing
from survey_sync.server.pages import queries
from survey_sync.server.pages.request import SESSION_COOKIE, SESSION_HOURS, Visit, sign_in, sign_out
from survey_sync.server.problems import Rejected
from survey_sync.server.updates import offered, post_message, retract

_LONGEST_HOST = 260  # a name, a colon and a port


def show_sign_in(visit: Visit) -> Response:
    """Name and password."""
    return visit.page("login", failed=False)


def do_sign_in(visit: Visit) -> Response:
    """A cookie for a password."""
    config = visit.server.config
    token = sign_in(
        visit.server.database,
        visit.form.get("name", ""),
        visit.form.get("password", ""),
        visit.address,
        config.rates,
    )
    if token is None:
        return visit.page("login", 403, failed=True)
    response = visit.go("/")
    https = visit.request.url.scheme == "https" or config.behind_https
    response.set_cookie(
        SESSION_COOKIE,
        token,
        max_age=SESSION_HOURS * 3600,
        httponly=True,
        samesite="strict",
        secure=https,
    )
    return response


def do_sign_out(visit: Visit) -> Response:
    """The end of a session."""
    visit.check_form()
    sign_out(visit.server.database, visit.request.cookies.get(SESSION_COOKIE, ""))
    response = visit.go("/login")
    response.delete_cookie(SESSION_COOKIE, httponly=True, samesite="strict")
    return response


def show_overview(visit: Visit) -> Response:
    """What has arrived, by commune and surveyor; who is silent; downloads."""
    days = visit.server.config.silent_days
    with visit.server.database.read() as connection:
        everything = queries.overview(connection)
        quiet = queries.silent(connection, days) if visit.somebody.role == "coordinator" else []
    return visit.page("overview", overview=everything, silent=quiet, days=days)


def show_pushes(visit: Visit) -> Response:
    """Who sent what when."""
    with visit.server.database.read() as connection:
        return visit.page("pushes", pushes=queries.recent_pushes(connection))


def show_conflicts(visit: Visit) -> Response:
    """Responses of which several versions came."""
    with visit.server.database.read() as connection:
        return visit.page("conflicts", versions=queries.conflicts(connection))


def show_devices(visit: Visit) -> Response:
    """All devices, and a form for a new one."""
    with visit.server.database.read() as connection:
        return visit.page("devices", devices=device_list(connection))


def do_code(visit: Visit) -> Response:
    """A one-time code, as text and as a QR code."""
    visit.check_form()
    try:
        wanted = msgspec.convert(
            {"role": visit.form.get("role", ""), "surveyor": visit.form.get("surveyor", "").strip()}, NewCode
        )
    except msgspec.ValidationError as error:
        raise Rejected("malformed") from error
    url = visit.request.url
    if len(url.netloc) > _LONGEST_HOST:
        raise Rejected("malformed", "Host")
    issued = issue_code(visit.server.database, wanted)
    command = enrolment_command(f"{url.scheme}://{url.netloc}", issued.code)
    qr = segno.make(command, error="m", micro=False).svg_inline(scale=5, border=4, light="#fff")
    return visit.page("code", code=issued.code, expires=issued.expires, command=command, qr=Markup(qr))


def do_revoke(visit: Visit) -> Response:
    """A lost device."""
    visit.check_form()
    if not revoke(visit.server.database, visit.form.get("device", "")):
        raise Rejected("not_found")
    return visit.go("/devices")


def show_messages(visit: Visit) -> Response:
    """What the devices are offered, how far it has come, and a form for a message."""
    with visit.server.database.read() as connection:
        devices = device_list(connection)
        every = offered(connection)
    items = [
        (item, update_audience(item, devices), replacement_number(item, every)) for item in reversed(every)
    ]
    return visit.page("messages", items=items, surveyors=active_surveyors(devices))


def do_message(visit: Visit) -> Response:
    """A message for one surveyor or everybody."""
    visit.check_form()
    text = "\n".join(visit.form.get("text", "").split("\r\n")).strip()  # browsers end lines so
    facts = {"text": text, "surveyor": visit.form.get("surveyor", "")}
    try:
        post_message(visit.server.database, visit.author, msgspec.convert(facts, NewMessage))
    except msgspec.ValidationError as error:
        raise Rejected("malformed") from error
    return visit.go("/messages")


def do_retract(visit: Visit) -> Response:
    """A message or package is taken back."""
    visit.check_form()
    number = visit.form.get("seq", "")
    if not (number.isascii() and number.isdecimal() and len(number) < 16):
        raise Rejected("malformed")
    retract(visit.server.database, visit.author, int(number))
    return visit.go("/messages")


def download_csv(visit: Visit) -> Response:
    """One form as a table."""
    form = visit.request.query_params.get("form", "")
    if form not in forms(visit.server.database):
        raise Rejected("not_found")
    content = csv_file(visit.server, visit.somebody.role, form)
    return StreamingResponse(content, headers=_attached(f"{form}.csv"), media_type="text/csv")


def download_lines(visit: Visit) -> Response:
    """One form, or everything, as JSON Lines."""
    form = visit.request.query_params.get("form")
    content = json_lines(visit.server, visit.somebody.role, form)
    name = f"{form or 'all'}.jsonl"
    return StreamingResponse(content, headers=_attached(name), media_type="application/jsonl")


def download_conflicts(visit: Visit) -> Response:
    """Every version of the responses in conflict."""
    content = json_lines(visit.server, visit.somebody.role, None, conflicts=True)
    headers = _attached("conflicts.jsonl")
    return StreamingResponse(content, headers=headers, media_type="application/jsonl")


def download_list(visit: Visit) -> Response:
    """Every response that has arrived, with whose it is; no answers."""
    layout: Layout = "jsonl" if visit.request.url.path.endswith(".jsonl") else "csv"
    content = listing(visit.server.database, layout)
    kind = "text/csv" if layout == "csv" else "application/jsonl"
    return StreamingResponse(content, headers=_attached(f"list.{layout}"), media_type=kind)


def style(_visit: Visit) -> Response:
    """How the pages look."""
    content = Path(__file__).with_name("static").joinpath("page.css").read_bytes()
    return Response(content, headers={"Cache-Control": "max-age=3600"}, media_type="text/css")


def _attached(name: str) -> dict[str, str]:
    return {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}",
        "Cache-Control": "no-store",
    }
