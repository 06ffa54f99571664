"""Staff who take conversations at random through the API, say something or not, and give them back."""

import asyncio
import random
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import aiohttp

from bench.chaos.journal import STAFF, Hold, Journal, token

AGAIN = 0.2
CALL = aiohttp.ClientTimeout(total=10)
SHARES = (0.3, 1.5)
"""Seconds for which a conversation is held."""


class Staff:
    """One member of staff who never tires: what a dead server did not answer is asked again."""

    def __init__(
        self, journal: Journal, chance: random.Random, *, addresses: Sequence[str], http: aiohttp.ClientSession
    ) -> None:
        self._journal = journal
        self._chance = chance
        self._addresses = addresses
        self._http = http
        self._headers: dict[str, str] = {}
        self._conversations: dict[str, str] = {}
        self._said = 0

    async def sign_in(self, email: str, password: str) -> None:
        """Sign in; the cookie is every process's."""
        reply = await self.call("POST", "auth/login", {"email": email, "password": password})
        self._headers = {"X-CSRF-Token": reply["csrf_token"]}

    async def call(self, method: str, path: str, body: Any = None) -> Any:
        """Call the API until it answers with a 2xx, or with a refusal, which is returned as None."""
        while True:
            url = f"{self._chance.choice(self._addresses)}/api/v1/{path}"
            try:
                async with self._http.request(method, url, json=body, headers=self._headers, timeout=CALL) as reply:
                    if reply.status < 300:
                        return await reply.json()
                    if reply.status < 500 and reply.status != 429:
                        return None
            except (aiohttp.ClientError, TimeoutError, OSError):
                pass
            await asyncio.sleep(AGAIN)

    async def meddle(self, names: Mapping[str, str], *, place: Callable[[], int], until: asyncio.Event) -> None:
        """Take, write and give back until told to stop; no conversation is left held."""
        while not until.is_set():
            await asyncio.sleep(self._chance.uniform(*SHARES))
            await self.find(names)
            if self._conversations:
                await self._hold(self._chance.choice(sorted(self._conversations)), place)

    async def find(self, names: Mapping[str, str]) -> None:
        """Learn which conversation is whose."""
        if len(self._conversations) == len(names):
            return
        page = await self.call("GET", "conversations?limit=100") or {"items": []}
        while True:
            for item in page["items"]:
                if (who := names.get(item["contact"]["name"])) is not None:
                    self._conversations[who] = item["id"]
            if not page.get("next_cursor") or len(self._conversations) == len(names):
                return
            page = await self.call("GET", f"conversations?limit=100&cursor={page['next_cursor']}") or {"items": []}

    async def _hold(self, customer: str, place: Callable[[], int]) -> None:
        path, begun = f"conversations/{self._conversations[customer]}", self._journal.tick()
        taken = await self.call("POST", f"{path}/take", {})
        if taken is None:
            return
        hold = Hold(customer, place(), begun=begun, going=await self._words(path, taken["on_its_way"]))
        self._journal.holds.append(hold)
        if self._chance.random() < 0.5:
            await self._say(customer, path)
        await asyncio.sleep(self._chance.uniform(*SHARES))
        hold.last = place()
        await self.call("POST", f"{path}/hand-back", {})
        hold.ended = self._journal.tick()

    async def _say(self, customer: str, path: str) -> None:
        self._said += 1
        name = token(STAFF, self._said)
        entry = self._journal.write(name, customer)
        body = {"text": f"One moment, {name}.", "idempotency_key": name}
        if await self.call("POST", f"{path}/messages", body) is not None:
            entry.acked = self._journal.tick()

    async def _words(self, path: str, ids: Sequence[str]) -> tuple[str, ...]:
        if not ids:
            return ()
        return tuple(item["text"] for item in await self._messages(path) if item["id"] in ids)

    async def _messages(self, path: str) -> list[dict[str, Any]]:
        page = await self.call("GET", f"{path}/messages?limit=200") or {"items": []}
        return list(page["items"])

    async def give_back(self, names: Mapping[str, str]) -> None:
        """Give back what waits for a person, as somebody would who found the queue."""
        for item in (await self.call("GET", "handoffs?state=waiting&limit=200") or {"items": []})["items"]:
            await self.call("POST", f"conversations/{item['conversation_id']}/hand-back", {})
            self._journal.given_back.add(names[item["contact"]["name"]])

    async def look_up(self, tokens: set[str]) -> None:
        """Note how the inbox shows the answers to these tokens, and staff's own words."""
        for customer in {self._journal.written[name].customer for name in tokens}:
            if customer not in self._conversations:
                continue
            self._journal.show(tokens, await self._messages(f"conversations/{self._conversations[customer]}"))
