"""Every webhook body we know of becomes the events that a person has read and approved."""

from pathlib import Path

import pytest

from core.inbound import INBOUND, MessageReceived, Quarantined
from tests.conformance.channels.compact import compare, events_of, lines_of

FIXTURES = Path(__file__).parent / "fixtures"
CASES = ("text", "media", "echo", "deleted", "duplicate", "reaction", "receipt", "unknown")


def test_that_captured_bodies_become_the_approved_events(payloads_dir: Path) -> None:
    found = {str(path.relative_to(payloads_dir)): lines_of(path.read_bytes()) for path in payloads_dir.rglob("*.json")}
    compare("corpus.json", found)


def test_that_our_own_bodies_become_the_approved_events() -> None:
    found = {path.name: lines_of(path.read_bytes()) for path in FIXTURES.glob("*.json")}
    compare("fixtures.json", found)


@pytest.mark.parametrize("channel", ["whatsapp", "instagram", "messenger"])
def test_that_every_channel_has_a_body_of_every_kind(channel: str) -> None:
    renamed = {"deleted": "edit_revoke"} if channel == "whatsapp" else {}
    for case in CASES:
        assert (FIXTURES / f"{channel}__{renamed.get(case, case)}.json").exists(), case


@pytest.mark.parametrize("path", sorted(FIXTURES.glob("*.json")), ids=lambda path: path.stem)
def test_that_events_survive_being_stored(path: Path) -> None:
    if path.stem == "meta__malformed":
        return
    for event in events_of(path.read_bytes()):
        assert INBOUND.validate_json(INBOUND.dump_json(event)) == event
        assert event.dedupe


@pytest.mark.parametrize("channel", ["whatsapp", "instagram", "messenger"])
def test_that_a_repeated_event_keeps_its_name(channel: str) -> None:
    events = events_of((FIXTURES / f"{channel}__duplicate.json").read_bytes())
    half = len(events) // 2
    assert [event.dedupe for event in events[:half]] == [event.dedupe for event in events[half:]]
    assert len({event.dedupe for event in events}) == half


def test_that_one_odd_item_never_costs_its_neighbours() -> None:
    events = events_of((FIXTURES / "instagram__unknown.json").read_bytes())
    assert any(isinstance(event, Quarantined) for event in events)
    nul = events_of((FIXTURES / "meta__poison.json").read_bytes())[0]
    assert isinstance(nul, MessageReceived)
    assert nul.model_dump()["parts"][0]["text"] == "a\ufffdb\ufffdc"


def test_that_names_differ_within_every_body() -> None:
    """Two things that happened must never look like one: the second would be dropped as a repetition."""
    for path in FIXTURES.glob("*.json"):
        if path.stem.endswith("duplicate") or path.stem == "meta__malformed":
            continue
        events = [event for event in events_of(path.read_bytes()) if event.kind not in {"ignored", "quarantined"}]
        names = [(event.account, event.kind, event.dedupe) for event in events]
        assert len(names) == len(set(names)), path.stem
