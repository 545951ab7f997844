"""What in the data gives an interest away: mail domains and names, made comparable."""

import re
import unicodedata

PUBLIC_MAIL = frozenset(
    [
        "126.com",
        "139.com",
        "163.com",
        "188.com",
        "189.cn",
        "21cn.com",
        "aliyun.com",
        "foxmail.com",
        "gmail.com",
        "hotmail.com",
        "icloud.com",
        "live.com",
        "live.cn",
        "mail.com",
        "me.com",
        "msn.com",
        "outlook.com",
        "proton.me",
        "protonmail.com",
        "qq.com",
        "sina.cn",
        "sina.com",
        "sohu.com",
        "tom.com",
        "vip.163.com",
        "vip.126.com",
        "vip.qq.com",
        "vip.sina.com",
        "wo.cn",
        "yahoo.com",
        "yahoo.com.cn",
        "yandex.com",
        "yeah.net",
    ]
)
"""Providers where anybody has an address, so that a shared domain says nothing."""

BETWEEN_NAMES = re.compile(r"[\n\r,，、;；\t|]+")
RESERVED = (".example", ".test", ".invalid", ".localhost")
"""RFC 2606: names that belong to nobody."""
SHORTEST_NAME = 2


def own_domain(address: str) -> str:
    """The domain of a mail address, empty where it belongs to a public provider or is none."""
    domain = address.rpartition("@")[2].strip().lower() if "@" in address else ""
    return "" if domain in PUBLIC_MAIL or domain.endswith(RESERVED) else domain


def plain_name(name: str) -> str:
    """A whole name without width, case, spaces and the dots of transcribed names; a surname alone is no name."""
    folded = "".join(unicodedata.normalize("NFKC", name).casefold().split())
    plain = folded.replace("·", "").replace("•", "").replace(".", "")
    return plain if len(plain) >= SHORTEST_NAME else ""


def names_in(text: str) -> frozenset[str]:
    """The names of a list, one a line or between commas."""
    return frozenset(filter(None, map(plain_name, BETWEEN_NAMES.split(text))))
