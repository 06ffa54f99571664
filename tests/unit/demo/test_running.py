"""The demo as a whole: seeded once, everything reachable, ports named when they are taken."""

import asyncio
import socket
from pathlib import Path

import aiohttp
import pytest

from core.errors import Misconfigured
from core.settings import Settings
from demo.phones import ELIF, PHONE_NUMBER_ID, WIDGET_ID
from demo.running import Wish, bound, open_demo
from demo.staff import SIGN_IN
from server import open_ports
from tests.services.run import find_free_port


def given(folder: Path) -> Settings:
    return Settings(data_dir=folder, log_level="error")


def wish() -> Wish:
    return Wish(port=find_free_port(), simulator_port=find_free_port(), conversations=False)


async def test_that_a_customer_on_the_phone_is_answered_and_staff_see_it(tmp_path: Path) -> None:
    asked = wish()
    async with open_demo(given(tmp_path), asked, open_ports=open_ports, tell=lambda _: None) as running:
        customer = running.simulated.customer(PHONE_NUMBER_ID, ELIF)
        await customer.says("Merhaba")
        await customer.hears("kabul ediyor musunuz")
        await customer.taps("Evet")
        await customer.hears("yardımcı olabiliriz")

        jar = aiohttp.CookieJar(unsafe=True)
        async with aiohttp.ClientSession(running.settings.public_url, cookie_jar=jar) as session:
            signed_in = await session.post("/api/v1/auth/login", json={"email": SIGN_IN[0], "password": SIGN_IN[1]})
            listed = await (await session.get("/api/v1/conversations")).json()
            page = await session.get(f"/widget/demo/{WIDGET_ID}")

    assert signed_in.status == 200
    assert [item["contact"]["name"] for item in listed["items"]] == ["Elif Yalın"]
    assert page.status in {200, 404}, "404 where the front end is not built"


async def test_that_a_second_start_seeds_nothing(tmp_path: Path) -> None:
    told: list[str] = []
    for _ in range(2):
        told.clear()
        async with open_demo(given(tmp_path), wish(), open_ports=open_ports, tell=told.append) as running:
            kept = running.state.model_copy()

    assert told == []
    assert kept.seeded


async def test_that_a_taken_simulator_port_is_named(tmp_path: Path) -> None:
    asked = wish()
    with bound(asked.simulator_port, "TEST") as taken:
        taken.listen()
        with pytest.raises(Misconfigured) as raised:
            async with open_demo(given(tmp_path), asked, open_ports=open_ports, tell=lambda _: None):
                pass

    assert f"port {asked.simulator_port} is in use" in raised.value.facts["faults"][0]
    assert "SIMULATOR_PORT=" in raised.value.facts["faults"][0]


def test_that_a_taken_port_is_named_before_anything_is_made(tmp_path: Path) -> None:
    port = find_free_port()
    with socket.socket() as other:
        other.bind(("127.0.0.1", port))
        other.listen()
        with pytest.raises(Misconfigured) as raised:
            asyncio.run(_open(tmp_path, Wish(port=port, simulator_port=find_free_port())))

    assert f"PORT={port + 100}" in raised.value.facts["faults"][0]
    assert not (tmp_path / "frontdesk.db").exists()


async def _open(folder: Path, asked: Wish) -> None:
    async with open_demo(given(folder), asked, open_ports=open_ports, tell=lambda _: None):
        raise AssertionError("it started on a port that was taken")
