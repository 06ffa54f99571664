"""Meta's codes mean what Meta's pages say, and every one tells a person what to do."""

from datetime import timedelta

import pytest

from channels.meta.errors import COMMON, MESSAGING, WHATSAPP, read_error, retry_wait, row_for
from channels.meta.reading import Obj
from core.errors import (
    AccountBlocked,
    AuthExpired,
    OutcomeUnknown,
    RecipientBlocked,
    Rejected,
    SendError,
    Throttled,
    WindowClosed,
)

BY_KIND: list[tuple[type[SendError], list[int]]] = [
    (OutcomeUnknown, [1, 2, 131000, 131016]),
    (Throttled, [4, 80007, 130429, 131056, 131057, 133004, 134101]),
    (AuthExpired, [0, 190, 3, 10, 200, 230, 299, 131005, 33]),
    (AccountBlocked, [368, 131031, 130497, 131042, 131037, 131045, 130403, 133010]),
    (Rejected, [100, 131008, 131009, 131021, 131051, 131053, 131055, 135000, 132000, 132001, 132015, 132068, 131062]),
    (RecipientBlocked, [131026, 131049, 131050, 130472]),
    (WindowClosed, [131047]),
]


@pytest.mark.parametrize(("kind", "codes"), BY_KIND)
def test_that_whatsapp_codes_have_their_class(kind: type[SendError], codes: list[int]) -> None:
    assert {code: row_for(WHATSAPP, code).kind for code in codes} == dict.fromkeys(codes, kind)


@pytest.mark.parametrize(
    ("code", "subcode", "kind"),
    [
        (10, 2534022, WindowClosed),
        (10, 2018278, WindowClosed),
        (10, None, AuthExpired),
        (551, 1545041, RecipientBlocked),
        (551, None, RecipientBlocked),
        (100, 2534014, RecipientBlocked),
        (100, 2018001, RecipientBlocked),
        (100, 33, Rejected),
        (100, None, Rejected),
        (190, 463, AuthExpired),
        (200, None, AuthExpired),
        (230, None, RecipientBlocked),
        (613, 2534040, Throttled),
        (4, None, Throttled),
        (17, None, Throttled),
        (32, None, Throttled),
        (80002, None, Throttled),
        (80006, None, Throttled),
        (1, None, OutcomeUnknown),
        (2, None, OutcomeUnknown),
        (1200, None, OutcomeUnknown),
        (9000001, None, Rejected),
        (424242, None, Rejected),
    ],
)
def test_that_messaging_codes_have_their_class(code: int, subcode: int | None, kind: type[SendError]) -> None:
    assert row_for(MESSAGING, code, subcode).kind is kind


def test_that_every_row_tells_what_to_do() -> None:
    for table in (COMMON, WHATSAPP, MESSAGING):
        for key, row in table.items():
            assert len(row.fix) > 20, key


def test_that_an_answer_becomes_an_error_with_its_facts() -> None:
    body = Obj(
        {
            "error": {
                "message": "(#131056) rate",
                "code": "131056",
                "error_subcode": 7,
                "error_data": {"details": "slow down"},
                "fbtrace_id": "Abc",
            }
        }
    )
    error = read_error(WHATSAPP, 400, body, {})
    assert isinstance(error, Throttled)
    assert (error.vendor_code, error.vendor_subcode, error.trace_id) == (131056, 7, "Abc")
    assert error.message == "(#131056) rate – slow down"
    assert error.retry_after == timedelta(seconds=6)


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (500, {"error": {"code": 190}}, OutcomeUnknown),
        (503, None, OutcomeUnknown),
        (408, None, OutcomeUnknown),
        (429, None, Throttled),
        (401, None, AuthExpired),
        (404, None, Rejected),
        (302, None, Rejected),
        (400, {"error": "text"}, Rejected),
        (200, {"error": {"code": 190}}, AuthExpired),
    ],
)
def test_that_the_status_counts_where_there_is_no_code(status: int, body: object, kind: type[SendError]) -> None:
    assert type(read_error(WHATSAPP, status, Obj(body), {})) is kind


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({}, None),
        ({"Retry-After": "30"}, timedelta(seconds=30)),
        ({"retry-after": "Wed, 21 Oct 2026 07:28:00 GMT"}, None),
        (
            {
                "X-Business-Use-Case-Usage": '{"9":[{"type":"whatsapp","estimated_time_to_regain_access":19},'
                '{"estimated_time_to_regain_access":"4"}]}',
                "Retry-After": "5",
            },
            timedelta(minutes=19),
        ),
        ({"X-Business-Use-Case-Usage": '{"9":"x"}'}, None),
        ({"X-Business-Use-Case-Usage": "not json"}, None),
    ],
)
def test_that_the_longest_wait_counts(headers: dict[str, str], wait: timedelta | None) -> None:
    assert retry_wait(headers) == wait
