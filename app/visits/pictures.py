"""Pictures from a camera: opened by the house's checks, turned upright, and stored without what the camera wrote into them.

A camera writes where and when, its own number and often a thumbnail of what was cut away; none of it belongs to the record.
"""

import io
import tempfile
from pathlib import Path
from typing import BinaryIO

from PIL import Image, ImageOps

from app.kernel import file_types, files

ACCEPTED = ("jpg", "jpeg", "png")
MOST_BYTES = 20 * files.MEGABYTE
QUALITY = 90


def keep(filename: str, content: BinaryIO) -> tuple[files.Stored, str]:
    """Store the cleaned picture; what it is stored as, and its ending. Raises Invalid for what is no sound picture."""
    kind = file_types.expected_type(filename, ACCEPTED)
    with tempfile.TemporaryDirectory() as folder:
        waiting = files.FileStore(Path(folder))
        raw = waiting.put(content, limit=MOST_BYTES, check=lambda path: file_types.inspect(path, kind))
        cleaned = _cleaned(waiting.path(raw.sha256), "PNG" if kind.suffix == "png" else "JPEG")
    stored = files.store().put(cleaned, limit=2 * MOST_BYTES, check=lambda path: file_types.inspect(path, kind))
    return stored, kind.suffix


def _cleaned(path: Path, name: str) -> BinaryIO:
    """The pixels alone, upright: a new picture carries over none of the old one's notes."""
    with Image.open(path, formats=(name,)) as picture:
        upright = ImageOps.exif_transpose(picture)
        bare = Image.new(upright.mode, upright.size)
        if upright.palette is not None:
            bare.putpalette(upright.palette)
        bare.paste(upright)
    written = io.BytesIO()
    bare.save(written, name, quality=QUALITY)
    written.seek(0)
    return written
