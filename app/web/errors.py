"""Every failure as a page with a sentence: what happened, why, what to do; what was typed is still there."""

from typing import Any

from flask import Flask, Response, current_app, jsonify, make_response, render_template, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException

from app.kernel import unit_of_work
from app.kernel.errors import NotReady, Problem, Stale
from app.kernel.words import N_, Message
from app.web import problems
from app.web.formats import say
from app.web.language import _

RETRY_AFTER_SECONDS = 15
HIDDEN_FIELDS = frozenset({"csrf_token", "idempotency_key", "version"})
SECRET_FIELDS = frozenset({"password", "new_password", "repeat_password"})

HTTP_SENTENCES: dict[int, str] = {
    400: N_("这个请求无法处理：内容不完整或格式不对。请返回上一页重新填写。"),
    401: N_("请先登录。"),
    403: N_("您没有办理这一步的权限。"),
    404: N_("没有找到这个页面。地址可能有误，或者您没有查看它的权限。"),
    405: N_("这个地址不能这样访问。请从页面上的按钮进入。"),
    413: N_("上传的内容太大。请压缩文件或分次上传。"),
    415: N_("不支持这种格式的内容。"),
    429: N_("操作太频繁。请稍等几分钟再试。"),
    500: N_("系统发生意外错误，已经记录。您的操作没有生效，请稍后重试。"),
}
AWAY = N_("暂时无法连接数据库，您的操作没有生效。下面是您刚才填写的内容，请先复制保存，稍后重试。")
CHANGED_MEANWHILE = N_("您打开此页之后，内容已被他人修改，本次没有保存。请刷新页面，核对后重新提交。")
REFUSED_BY_DATABASE = N_("数据库拒绝了这次保存：与已有记录重复或违反规则。什么都没有改动，请核对后重试。")

ARCHIVED = N_("本届已经归档，内容只能查看，不能再增加、修改或删除。什么都没有改动。")
SEAL = "edition_is_archived"
"""What the database answers where an edition is archived (outcomes/sealing.py)."""


def install(app: Flask) -> None:
    app.register_error_handler(Problem, answer_to)
    app.register_error_handler(HTTPException, answer_to)
    app.register_error_handler(DBAPIError, answer_to)
    app.register_error_handler(PoolTimeout, answer_to)
    app.register_error_handler(StaleDataError, answer_to)
    if not app.testing:
        app.register_error_handler(Exception, unexpected)


def answer_to(error: Exception) -> Response:
    """The page (or JSON for a fetch) of an expected failure; the running transaction is undone."""
    if isinstance(error, HTTPException) and error.response is not None:
        return make_response(error.response)
    if isinstance(error, (OperationalError, InterfaceError, PoolTimeout)):
        return _database_away(error)
    _undo()
    if isinstance(error, Problem):
        return _page(error.status, error.message, **_extras(error))
    if isinstance(error, CSRFError):
        return _page(
            400, Message(N_("页面打开太久，安全凭证已过期，本次没有保存。请复制下面的内容，刷新页面后重新提交。"))
        )
    if isinstance(error, HTTPException):
        status = error.code or 500
        return _page(status, Message(HTTP_SENTENCES.get(status, HTTP_SENTENCES[400])))
    if isinstance(error, StaleDataError):
        return _page(409, Message(CHANGED_MEANWHILE))
    if isinstance(error, IntegrityError):
        return _page(409, _refused(error))
    return unexpected(error)


def _refused(error: IntegrityError) -> Message:
    return Message(ARCHIVED if SEAL in str(error.orig) else REFUSED_BY_DATABASE)


def unexpected(error: Exception) -> Response:
    current_app.logger.error("unexpected failure", exc_info=error)
    _undo()
    return _page(500, Message(HTTP_SENTENCES[500]))


def _database_away(error: Exception) -> Response:
    current_app.logger.warning("database away: %s", error)
    _undo()
    response = _page(503, Message(AWAY))
    response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response


def _undo() -> None:
    try:
        unit_of_work.rollback()
    except DBAPIError:
        current_app.logger.info("nothing to roll back: the connection is gone")


def _extras(error: Problem) -> dict[str, Any]:
    if isinstance(error, NotReady):
        return {"missing": error.missing}
    if isinstance(error, Stale):
        return {"stored": error.stored, "typed_again": error.typed, "current_version": error.current_version}
    return {}


def _page(status: int, message: Message, **extras: Any) -> Response:
    if problems.is_meant():
        return problems.answer(status, message)
    if request.headers.get("X-Requested-With") == "fetch":
        return _json(status, message, extras)
    template = status if status in (400, 403, 404, 409, 413, 422, 429, 500, 503) else 400
    page = render_template(
        f"errors/{template}.html", message=message, typed=_typed(), heading=_("未能完成"), status=status, **extras
    )
    return make_response(page, status)


def _json(status: int, message: Message, extras: dict[str, Any]) -> Response:
    body: dict[str, Any] = {"error": say(message)}
    if "missing" in extras:
        body["missing"] = [say(missing) for missing in extras["missing"]]
    if "stored" in extras:
        body |= {"stored": extras["stored"], "version": extras["current_version"]}
    return make_response(jsonify(body), status)


def _typed() -> dict[str, str]:
    """What the person had typed, to be shown again; never a password. Of a request that is too large nothing was read."""
    if request.method in ("GET", "HEAD"):
        return {}
    try:
        sent = request.form
    except HTTPException:
        return {}
    hidden = HIDDEN_FIELDS | SECRET_FIELDS
    return {name: value for name, value in sent.items() if name not in hidden and value.strip()}
