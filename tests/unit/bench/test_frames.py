"""What is read out of a browser's trace: the tasks of the frames that moved something, and no others."""

from typing import Any

from bench.frames import Frame, parse_frames

PAGE, OTHER = 7, 8


def event(name: str, at: int, *, thread: int = PAGE, **more: Any) -> dict[str, Any]:
    """Return an event of the trace; times are microseconds."""
    return {"name": name, "ph": "X", "pid": 1, "tid": thread, "ts": at, **more}


def task(at: int, took: int, cpu: int | None = None, *, thread: int = PAGE) -> dict[str, Any]:
    return event("RunTask", at, thread=thread, dur=took, **({} if cpu is None else {"tdur": cpu}))


def move(at: int) -> dict[str, Any]:
    return event("EventDispatch", at, dur=10, args={"data": {"type": "mousemove"}})


def begin(at: int) -> dict[str, Any]:
    return event("BeginMainThreadFrame", at, ph="I")


def test_that_a_frame_is_all_that_is_done_until_the_next_one_begins() -> None:
    trace = [task(0, 5_000, 4_000), begin(10_500), task(10_000, 3_000, 2_000), move(11_000), task(15_000, 1_000, 500),
             begin(20_500), task(20_000, 4_000, 4_000), move(21_000)]  # fmt: skip
    assert parse_frames(trace) == [Frame(2.5, 4.0), Frame(4.0, 4.0)]


def test_that_frames_without_a_move_count_for_nothing() -> None:
    trace = [begin(500), task(0, 1_000), move(600), begin(10_500), task(10_000, 1_000), begin(20_500),
             task(20_000, 2_000), move(20_600)]  # fmt: skip
    assert parse_frames(trace) == [Frame(1.0, 1.0), Frame(2.0, 2.0)]


def test_that_other_threads_are_not_the_pages() -> None:
    trace = [begin(500), task(0, 1_000), move(600), task(700, 9_000, thread=OTHER)]
    assert parse_frames(trace) == [Frame(1.0, 1.0)]


def test_that_a_page_that_heard_of_no_move_has_no_frames() -> None:
    assert parse_frames([begin(500), task(0, 1_000), event("EventDispatch", 1, args={"data": {"type": "click"}})]) == []
