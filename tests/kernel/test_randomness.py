import hashlib
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kernel.randomness import Stream

SEED = bytes.fromhex("00" * 31 + "01")


def test_the_stream_is_what_its_description_says() -> None:
    key = hashlib.sha256(b"zhiheng/stream/1\0" + (32).to_bytes(4, "big") + SEED + "抽取".encode()).digest()
    blocks = b"".join(hashlib.sha256(key + block.to_bytes(8, "big")).digest() for block in range(3))
    stream = Stream(SEED, "抽取")
    assert stream.bytes(5) + stream.bytes(60) + stream.bytes(31) == blocks


def test_the_numbers_of_a_seed_never_change() -> None:
    stream = Stream(SEED, "fixed")
    assert [stream.below(limit) for limit in (1, 2, 10, 1000, 2**40)] == [0, 0, 8, 159, 959986724595]
    assert Stream(SEED, "fixed").shuffled(range(10)) == [0, 2, 9, 3, 7, 4, 6, 1, 8, 5]


def test_labels_and_seeds_give_independent_streams() -> None:
    assert len({Stream(seed, label).bytes(16) for seed in (b"", b"a", b"ab") for label in ("", "b", "c")}) == 9


@given(st.binary(max_size=40), st.integers(1, 2**70))
def test_a_number_is_below_its_limit(seed: bytes, limit: int) -> None:
    assert 0 <= Stream(seed, "limit").below(limit) < limit


def test_there_is_nothing_to_choose_below_one() -> None:
    with pytest.raises(ValueError, match="nothing to choose from"):
        Stream(SEED, "x").below(0)


def test_no_choice_is_favoured() -> None:
    stream = Stream(SEED, "fair")
    counts = Counter(stream.choice("abcde") for _ in range(5000))
    assert all(abs(counts[letter] - 1000) < 120 for letter in "abcde")


@given(st.lists(st.integers()), st.binary(min_size=1, max_size=8))
def test_shuffling_keeps_everything(items: list[int], seed: bytes) -> None:
    assert sorted(Stream(seed, "s").shuffled(items)) == sorted(items)
