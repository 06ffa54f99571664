"""What is wrong with a document, where, and what to do about it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Issue:
    """One fault: ``pointer`` is a JSON pointer into the document, ``fix`` the next step."""

    pointer: str
    code: str
    severity: Literal["error", "warning"]
    message: str
    fix: str = ""

    def to_json(self) -> dict[str, str]:
        """Return the issue as clients get it."""
        return {
            "pointer": self.pointer,
            "code": self.code,
            "severity": self.severity,
            "message": self.message,
            "fix": self.fix,
        }

    def __str__(self) -> str:
        return f"{self.pointer}: {self.message}" + (f" {self.fix}" if self.fix else "")


def pointer(*path: Any) -> str:
    """Return a JSON pointer (RFC 6901)."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in path)


def errors_of(issues: Iterable[Issue]) -> list[Issue]:
    """Return those that forbid publishing."""
    return [issue for issue in issues if issue.severity == "error"]
