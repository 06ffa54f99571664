"""Letters to people who work here: an invitation, a new password. Plain text, and the same as simple HTML. Pure."""

from dataclasses import dataclass
from datetime import datetime
from html import escape

from core.entering import Letter
from core.noticing import Overdue
from desk.letter_words import PHRASES, Phrase

_PAGE = """<!doctype html>
<html lang="{locale}" dir="{direction}"><body style="margin:0;padding:32px 16px;background:#f6f8fa;\
font:16px/24px system-ui,-apple-system,'Segoe UI',Roboto,sans-serif;color:#0f172a">
<div style="max-width:480px;margin:0 auto;padding:32px;background:#fff;border:1px solid #e3e8ee;border-radius:12px">
<p style="margin:0 0 16px">{hello}</p>
<p style="margin:0 0 24px">{text}</p>
<p style="margin:0 0 24px"><a href="{link}" style="display:inline-block;padding:12px 20px;border-radius:8px;\
background:#0e6f8c;color:#fff;text-decoration:none;font-weight:600">{button}</a></p>
<p style="margin:0 0 16px;color:#566377;font-size:14px">{until}</p>
<p style="margin:0 0 16px;color:#566377;font-size:13px;word-break:break-all" dir="ltr">{link}</p>
<p style="margin:0;color:#566377;font-size:14px">{ignore}</p>
</div></body></html>
"""


@dataclass(frozen=True, slots=True)
class Invitation:
    """Who asks whom into which business."""

    to: str
    business: str
    inviter: str
    until: datetime


def compose_invitation(about: Invitation, link: str, *, locale: str) -> Letter:
    """Write an invitation."""
    facts = {"business": about.business, "inviter": about.inviter, "until": f"{about.until:%d.%m.%Y}"}
    return _compose("invitation", about.to, link=link, locale=locale, facts=facts)


def compose_password(to: str, link: str, *, locale: str) -> Letter:
    """Write how to set a new password."""
    return _compose("password", to, link=link, locale=locale, facts={"email": to})


def compose_overdue(about: Overdue, link: str) -> Letter:
    """Write that customers wait and nobody has taken them; not who, nor what they said."""
    facts = {"business": about.business, "count": str(about.count), "minutes": str(about.minutes)}
    return _compose("overdue", about.email, link=link, locale=about.locale, facts=facts)


def _compose(kind: str, to: str, *, link: str, locale: str, facts: dict[str, str]) -> Letter:
    words = PHRASES.get(locale, PHRASES["en"])
    # A name is one line, whatever somebody called themselves: a letter's head ends where a line does.
    facts = {name: " ".join(value.split()) for name, value in facts.items()}

    def say(name: str) -> str:
        phrase: Phrase = f"{kind}.{name}"  # type: ignore[assignment]
        return words[phrase].format(**facts)

    said = {name: say(name) for name in ("text", "button", "until")}
    said |= {"hello": words["hello"], "ignore": words["ignore"], "link": link}
    text = "{hello}\n\n{text}\n\n{button}:\n{link}\n\n{until}\n{ignore}\n".format(**said)
    direction = "rtl" if locale == "ar" else "ltr"
    html = _PAGE.format(locale=locale, direction=direction, **{name: escape(value) for name, value in said.items()})
    return Letter(to=to, subject=say("subject"), text=text, html=html)
