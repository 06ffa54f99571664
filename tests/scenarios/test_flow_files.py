"""A flow shows pictures and files: by asset and by address they go out on every rail, and the phone has what came."""

import pytest

from desk.publishing import publish_flow
from simulator import GraphApi
from simulator.media import keep
from tests.scenarios.box import INSTAGRAM, PHONE, Box, until
from tests.scenarios.flows import clinic_flow
from tests.scenarios.test_staff_files import PAGE, PDF, PNG, connect_page, fetched
from tests.scenarios.visitor import WidgetVisitor


async def show_files(box: Box, meta: GraphApi, *, logo: str | None = None) -> str:
    """Publish a flow that greets with an asset and with a paper by its address; returns the asset's."""
    url = logo or f"{meta.url}/cdn/{keep(meta.simulation, PNG, 'image/png').id}"
    paper = keep(meta.simulation, PDF, "application/pdf", "fiyat.pdf")
    document = clinic_flow()
    document["nodes"]["welcome"]["say"] = [
        {"kind": "image", "asset": "logo", "caption": {"tr": "Hoş geldiniz", "en": "Welcome"}},
        {"kind": "file", "url": f"{meta.url}/cdn/{paper.id}", "filename": "fiyat.pdf"},
    ]
    kept = box.ports.repositories
    await kept.catalog.set_asset(box.tenant_id, "logo", url=url, mime="image/png")
    flow_id = await kept.flows.save(box.tenant_id, document, actor="test")
    await publish_flow(kept.flows, kept.catalog, tenant_id=box.tenant_id, flow=flow_id, actor="test")
    return url


@pytest.mark.parametrize("account", [PHONE, INSTAGRAM, PAGE])
async def test_that_a_flows_files_reach_the_phone(box: Box, meta: GraphApi, account: str) -> None:
    await show_files(box, meta)
    if account == PAGE:
        await connect_page(box, meta)
    customer = meta.customer(account, "905321112233", name="Ayşe")
    await customer.says("merhaba")
    await customer.hears("Hangi tedavi")
    assert not meta.refused, meta.refused
    shown = [message.view["media"] for message in customer.thread.messages if "media" in message.view]
    assert [media["kind"] for media in shown] == ["image", "document" if account == PHONE else "file"]
    assert [await fetched(meta, media["url"]) for media in shown] == [PNG, PDF]
    words = [message.view.get("text") for message in customer.thread.messages]
    assert "Hoş geldiniz" in words


async def test_that_a_flows_files_reach_a_visitor(box: Box, meta: GraphApi) -> None:
    url = await show_files(box, meta)
    visitor = WidgetVisitor(box)
    await visitor.open()
    await visitor.says("merhaba")
    await visitor.hears("Hangi tedavi")
    parts = [part for message in (await visitor.open())["messages"] for part in message["parts"]]
    shown = [(part["media"], part["url"], part.get("caption")) for part in parts if part["kind"] == "media"]
    assert shown[0] == ("image", url, "Hoş geldiniz")
    assert shown[1][0] == "document"


async def test_that_an_address_that_answers_nothing_is_a_failure_that_staff_see(box: Box, meta: GraphApi) -> None:
    await show_files(box, meta, logo=f"{meta.url}/cdn/nothing")
    await box.sign_in()
    customer = meta.customer(PHONE, "905321112233", name="Ayşe")
    await customer.says("merhaba")
    await customer.hears("Hangi tedavi")

    async def told() -> bool:
        lost = (await box.api("GET", "undelivered"))["items"]
        return [one["code"] for one in lost] == [131053]

    await until(told)
