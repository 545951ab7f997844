"""Checks an Ed25519 signature (RFC 8032) with nothing but whole numbers; slow, and fast enough for a handful."""

from __future__ import annotations

import hashlib

P = 2**255 - 19
Q = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)  # a square root of -1
Point = tuple[int, int, int, int]  # extended coordinates: x/z, y/z, t = xy/z


def add(one: Point, other: Point) -> Point:
    a = (one[1] - one[0]) * (other[1] - other[0]) % P
    b = (one[1] + one[0]) * (other[1] + other[0]) % P
    c, d = 2 * one[3] * other[3] * D % P, 2 * one[2] * other[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(factor: int, point: Point) -> Point:
    found = (0, 1, 1, 0)
    while factor:
        if factor & 1:
            found = add(found, point)
        point = add(point, point)
        factor >>= 1
    return found


def same(one: Point, other: Point) -> bool:
    return not ((one[0] * other[2] - other[0] * one[2]) % P or (one[1] * other[2] - other[1] * one[2]) % P)


def x_of(y: int, sign: int) -> int | None:
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT % P
    if (x * x - square) % P or (not x and sign):
        return None
    return x if x & 1 == sign else P - x


def point_of(packed: bytes) -> Point | None:
    y = int.from_bytes(packed, "little")
    sign, y = y >> 255, y & (1 << 255) - 1
    x = x_of(y, sign)
    return None if x is None else (x, y, 1, x * y % P)


BASE_Y = 4 * pow(5, P - 2, P) % P
BASE_X = x_of(BASE_Y, 0) or 0
BASE: Point = (BASE_X, BASE_Y, 1, BASE_X * BASE_Y % P)


def is_signed(message: bytes, signature: str, key: str) -> bool:
    """`signature` and `key` in lower-case hexadecimal."""
    try:
        packed, public = bytes.fromhex(signature), bytes.fromhex(key)
    except ValueError:
        return False
    if len(packed) != 64 or len(public) != 32 or (signature, key) != (packed.hex(), public.hex()):
        return False
    commitment, owner, scalar = point_of(packed[:32]), point_of(public), int.from_bytes(packed[32:], "little")
    if commitment is None or owner is None or scalar >= Q:
        return False
    challenge = int.from_bytes(hashlib.sha512(packed[:32] + public + message).digest(), "little") % Q
    return same(times(scalar, BASE), add(commitment, times(challenge, owner)))
