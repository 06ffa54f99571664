"""A Page's ``changes[]`` as events: comments and posts on the feed, mentions; pure, total over any JSON.

    {"field": "feed", "value": {"item": "comment", "verb": "add", "from": {"id": "PSID", "name": "Ada"},
     "comment_id": "1_2", "post_id": "1_1", "parent_id": "1_1", "message": "price?", "created_time": 1788859253}}

Source: META_API §5, fields to subscribe (feed); one item and verb each.
"""

from channels.meta.messaging import parse_item
from channels.meta.names import Events, Place
from channels.meta.people import person
from channels.meta.reading import Obj
from channels.meta.times import time_of, to_time
from core.inbound import CommentReceived, Inbound

_WRITTEN = frozenset({"comment", "post", "status", "photo", "video", "share", "mention"})


def parse_change(place: Place, field: str | None, value: Obj) -> Events:
    """Return what one change says."""
    if "sender" in value or "recipient" in value:
        return [parse_item(place, value)]
    if field in {"feed", "mention", "mentions"}:
        return [_feed(place, value, mention=field != "feed")]
    return [place.quarantined(f"unknown_field:{field}", value)]


def _feed(place: Place, value: Obj, *, mention: bool) -> Inbound:
    """Read something written on or about the Page; likes are left alone, edits and removals kept."""
    item, verb = value.text("item") or ("mention" if mention else "unknown"), value.text("verb") or "add"
    author = value.obj("from")
    target = value.text("comment_id", "post_id", "media_id")
    if item in _WRITTEN and verb in {"edited", "remove", "hide", "unhide"}:
        return place.account_event("feed", value, at=time_of(value, "created_time"))
    if item not in _WRITTEN or verb != "add" or target is None:
        return place.ignored(f"feed:{item}:{verb}", value)
    if author.text("id") == place.account:
        return place.ignored("own_comment", value)
    return CommentReceived(
        channel=place.channel,
        account=place.account,
        dedupe=f"mention|{target}" if mention else target,
        at=time_of(value, "created_time") or to_time(place.time),
        sender=person(place.channel, author.text("id"), name=author.text("name")),
        comment_id=target,
        text=value.text("message") or "",
        media_id=value.text("post_id", "media_id"),
        parent_id=value.text("parent_id"),
        mention=mention or item == "mention",
    )
