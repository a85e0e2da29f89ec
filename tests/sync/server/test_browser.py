"""The pages in a real Chromium, as a coordinator sees them on a phone."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from survey_sync.server import admin

from tests.support.collection_server import Make, Server, offer

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")

pytestmark = pytest.mark.skipif(
    not (CHROMIUM and DRIVER), reason="no browser: apt-get install chromium chromium-driver"
)

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)
PHONE = {"deviceMetrics": {"width": 360, "height": 740, "pixelRatio": 1}}


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[Any]:
    webdriver = pytest.importorskip("selenium.webdriver", reason="install selenium")
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for flag in (*FLAGS, f"--user-data-dir={tmp_path / 'profile'}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    options.add_experimental_option("prefs", {"download.default_directory": str(tmp_path / "downloads")})
    options.add_experimental_option("mobileEmulation", PHONE)
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(DRIVER))
    yield driver
    driver.quit()


def test_a_coordinators_morning(server: Server, make: Make, browser: Any, tmp_path: Path) -> None:
    """Sign in, see who sent what, make a code, download a file; on 360 pixels, without a word on the
    console."""
    from selenium.common.exceptions import WebDriverException
    from selenium.webdriver.common.by import By
    from selenium.webdriver.support.ui import WebDriverWait

    def expect(selector: str, words: str) -> None:
        """The next page is there and says so. While one page gives way to the next, a look at it may fail."""
        WebDriverWait(browser, 20, poll_frequency=0.05, ignored_exceptions=(WebDriverException,)).until(
            lambda driver: words in driver.find_element(By.CSS_SELECTOR, selector).text
        )

    server.device(surveyor="điều tra viên có tên rất dài " * 3, name="máy-" + "x" * 60).push(
        make(1), make(2), make(1, text="khác")
    )
    password = admin.add_account(server.where, "chi", "coordinator")

    def press(words: str) -> None:
        browser.find_element(
            By.XPATH, f"//button[contains(., '{words}')] | //a[contains(., '{words}')]"
        ).click()

    browser.get(f"{server.url}/login?language=vi")
    browser.find_element(By.NAME, "name").send_keys("chi")
    browser.find_element(By.NAME, "password").send_keys(password)
    press("Đăng nhập")
    expect("h1", "Tổng quan")
    for page in ("/", "/pushes", "/conflicts", "/devices", "/messages"):
        browser.get(f"{server.url}{page}")
        width = browser.execute_script("return document.documentElement.scrollWidth")
        assert width <= 360, page
        assert browser.execute_script("return document.styleSheets[0].cssRules.length") > 10
    browser.get(f"{server.url}/devices")
    browser.find_element(By.NAME, "surveyor").send_keys("anh")
    press("Tạo mã")
    expect("h1", "Mã đăng ký")
    assert browser.find_element(By.CSS_SELECTOR, ".qr svg").size["width"] > 100
    browser.get(f"{server.url}/messages")
    browser.find_element(By.NAME, "text").send_keys("Họp lúc 8 giờ")
    press("Gửi")
    expect(".messages", "Họp lúc 8 giờ")
    expect(".messages", "0/1 máy đã nhận")
    offer(server.device("coordinator", "", "văn phòng"), b"x", name="a" * 40, version="1" * 40)
    browser.get(f"{server.url}/messages")
    expect(".messages li", "0/1 máy đã tải về")
    assert browser.execute_script("return document.documentElement.scrollWidth") <= 360
    browser.find_element(By.CSS_SELECTOR, ".messages li:last-child summary").click()
    press("Rút lại số 1")
    expect(".messages li:last-child", "a" * 40)
    assert "Họp lúc 8 giờ" not in browser.find_element(By.CSS_SELECTOR, ".messages").text
    browser.get(f"{server.url}/")
    press("CSV")
    saved = tmp_path / "downloads" / "xa_hoi_so.csv"
    for _ in range(100):
        if saved.exists():
            break
        time.sleep(0.05)
    assert saved.read_text(encoding="utf-8-sig").startswith("response_id,")
    press("Đăng xuất")
    expect("h1", "Đăng nhập")
    assert [entry for entry in browser.get_log("browser") if entry["level"] in {"SEVERE", "WARNING"}] == []
