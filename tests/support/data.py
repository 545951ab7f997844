"""Files that tests compare with."""

from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "data"


def data_file(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")
