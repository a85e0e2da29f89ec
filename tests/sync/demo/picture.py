"""The coordinator's page as a picture, if a Chromium is there."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import httpx

_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")


def page_picture(url: str, name: str, password: str, target: Path) -> Path | None:
    """Sign in, keep the page as one HTML file beside ``target``, and let a browser draw it; ``None`` without
    one."""
    with httpx.Client(base_url=url, headers={"Origin": url, "Accept-Language": "vi"}) as client:
        client.post("/login", data={"name": name, "password": password})
        page = client.get("/").raise_for_status().text
        style = client.get("/static/page.css").text
    page = re.sub(r"<link[^>]*page\.css[^>]*>", lambda _: f"<style>{style}</style>", page)
    html = target.with_suffix(".html")
    html.write_text(page, encoding="utf-8")
    browser = next(filter(None, map(shutil.which, _BROWSERS)), None)
    if browser is None:
        return None
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--window-size=900,1100"]
    command = [browser, *options, f"--screenshot={target}", html.absolute().as_uri()]
    done = subprocess.run(command, capture_output=True, check=False, timeout=120)
    return target if done.returncode == 0 and target.exists() else None
