"""The unified social credit code (统一社会信用代码, GB 32100): 18 characters of which the last checks the others."""

import unicodedata

from stdnum.cn import uscc

from app.kernel.words import N_, Message

LENGTH = 18
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
REGION = slice(2, 8)
FICTITIOUS = "XXXX"  # opens the organisation part of made-up codes; no organisation code begins so
COMPANY, INSTITUTION = "91", "12"  # 工商企业, 事业单位: the first two characters


def normal(code: str) -> str:
    """Full-width and lower-case letters, spaces and hyphens are ways of typing, not errors."""
    return "".join(unicodedata.normalize("NFKC", code).upper().replace("-", "").split())


def problem(code: str) -> Message | None:
    """What is wrong with a code, in the order in which a person would look for it; None when it is right."""
    plain = normal(code)
    if len(plain) != LENGTH:
        return Message(
            N_("统一社会信用代码应为 18 位，您输入了 %(length)s 位。请对照营业执照或法人证书核对。"),
            {"length": len(plain)},
        )
    for position, character in enumerate(plain, start=1):
        if character not in ALPHABET:
            return Message(
                N_(
                    "统一社会信用代码第 %(position)s 位是“%(character)s”，不在允许使用的字符之内"
                    "（数字和除 I、O、S、V、Z 以外的大写字母）。请核对，例如数字 0 与字母 O。"
                ),
                {"position": position, "character": character},
            )
    if not plain[REGION].isdigit():
        return Message(
            N_("统一社会信用代码第 3 至 8 位“%(region)s”应为登记机关所在地的 6 位数字代码。请核对。"),
            {"region": plain[REGION]},
        )
    expected = uscc.calc_check_digit(plain[:-1])
    if plain[-1] != expected:
        return Message(
            N_(
                "统一社会信用代码的校验位不符：按前 17 位计算，最后一位应为“%(expected)s”，您输入的是“%(given)s”。"
                "前 17 位中可能有一位输错，请对照证书核对。"
            ),
            {"expected": expected, "given": plain[-1]},
        )
    return None


def make(sequence: int, region: str, *, kind: str = COMPANY) -> str:
    """A valid code of an organisation that does not exist, for demonstrations and tests."""
    body = f"{kind}{region}{FICTITIOUS}{sequence:05d}"
    return body + uscc.calc_check_digit(body)


def is_fictitious(code: str) -> bool:
    return normal(code)[8:12] == FICTITIOUS
