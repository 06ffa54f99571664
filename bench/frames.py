"""What Chromium's trace tells of a page's frames: how long the main thread worked for each that moved something."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

CATEGORIES = (
    "devtools.timeline",
    "devtools.timeline.frame",
    "disabled-by-default-devtools.timeline",
    "disabled-by-default-devtools.timeline.frame",
)
MOVES = {"mousemove", "pointermove"}

Event = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Frame:
    """All tasks of the main thread from one frame's begin to the next one's."""

    cpu_ms: float
    wall_ms: float


@dataclass(frozen=True, slots=True)
class DragFigures:
    """Milliseconds of the main thread per frame that moved, 50th and 95th percentile."""

    cpu_ms: tuple[float, float]
    wall_ms: tuple[float, float]


@dataclass(frozen=True, slots=True)
class EditorFigures:
    """Of the quietest of several rounds: what else the machine does adds, and never takes away."""

    open_ms: float
    drag: DragFigures
    bare: DragFigures


def parse_frames(events: Sequence[Event]) -> list[Frame]:
    """Return the frames in which the page heard of a move, in order; those in between count for nothing."""
    moves = [each for each in events if each.get("name") == "EventDispatch" and each["args"]["data"]["type"] in MOVES]
    if not moves:
        return []
    (thread, _), *_ = Counter(map(_thread, moves)).most_common(1)
    of_thread = [each for each in events if _thread(each) == thread]
    begins = sorted(each["ts"] for each in of_thread if each["name"] == "BeginMainThreadFrame")
    tasks = sorted((each for each in of_thread if _is_task(each)), key=lambda task: float(task["ts"]))
    starts = [task["ts"] for task in tasks]

    def frame_of(task: Event) -> int:
        # A frame begins within a task, which is its first.
        return bisect_right(begins, task["ts"] + task["dur"])

    moved = {frame_of(tasks[at]) for at in (bisect_right(starts, move["ts"]) - 1 for move in moves) if at >= 0} - {0}
    cpu, wall = dict.fromkeys(sorted(moved), 0.0), dict.fromkeys(moved, 0.0)
    for task in tasks:
        if (frame := frame_of(task)) in cpu:
            cpu[frame] += float(task.get("tdur") or task["dur"]) / 1000
            wall[frame] += float(task["dur"]) / 1000
    return [Frame(cpu[frame], wall[frame]) for frame in cpu]


def _thread(event: Event) -> tuple[int, int]:
    return event["pid"], event["tid"]


def _is_task(event: Event) -> bool:
    return bool(event["name"] == "RunTask" and event["ph"] == "X")
