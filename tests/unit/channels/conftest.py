"""Runtimes and orders with everything filled in."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Literal

import aiohttp
import pytest

from channels.base import ChannelRuntime
from core.clock import MovableClock
from core.ports import AccountAccess, Address, Rendered, SendOrder
from core.secret import Secret
from core.settings import Settings

Tag = Literal["human_agent"] | None


class Orders:
    """Makes runtimes and send orders."""

    def runtime(self, http: aiohttp.ClientSession | None = None, url: str | None = None) -> ChannelRuntime:
        settings = Settings(graph_url=url, meta_app_id="555")
        return ChannelRuntime(http, settings, MovableClock(datetime(2026, 9, 21, tzinfo=UTC)))

    def account(self, provider_id: str = "700100", **settings: Any) -> AccountAccess:
        return AccountAccess(provider_id, Secret("token-1"), settings)

    def order(
        self, rendered: Rendered, keys: Mapping[str, str], *, account: AccountAccess | None = None, tag: Tag = None
    ) -> SendOrder:
        return SendOrder(rendered, Address(keys), account or self.account(), "019a-our-1", tag)


@pytest.fixture
def orders() -> Orders:
    return Orders()
