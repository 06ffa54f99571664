"""The OpenAPI 3.1 document, made from the route table and its models: what is written there is what is served."""

import re
from typing import Any

import orjson
from aiohttp import web
from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode, models_json_schema

from api.calling import Call, Route

REFS = "#/components/schemas/{model}"
_PARAMETER = re.compile(r"{(\w+)(?::[^}]*)?}")
_PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "code"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string", "description": "Stable; what programs decide by."},
    },
}


async def openapi(call: Call) -> web.StreamResponse:
    """Return this document."""
    document = describe_all(server=call.settings.public_url)
    return web.Response(body=orjson.dumps(document), content_type="application/json")


def describe_all(*, server: str) -> dict[str, Any]:
    """Return the document of everything that clients may call."""
    from api.routes import API, WIDGET

    shown = [route for route in (*API, *WIDGET) if "/v1/" in route.path and route.method != "OPTIONS"]
    return describe(shown, server=server)


def describe(routes: list[Route], *, server: str) -> dict[str, Any]:
    """Return the document of these routes."""
    bodies = [route.body for route in routes if route.body is not None]
    answers = [route.answer for route in routes if isinstance(route.answer, type)]
    modes: list[tuple[Any, JsonSchemaMode]] = [(model, "validation") for model in dict.fromkeys(bodies)]
    modes += [(model, "serialization") for model in dict.fromkeys(answers)]
    refs, definitions = models_json_schema(modes, ref_template=REFS, schema_generator=GenerateJsonSchema)
    paths: dict[str, dict[str, Any]] = {}
    for route in routes:
        path = _PARAMETER.sub(r"{\1}", route.path)
        paths.setdefault(path, {})[route.method.lower()] = _operation(route, refs)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Frontdesk", "version": "1"},
        "servers": [{"url": server}],
        "paths": paths,
        "components": {
            "schemas": {**definitions.get("$defs", {}), "Problem": _PROBLEM},
            "securitySchemes": {
                "key": {"type": "http", "scheme": "bearer"},
                "session": {"type": "apiKey", "in": "cookie", "name": "frontdesk_session"},
                "csrf": {"type": "apiKey", "in": "header", "name": "X-CSRF-Token"},
            },
        },
    }


def _operation(route: Route, refs: Any) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": route.handler.__name__,
        "summary": route.summary,
        "parameters": [*_path_parameters(route), *_query_parameters(route)],
        "responses": {"default": _content("Problem", "application/problem+json", REFS.format(model="Problem"))},
    }
    if isinstance(route.answer, type):
        done = {
            "description": "Done.",
            "content": {"application/json": {"schema": refs[(route.answer, "serialization")]}},
        }
        operation["responses"]["2XX"] = done
    else:
        operation["responses"]["2XX"] = {"description": "Done."}
    if route.body is not None:
        schema = refs[(route.body, "validation")]
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema}}}
    if route.role is not None:
        safe = route.method in {"GET", "HEAD"}
        operation["security"] = [{"key": []}, {"session": []} if safe else {"session": [], "csrf": []}]
        operation["description"] = f"Needs the role {route.role.value} or more."
    return operation


def _path_parameters(route: Route) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in _PARAMETER.findall(route.path)
    ]


def _query_parameters(route: Route) -> list[dict[str, Any]]:
    if route.query is None:
        return []
    schema = TypeAdapter(route.query).json_schema()
    required = set(schema.get("required", ()))
    return [
        {"name": name, "in": "query", "required": name in required, "schema": each}
        for name, each in schema["properties"].items()
    ]


def _content(description: str, kind: str, ref: str) -> dict[str, Any]:
    return {"description": description, "content": {kind: {"schema": {"$ref": ref}}}}
