"""The base of every form: text is stripped, an invalid one answers 422, and a service's sentence lands at its field."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from flask import request
from flask_wtf import FlaskForm
from wtforms import i18n

from app.kernel import unit_of_work
from app.kernel.errors import Invalid, NotReady
from app.web.formats import say
from app.web.language import chosen


def stripped(value: Any) -> Any:
    return value.strip() if isinstance(value, str) else value


@cache
def own_sentences(language: str) -> Any:
    """WTForms' sentences, read from its files once a language and not once a form."""
    return i18n.get_translations([language])


class BaseForm(FlaskForm):
    """`general` holds sentences that belong to no field; `status` is what the page with this form answers."""

    class Meta(FlaskForm.Meta):
        def get_translations(self, form: Any) -> Any:
            return own_sentences(chosen())

        def bind_field(self, form: Any, unbound_field: Any, options: dict[str, Any]) -> Any:
            filters = [*unbound_field.kwargs.get("filters", ()), stripped]
            if "filters" in options or not _takes_text(unbound_field):
                return unbound_field.bind(form=form, **options)
            return unbound_field.bind(form=form, filters=filters, **options)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.general: list[str] = []

    @property
    def status(self) -> int:
        return 422 if request.method == "POST" and (self.errors or self.general) else 200

    @contextmanager
    def problems(self) -> Iterator[None]:
        """Run a service: its Invalid and NotReady become sentences of this form, and what it had written is undone."""
        try:
            yield
        except Invalid as problem:
            unit_of_work.rollback()
            self.blame(problem.field, say(problem.message))
        except NotReady as problem:
            unit_of_work.rollback()
            self.general.extend(say(missing) for missing in problem.missing)

    def text(self, name: str) -> str:
        """What was typed into a text field; empty where nothing was."""
        return str(self._fields[name].data or "")

    def blame(self, name: str, sentence: str) -> None:
        field = self._fields.get(name)
        if field is None:
            self.general.append(sentence)
        else:
            field.errors = [*field.errors, sentence]


def _takes_text(unbound_field: Any) -> bool:
    return unbound_field.field_class.__name__ in {"StringField", "TextAreaField", "EmailField", "TelField"}
