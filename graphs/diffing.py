"""How two states of a flow differ in what they do: nodes, exits, words by language, variables, triggers. No layout."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from core.errors import InvalidFlow
from core.views_flows import Change, FieldChange, FlowDiff, NodeChange, PartChange, PortChange, TextChange
from graphs.schema import canonical, pointer

_APART = ("nodes", "variables", "triggers", "ui", "id", "schema")


def compare_flows(before: Mapping[str, Any], after: Mapping[str, Any]) -> FlowDiff:
    """Return how ``after`` differs from ``before``; either may be a draft that cannot run."""
    old, new = _readable(before, after)
    locales = frozenset(_locales(old) | _locales(new))
    nodes = [_node(key, change, one, other, locales) for key, change, one, other in _parts(old, new, "nodes")]
    top = list(_differences(_without(old, _APART), _without(new, _APART), (), locales))
    found = FlowDiff(
        same=False,
        nodes=nodes,
        variables=[_part(*each, locales) for each in _parts(old, new, "variables")],
        triggers=[_part(*each, locales) for each in _parts(old, new, "triggers")],
        fields=[each for each in top if isinstance(each, FieldChange)],
        texts=[each for each in top if isinstance(each, TextChange)],
    )
    same = not (found.nodes or found.variables or found.triggers or found.fields or found.texts)
    return found.model_copy(update={"same": same})


def _readable(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """Return both in canonical form; as they are where one cannot be read: shorthands must not look like changes."""
    try:
        return canonical(before), canonical(after)
    except InvalidFlow:
        return before, after


def _parts(
    old: Mapping[str, Any], new: Mapping[str, Any], kind: str
) -> Iterator[tuple[str, Change, Mapping[str, Any], Mapping[str, Any]]]:
    one, other = _by_key(old.get(kind)), _by_key(new.get(kind))
    for key in dict.fromkeys([*one, *other]):
        before, after = one.get(key, {}), other.get(key, {})
        if key not in one:
            yield key, "added", before, after
        elif key not in other:
            yield key, "removed", before, after
        elif before != after:
            yield key, "changed", before, after


def _by_key(parts: Any) -> dict[str, Mapping[str, Any]]:
    if isinstance(parts, Mapping):
        return {str(key): each for key, each in parts.items() if isinstance(each, Mapping)}
    listed = [each for each in parts or () if isinstance(each, Mapping)] if isinstance(parts, list | tuple) else []
    return {str(each.get("id", at)): each for at, each in enumerate(listed)}


def _node(
    key: str, change: Change, old: Mapping[str, Any], new: Mapping[str, Any], locales: frozenset[str]
) -> NodeChange:
    shown = new or old
    found = list(_differences(_without(old, ("to",)), _without(new, ("to",)), (), locales))
    ports = list(_ports(old, new))
    if change != "changed":  # all of it is new or gone: its words tell which it is, its fields would only be long
        found = [each for each in found if isinstance(each, TextChange)]
    return NodeChange(
        key=key,
        type=str(shown.get("type", "")),
        title=str(shown.get("title") or ""),
        change=change,
        fields=[each for each in found if isinstance(each, FieldChange)],
        texts=[each for each in found if isinstance(each, TextChange)],
        ports=ports,
    )


def _ports(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[PortChange]:
    one, other = (_mapping(each.get("to")) for each in (old, new))
    for port in dict.fromkeys([*one, *other]):
        if one.get(port) != other.get(port):
            yield PortChange(port=port, before=one.get(port), after=other.get(port))


def _part(
    key: str, change: Change, old: Mapping[str, Any], new: Mapping[str, Any], locales: frozenset[str]
) -> PartChange:
    found = list(_differences(old, new, (), locales))
    return PartChange(
        key=key,
        change=change,
        fields=[each for each in found if isinstance(each, FieldChange)],
        texts=[each for each in found if isinstance(each, TextChange)],
    )


def _differences(
    old: Any, new: Any, path: tuple[Any, ...], locales: frozenset[str]
) -> Iterator[FieldChange | TextChange]:
    if old == new:
        return
    if _is_text(old, locales) and _is_text(new, locales) and (old or new):
        one, other = _mapping(old), _mapping(new)
        for locale in dict.fromkeys([*one, *other]):
            if one.get(locale) != other.get(locale):
                yield TextChange(path=pointer(*path), locale=locale, before=one.get(locale), after=other.get(locale))
    elif isinstance(old, Mapping | None) and isinstance(new, Mapping | None):
        one, other = _mapping(old), _mapping(new)
        for key in dict.fromkeys([*one, *other]):
            yield from _differences(one.get(key), other.get(key), (*path, key), locales)
    elif _is_list(old) and _is_list(new):
        yield from _items(old or (), new or (), path, locales)
    else:
        yield FieldChange(path=pointer(*path), before=old, after=new)


def _items(
    old: Sequence[Any], new: Sequence[Any], path: tuple[Any, ...], locales: frozenset[str]
) -> Iterator[FieldChange | TextChange]:
    """Compare lists: of things with ids by those, so that one put in between changes none of the others."""
    if not all(isinstance(each, Mapping) for each in (*old, *new)):
        yield FieldChange(path=pointer(*path), before=list(old) or None, after=list(new) or None)
        return
    one = {each.get("id", at): (at, each) for at, each in enumerate(old)}
    other = {each.get("id", at): (at, each) for at, each in enumerate(new)}
    for key in dict.fromkeys([*one, *other]):
        at = (other.get(key) or one[key])[0]
        yield from _differences(one.get(key, (0, None))[1], other.get(key, (0, None))[1], (*path, at), locales)
    kept = [[key for key in side if key in one and key in other] for side in (one, other)]
    if kept[0] != kept[1]:
        yield FieldChange(path=pointer(*path), before=kept[0], after=kept[1])


def _is_text(value: Any, locales: frozenset[str]) -> bool:
    """Tell whether a value is one text by language, or nothing."""
    if value is None:
        return True
    if not isinstance(value, Mapping):
        return False
    return all(key in locales and isinstance(each, str) for key, each in value.items())


def _is_list(value: Any) -> bool:
    return value is None or isinstance(value, list | tuple)


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _without(part: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    return {key: value for key, value in part.items() if key not in names}


def _locales(document: Mapping[str, Any]) -> set[str]:
    told = _mapping(document.get("locales")).get("supported")
    return {str(each) for each in told} if isinstance(told, list | tuple) else set()
