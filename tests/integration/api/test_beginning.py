"""Flows to begin with: made on a fresh business, published, proved by their own tests."""

from dataclasses import replace
from pathlib import PurePath

import orjson
import pytest

from core.errors import PreconditionFailed
from core.ids import TenantId
from core.nouns import Role
from desk.flow_files import Change, FlowFile, Mark, plan_push, pull_flows, push_flows
from desk.templates import KEYS
from graphs.written import write_document
from memory.engine.catalog import EngineCatalog
from memory.repositories.catalog import Connection
from tests.integration.api.house import FLOW, House

LACKS = {"shop_support": [("connection", "shop", "frontdesk connection set shop")]}
"""What a fresh business has to connect before it may publish."""


async def test_that_templates_are_listed_with_what_the_business_lacks(sqlite_house: House) -> None:
    house = sqlite_house
    status, page = await house.call("GET", "flow-templates", key=house.business.keys[Role.BUILDER])
    assert (status, [each["key"] for each in page["items"]]) == (200, list(KEYS))
    for each in page["items"]:
        assert set(each["title"]) == set(each["text"]) == {"tr", "en", "ru", "kk", "ar"}
        assert (each["languages"], each["steps"] > 15, each["tests"] > 7) == (["tr", "en"], True, True)
        told = [(need["kind"], need["name"]) for need in each["needs"]]
        assert told == [lack[:2] for lack in LACKS.get(each["key"], [])]
        assert all(lack[2] in need["fix"] for lack, need in zip(LACKS.get(each["key"], []), each["needs"], strict=True))


@pytest.mark.parametrize("locale", ["tr", "en"])
async def test_that_every_template_is_published_and_proved_on_a_fresh_business(
    sqlite_house: House, locale: str
) -> None:
    for key in KEYS:
        await begin_and_publish(sqlite_house, key, locale)


async def test_that_a_template_is_published_and_proved_on_each_store(house: House) -> None:
    await begin_and_publish(house, "restaurant_booking", "tr")
    read = EngineCatalog(house.ports.database, house.ports.vault)
    pieces = await read.knowledge(house.business.tenant_id)
    assert {(piece.base, piece.locale) for piece in pieces} == {
        ("restaurant_booking", "tr"),
        ("restaurant_booking", "en"),
    }


async def begin_and_publish(house: House, key: str, locale: str) -> None:
    """Begin with a template, connect what is told to lack and nothing else, publish."""
    status, made = await house.call("POST", "flows", {"template": key, "name": "Bizim", "locale": locale})
    assert (status, made["key"], made["name"], made["published"]) == (201, key, "Bizim", False)
    assert made["document"]["locales"]["default"] == locale
    path, lacks = f"flows/{made['id']}", LACKS.get(key, [])
    _, checked = await house.call("POST", f"{path}/validate")
    assert [issue["code"] for issue in checked["issues"]] == [f"unknown_{kind}" for kind, _, _ in lacks]
    for (_, name, words), issue in zip(lacks, checked["issues"], strict=True):
        assert words in issue["fix"]
        assert (await house.call("POST", f"{path}/publish"))[0] == 422
        connection = Connection(name, "https://shop.example/api")
        await house.ports.repositories.catalog.set_connection(house.business.tenant_id, connection)
    status, released = await house.call("POST", f"{path}/publish")
    assert (status, released["warnings"]) == (200, [])
    _, tests = await house.call("GET", f"{path}/tests")
    assert tests["text"].count("- name: ") > 7
    _, catalog = await house.call("GET", "flow-catalog")
    assert {"key": key, "name": key} in catalog["knowledge"]


async def test_that_a_template_never_takes_the_place_of_what_is_there(sqlite_house: House) -> None:
    house = sqlite_house
    _, first = await house.call("POST", "flows", {"template": "clinic_lead"})
    _, second = await house.call("POST", "flows", {"template": "clinic_lead"})
    assert (first["key"], second["key"]) == ("clinic_lead", "clinic_lead_2")
    assert first["document"]["locales"]["default"] == "tr"
    assert second["document"]["nodes"]["faq"]["sources"] == ["clinic_lead_2"]
    for made in (first, second):
        assert (await house.call("POST", f"flows/{made['id']}/publish"))[0] == 200
    await house.call("DELETE", f"flows/{first['id']}")
    _, catalog = await house.call("GET", "flow-catalog")
    assert [base["key"] for base in catalog["knowledge"]] == ["clinic_lead", "clinic_lead_2"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"template": "barber"}, 404),
        ({"template": str(PurePath("..", "templates", "clinic_lead"))}, 404),
        ({"template": "clinic_lead", "locale": "fr"}, 422),
        ({}, 422),
        ({"key": ""}, 422),
    ],
    ids=["unknown", "a path", "unwritten language", "nothing", "no key"],
)
async def test_that_what_cannot_be_begun_with_is_refused(
    sqlite_house: House, body: dict[str, str], status: int
) -> None:
    assert (await sqlite_house.call("POST", "flows", body))[0] == status
    _, flows = await sqlite_house.call("GET", "flows")
    assert len(flows["items"]) == 1


async def test_that_a_document_is_stored_as_it_came(sqlite_house: House) -> None:
    _, made = await sqlite_house.call("POST", "flows", {**FLOW, "key": "plain"})
    assert made["document"] == {**FLOW, "key": "plain"}


async def test_that_flows_taken_out_as_files_are_put_back_on_each_store(house: House) -> None:
    kept, tenant = house.ports.repositories, house.business.tenant_id
    await house.call("POST", "flows", {"template": "clinic_lead"})
    stranger = (await house.open_business("Stranger")).tenant_id
    files = await pull_flows(kept.flows, kept.flow_tests, tenant)
    assert [file.key for file in files] == ["clinic_lead", "hello"]
    marks = {file.key: file.mark for file in files}

    async def plan(owner: TenantId, known: dict[str, Mark]) -> list[Change]:
        read = [FlowFile(orjson.loads(write_document(file.document)), file.tests) for file in files]
        return await plan_push(kept.flows, kept.flow_tests, kept.catalog, tenant_id=owner, files=read, marks=known)

    same = await plan(tenant, marks)
    assert [(each.draft_differs, each.tests_differ, each.moved) for each in same] == [(False, False, ())] * 2
    # Into another business: what is there under a key is somebody's, what it lacks is told.
    there = await plan(stranger, {})
    assert [(each.file.key, each.new, each.moved) for each in there] == [
        ("clinic_lead", True, ()),
        ("hello", False, ()),
    ]
    assert {issue.code for issue in there[0].issues} == {"unknown_knowledge"}
    await push_flows(kept.flows, kept.flow_tests, stranger, changes=there, force=False, actor="test")
    assert await pull_flows(kept.flows, kept.flow_tests, stranger) == files
    # Somebody saves between the comparison and the storing.
    edited = [replace(file, document={**file.document, "name": "Mine"}) for file in files]
    late = await plan_push(kept.flows, kept.flow_tests, kept.catalog, tenant_id=tenant, files=edited[1:], marks=marks)
    await kept.flows.save(tenant, {**FLOW, "name": "Theirs"}, actor="test")
    with pytest.raises(PreconditionFailed):
        await push_flows(kept.flows, kept.flow_tests, tenant, changes=late, force=False, actor="test")
    assert (await kept.flows.get(tenant, "hello")).name == "Theirs"
