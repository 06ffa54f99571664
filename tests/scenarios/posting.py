"""Webhooks by hand: bodies as Meta writes them, signed as Meta signs, and what the server made of them."""

import asyncio
import io
import time
from collections.abc import Sequence
from typing import Any

import aiohttp

from simulator.customer import Customer
from simulator.state import Json
from simulator.webhooks import encode, sign
from tests.scenarios.box import APP_SECRET, PHONE, WABA, Box, until


async def post(box: Box, raw: bytes, *, url: str | None = None, signature: str | None = "") -> int:
    """Post a body; an empty signature is made, None sends none. Returns the status."""
    headers = {"Content-Type": "application/json"}
    if signature is not None:
        headers["X-Hub-Signature-256"] = signature or sign(raw, APP_SECRET)
    async with box.http.post(f"{url or box.url}/webhooks/meta", data=io.BytesIO(raw), headers=headers) as reply:
        await reply.read()
        return reply.status


async def post_until_stored(box: Box, raw: bytes, *, url: str | None = None) -> int:
    """Post as providers do: what a store on a busy machine could not commit in time comes again."""
    status = await post(box, raw, url=url)
    for _ in range(9):
        if status != 503:
            break
        status = await post(box, raw, url=url)
    return status


async def post_copies(box: Box, bodies: Sequence[bytes], *, urls: Sequence[str] = ()) -> set[int]:
    """Post bodies all at once, in turn to each address; returns the statuses met."""
    to = urls or (box.url,)
    posts = (post_until_stored(box, body, url=to[index % len(to)]) for index, body in enumerate(bodies))
    return set(await asyncio.gather(*posts))


def written(customer: Customer, text: str) -> bytes:
    """Let a customer write, and return the webhook instead of sending it."""
    return encode(customer.compose("text", {"text": text}, {"body": text}, {"text": text})[1])


def whatsapp(*messages: Json, account: str = PHONE, waba: str = WABA) -> Json:
    """Return a body of WhatsApp messages."""
    value = {"messaging_product": "whatsapp", "metadata": {"phone_number_id": account}, "messages": list(messages)}
    return {"object": "whatsapp_business_account", "entry": [{"id": waba, "changes": [_messages(value)]}]}


def whatsapp_text(sender: str, text: str, message_id: str, at: int | None = None) -> Json:
    """Return one message of a WhatsApp body."""
    when = str(at or int(time.time()))
    return {"from": sender, "id": message_id, "timestamp": when, "type": "text", "text": {"body": text}}


def _messages(value: Json) -> Json:
    return {"field": "messages", "value": value}


async def conversation_of(box: Box) -> str:
    """Return the only conversation's id; waits for it."""
    return str((await box.only("conversations"))["id"])


async def said_in(box: Box, conversation: str, author: str) -> list[str]:
    """Return what one kind of author said in a conversation, oldest first."""
    messages = (await box.api("GET", f"conversations/{conversation}/messages?limit=200"))["items"]
    return [message["text"] for message in reversed(messages) if message["author"] == author]


async def turns_of(box: Box, conversation: str) -> list[dict[str, Any]]:
    """Return a conversation's turns, oldest first."""
    turns = (await box.api("GET", f"conversations/{conversation}/turns?limit=200"))["items"]
    return list(reversed(turns))


def sent_to(box: Box, customer: Customer) -> list[str]:
    """Return the words of every request for a customer that the provider accepted."""
    return [sent.text for sent in box.meta.sent if sent.customer == customer.id]


async def wait_for_sent(box: Box, customer: Customer, count: int, seconds: float = 20.0) -> list[str]:
    """Wait until so many requests for a customer were accepted; returns their words."""
    try:
        await until(lambda: len(sent_to(box, customer)) >= count, seconds)
    except TimeoutError:
        raise AssertionError(f"waited for {count}, sent were {sent_to(box, customer)}") from None
    return sent_to(box, customer)


async def is_ready(http: aiohttp.ClientSession, url: str) -> bool:
    """Tell whether a server takes traffic."""
    try:
        async with http.get(f"{url}/readyz") as reply:
            return reply.status == 200
    except aiohttp.ClientError:
        return False
