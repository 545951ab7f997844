"""WTForms' own sentences, which are read from its files once, come in the reader's language."""

import pytest
from flask import Flask
from wtforms import IntegerField

from app.web.forms import BaseForm


class Counted(BaseForm):
    class Meta(BaseForm.Meta):
        csrf = False

    number = IntegerField("n")


WRONG_NUMBER = (("zh", "不是有效的整数。"), ("en", "Not a valid integer value."))


@pytest.mark.parametrize("readers", [WRONG_NUMBER, WRONG_NUMBER[::-1]], ids=["zh first", "en first"])
def test_the_librarys_sentences_follow_the_reader(app: Flask, readers: tuple[tuple[str, str], ...]) -> None:
    for language, sentence in readers:
        cookie = {"HTTP_COOKIE": f"language={language}"}
        with app.test_request_context("/", method="POST", data={"number": "x"}, environ_overrides=cookie):
            form = Counted()
            assert not form.validate()
            assert [str(error) for error in form.number.errors] == [sentence]
