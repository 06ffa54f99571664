"""Who looks at a conversation is remembered for as long as they say so."""

from api.presence import TYPING_FOR, VIEWING_FOR, Presence


def test_that_others_are_shown_what_one_does_until_it_lapses_or_one_leaves() -> None:
    now = 0.0
    presence = Presence(lambda: now)
    presence.note("t", "talk", "deniz", "viewing")
    presence.note("t", "talk", "selin", "typing")
    assert presence.others("t", "talk", "deniz") == {"selin": "typing"}
    assert presence.others("t", "talk", "selin") == {"deniz": "viewing"}
    assert presence.others("other", "talk", "") == presence.others("t", "elsewhere", "") == {}
    now = TYPING_FOR + 1
    assert presence.others("t", "talk", "deniz") == {}
    assert presence.others("t", "talk", "") == {"deniz": "viewing"}
    presence.note("t", "talk", "deniz", "gone")
    assert presence.others("t", "talk", "") == {}


def test_that_nothing_is_kept_of_those_who_never_said_good_bye() -> None:
    now = 0.0
    presence = Presence(lambda: now)
    for number in range(50):
        presence.note("t", f"talk-{number}", "deniz", "viewing")
    now = VIEWING_FOR + 1
    presence.note("t", "another", "deniz", "gone")
    assert presence._present == {}
