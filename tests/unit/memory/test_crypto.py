"""Sealing: what is moved, altered or under another key does not open (ENGINE rule 33)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import TamperedCiphertext, WrongMasterKey
from core.ids import is_id
from memory.crypto import MasterKey, Sealer, WrappedKeys

MASTER = MasterKey(b"m" * 32)
TENANT, OTHER = "01900000-0000-7000-8000-000000000001", "01900000-0000-7000-8000-000000000002"


@pytest.fixture(scope="module")
def seal() -> Sealer:
    return Sealer(TENANT, [MASTER.new_keys(TENANT)], MASTER)


@given(value=st.binary(max_size=200), row=st.text(max_size=20))
def test_that_what_is_sealed_opens_to_the_same(value: bytes, row: str) -> None:
    seal = Sealer(TENANT, [MASTER.new_keys(TENANT)], MASTER)
    sealed = seal.seal("t.c", row, value)
    assert seal.open("t.c", row, sealed) == value
    assert len(value) < 8 or value not in sealed


def test_that_the_same_value_never_looks_the_same(seal: Sealer) -> None:
    assert seal.seal("t.c", "1", b"x") != seal.seal("t.c", "1", b"x")


@pytest.mark.parametrize(("place", "row"), [("t.other", "1"), ("other.c", "1"), ("t.c", "2")])
def test_that_a_moved_value_does_not_open(seal: Sealer, place: str, row: str) -> None:
    with pytest.raises(TamperedCiphertext):
        seal.open(place, row, seal.seal("t.c", "1", b"x"))


def test_that_another_tenants_value_does_not_open_even_under_the_same_key(seal: Sealer) -> None:
    keys = MASTER.new_keys(TENANT)
    ours = Sealer(TENANT, [keys], MASTER)
    data = MASTER.unwrap(keys.data_key, f"{TENANT}|data|1")
    index = MASTER.unwrap(keys.index_key, f"{TENANT}|index")
    stolen = WrappedKeys(1, MASTER.wrap(data, f"{OTHER}|data|1"), MASTER.wrap(index, f"{OTHER}|index"))
    theirs = Sealer(OTHER, [stolen], MASTER)
    with pytest.raises(TamperedCiphertext):
        theirs.open("t.c", "1", ours.seal("t.c", "1", b"x"))


@given(at=st.integers(min_value=0), bit=st.integers(0, 7))
def test_that_one_changed_bit_is_noticed(at: int, bit: int) -> None:
    seal = Sealer(TENANT, [MASTER.new_keys(TENANT)], MASTER)
    sealed = bytearray(seal.seal("t.c", "1", b"some words"))
    sealed[at % len(sealed)] ^= 1 << bit
    with pytest.raises(TamperedCiphertext):
        seal.open("t.c", "1", bytes(sealed))


@pytest.mark.parametrize("broken", [b"", b"\x01", b"\x01\x00\x01short"])
def test_that_rubbish_is_told_as_tampering(seal: Sealer, broken: bytes) -> None:
    with pytest.raises(TamperedCiphertext):
        seal.open("t.c", "1", broken)


def test_that_wrapped_keys_belong_to_their_tenant() -> None:
    with pytest.raises(WrongMasterKey):
        Sealer(OTHER, [MASTER.new_keys(TENANT)], MASTER)


def test_that_the_previous_master_key_opens_while_rotating() -> None:
    keys = MASTER.new_keys(TENANT)
    value = Sealer(TENANT, [keys], MASTER).seal("t.c", "1", b"x")
    assert Sealer(TENANT, [keys], MasterKey(b"n" * 32, previous=b"m" * 32)).open("t.c", "1", value) == b"x"
    with pytest.raises(WrongMasterKey):
        Sealer(TENANT, [keys], MasterKey(b"n" * 32))
    # What is wrapped while rotating is under the new key alone.
    rewrapped = MasterKey(b"n" * 32, previous=b"m" * 32).wrap(b"secret", "about")
    assert MasterKey(b"n" * 32).unwrap(rewrapped, "about") == b"secret"
    with pytest.raises(WrongMasterKey):
        MASTER.unwrap(rewrapped, "about")


def test_that_an_older_data_key_still_opens_and_the_newest_seals_and_hashes_stay() -> None:
    first = MASTER.new_keys(TENANT)
    index = MASTER.unwrap(first.index_key, f"{TENANT}|index")
    second = WrappedKeys(2, MASTER.wrap(b"2" * 32, f"{TENANT}|data|2"), MASTER.wrap(index, f"{TENANT}|index"))
    before, after = Sealer(TENANT, [first], MASTER), Sealer(TENANT, [first, second], MASTER)
    assert after.open("t.c", "1", before.seal("t.c", "1", b"x")) == b"x"
    assert after.hash("k", "v") == before.hash("k", "v")
    with pytest.raises(TamperedCiphertext):
        before.open("t.c", "1", after.seal("t.c", "1", b"x"))


def test_that_hashes_differ_per_tenant_and_per_use_and_tell_nothing(seal: Sealer) -> None:
    theirs = Sealer(OTHER, [MASTER.new_keys(OTHER)], MASTER)
    found = {
        seal.hash("wa_id", "905551112233"),
        seal.hash("bsuid", "905551112233"),
        theirs.hash("wa_id", "905551112233"),
    }
    assert len(found) == 3
    assert all(len(one) == 22 and "905551112233" not in one for one in found)
    assert seal.hash("wa_id", "x") == seal.hash("wa_id", "x")


def test_that_derived_ids_are_ids_and_stay(seal: Sealer) -> None:
    made = seal.derive_id("message", "1")
    assert is_id(made)
    assert made[14] == "8"
    assert made == seal.derive_id("message", "1") != seal.derive_id("message", "2")


def test_that_words_no_encoding_knows_are_still_hashed(seal: Sealer) -> None:
    assert seal.hash("x", "\ud800") != seal.hash("x", "?")
    assert seal.derive_id("x", "\ud800") != seal.derive_id("x", "?")


def test_that_nothing_stays_nothing(seal: Sealer) -> None:
    assert seal.seal_text("t.c", "1", None) is None
    assert seal.open_text("t.c", "1", None) is None
    assert seal.open_json("t.c", "1", None) is None


def test_that_packed_values_take_less_room_and_open_beside_unpacked_ones(seal: Sealer) -> None:
    trail = [{"node": f"n{number}", "phase": "run", "facts": {}} for number in range(20)]
    packed, plain = seal.seal_packed("turns.trail", "r1", trail), seal.seal_json("turns.trail", "r1", trail)
    assert len(packed) < len(plain) / 2
    for sealed in (packed, plain):
        assert seal.open_packed("turns.trail", "r1", sealed) == trail
    assert seal.open_packed("turns.trail", "r1", None) is None
    with pytest.raises(TamperedCiphertext):
        seal.open_packed("turns.trail", "r2", packed)
