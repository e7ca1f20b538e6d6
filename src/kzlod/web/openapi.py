"""The API of the canned queries in OpenAPI 3.1, made from the headers of the queries."""

from __future__ import annotations

import json
from typing import Any

from kzlod.query import CannedQuery, Parameter
from kzlod.query.prologue import form
from kzlod.web.forms import ROWS, TRIPLES, Written
from kzlod.web.opened import OpenRelease

_TYPES: dict[str, dict[str, str]] = {
    "string": {"type": "string"},
    "integer": {"type": "integer"},
    "decimal": {"type": "number"},
    "date": {"type": "string", "format": "date"},
    "iri": {"type": "string"},
}
_PROBLEMS = {
    "400": "The query has no such parameter, or it does not take the value",
    "404": "There is no such query",
    "406": "No format on offer is accepted",
    "503": "Too much is asked at once: try again later",
}


def openapi(release: OpenRelease) -> bytes:
    """The description as JSON; the address of the server is relative, so it holds under any host."""
    project = release.project
    described: dict[str, Any] = {
        "openapi": "3.1.0",
        "info": {
            "title": project.title.get("en") or project.id,
            "version": project.version,
            "description": next(iter(project.description.values()), ""),
            **({"license": {"name": project.license, "url": project.license}} if project.license else {}),
        },
        "servers": [{"url": "./"}],
        "paths": {f"/api/{query.name}": {"get": _operation(query)} for query in release.queries.values()},
        "components": {
            "responses": {
                f"Problem{status}": {"description": words, "content": {"text/plain": {"schema": {"type": "string"}}}}
                for status, words in _PROBLEMS.items()
            },
        },
    }
    return json.dumps(described, ensure_ascii=False, indent=1).encode() + b"\n"


def _operation(query: CannedQuery) -> dict[str, Any]:
    forms = ROWS if form(query.text) in ("SELECT", "ASK") else TRIPLES
    return {
        "operationId": query.name,
        "summary": query.summary,
        "description": query.description,
        "parameters": [*map(_parameter, query.parameters.values()), *_format(query, forms)],
        "responses": {
            "200": {
                "description": "The answer",
                "content": {one.media_type: {"schema": _schema(one)} for one in forms},
            },
            **{status: {"$ref": f"#/components/responses/Problem{status}"} for status in _PROBLEMS},
        },
    }


def _schema(form_: Written) -> dict[str, Any]:
    if form_.name != "json":
        return {"type": "string"}
    return {
        "type": "object",
        "description": "SPARQL 1.1 Query Results JSON Format",
        "properties": {"head": {"type": "object"}, "results": {"type": "object"}, "boolean": {"type": "boolean"}},
        "required": ["head"],
    }


def _parameter(parameter: Parameter) -> dict[str, Any]:
    schema: dict[str, Any] = dict(_TYPES[parameter.type])
    if parameter.allowed:
        schema = {"type": "string", "enum": list(parameter.allowed)}
    if parameter.default is not None:
        schema["default"] = parameter.default
    return {"name": parameter.name, "in": "query", "description": parameter.description, "schema": schema}


def _format(query: CannedQuery, forms: tuple[Written, ...]) -> list[dict[str, Any]]:
    if "format" in query.parameters:
        return []
    schema = {"type": "string", "enum": [one.name for one in forms]}
    return [{"name": "format", "in": "query", "description": "The format, in the place of `Accept`", "schema": schema}]
