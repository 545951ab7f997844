"""One page of a PDF as a picture. Run as a program of its own with little memory and time: a hostile file harms nobody else.

`python page_renderer.py FILE PAGE WIDTH` writes WebP to its output. It must not import the product.
"""

import resource
import sys

import pypdfium2  # type: ignore[import-untyped]

SECONDS, BYTES = 15, 2 * 1024**3
QUALITY = 80
WRONG_PAGE = 3


def main(path: str, page: int, width: int) -> int:
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (BYTES, BYTES))
    with pypdfium2.PdfDocument(path) as document:
        if not 1 <= page <= len(document):
            return WRONG_PAGE
        sheet = document[page - 1]
        # A page may claim any size; the picture's long side is bounded all the same.
        scale = min(width / max(sheet.get_width(), 1), 2 * width / max(sheet.get_height(), 1))
        sheet.render(scale=scale).to_pil().convert("RGB").save(sys.stdout.buffer, "WEBP", quality=QUALITY)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
