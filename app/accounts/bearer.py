"""Who asks the API: the token in the header and nothing else. A session's cookie means nothing there, so nothing can be forged with it."""

from flask import g, request
from werkzeug.exceptions import MethodNotAllowed

from app.accounts import tokens
from app.accounts.models import ApiToken
from app.accounts.queries import actor_of_user
from app.kernel.actor import Actor
from app.kernel.database import SAFE_METHODS
from app.kernel.words import N_, Message
from app.web.language import LANGUAGES
from app.web.problems import NotAuthenticated

SCHEME = "bearer "
TOO_FAST = Message(N_("这个令牌一分钟内的请求太多。请稍等一分钟，并放慢读取。"))
TRIED_OFTEN = Message(N_("从这个地址来的错误令牌太多。请等 15 分钟，并检查令牌。"))
WRONG = Message(N_("令牌不正确、已作废或已过期。请在“我的账号”里新建一个。"))


def actor() -> Actor:
    """The owner of the token with what he may today, or a visitor where no token came. Speaks the language asked for."""
    wanted = request.accept_languages.best_match(list(LANGUAGES))
    g.language = wanted or "zh"
    g.actor = Actor.anonymous(g.language)
    if request.method not in SAFE_METHODS:
        raise MethodNotAllowed
    given = request.headers.get("Authorization", "")
    if not given:
        return Actor.anonymous(g.language)
    token = _token(given)
    g.token = token
    found = actor_of_user(token.user)
    g.language = wanted or found.language
    return found


def _token(given: str) -> ApiToken:
    address = request.remote_addr or ""
    if tokens.has_tried_often(address):
        raise tokens.TooManyRequests(TRIED_OFTEN)
    token = tokens.held(given[len(SCHEME) :].strip()) if given.lower().startswith(SCHEME) else None
    if token is None:
        tokens.note_wrong(address)
        raise NotAuthenticated(WRONG)
    if not tokens.count_request(token):
        raise tokens.TooManyRequests(TOO_FAST)
    return token
