"""The peers: what they say is read as they say it, and one that cannot be measured is a row that says why."""

import asyncio
import sys
from pathlib import Path

import pytest

from bench.peers import install as installing
from bench.peers.install import ROOT, Unavailable, reason_of
from bench.peers.run import Beside, check_answer, compare
from bench.peers.table import ANSWER, PEERS, Peer
from bench.report import peer_row
from bench.whole import Writers, better, figures_of
from bench.wire import read_answer

RASA = next(peer for peer in PEERS if peer.name == "rasa")
FAST, SLOW = (figures_of(wholes, wholes, spent=1, took=8, measured=6) for wholes in ([0.1] * 600, [0.2] * 60))


async def load(writers: Writers) -> None:
    """Put no load on anything."""
    raise AssertionError("nothing was there to put it on")


async def read(*pieces: bytes) -> bytes:
    """Return the body of a response that arrives like this."""
    reader = asyncio.StreamReader()
    reader.feed_data(b"".join(pieces))
    return await asyncio.wait_for(read_answer(reader), 5)


@pytest.mark.parametrize("peer", PEERS, ids=lambda peer: peer.name)
def test_that_every_peer_has_its_files(peer: Peer) -> None:
    files = [path.read_text() for path in peer.files.rglob("*") if path.suffix in {".py", ".yml"}]
    assert sum(ANSWER in text for text in files) == 1
    version = next(word for word in peer.title.replace(",", "").split() if word[0].isdigit())
    assert f"=={version}" in (peer.files / "requirements.in").read_text()


async def test_that_an_answer_in_pieces_is_read_whole() -> None:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    assert await read(head, b"5\r\nfirst\r\n", b"A;x=y\r\n and\r\nthen\r\n", b"0\r\n\r\n") == b"first and\r\nthen"
    assert await read(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n", b"one") == b"one"


def test_that_another_answer_is_none() -> None:
    check_answer(f'[{{"text": "{ANSWER}"}}]'.encode())
    with pytest.raises(Unavailable, match=r"answers something else: .*no graph"):
        check_answer(b'{"error": "no graph"}')


def test_that_a_row_has_the_ratio_of_ours_to_theirs() -> None:
    _, store, ours, theirs, ratio, aim = peer_row("sqlite", Beside(RASA, FAST, SLOW))
    assert (store, ratio, aim) == ("sqlite", "10.0", "≥ 5")
    assert ours.startswith("100/s")
    assert theirs.startswith("the peer: 10/s")


def test_that_the_better_run_counts() -> None:
    assert better([SLOW, FAST]) is better([FAST, SLOW]) is FAST


@pytest.mark.parametrize("python", ["no-such-program", sys.executable])
def test_that_a_peer_without_its_python_is_a_row_that_says_so(
    python: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(installing, "HOMES", tmp_path)
    monkeypatch.setenv("PYTHON310", python)
    told: list[str] = []
    seen = compare(RASA, load, ours=lambda: FAST, tell=told.append)
    row = peer_row("sqlite", seen)
    assert row[0] == peer_row("sqlite", Beside(RASA, FAST, SLOW))[0]
    assert row[2:5] == (
        "", "not measured: it runs on python3.10 alone, which is not here; PYTHON310 may name one", "",
    )  # fmt: skip
    assert told == [f"beside {RASA.title} …"]
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("output", "reason"),
    [
        ("fetching\nERROR: no such | version\nsee above\n", "ERROR: no such / version"),
        ("one\ntwo\n\n", "two"),
        ("", "it said nothing"),
        (f"error in {ROOT}/bench/x.py", "error in bench/x.py"),
        ("ERROR " + "x" * 500, "ERROR " + "x" * 154),
    ],
)
def test_that_a_reason_is_the_line_that_tells_most(output: str, reason: str) -> None:
    assert reason_of(output) == reason
