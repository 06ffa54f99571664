"""Watches pages for what a visitor's developer tools would show: errors, refused scripts, failed requests."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from playwright.async_api import ConsoleMessage, Page, Request, Response

SIGNED_OUT = "401 GET /api/v1/me"
"""How the console learns that nobody is signed in."""


@dataclass
class Eyes:
    """What pages complained of; ``expected`` complaints are part of what a test plays."""

    expected: list[str] = field(default_factory=lambda: [SIGNED_OUT])
    complaints: list[str] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)

    def watch(self, page: Page) -> None:
        """Watch a page and its frames."""
        page.on("console", self._say)
        page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))
        page.on("request", self._ask)
        page.on("response", self._answer)

    def expect(self, *complaints: str) -> None:
        """Allow complaints that contain these words."""
        self.expected.extend(complaints)

    def assert_calm(self) -> None:
        """Fail where something was complained of, or an address carried a secret."""
        loud = [each for each in self.complaints if not self._is_expected(each, self.expected)]
        assert not loud, loud
        telling = [each for each in self.addresses if "token" in each.lower() or "session=" in each.lower()]
        assert not telling, telling

    def _say(self, message: ConsoleMessage) -> None:
        # Failed requests are told of by `_answer`, with their status and method.
        if message.type in ("error", "warning") and "Failed to load resource" not in message.text:
            self.complaints.append(f"{message.type}: {message.text}")

    def _ask(self, request: Request) -> None:
        self.addresses.append(request.url)

    def _answer(self, response: Response) -> None:
        if response.status >= 400:
            path = "/" + response.url.split("/", 3)[-1].split("?")[0]
            self.complaints.append(f"{response.status} {response.request.method} {path}")

    @staticmethod
    def _is_expected(complaint: str, expected: Sequence[str]) -> bool:
        return any(words in complaint for words in expected)
