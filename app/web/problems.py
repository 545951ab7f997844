"""Failures of the API as problem documents (RFC 9457), in the language of whoever asks."""

import json
from http import HTTPStatus

from flask import Response, request

from app.kernel.errors import Problem
from app.kernel.words import N_, Message
from app.web.formats import say
from app.web.language import _, chosen

PREFIX = "/api/"
MEDIA_TYPE = "application/problem+json"
RETRY_SECONDS = {429: 60, 503: 15}
TITLES: dict[int, str] = {
    400: N_("请求无法处理"),
    401: N_("需要令牌"),
    403: N_("没有权限"),
    404: N_("没有找到"),
    405: N_("只供读取"),
    429: N_("请求太多"),
    500: N_("系统发生意外错误"),
    503: N_("暂时无法服务"),
}
DETAILS: dict[int, str] = {
    404: N_("没有这个地址。可用的地址见 /api/v1/openapi.json。"),
    405: N_("这个接口只供读取：请用 GET 或 HEAD。"),
    500: N_("系统发生意外错误，已经记录。请稍后重试。"),
    503: N_("暂时无法连接数据库。请稍后重试。"),
}
NO_TOKEN = Message(N_("请在请求头里带上令牌：Authorization: Bearer …。令牌在“我的账号”里建立。"))


class NotAuthenticated(Problem):
    status = 401


def is_meant() -> bool:
    """Whether the running request is one of the API."""
    return request.path.startswith(PREFIX)


def answer(status: int, message: Message) -> Response:
    told = Message(DETAILS[status]) if status in DETAILS else message
    body = {
        "type": "about:blank",
        "title": _(TITLES[status]) if status in TITLES else HTTPStatus(status).phrase,
        "status": status,
        "detail": say(told),
        "instance": request.path,
    }
    response = Response(json.dumps(body, ensure_ascii=False), status, mimetype=MEDIA_TYPE)
    response.headers["Content-Language"] = "en" if chosen() == "en" else "zh-CN"
    if status == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="Zhiheng"'
    if status == 405:
        response.headers["Allow"] = "GET, HEAD, OPTIONS"
    if status in RETRY_SECONDS:
        response.headers["Retry-After"] = str(RETRY_SECONDS[status])
    return response
