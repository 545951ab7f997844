import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kernel import credit_code

PUBLISHED = "91110000600037341L"  # the example in the OECD's sheet on Chinese tax numbers


@pytest.mark.parametrize(
    "typed", [PUBLISHED, "91110000600037341l", "９１１１００００６０００３７３４１Ｌ", " 9111 0000-6000 37341L\u3000"]
)
def test_a_right_code_is_right_however_it_was_typed(typed: str) -> None:
    assert credit_code.problem(typed) is None
    assert credit_code.normal(typed) == PUBLISHED


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "统一社会信用代码应为 18 位，您输入了 0 位。"),
        (PUBLISHED[:-1], "您输入了 17 位"),
        ("9111000060003734IL", "第 17 位是“I”"),
        ("9111000060003O341L", "第 14 位是“O”"),
        ("9111000060003é341L", "第 14 位是“É”"),
        ("91A10000600037341L", "第 3 至 8 位“A10000”"),
        ("911100006000373418", "最后一位应为“L”，您输入的是“8”"),
    ],
)
def test_a_wrong_code_is_told_what_is_wrong(typed: str, sentence: str) -> None:
    problem = credit_code.problem(typed)
    assert problem is not None
    assert sentence in str(problem)


@pytest.mark.parametrize("opening", ["12", "51", "91", "A1", "N2", "Y1"])
def test_letters_that_name_the_registering_body_are_lawful(opening: str) -> None:
    assert credit_code.problem(credit_code.make(7, "140107", kind=opening)) is None


@given(st.integers(0, 99_999), st.sampled_from(["140107", "110105", "440305"]))
def test_made_up_codes_are_valid_and_recognisable(sequence: int, region: str) -> None:
    code = credit_code.make(sequence, region)
    assert credit_code.problem(code) is None
    assert credit_code.is_fictitious(code)
    assert code[credit_code.REGION] == region


@given(st.integers(0, 16), st.sampled_from(credit_code.ALPHABET))
def test_one_wrong_character_is_always_found(position: int, character: str) -> None:
    wrong = PUBLISHED[:position] + character + PUBLISHED[position + 1 :]
    assert (credit_code.problem(wrong) is None) == (wrong == PUBLISHED)
    assert not credit_code.is_fictitious(wrong)
