"""Tokens, ids, profiles, subscriptions, media: everything of the Graph that is not a send."""

import hashlib
from datetime import timedelta
from typing import Any

import aiohttp
import pytest

from simulator import Behaviour, Customer, GraphApi

PHONE, WABA, TOKEN = "106540352242922", "102290129340398", "wa-token"
INSTAGRAM = "17841400000000001"


@pytest.mark.parametrize("token", [None, "wrong"])
async def test_that_a_bad_token_is_refused_with_190(graph: Any, api: GraphApi, token: str | None) -> None:
    for method, path in (("POST", f"/{PHONE}/messages"), ("GET", f"/{PHONE}"), ("GET", "/me")):
        status, answer = await graph.call(method, path, token, json={})
        assert (status, answer["error"]["code"]) == (401, 190)
    assert len(api.refused) == 3


async def test_that_an_unknown_or_foreign_id_is_refused_with_100_33(graph: Any) -> None:
    for path, token in (("/v26.0/404/messages", TOKEN), (f"/v26.0/{INSTAGRAM}/messages", TOKEN)):
        status, answer = await graph.call("POST", path, token, json={"messaging_product": "whatsapp"})
        assert (status, answer["error"]["code"], answer["error"]["error_subcode"]) == (400, 100, 33)


async def test_that_the_version_in_the_path_is_optional(graph: Any) -> None:
    for path in (f"/{PHONE}", f"/v26.0/{PHONE}", f"/v23.0/{PHONE}"):
        assert (await graph.call("GET", path, TOKEN))[1]["display_phone_number"] == "+15550001111"


async def test_that_a_token_may_travel_as_query(graph: Any) -> None:
    assert (await graph.call("GET", f"/{PHONE}?access_token={TOKEN}", None))[0] == 200


async def test_that_an_unknown_field_fails_the_whole_read(graph: Any) -> None:
    status, answer = await graph.call("GET", f"/{PHONE}?fields=verified_name,nonsense", TOKEN)
    assert (status, answer["error"]["code"]) == (400, 100)
    assert await graph.call("GET", f"/{PHONE}?fields=verified_name", TOKEN) == (
        200,
        {"id": PHONE, "verified_name": "Clinic"},
    )


async def test_that_me_gives_the_routing_id_beside_another_id(graph: Any) -> None:
    _, me = await graph.call("GET", "/v26.0/me?fields=user_id,username", "ig-token")
    assert (me["user_id"], me["username"]) == (INSTAGRAM, "clinic")
    assert me["id"] != INSTAGRAM


async def test_that_me_and_the_page_send_as_the_same_instagram_account(
    graph: Any, api: GraphApi, omar: Customer
) -> None:
    body = {"recipient": {"id": "7001"}, "message": {"text": "x"}}
    for path in ("/v26.0/me/messages", "/v26.0/200000000000009/messages"):
        assert (await graph.call("POST", path, "ig-token", json=body))[0] == 200
    assert [sent.account for sent in api.sent] == [INSTAGRAM, INSTAGRAM]
    assert api.sent[0].headers["Authorization"] == "Bearer ig-token"


async def test_that_a_profile_is_readable_once_somebody_wrote(graph: Any, api: GraphApi, omar: Customer) -> None:
    api.customer(INSTAGRAM, "7002", name="Silent")
    _, known = await graph.call("GET", "/7001?fields=name,username", "ig-token")
    assert known == {"id": "7001", "name": "Omar Haddad", "username": "omar"}
    assert (await graph.call("GET", "/7002", "ig-token"))[1]["error"]["code"] == 230


async def test_that_without_a_subscription_nothing_is_delivered(graph: Any, server: Any, ayse: Customer) -> None:
    path = f"/v26.0/{WABA}/subscribed_apps"
    assert (await graph.call("DELETE", path, TOKEN))[1] == {"success": True}
    assert (await graph.call("GET", path, TOKEN))[1] == {"data": []}
    assert (await ayse.says("unheard")).dropped
    assert (await graph.call("POST", path, TOKEN))[1] == {"success": True}
    assert len((await graph.call("GET", path, TOKEN))[1]["data"]) == 1
    assert (await ayse.says("heard")).acknowledged
    assert len(server.raw) == 2
    assert (await graph.call("POST", "/404/subscribed_apps", TOKEN))[1]["error"]["code"] == 100


async def test_that_subscribed_fields_have_each_products_own_names(graph: Any, api: GraphApi) -> None:
    path = "/100000000000001/subscribed_apps"
    good = await graph.call("POST", f"{path}?subscribed_fields=messages,message_reads", "page-token")
    bad = await graph.call("POST", f"{path}?subscribed_fields=messages,messaging_seen", "page-token")
    assert good == (200, {"success": True})
    assert bad[1]["error"]["code"] == 100
    _, listed = await graph.call("GET", path, "page-token")
    assert listed["data"][0]["subscribed_fields"] == ["messages", "message_reads"]


async def test_that_a_page_names_its_instagram_account(graph: Any) -> None:
    _, page = await graph.call("GET", "/200000000000009?fields=name,instagram_business_account", "ig-token")
    assert page == {"id": "200000000000009", "name": "Business", "instagram_business_account": {"id": INSTAGRAM}}
    assert (await graph.call("GET", "/100000000000001?fields=name", "page-token"))[1]["name"] == "Clinic"


async def test_that_debug_token_tells_scopes_and_validity(graph: Any) -> None:
    _, good = await graph.call("GET", f"/debug_token?input_token={TOKEN}", TOKEN)
    _, bad = await graph.call("GET", "/debug_token?input_token=nope", TOKEN)
    assert good["data"]["is_valid"] is True
    assert "whatsapp_business_messaging" in good["data"]["scopes"]
    assert good["data"]["granular_scopes"][0]["target_ids"] == [WABA]
    assert bad["data"]["is_valid"] is False


async def test_that_templates_are_listed(graph: Any) -> None:
    _, answer = await graph.call("GET", f"/{WABA}/message_templates?fields=name,status", TOKEN)
    assert [(t["name"], t["status"]) for t in answer["data"]] == [("hello_world", "APPROVED")]


async def test_that_an_unknown_edge_is_refused(graph: Any) -> None:
    status, answer = await graph.call("GET", f"/{PHONE}/nonsense", TOKEN)
    assert (status, answer["error"]["code"]) == (400, 2500)


async def test_that_a_body_that_is_not_json_is_refused(graph: Any) -> None:
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {TOKEN}"}
    async with graph.session.post(f"{graph.api.url}/{PHONE}/messages", data=b"{nope", headers=headers) as response:
        assert response.status == 400


async def test_that_uploaded_media_can_be_sent_and_downloaded(graph: Any, api: GraphApi, ayse: Customer) -> None:
    form = aiohttp.FormData({"messaging_product": "whatsapp", "type": "image/png"})
    form.add_field("file", b"\x89PNG", filename="a.png", content_type="image/png")
    _, uploaded = await graph.call("POST", f"/{PHONE}/media", TOKEN, data=form)
    assert (await graph.whatsapp(type="image", image={"id": uploaded["id"], "caption": "c"}))[0] == 200
    _, described = await graph.call("GET", f"/{uploaded['id']}", TOKEN)
    assert described["sha256"] == hashlib.sha256(b"\x89PNG").hexdigest()
    bearer = {"Authorization": f"Bearer {TOKEN}"}
    async with graph.session.get(described["url"], headers=bearer) as response:
        assert (response.status, await response.read()) == (200, b"\x89PNG")
    async with graph.session.get(described["url"]) as response:
        assert response.status == 401
    api.advance(timedelta(minutes=5))
    async with graph.session.get(described["url"], headers=bearer) as response:
        assert response.status == 404


async def test_that_a_customers_picture_can_be_fetched(graph: Any, server: Any, ayse: Customer, omar: Customer) -> None:
    await ayse.sends_image(b"jpeg", caption="my tooth")
    image = server.changes[-1]["messages"][0]["image"]
    assert (image["caption"], image["mime_type"]) == ("my tooth", "image/jpeg")
    assert (await graph.call("GET", f"/{image['id']}", TOKEN))[1]["sha256"] == image["sha256"]
    await omar.sends_image(b"gif", mime_type="image/gif")
    url = server.items[-1]["message"]["attachments"][0]["payload"]["url"]
    async with graph.session.get(url) as response:
        assert (response.content_type, await response.read()) == ("image/gif", b"gif")


async def test_that_any_account_is_created_on_first_use_when_asked_for() -> None:
    async with GraphApi(behaviour=Behaviour(accept_any_account=True)) as api, aiohttp.ClientSession() as session:
        body = {"messaging_product": "whatsapp", "to": "+90555", "type": "text", "text": {"body": "x"}}
        headers = {"Authorization": "Bearer whatever"}
        async with session.post(f"{api.url}/v26.0/PN9/messages", json=body, headers=headers) as response:
            assert (await response.json())["error"]["code"] == 131047
        async with session.post(f"{api.url}/v26.0/PN9/messages", json=body) as response:
            assert response.status == 401
        assert [(a.id, a.channel) for a in api.accounts] == [("PN9", "whatsapp")]
        await api.customer("PN9", "90555").says("hi")
        async with session.post(f"{api.url}/v26.0/PN9/messages", json=body, headers=headers) as response:
            assert response.status == 200


async def test_that_a_health_check_alone_makes_the_account_known_when_any_goes() -> None:
    async with GraphApi(behaviour=Behaviour(accept_any_account=True)) as api, aiohttp.ClientSession() as session:
        headers = {"Authorization": "Bearer whatever"}
        for path in (
            "me?fields=user_id",
            "PN9?fields=verified_name,status",
            "PG9?fields=name",
            "178499/subscribed_apps",
        ):
            async with session.get(f"{api.url}/v26.0/{path}", headers=headers) as response:
                assert response.status == 200
        assert [(a.id, a.channel) for a in api.accounts] == [
            ("PN9", "whatsapp"),
            ("PG9", "messenger"),
            ("178499", "instagram"),
        ]
