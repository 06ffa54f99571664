"""Single readings that deserve a sentence of their own; the goldens hold the rest."""

import json
from typing import Any

import pytest

from channels.meta.reading import Obj, bounded, clean, digest
from channels.meta.webhook import MetaWebhook, read_events
from channels.whatsapp.people import identify, sender_of
from core.arriving import on_channel, whole
from core.channel_types import ChannelType
from core.inbound import EchoReceived, Inbound, MessageReceived, Person


def parse(body: Any) -> list[Inbound]:
    return [whole(event) for event in MetaWebhook(("s",), "t").parse(json.dumps(body).encode())]


def whatsapp(*messages: Any, **more: Any) -> list[Inbound]:
    value = {"metadata": {"phone_number_id": "700"}, "messages": list(messages), **more}
    entry = {"id": "900", "changes": [{"field": "messages", "value": value}]}
    return parse({"object": "whatsapp_business_account", "entry": [entry]})


def direct(*items: Any, named: str | None = "page", entry: str = "100") -> list[Inbound]:
    return parse({"object": named, "entry": [{"id": entry, "time": 1790000000123, "messaging": list(items)}]})


def item(**what: Any) -> dict[str, Any]:
    return {"sender": {"id": "7"}, "recipient": {"id": "100"}, "timestamp": 1790000000456, **what}


@pytest.mark.parametrize(
    ("phone", "bsuid", "parent", "keys"),
    [
        ("905321112233", None, None, {"wa_id": "905321112233"}),
        ("+905321112233", None, None, {"wa_id": "905321112233"}),
        ("TR.13491208655302741918", None, None, {"bsuid": "TR.13491208655302741918"}),
        ("TR.1", "TR.2", None, {"bsuid": "TR.2"}),
        ("user.0aF9", None, None, {"bsuid": "user.0aF9"}),
        (None, "TR.ENT.5", None, {"parent_bsuid": "TR.ENT.5"}),
        ("TR.ENT.5", "TR.2", None, {"bsuid": "TR.2", "parent_bsuid": "TR.ENT.5"}),
        ("5521987654321", "BR.1", "BR.ENT.1", {"wa_id": "5521987654321", "bsuid": "BR.1", "parent_bsuid": "BR.ENT.1"}),
        (None, None, None, {}),
        ("+", None, None, {}),
    ],
)
def test_that_whatsapp_keys_are_sorted_by_their_form(
    phone: str | None, bsuid: str | None, parent: str | None, keys: dict[str, str]
) -> None:
    assert identify(phone, bsuid, parent).model_dump(exclude_none=True) == keys


@pytest.mark.parametrize(
    ("contacts", "name"),
    [
        ([{"wa_id": "90", "profile": {"name": "A"}}, {"wa_id": "91", "profile": {"name": "B"}}], "A"),
        ([{"wa_id": "91", "profile": {"name": "B"}}, {"wa_id": "92", "profile": {"name": "C"}}], None),
        ([{"profile": {"name": "A"}}], "A"),
        ([{"wa_id": "90"}], None),
        ([], None),
    ],
)
def test_that_a_sender_takes_the_name_of_their_own_contact(contacts: list[Any], name: str | None) -> None:
    found = sender_of(Obj({"from": "90"}), [Obj(contact) for contact in contacts])
    assert (found.wa_id, found.name) == ("90", name)


def test_that_a_customers_call_is_heard_once_and_ours_is_not() -> None:
    def events_of(**call: str) -> list[str]:
        value = {
            "metadata": {"phone_number_id": "700"},
            "calls": [{"id": "wacid.1", "timestamp": "1788859253"} | call],
        }
        change = {"field": "calls", "value": value}
        return [event.kind for event in read_events({"entry": [{"id": "900", "changes": [change]}]})]

    assert events_of(event="connect", **{"from": "905321112233"}) == ["account", "call"]
    assert events_of(event="terminate", **{"from": "905321112233"}) == ["account"]
    assert events_of(event="connect", direction="BUSINESS_INITIATED", **{"from": "905321112233"}) == ["account"]
    assert events_of(event="connect") == ["account"]


def test_that_a_strangers_number_never_becomes_the_senders() -> None:
    """A lone contact with another number lends its name at most: answers go to the number that wrote."""
    found = sender_of(Obj({"from": "90"}), [Obj({"wa_id": "91", "user_id": "TR.9", "profile": {"name": "A"}})])
    assert (found.wa_id, found.bsuid) == ("90", None)


def test_that_two_messages_without_id_in_one_second_stay_two() -> None:
    note = {"from": "90", "timestamp": "1790000000", "type": "text"}
    first, second = whatsapp({**note, "text": {"body": "bir"}}, {**note, "text": {"body": "iki"}})
    assert first.dedupe != second.dedupe
    assert isinstance(first, MessageReceived)
    assert first.provider_id.startswith("~")


def test_that_a_redelivery_keeps_made_up_names() -> None:
    note = item(postback={"title": "Başla", "payload": "START"})
    assert direct(note)[0] == direct(note)[0]


def test_that_an_edit_never_looks_like_its_message() -> None:
    edit, again, message = direct(
        item(message_edit={"mid": "m1", "text": "a", "num_edit": 1}),
        item(message_edit={"mid": "m1", "text": "b", "num_edit": 2}),
        item(message={"mid": "m1", "text": "c"}),
    )
    assert len({(event.kind, event.dedupe) for event in (edit, again, message)}) == 3


def test_that_the_account_itself_is_never_a_customer() -> None:
    own = {"sender": {"id": "100"}, "recipient": {"id": "7"}, "timestamp": 1790000000456}
    for named in ("page", "instagram"):
        for flags in ({}, {"is_echo": True}, {"is_echo": "true"}):
            (event,) = direct({**own, "message": {"mid": "m1", "text": "a", **flags}}, named=named)
            assert isinstance(event, EchoReceived)


@pytest.mark.parametrize(
    ("named", "entry", "channel"),
    [
        ("instagram", "123", ChannelType.INSTAGRAM),
        ("page", "123", ChannelType.MESSENGER),
        ("page", "17841400000000777", ChannelType.INSTAGRAM),
        (None, "17841400000000777", ChannelType.INSTAGRAM),
        (None, "123", ChannelType.MESSENGER),
        ("something", "123", ChannelType.MESSENGER),
    ],
)
def test_that_the_channel_is_guessed_by_id_first(named: str | None, entry: str, channel: ChannelType) -> None:
    (event,) = direct(item(message={"mid": "m1", "text": "a"}), named=named, entry=entry)
    assert (event.channel, event.account) == (channel, entry)


def test_that_a_wrong_guess_can_be_put_right() -> None:
    (event,) = direct(item(message={"mid": "m1", "text": "a"}))
    assert isinstance(event, MessageReceived)
    right = on_channel(event, ChannelType.INSTAGRAM)
    assert isinstance(right, MessageReceived)
    assert right.channel is ChannelType.INSTAGRAM
    assert right.sender == Person(igsid="7")
    assert on_channel(right, ChannelType.MESSENGER) == event
    assert on_channel(event, ChannelType.MESSENGER) is event


def test_that_a_name_in_metas_sentence_moves_nobody() -> None:
    """Customers choose their names: "changed from TR.1 to TR.2" in one must not join two people."""
    note = {"type": "user_changed_user_id", "body": "User changed from TR.1 to TR.2 changed", "user_id": "TR.3"}
    (event,) = whatsapp({"id": "wamid.1", "timestamp": "1790000000", "type": "system", "system": note})
    assert event.model_dump()["old"] == Person().model_dump()


def test_that_deep_data_is_cut_before_it_is_kept() -> None:
    deep: Any = "bottom"
    for _ in range(500):
        deep = [deep]
    (event,) = parse({"object": "page", "entry": [{"id": "1", "changes": [{"field": "new", "value": {"a": deep}}]}]})
    assert event.model_dump_json()
    assert bounded([[["x"]]], 2) == [["…"]]


def test_that_poison_is_replaced_in_keys_as_well() -> None:
    assert clean({"a\x00": ["b\ud800", {"c": float("inf")}]}) == {"a\ufffd": ["b\ufffd", {"c": None}]}


def test_that_a_digest_does_not_depend_on_the_order_of_keys() -> None:
    assert digest({"a": 1, "b": 2}) == digest({"b": 2, "a": 1})
    assert digest(10**30) != digest(10**30 + 1)


@pytest.mark.parametrize(
    ("written", "read"), [(r"a\u0000b", "a\ufffdb"), (r"a\ud800b", "a\ufffdb"), (r"a\\u0000", r"a\u0000")]
)
def test_that_poison_never_reaches_the_store(written: str, read: str) -> None:
    body = json.dumps(
        {"object": "page", "entry": [{"id": "100", "messaging": [item(message={"mid": "m", "text": "?"})]}]}
    )
    (event,) = map(whole, MetaWebhook(("s",), "t").parse(body.replace("?", written).encode()))
    assert event.model_dump()["parts"][0]["text"] == read
