"""The blueprint of the expert pool's pages."""

from flask import Blueprint
from werkzeug.wrappers import Response

blueprint = Blueprint("experts", __name__, template_folder="../templates")

Answer = Response | str | tuple[str, int]
SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
