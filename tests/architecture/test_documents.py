"""The generated documents say what the tables say."""

from pathlib import Path

import pytest

from scripts.generate_docs import DOCUMENTS

DOCS = Path(__file__).resolve().parents[2] / "docs"


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_generated_document_is_current(name: str) -> None:
    kept = (DOCS / name).read_text(encoding="utf-8")
    assert kept == DOCUMENTS[name](), "python -m scripts.generate_docs writes it anew"
