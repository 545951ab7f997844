"""The OpenAPI 3.1 document, made from the same descriptions that the lists are served from."""

from collections.abc import Sequence
from typing import Any

from app.accounts.rules import REQUESTS_PER_MINUTE
from app.api.shapes import BOTH, Field, Listing
from app.kernel.words import N_
from app.web import problems
from app.web.formats import say
from app.web.language import _

VERSION = "1.0.0"
MOST, USUAL = 200, 100
PARAMETERS = {
    "edition": N_("只要这一届的：届次代码。"),
    "limit": N_("一页最多几行。"),
    "cursor": N_("从上一页的 next 取得，原样带回。"),
}
FAILURES = {
    400: N_("参数不对。"),
    401: N_("没有令牌，或令牌不正确、已作废、已过期。"),
    403: N_("令牌不含这个列表，或您没有查看的权限。"),
    429: N_("请求太多。"),
}
ABOUT = N_(
    "只读接口：令牌能读到的，正是令牌主人在网页上能看到的。分数是精确到二十分之一分的文字，时间是 UTC。每个令牌每分钟最多 %(n)s 次请求。"
)


def document(listings: Sequence[Listing], server: str) -> dict[str, Any]:
    return {
        "openapi": "3.1.0",
        "info": {
            "title": _("质衡接口"),
            "version": VERSION,
            "description": _(ABOUT, n=REQUESTS_PER_MINUTE),
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": server}],
        "security": [{"token": []}],
        "paths": {f"/{listing.name}": {"get": _operation(listing)} for listing in listings},
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": {"Problem": _problem(), **{schema_name(each): _object(each.fields) for each in listings}},
            "parameters": {name: _parameter(name) for name in PARAMETERS},
            "responses": {str(status): _failure(status) for status in FAILURES},
        },
    }


def schema_name(listing: Listing) -> str:
    return "".join(word.capitalize() for word in listing.name.split("-"))


def _operation(listing: Listing) -> dict[str, Any]:
    return {
        "operationId": f"list_{listing.name.replace('-', '_')}",
        "summary": say(listing.title),
        "description": say(listing.about),
        "x-scopes": [str(scope) for scope in (listing.scope, *listing.more)],
        "parameters": [{"$ref": f"#/components/parameters/{name}"} for name in PARAMETERS],
        "responses": {
            "200": {
                "description": say(listing.title),
                "headers": {"ETag": {"schema": {"type": "string"}, "description": _("内容不变则不变。")}},
                "content": {"application/json": {"schema": _page_of(listing)}},
            },
            "304": {"description": _("与 If-None-Match 所说的一样，没有变化。")},
            **{str(status): {"$ref": f"#/components/responses/{status}"} for status in FAILURES},
        },
    }


def _page_of(listing: Listing) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {
            "items": {"type": "array", "items": {"$ref": f"#/components/schemas/{schema_name(listing)}"}},
            "next": {"type": ["string", "null"], "description": _("下一页的地址；最后一页为 null。")},
        },
        "required": ["items", "next"],
        "additionalProperties": False,
    }


def _object(fields: Sequence[Field]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {each.name: _schema(each) for each in fields},
        "required": [each.name for each in fields],
        "additionalProperties": False,
    }


def _schema(each: Field) -> dict[str, Any]:
    found = dict(each.schema) | {"description": say(each.about)}
    if each.parts:
        found["items"] = _object(each.parts)
    if each.empty:
        found["type"] = [found["type"], "null"]
        if "enum" in found:
            found["enum"] = [*found["enum"], None]
    return found


def kind_of(each: Field) -> str:
    """How a field's kind is said on the page for people."""
    if each.schema is BOTH:
        return "{zh, en}"
    kind = str(each.schema.get("format", each.schema["type"]))
    return f"{kind} | null" if each.empty else kind


def _parameter(name: str) -> dict[str, Any]:
    limits = {"type": "integer", "minimum": 1, "maximum": MOST, "default": USUAL}
    return {
        "name": name,
        "in": "query",
        "required": False,
        "description": say(PARAMETERS[name]),
        "schema": limits if name == "limit" else {"type": "string"},
    }


def _failure(status: int) -> dict[str, Any]:
    content = {problems.MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {"description": say(FAILURES[status]), "content": content}


def _problem() -> dict[str, Any]:
    """RFC 9457."""
    text = {"type": "string"}
    fields = {"type": text, "title": text, "status": {"type": "integer"}, "detail": text, "instance": text}
    return {"type": "object", "properties": fields, "required": list(fields)}
