"""What a message came with besides its parts: what it answers, where the customer came from, whose words it repeats.

It is the stored form too (JSON, sealed with the message), so fields are only ever added, each with a default.
"""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict

_LONGEST = 200


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Referral(_Value):
    """Where the customer came from: an ad, a link, a shop's product."""

    source: str | None = None
    ref: str | None = None
    ad_id: str | None = None
    headline: str | None = None
    url: str | None = None
    product_id: str | None = None
    click_id: str | None = None
    text: str | None = None
    """The ad's own words."""
    welcome: str | None = None
    """What the customer was greeted with when they opened the chat from it."""
    media_url: str | None = None
    post_id: str | None = None

    def words(self) -> str | None:
        """Return in one line what people know it by: its headline, what a link passes along, else an id."""
        named = self.headline or self.ref or self.product_id or self.ad_id or self.post_id or self.url or self.source
        return named[:_LONGEST] if named else None


class Context(_Value):
    """What surrounds a message."""

    quotes: str | None = None
    """Provider id of the message that it answers."""
    story_url: str | None = None
    """The business's story that it answers (Instagram)."""
    story_id: str | None = None
    referral: Referral | None = None
    forwarded: bool = False

    def dump(self) -> dict[str, Any]:
        """Return the stored form, without what is not said."""
        return self.model_dump(mode="json", exclude_defaults=True)


def load_context(stored: Mapping[str, Any] | None) -> Context | None:
    """Return the context of its stored form."""
    return Context.model_validate(stored) if stored else None
