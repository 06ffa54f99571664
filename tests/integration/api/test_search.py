"""Search over HTTP: what was said and who it was, page by page, of one's own tenant alone."""

from __future__ import annotations

from tests.integration.api.house import CONTACT_NAME, House


async def test_that_messages_and_people_of_ones_own_tenant_are_found(house: House) -> None:
    other = await house.open_business("Other")
    await house.open_talk(other, text="Kaplumbağa var mı?")
    talk = await house.open_talk(house.business, text="<i>Kaplumbağa</i> var mı?")
    status, answer = await house.call("GET", "search?q=kaplum")
    (item,) = answer["items"]
    assert (status, answer["complete"], answer["next_cursor"]) == (200, True, None)
    assert (item["conversation_id"], item["contact"]["name"], item["author"]) == (talk, CONTACT_NAME, "contact")
    assert item["shown"] == [
        {"text": "<i>", "hit": False},
        {"text": "Kaplumbağa", "hit": True},
        {"text": "</i> var mı?", "hit": False},
    ]
    _, around = await house.call("GET", f"conversations/{talk}/messages?cursor=@{item['message_id']}")
    assert [message["id"] for message in around["items"]] == [item["message_id"]]
    assert (around["next_cursor"], around["newer_cursor"]) == (None, None)

    _, answer = await house.call("GET", "search?q=yilmaz")
    assert talk in {person["conversation_id"] for person in answer["people"]}
    assert len(answer["people"]) == 2
    _, answer = await house.call("GET", "search?q=merhaba&limit=1")
    assert len(answer["items"]) == 1


async def test_that_a_message_elsewhere_is_no_place_to_enter_a_thread(house: House) -> None:
    talk, other = house.business.conversation_id, await house.open_talk(house.business)
    _, page = await house.call("GET", f"conversations/{other}/messages")
    stranger = page["items"][0]["id"]
    for cursor in (f"@{stranger}", "@", "@nonsense", f"@{house.ports.ids.new()}"):
        status, problem = await house.call("GET", f"conversations/{talk}/messages?cursor={cursor}")
        assert (status, problem["code"]) == (404, "not_found"), cursor


async def test_that_a_search_without_words_finds_nothing_and_one_too_long_is_refused(house: House) -> None:
    for q in ("%20", "…", "'%22--", "%25"):
        status, answer = await house.call("GET", f"search?q={q}")
        assert (status, answer["people"], answer["items"]) == (200, [], []), q
    for query in ("", "?q=", f"?q={'a' * 201}"):
        status, problem = await house.call("GET", f"search{query}")
        assert (status, problem["code"]) == (422, "invalid_input"), query
