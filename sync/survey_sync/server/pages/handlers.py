"""Handlers of the pages, one function each."""

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
from survey_sync.server.exports.download import Layout, csv_file, forms, json_lines, response_list
from survey_sync.server.pages import queries
from survey_sync.server.pages.request import SESSION_COOKIE, SESSION_HOURS, PageRequest, sign_in, sign_out
from survey_sync.server.problems import ProblemError
from survey_sync.server.updates import offered_updates, post_message, retract

_LONGEST_HOST = 260  # a name, a colon and a port


def show_sign_in(request: PageRequest) -> Response:
    """Show the sign-in form."""
    return request.render("login", failed=False)


def do_sign_in(request: PageRequest) -> Response:
    """Start a session and set its cookie."""
    config = request.server.config
    token = sign_in(
        request.server.database,
        request.form.get("name", ""),
        request.form.get("password", ""),
        request.address,
        config.rates,
    )
    if token is None:
        return request.render("login", 403, failed=True)
    response = request.redirect("/")
    https = request.http.url.scheme == "https" or config.behind_https
    response.set_cookie(
        SESSION_COOKIE,
        token,
        max_age=SESSION_HOURS * 3600,
        httponly=True,
        samesite="strict",
        secure=https,
    )
    return response


def do_sign_out(request: PageRequest) -> Response:
    """End the session and delete its cookie."""
    request.check_form()
    sign_out(request.server.database, request.http.cookies.get(SESSION_COOKIE, ""))
    response = request.redirect("/login")
    response.delete_cookie(SESSION_COOKIE, httponly=True, samesite="strict")
    return response


def show_overview(request: PageRequest) -> Response:
    """Show what has arrived by commune and surveyor, silent devices, downloads."""
    days = request.server.config.silent_days
    with request.server.database.read() as connection:
        everything = queries.overview(connection)
        quiet = queries.silent_devices(connection, days) if request.user.role == "coordinator" else []
    return request.render("overview", overview=everything, silent=quiet, days=days)


def show_pushes(request: PageRequest) -> Response:
    """Show recent pushes."""
    with request.server.database.read() as connection:
        return request.render("pushes", pushes=queries.recent_pushes(connection))


def show_conflicts(request: PageRequest) -> Response:
    """Show responses with several versions."""
    with request.server.database.read() as connection:
        return request.render("conflicts", versions=queries.conflicts(connection))


def show_devices(request: PageRequest) -> Response:
    """Show all devices, and a form for a new one."""
    with request.server.database.read() as connection:
        return request.render("devices", devices=device_list(connection))


def do_code(request: PageRequest) -> Response:
    """Issue a one-time code; show it as text and as a QR code."""
    request.check_form()
    try:
        wanted = msgspec.convert(
            {"role": request.form.get("role", ""), "surveyor": request.form.get("surveyor", "").strip()},
            NewCode,
        )
    except msgspec.ValidationError as error:
        raise ProblemError("malformed") from error
    url = request.http.url
    if len(url.netloc) > _LONGEST_HOST:
        raise ProblemError("malformed", "Host")
    issued = issue_code(request.server.database, wanted)
    command = enrolment_command(f"{url.scheme}://{url.netloc}", issued.code)
    qr = segno.make(command, error="m", micro=False).svg_inline(scale=5, border=4, light="#fff")
    return request.render("code", code=issued.code, expires=issued.expires, command=command, qr=Markup(qr))


def do_revoke(request: PageRequest) -> Response:
    """Revoke a lost device."""
    request.check_form()
    if not revoke(request.server.database, request.form.get("device", "")):
        raise ProblemError("not_found")
    return request.redirect("/devices")


def show_messages(request: PageRequest) -> Response:
    """Show messages and packages with how many devices have them, and a form for a message."""
    with request.server.database.read() as connection:
        devices = device_list(connection)
        every = offered_updates(connection)
    items = [
        (item, update_audience(item, devices), replacement_number(item, every)) for item in reversed(every)
    ]
    return request.render("messages", items=items, surveyors=active_surveyors(devices))


def do_message(request: PageRequest) -> Response:
    """Post a message to one surveyor or to all."""
    request.check_form()
    text = "\n".join(request.form.get("text", "").split("\r\n")).strip()  # browsers end lines so
    facts = {"text": text, "surveyor": request.form.get("surveyor", "")}
    try:
        post_message(request.server.database, request.author, msgspec.convert(facts, NewMessage))
    except msgspec.ValidationError as error:
        raise ProblemError("malformed") from error
    return request.redirect("/messages")


def do_retract(request: PageRequest) -> Response:
    """Retract a message or package."""
    request.check_form()
    number = request.form.get("seq", "")
    if not (number.isascii() and number.isdecimal() and len(number) < 16):
        raise ProblemError("malformed")
    retract(request.server.database, request.author, int(number))
    return request.redirect("/messages")


def download_csv(request: PageRequest) -> Response:
    """Download a form as CSV."""
    form = request.http.query_params.get("form", "")
    if form not in forms(request.server.database):
        raise ProblemError("not_found")
    content = csv_file(request.server, request.user.role, form)
    return StreamingResponse(content, headers=_download_headers(f"{form}.csv"), media_type="text/csv")


def download_lines(request: PageRequest) -> Response:
    """Download a form, or all responses, as JSON Lines."""
    form = request.http.query_params.get("form")
    content = json_lines(request.server, request.user.role, form)
    name = f"{form or 'all'}.jsonl"
    return StreamingResponse(content, headers=_download_headers(name), media_type="application/jsonl")


def download_conflicts(request: PageRequest) -> Response:
    """Download every version of the responses in conflict."""
    content = json_lines(request.server, request.user.role, None, conflicts=True)
    headers = _download_headers("conflicts.jsonl")
    return StreamingResponse(content, headers=headers, media_type="application/jsonl")


def download_list(request: PageRequest) -> Response:
    """Download the list of all responses; no answers."""
    layout: Layout = "jsonl" if request.http.url.path.endswith(".jsonl") else "csv"
    content = response_list(request.server.database, layout)
    kind = "text/csv" if layout == "csv" else "application/jsonl"
    return StreamingResponse(content, headers=_download_headers(f"list.{layout}"), media_type=kind)


def send_stylesheet(_request: PageRequest) -> Response:
    """Serve the style sheet."""
    content = Path(__file__).with_name("static").joinpath("page.css").read_bytes()
    return Response(content, headers={"Cache-Control": "max-age=3600"}, media_type="text/css")


def _download_headers(name: str) -> dict[str, str]:
    return {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}",
        "Cache-Control": "no-store",
    }
