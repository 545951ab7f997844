"""The rulebooks shipped with the product: one TOML an award, and a folder of criteria sets beside them."""

from collections.abc import Mapping
from pathlib import Path


def load_folder(path: Path) -> Mapping[str, str]:
    """The text of every TOML file in this folder, by its name without the ending."""
    return {file.stem: file.read_text(encoding="utf-8") for file in sorted(path.glob("*.toml"))}
