"""Sending stored files: always as an attachment, never shown by the browser as a page of ours."""

import re
from typing import BinaryIO

from flask import Response, send_file

from app.kernel import clock
from app.web.formats import zone

NOT_IN_A_NAME = re.compile(r"[\\/:*?\"<>|\s]+")


def attachment(content: BinaryIO, *, filename: str, media_type: str) -> Response:
    return send_file(content, mimetype=media_type, as_attachment=True, download_name=filename, max_age=0)


def file_name(edition_code: str, what: str, suffix: str) -> str:
    """The edition, what it is, and the day in the award's zone: whoever finds the file later knows how old it is."""
    day = clock.now().astimezone(zone())
    return NOT_IN_A_NAME.sub("-", f"{edition_code}-{what}-{day:%Y%m%d}") + f".{suffix}"
