"""What a question does when nobody answers: reminders, then giving up."""

from datetime import timedelta

from core.turns import Emit
from graphs.contract import Follow, Go, Outcome, Suspend, Visit
from graphs.saying import builtin_parts

REMINDER = "no_input:"
GIVE_UP = "give_up"


def silence_timers(visit: Visit, give_up: timedelta | None) -> tuple[Emit, ...]:
    """Return the timers of a question that was just put."""
    steps = visit.handlers("no_input")
    timers = [visit.timer(f"{REMINDER}{index}", step.after) for index, step in enumerate(steps) if step.after]
    if give_up is not None:
        timers.append(visit.timer(GIVE_UP, give_up))
    return tuple(timers)


def silence_broken(visit: Visit, timer: str) -> Outcome:
    """Remind, move on, or give up: whatever the timer was for."""
    if timer == GIVE_UP:
        return Follow(("timeout",), cause="no_input")
    steps = visit.handlers("no_input")
    place = timer.removeprefix(REMINDER)
    if not place.isdecimal() or int(place) >= len(steps):
        return Suspend(phase=visit.phase)
    step = steps[int(place)]
    parts = step.saying.render(visit)
    if step.to is not None:
        return Go(step.to, emits=visit.say(parts), cause="no_input")
    return Suspend(emits=visit.say(parts or builtin_parts("no_input", visit)), phase=visit.phase)
