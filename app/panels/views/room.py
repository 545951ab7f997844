"""The blueprint that the screens of this stage share."""

from flask import Blueprint
from werkzeug.wrappers import Response

blueprint = Blueprint("panels", __name__, template_folder="../templates")

Answer = Response | str | tuple[str, int]
