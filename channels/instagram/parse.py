"""Instagram's ``changes[]`` as events: comments, mentions, insights; pure, total over any JSON.

Facebook Login puts them under ``changes[]``, Instagram Login flat on the entry: ``{"field": …, "value": …}``. Both
are accepted from both (META_API §4 Comments).
"""

from channels.meta.messaging import parse_item
from channels.meta.names import Events, Place
from channels.meta.people import person
from channels.meta.reading import Obj, digest
from channels.meta.times import time_of, to_time
from core.inbound import CommentReceived, Inbound

ACCOUNT_FIELDS = frozenset(
    {"story_insights", "creator_marketplace_projects", "creator_marketplace_invited_creator_onboarding"}
)


def parse_change(place: Place, field: str | None, value: Obj) -> Events:
    """Return what one change says."""
    if "sender" in value or "recipient" in value:
        return [parse_item(place, value)]
    if field in {"comments", "live_comments"}:
        return [parse_comment(place, value)]
    if field in {"mentions", "mention"}:
        return [parse_mention(place, value)]
    if field in ACCOUNT_FIELDS:
        return [place.account_event(field or "", value)]
    return [place.quarantined(f"unknown_field:{field}", value)]


def parse_comment(place: Place, value: Obj) -> Inbound:
    """Read a comment; the account's own comes back too and is left alone, else it would answer itself.

    {"from": {"id": "IGSID", "username": "u"}, "id"|"comment_id": "179…", "text": "…", "parent_id": "…",
     "media": {"id": "178…", "media_product_type": "FEED"|"AD", "ad_id": "…"}}
    """
    author, media = value.obj("from"), value.obj("media")
    comment = value.text("comment_id", "id")
    if comment is None:
        return place.quarantined("comment_without_id", value)
    if author.text("id") in {place.account, author.text("self_ig_scoped_id")} - {None}:
        return place.ignored("own_comment", value)
    return CommentReceived(
        channel=place.channel,
        account=place.account,
        dedupe=comment,
        at=time_of(value, "timestamp", "created_time") or to_time(place.time),
        sender=person(place.channel, author.text("id"), username=author.text("username"), name=author.text("name")),
        comment_id=comment,
        text=value.text("text", "message") or "",
        media_id=media.text("id") or value.text("media_id"),
        parent_id=value.text("parent_id"),
        ad_id=media.text("ad_id"),
    )


def parse_mention(place: Place, value: Obj) -> Inbound:
    """Read a mention; it carries ids only: ``{"media_id": "999", "comment_id"?: "444"}``."""
    media, comment = value.text("media_id"), value.text("comment_id")
    target = comment or media
    if target is None:
        return place.quarantined("mention_without_id", value)
    return CommentReceived(
        channel=place.channel,
        account=place.account,
        dedupe=f"mention|{target}" if comment else f"mention|{target}|{digest(place.time)}",
        at=to_time(place.time),
        sender=person(place.channel, None),
        comment_id=target,
        media_id=media,
        mention=True,
    )
