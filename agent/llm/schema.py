"""Does a value have the shape a JSON Schema asks for? The part of JSON Schema that flows and tools use. Pure."""

from collections.abc import Callable, Mapping
from typing import Any

_TYPES: Mapping[str, Callable[[Any], bool]] = {
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "null": lambda value: value is None,
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "integer": lambda value: (
        (isinstance(value, int) and not isinstance(value, bool)) or (isinstance(value, float) and value.is_integer())
    ),
}


def find_fault(value: Any, schema: Mapping[str, Any], *, root: Mapping[str, Any] | None = None) -> str | None:
    """Return where and why ``value`` does not fit, None where it does."""
    root = root or schema
    if reference := schema.get("$ref"):
        return find_fault(value, _resolve(str(reference), root), root=root)
    for key in ("anyOf", "oneOf"):
        if key in schema and all(find_fault(value, option, root=root) for option in schema[key]):
            return "fits none of the allowed shapes"
    return _type_fault(value, schema) or _object_fault(value, schema, root) or _array_fault(value, schema, root)


def is_strict(schema: Any) -> bool:
    """Tell whether a schema is closed everywhere, as providers demand for ``strict``."""
    if isinstance(schema, list):
        return all(is_strict(item) for item in schema)
    if not isinstance(schema, dict):
        return True
    if "properties" in schema and (
        schema.get("additionalProperties") is not False or set(schema.get("required", ())) != set(schema["properties"])
    ):
        return False
    if schema.get("type") == "object" and "properties" not in schema:
        return False
    return all(is_strict(inner) for inner in schema.values())


def _type_fault(value: Any, schema: Mapping[str, Any]) -> str | None:
    wanted = schema.get("type")
    names = [wanted] if isinstance(wanted, str) else list(wanted or ())
    if names and not any(_TYPES[name](value) for name in names if name in _TYPES):
        return f"is not of type {' or '.join(names)}"
    if "enum" in schema and value not in schema["enum"]:
        return f"is not one of {schema['enum']}"
    if "const" in schema and value != schema["const"]:
        return f"is not {schema['const']!r}"
    return None


def _object_fault(value: Any, schema: Mapping[str, Any], root: Mapping[str, Any]) -> str | None:
    if not isinstance(value, dict):
        return None
    properties: Mapping[str, Any] = schema.get("properties", {})
    for key in schema.get("required", ()):
        if key not in value:
            return f"{key} is missing"
    others = schema.get("additionalProperties", True)
    for key, inner in value.items():
        if key not in properties and others is False:
            return f"{key} is not asked for"
        shape = properties.get(key, others if isinstance(others, dict) else {})
        if fault := find_fault(inner, shape, root=root):
            return f"{key}: {fault}"
    return None


def _array_fault(value: Any, schema: Mapping[str, Any], root: Mapping[str, Any]) -> str | None:
    if not isinstance(value, list) or not isinstance(schema.get("items"), dict):
        return None
    for at, item in enumerate(value):
        if fault := find_fault(item, schema["items"], root=root):
            return f"{at}: {fault}"
    return None


def _resolve(reference: str, root: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Any = root
    for step in reference.removeprefix("#/").split("/"):
        found = found[step]
    return dict(found)
