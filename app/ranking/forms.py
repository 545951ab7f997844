"""Confirming a ranking needs nothing but the press of its button."""

from app.web.forms import BaseForm


class ConfirmForm(BaseForm):
    pass
