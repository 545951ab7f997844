import pytest

from app.kernel.canonical import canonical, digest


def test_the_order_of_the_keys_does_not_count() -> None:
    assert canonical({"b": [1, "质"], "a": {"y": None, "x": True}}) == '{"a":{"x":true,"y":null},"b":[1,"质"]}'
    assert digest({"a": 1, "b": 2}) == digest({"b": 2, "a": 1}) != digest({"a": 1, "b": "2"})


def test_what_json_cannot_say_is_refused() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        canonical({"score": float("nan")})
