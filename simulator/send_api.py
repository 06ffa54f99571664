"""Answer `/{account}/messages` of Instagram and Messenger: who, whether, what then (META_API §4, §5)."""

import asyncio
from datetime import timedelta

from simulator import instagram, messenger
from simulator import send_api_events as events
from simulator.errors import GraphError, invalid
from simulator.ledger import Sent, Signal
from simulator.limits import object_of
from simulator.media import show_kept
from simulator.send_api_rules import SENDER_ACTIONS, Dialect, check_message, check_tag
from simulator.simulation import HUMAN_AGENT_WINDOW, WINDOW, Simulation
from simulator.state import Account, Author, Channel, Json, Message, Option, Thread

TYPING_SECONDS = 20
UNAVAILABLE = GraphError(551, "This person isn't available right now", subcode=1545041)


def dialect_of(account: Account) -> Dialect:
    """Return the rules of the account's product."""
    return instagram.DIALECT if account.channel is Channel.INSTAGRAM else messenger.DIALECT


def send(sim: Simulation, account: Account, body: Json, headers: dict[str, str]) -> Json:
    """Accept a message or a sender action, or raise the refusal Meta would answer."""
    thread = recipient(sim, account, body)
    if "sender_action" in body:
        return act(sim, thread, body)
    message = object_of(body.get("message"), "message")
    dialect = dialect_of(account)
    kind = check_message(dialect, message)
    check_upload(sim, message)
    span = HUMAN_AGENT_WINDOW if check_tag(body) else WINDOW
    if not thread.inbound_within(span, sim.clock.now()):
        raise GraphError(10, "This message is sent outside of allowed window", subcode=dialect.window_subcode)
    if thread.person.blocked:
        raise UNAVAILABLE
    sent = deliver(sim, thread, kind, message, str((body.get("reply_to") or {}).get("mid", "")))
    now = sim.clock.now()
    sim.ledger.sent.append(Sent(account.id, account.channel, thread.person.id, body, sent.id, now, headers))
    return {"recipient_id": thread.person.id, "message_id": sent.id}


def check_upload(sim: Simulation, message: Json) -> None:
    """Refuse the id of an upload that does not exist (100/2018074)."""
    payload = (message.get("attachment") or {}).get("payload") or {}
    if "attachment_id" in payload and payload["attachment_id"] not in sim.world.media:
        raise GraphError(100, "Invalid attachment id", subcode=2018074)


def recipient(sim: Simulation, account: Account, body: Json) -> Thread:
    """Find the customer; only people who wrote to the account exist for it."""
    person_id = object_of(body.get("recipient"), "recipient").get("id")
    if not person_id:
        raise invalid("recipient.id is required")
    thread = sim.world.find_thread(account, str(person_id))
    if thread is None:
        subcode = dialect_of(account).unknown_person_subcode
        raise GraphError(100, "No matching user found", subcode=subcode)
    return thread


def act(sim: Simulation, thread: Thread, body: Json) -> Json:
    """Take typing indicators, seen marks and reactions."""
    action = body["sender_action"]
    if action not in SENDER_ACTIONS or "message" in body:
        raise invalid(f"sender_action must stand alone and be one of {', '.join(sorted(SENDER_ACTIONS))}")
    now = sim.clock.now()
    if action in {"typing_on", "typing_off"}:
        thread.typing_until = now + timedelta(seconds=TYPING_SECONDS) if action == "typing_on" else None
    elif action == "mark_seen":
        for message in thread.messages:
            if message.author is Author.CUSTOMER:
                message.status = "read"
    else:
        react(thread, action, object_of(body.get("payload"), "payload"))
    kind = "typing" if action == "typing_on" else str(action)
    sim.ledger.signals.append(Signal(thread.account.id, thread.person.id, kind, "", now))
    sim.changed(thread)
    return {"recipient_id": thread.person.id}


def react(thread: Thread, action: str, payload: Json) -> None:
    """Show or remove the business's reaction."""
    target = thread.find(str(payload.get("message_id", "")))
    if target is None:
        raise invalid("payload.message_id is not a message of this conversation")
    target.reactions.pop(Author.BUSINESS, None)
    if action == "react":
        target.reactions[Author.BUSINESS] = str(payload.get("reaction", "love"))


def deliver(sim: Simulation, thread: Thread, kind: str, content: Json, reply_to: str) -> Message:
    """Put the message on the phone; echo and receipts follow."""
    account = thread.account
    mid = sim.ids.mid(account.id, instagram=account.channel is Channel.INSTAGRAM)
    view, options = show(kind, content)
    if reply_to:
        view["quote"] = reply_to
    message = Message(mid, Author.BUSINESS, kind, show_kept(sim, view), sim.clock.now(), options, "sent")
    sim.add_message(thread, message)
    sim.background.start(follow(sim, thread, message, content))
    return message


def show(kind: str, content: Json) -> tuple[Json, tuple[Option, ...]]:
    """Turn an accepted message into what the phone shows."""
    chips = tuple(
        Option(r["payload"], r["title"], "quick_reply")
        if r["content_type"] == "text"
        else Option("", r["content_type"], "ask")
        for r in content.get("quick_replies") or ()
    )
    if kind == "text":
        return {"text": content["text"]}, chips
    payload = content["attachment"].get("payload") or {}
    if kind != "template":
        named = {"kind": kind, "url": payload.get("url", ""), "id": payload.get("attachment_id", ""), "filename": ""}
        return {"media": named}, chips
    if payload["template_type"] == "button":
        buttons = tuple(button_option(b) for b in payload["buttons"])
        return {"text": payload["text"]}, buttons + chips
    cards = [
        {
            "title": e["title"],
            "subtitle": e.get("subtitle", ""),
            "image": e.get("image_url", ""),
            "options": [button_option(b).id for b in e.get("buttons") or ()],
        }
        for e in payload["elements"]
    ]
    options = tuple(button_option(b) for e in payload["elements"] for b in e.get("buttons") or ())
    return {"cards": cards}, options + chips


def button_option(button: Json) -> Option:
    """Turn a template button into something to tap."""
    if button["type"] == "web_url":
        return Option(button["url"], button["title"], "url", url=button["url"])
    return Option(button["payload"], button["title"], "postback")


async def follow(sim: Simulation, thread: Thread, message: Message, content: Json) -> None:
    """Echo the message, then report delivery (Messenger) and reading."""
    account, person, dialect = thread.account, thread.person, dialect_of(thread.account)
    if sim.behaviour.echoes:
        shown = {key: value for key, value in content.items() if key in {"text", "metadata"}}
        if "attachment" in content:
            shown["attachments"] = [content["attachment"]]
        payload = events.echo(dialect, account, person, message, shown, sim.app_id)
        await sim.webhooks.send(payload, title="echo", account=account.id, customer=person.id).settled()
    receipts, passed = sim.behaviour.receipts, 0.0
    steps = [("delivered", receipts.delivered, events.delivered)] if account.channel is Channel.MESSENGER else []
    if person.read_receipts:
        steps.append(("read", receipts.read, events.read))
    for state, after, build in steps:
        if after is None:
            continue
        await asyncio.sleep(max(0.0, after - passed))
        passed = max(passed, after)
        message.status = state
        sim.changed(thread)
        payload = build(dialect, account, person, message, sim.clock.now())
        await sim.webhooks.send(payload, title=state, account=account.id, customer=person.id).settled()
