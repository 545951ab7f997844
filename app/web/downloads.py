"""Sending stored files: always as an attachment, never shown by the browser as a page of ours."""

from typing import BinaryIO

from flask import Response, send_file


def attachment(content: BinaryIO, *, filename: str, media_type: str) -> Response:
    return send_file(content, mimetype=media_type, as_attachment=True, download_name=filename, max_age=0)
