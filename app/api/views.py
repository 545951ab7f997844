"""The lists for programs, their OpenAPI document, and the page that explains them to people."""

import base64
import binascii
import json
from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, Response, g, render_template, request, url_for

from app.accounts import tokens
from app.accounts.rules import REQUESTS_PER_MINUTE
from app.api import openapi, queries
from app.api.listings import LISTINGS
from app.api.openapi import MOST, USUAL
from app.api.shapes import Asked, Listing, record
from app.kernel.errors import Forbidden, Problem
from app.kernel.words import N_, Message
from app.policy import allows
from app.policy.scopes import SCOPE_LABELS, Scope
from app.web.addresses import public
from app.web.guard import actor, needs

blueprint = Blueprint("api", __name__, template_folder="templates")

ROOT = "/api/v1"
KNOWN = frozenset({"edition", "limit", "cursor"})
NOT_IN_TOKEN = N_("这个令牌不含“%(scope)s”。请在“我的账号”里新建一个包含它的令牌。")
UNKNOWN = N_("不认识参数 %(name)s。可用的参数是 edition、limit、cursor。")
BAD_LIMIT = N_("limit 须是 1 到 %(most)s 之间的整数。")
BAD_CURSOR = N_("cursor 不是本接口给出的。请从 next 取得，原样带回。")
NO_EDITION = N_("没有代码为 %(code)s 的届次，或者您不能查看它。")


def _serve(listing: Listing) -> Callable[[], Response]:
    @needs(listing.scope)
    def serve() -> Response:
        scopes = _scopes(listing)
        asked = _asked(scopes)
        found = listing.rows(asked)
        rows = found[: asked.limit]
        items = [record(row, listing.fields) for row in rows]
        _note(scopes, items)
        return _answer({"items": items, "next": _next(listing, asked, items) if len(found) > len(rows) else None})

    return serve


for each in LISTINGS:
    blueprint.add_url_rule(f"{ROOT}/{each.name}", each.name.replace("-", "_"), _serve(each), methods=["GET"])


def _scopes(listing: Listing) -> frozenset[Scope]:
    """What counts for this list of what the token has and its owner still may."""
    held = {each.scope for each in g.token.scopes if allows(actor(), each.scope)}
    if listing.scope not in held:
        raise Forbidden(Message(NOT_IN_TOKEN, {"scope": Message(SCOPE_LABELS[listing.scope])}), listing.scope)
    return frozenset(held & {listing.scope, *listing.more})


def _note(scopes: frozenset[Scope], items: list[dict[str, Any]]) -> None:
    first, last = (items[0]["id"], items[-1]["id"]) if items else (0, 0)
    tokens.note_reading(actor(), g.token, sorted(scopes), rows=len(items), first=first, last=last)


# --- what is asked ------------------------------------------------------------------------------------------------


def _asked(scopes: frozenset[Scope]) -> Asked:
    if unknown := sorted(set(request.args) - KNOWN):
        raise Problem(Message(UNKNOWN, {"name": unknown[0]}))
    return Asked(actor(), scopes, after=_after(), limit=_limit(), edition_id=_edition())


def _limit() -> int:
    typed = request.args.get("limit", str(USUAL))
    if not (typed.isascii() and typed.isdigit() and 1 <= int(typed[:9]) <= MOST):
        raise Problem(Message(BAD_LIMIT, {"most": MOST}))
    return int(typed)


def _after() -> int:
    typed = request.args.get("cursor")
    if typed is None:
        return 0
    try:
        return _number(base64.urlsafe_b64decode(typed.encode("ascii")))
    except (ValueError, binascii.Error) as error:
        raise Problem(Message(BAD_CURSOR)) from error


def _number(text: bytes) -> int:
    number = int(text)
    if not 0 <= number < 2**31:
        raise ValueError(number)
    return number


def _edition() -> int | None:
    code = request.args.get("edition")
    if code is None:
        return None
    found = queries.edition_called(actor(), code)
    if found is None:
        raise Problem(Message(NO_EDITION, {"code": code[:40]}))
    return found


def _next(listing: Listing, asked: Asked, items: list[dict[str, Any]]) -> str:
    cursor = base64.urlsafe_b64encode(str(items[-1]["id"]).encode()).decode()
    endpoint, edition = f"api.{listing.name.replace('-', '_')}", request.args.get("edition")
    return url_for(endpoint, cursor=cursor, limit=asked.limit, edition=edition)


# --- what is answered ---------------------------------------------------------------------------------------------


def _answer(body: Mapping[str, Any]) -> Response:
    """Kept by nobody but the asker's own program, which may ask whether it has changed."""
    response = Response(json.dumps(body, ensure_ascii=False), mimetype="application/json")
    response.headers["Cache-Control"] = "private, no-cache"
    response.vary.update(("Authorization", "Accept-Language"))
    response.add_etag()
    return response.make_conditional(request)  # type: ignore[return-value]


@blueprint.get(f"{ROOT}/openapi.json")
@needs("public.read")
def document() -> Response:
    return _answer(openapi.document(LISTINGS, public("api.guide") + "/v1"))


@blueprint.get("/api")
@needs("public.read")
def guide() -> str:
    server = public("api.guide") + "/v1"
    return render_template(
        "api/guide.html",
        listings=LISTINGS,
        labels=SCOPE_LABELS,
        kind_of=openapi.kind_of,
        parameters=openapi.PARAMETERS,
        server=server,
        most=MOST,
        per_minute=REQUESTS_PER_MINUTE,
    )
