"""Settings from the environment."""

from __future__ import annotations

from dataclasses import fields

import pytest

from api.settings import HELP, BadSetting, Settings, from_environment


def test_every_setting_is_explained() -> None:
    """The table of help has a line for each setting and no other."""
    assert set(HELP) == {each.name for each in fields(Settings)}


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("hosts", "A.example, b.example", ("a.example", "b.example")),
        ("public", "1", True),
        ("public", "no", False),
        ("root_path", "/glossary/", "/glossary"),
        (
            "embed",
            "https://*.school.example, http://localhost:*",
            ("https://*.school.example", "http://localhost:*"),
        ),
        ("query_time", "2.5", 2.5),
        ("query_rows", "10", 10),
    ],
)
def test_environment(name: str, text: str, value: object) -> None:
    """GLOSSGRAPH_<NAME> sets a field by its type; the others keep their defaults."""
    settings = from_environment({f"GLOSSGRAPH_{name.upper()}": text, "PATH": "/bin"})
    assert getattr(settings, name) == value
    assert from_environment({}) == Settings()


@pytest.mark.parametrize(
    ("name", "text"),
    [("public", "maybe"), ("query_rows", "0"), ("query_time", "-1"), ("query_time", "nan"),
     ("root_path", "glossary"), ("depth", "deep")],
)  # fmt: skip
def test_bad_values_name_the_variable(name: str, text: str) -> None:
    """A value that cannot be read names its variable and what it is for."""
    with pytest.raises(BadSetting, match=f"GLOSSGRAPH_{name.upper()}={text}"):
        from_environment({f"GLOSSGRAPH_{name.upper()}": text})
