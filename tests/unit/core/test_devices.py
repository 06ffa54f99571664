"""Browsers in words."""

import pytest

from core.devices import read_device

CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0 Safari/537.36"


@pytest.mark.parametrize(
    ("agent", "said"),
    [
        (CHROME, ("Chrome", "Windows")),
        (CHROME + " Edg/141.0", ("Edge", "Windows")),
        (CHROME.replace("Chrome", "YaBrowser/25 Chrome"), ("Yandex", "Windows")),
        ("Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/141.0 Mobile Safari/537.36", ("Chrome", "Android")),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/18.0 Safari/605.1.15", ("Safari", "macOS")),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", ("Firefox", "Linux")),
        ("curl/8.5.0", (None, None)),
        ("", (None, None)),
    ],
)
def test_that_a_browser_is_told_by_its_name(agent: str, said: tuple[str | None, str | None]) -> None:
    assert read_device(agent) == said
