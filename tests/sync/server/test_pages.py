"""The coordinator's pages without a browser: signing in, what is shown, what is refused."""

from __future__ import annotations

import re

import httpx
import pytest
from survey_sync.server import admin
from survey_sync.server.config import RateLimits

from tests.support.collection_server import Browse, Make, Server, Start, csrf_of


def test_the_first_page(both: Server, browse: Browse, make: Make) -> None:
    both.device(surveyor="anh", name="máy của anh").push(
        make(1), make(2, commune="99999"), make(1, text="khác")
    )
    page = browse(both).get("/").text
    assert "32047 " in page  # with its name
    assert "99999" in page
    assert re.search(r"<b>2</b>", page)
    assert '<html lang="vi">' in page
    pushes = browse(both, name="hai").get("/pushes").text
    assert "máy của anh" in pushes
    conflicts = browse(both, name="ba").get("/conflicts").text
    assert conflicts.count(make(1)[0]) == 2


def test_silent_devices(both: Server, browse: Browse) -> None:
    both.device(name="máy bỏ quên")
    both.device(name="máy đang dùng")
    with both.database.write() as connection:
        connection.exec_driver_sql(
            "UPDATE devices SET last_seen = '2026-01-02T03:04:05.000Z' WHERE name = 'máy bỏ quên'"
        )
    page = browse(both).get("/").text
    assert "máy bỏ quên" in page
    assert "02/01/2026 10:04" in page  # in Vietnam
    assert "máy đang dùng" not in page


def test_what_is_shown_is_never_markup(server: Server, browse: Browse, make: Make) -> None:
    evil = "<script>alert(1)</script>"
    device = server.device(surveyor=evil, name=evil)
    device.push(make(1, form_id=evil, commune=evil, username=evil), make(1, form_id=evil, text="2"))
    client = browse(server)
    client.post("/messages", data={"csrf": csrf_of(client.get("/").text), "text": evil})
    for path in ("/", "/pushes", "/conflicts", "/devices", "/messages"):
        page = client.get(path).text
        assert "<script" not in page, path
        assert "&lt;script&gt;" in page or path == "/conflicts"


def test_a_host_that_is_none_costs_no_code(server: Server, browse: Browse) -> None:
    client = browse(server)
    form = {"csrf": csrf_of(client.get("/devices").text), "role": "surveyor", "surveyor": "anh"}
    reply = client.post("/devices/code", data=form, headers={"Host": "a" * 6000})
    assert reply.status_code == 400
    assert server.count("codes") == 0


def test_enrolment_on_the_page(both: Server, browse: Browse) -> None:
    client = browse(both)
    csrf = csrf_of(client.get("/devices").text)
    page = client.post("/devices/code", data={"csrf": csrf, "role": "surveyor", "surveyor": "anh"}).text
    found = re.search(r"[0-9A-Z]{5}-[0-9A-Z]{5}", page)
    assert found is not None
    code = found[0]
    assert f"survey-sync enrol {both.url} {code}" in page
    assert "<svg" in page
    asked = {"code": code, "device_name": "máy mới", "nonce": "n" * 20}
    device = both.nobody().post("/v1/enrol", asked).json()["device_id"]
    assert "máy mới" in client.get("/devices").text
    client.post("/devices/revoke", data={"csrf": csrf, "device": device})
    assert "Đã khóa" in client.get("/devices").text


@pytest.mark.parametrize(
    "path", ["/messages", "/messages/retract", "/devices/code", "/devices/revoke", "/logout"]
)
def test_forms_from_elsewhere_are_refused(server: Server, browse: Browse, path: str) -> None:
    client = browse(server)
    csrf = csrf_of(client.get("/").text)
    data = {"text": "x", "role": "surveyor", "surveyor": "", "device": "x"}
    assert client.post(path, data=data).status_code == 403
    assert client.post(path, data=data | {"csrf": "x" * 32}).status_code == 403
    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}):
        assert client.post(path, data=data | {"csrf": csrf}, headers=headers).status_code == 403
    assert client.get("/").url.path == "/"
    assert server.count("updates") == server.count("codes") == 0


def test_headers_and_cookie(server: Server, browse: Browse) -> None:
    client = browse(server)
    headers = client.get("/").headers
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["cache-control"] == "no-store"
    reply = httpx.post(f"{server.url}/login", data=account(server), trust_env=False)
    cookie = reply.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert "secure" not in cookie


def test_the_cookie_is_for_https_behind_a_proxy(start: Start, sqlite: str) -> None:
    server = start(sqlite, behind_https=True)
    reply = httpx.post(f"{server.url}/login", data=account(server), trust_env=False)
    assert "secure" in reply.headers["set-cookie"].lower()


def account(server: Server) -> dict[str, str]:
    return {"name": "tư", "password": admin.add_account(server.where, "tư", "coordinator")}


def test_signing_out_ends_the_session(server: Server, browse: Browse) -> None:
    client = browse(server)
    cookie = client.cookies["survey_sync"]
    client.post("/logout", data={"csrf": csrf_of(client.get("/").text)})
    for old in ({}, {"survey_sync": cookie}):
        assert httpx.get(f"{server.url}/", cookies=old, trust_env=False).status_code == 303
    assert server.count("sessions") == 0


def test_a_disabled_account_is_out_at_once(server: Server, browse: Browse) -> None:
    client = browse(server)
    admin.disable_account(server.where, "chị coordinator")
    assert client.get("/").url.path == "/login"


def test_guessing_passwords_is_slowed(start: Start, where: str) -> None:
    server = start(where, rates=RateLimits(failed_passwords=3))
    password = admin.add_account(where, "tư", "coordinator")
    tried = [
        httpx.post(f"{server.url}/login", data={"name": "tư", "password": given}, trust_env=False).status_code
        for given in ("a", "b", "c", "d", password)
    ]
    assert tried == [403, 403, 403, 429, 429]


def test_analysts_see_figures_and_clean_data_only(both: Server, browse: Browse, make: Make) -> None:
    both.device(name="máy bí mật").push(make(1), make(1, text="khác"))
    client = browse(both, "analyst")
    page = client.get("/").text
    assert "32047" in page
    assert "máy bí mật" not in page
    for path in ("/pushes", "/conflicts", "/devices", "/messages", "/download/conflicts.jsonl"):
        assert client.get(path).status_code == 403
    for path in ("/download/data.csv?form=xa_hoi_so", "/download/data.jsonl?form=xa_hoi_so"):
        text = client.get(path).text
        assert "age" in text
        assert "32047-02" not in text


def test_downloads(both: Server, browse: Browse, make: Make) -> None:
    both.device().push(make(1), make(2, values=[["=x", "=1+1"]]))
    client = browse(both)
    reply = client.get("/download/data.csv?form=xa_hoi_so")
    assert reply.headers["content-disposition"] == "attachment; filename*=UTF-8''xa_hoi_so.csv"
    assert "'=1+1" in reply.text
    assert ",=" not in reply.text
    assert client.get("/download/data.jsonl").content == make(1)[1] + make(2, values=[["=x", "=1+1"]])[1]
    assert client.get("/download/data.csv?form=nix").status_code == 404


def test_languages(server: Server, browse: Browse) -> None:
    client = browse(server)
    assert "<h1>Overview</h1>" in client.get("/?language=en").text
    assert "<h1>Devices</h1>" in client.get("/devices").text  # remembered
    assert "<h1>Máy</h1>" in client.get("/devices?language=vi").text
    stranger = httpx.get(f"{server.url}/login", headers={"Accept-Language": "en-GB,en"}, trust_env=False)
    assert "<h1>Sign in</h1>" in stranger.text


def test_words_are_the_same_in_every_language() -> None:
    from survey_tui.locale.en.server import MESSAGES as ENGLISH
    from survey_tui.locale.vi.server import MESSAGES as VIETNAMESE

    assert ENGLISH.keys() == VIETNAMESE.keys()
    for key, text in ENGLISH.items():
        assert set(re.findall(r"{\w+}", text)) == set(re.findall(r"{\w+}", VIETNAMESE[key])), key
