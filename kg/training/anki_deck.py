"""Flash cards as an Anki package (.apkg): a zip file around a database that Anki imports.

The database is of schema 11, which every Anki since 2.0 reads. A card is known again by its
question's id, so that a later file adds no card twice and leaves what was learnt alone. No clock is
in the file, so Anki takes none of its cards for newer than those that it has.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

from kg.export.archive import archive
from kg.training.quiz import Question

_SCHEMA = """
CREATE TABLE col (id integer primary key, crt integer not null, mod integer not null,
  scm integer not null, ver integer not null, dty integer not null, usn integer not null,
  ls integer not null, conf text not null, models text not null, decks text not null,
  dconf text not null, tags text not null);
CREATE TABLE notes (id integer primary key, guid text not null, mid integer not null,
  mod integer not null, usn integer not null, tags text not null, flds text not null,
  sfld integer not null, csum integer not null, flags integer not null, data text not null);
CREATE TABLE cards (id integer primary key, nid integer not null, did integer not null,
  ord integer not null, mod integer not null, usn integer not null, type integer not null,
  queue integer not null, due integer not null, ivl integer not null, factor integer not null,
  reps integer not null, lapses integer not null, left integer not null, odue integer not null,
  odid integer not null, flags integer not null, data text not null);
CREATE TABLE revlog (id integer primary key, cid integer not null, usn integer not null,
  ease integer not null, ivl integer not null, lastIvl integer not null, factor integer not null,
  time integer not null, type integer not null);
CREATE TABLE graves (usn integer not null, oid integer not null, type integer not null);
CREATE INDEX ix_notes_usn ON notes (usn);
CREATE INDEX ix_cards_usn ON cards (usn);
CREATE INDEX ix_revlog_usn ON revlog (usn);
CREATE INDEX ix_cards_nid ON cards (nid);
CREATE INDEX ix_cards_sched ON cards (did, queue, due);
CREATE INDEX ix_revlog_cid ON revlog (cid);
CREATE INDEX ix_notes_csum ON notes (csum);
"""
_EPOCH = 1_577_836_800
"""Seconds: a day that all files are of (2020), since no clock is in them."""
_NOTE_TYPE = 1_577_836_800_001
"""Identifier of our note type; Anki takes it for the same from file to file."""
_FIELDS = ("Front", "Back")
_CSS = (
    ".card{font:20px/1.5 system-ui,sans-serif;text-align:left;max-width:40em;margin:1em auto;"
    "padding:0 1em}small{color:#777}"
)
_SEPARATOR = "\x1f"
"""Between the fields of a note in the database."""


def package(
    questions: Sequence[Question], cards: Sequence[tuple[str, str]], title: str
) -> Iterator[bytes]:
    """Yield the package; ``cards`` are front and back of each question, as HTML.

    The same questions give the same bytes.
    """
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "collection.anki2"
        with closing(sqlite3.connect(file)) as database:
            database.executescript(_SCHEMA)
            deck = _number(f"deck {title}")
            database.execute(
                "INSERT INTO col VALUES (1, ?, ?, ?, 11, 0, 0, 0, ?, ?, ?, ?, '{}')",
                (
                    _EPOCH, _EPOCH * 1000, _EPOCH * 1000, json.dumps(_CONFIGURATION),
                    json.dumps(_note_types(deck)), json.dumps(_decks(deck, title)),
                    json.dumps({"1": _OPTIONS}),
                ),
            )  # fmt: skip
            for place, (question, (front, back)) in enumerate(
                zip(questions, cards, strict=True), start=1
            ):
                note = _number(f"note {question.id}")
                database.execute(
                    "INSERT INTO notes VALUES (?, ?, ?, ?, -1, ?, ?, ?, ?, 0, '')",
                    (
                        note, f"gg-{question.id}", _NOTE_TYPE, _EPOCH,
                        f" {question.kind} {question.concept} ", _SEPARATOR.join((front, back)),
                        front, int(hashlib.sha1(front.encode()).hexdigest()[:8], 16),
                    ),
                )  # fmt: skip
                database.execute(
                    "INSERT INTO cards VALUES "
                    "(?, ?, ?, 0, ?, -1, 0, 0, ?, 0, 0, 0, 0, 0, 0, 0, 0, '')",
                    (note, note, deck, _EPOCH, place),
                )
            database.commit()
            database.execute("VACUUM")
        data = file.read_bytes()
    yield from archive([("collection.anki2", [data]), ("media", [b"{}"])])


def _number(name: str) -> int:
    """Return an identifier as Anki has them, milliseconds since 1970, made of a name."""
    digest = int.from_bytes(hashlib.sha256(name.encode()).digest()[:5])
    return _EPOCH * 1000 + digest


_CONFIGURATION = {
    "activeDecks": [1], "addToCur": True, "collapseTime": 1200, "curDeck": 1, "curModel": None,
    "dueCounts": True, "estTimes": True, "newBury": True, "newSpread": 0, "nextPos": 1,
    "sortBackwards": False, "sortType": "noteFld", "timeLim": 0,
}  # fmt: skip
_OPTIONS = {
    "id": 1, "name": "Default", "mod": 0, "usn": 0, "autoplay": True, "maxTaken": 60,
    "replayq": True, "timer": 0, "dyn": False,
    "lapse": {"delays": [10], "leechAction": 0, "leechFails": 8, "minInt": 1, "mult": 0},
    "new": {"bury": True, "delays": [1, 10], "initialFactor": 2500, "ints": [1, 4, 7], "order": 1,
            "perDay": 20, "separate": True},
    "rev": {"bury": True, "ease4": 1.3, "fuzz": 0.05, "ivlFct": 1, "maxIvl": 36500, "minSpace": 1,
            "perDay": 100},
}  # fmt: skip


def _decks(deck: int, title: str) -> dict[str, object]:
    """The default deck, which has to be there, and ours."""
    return {
        str(number): {
            "id": number, "name": name, "desc": "", "mod": _EPOCH, "usn": -1, "conf": 1, "dyn": 0,
            "collapsed": False, "extendNew": 10, "extendRev": 50, "newToday": [0, 0],
            "revToday": [0, 0], "lrnToday": [0, 0], "timeToday": [0, 0],
        }
        for number, name in ((1, "Default"), (deck, " ".join(title.split())))
    }  # fmt: skip


def _note_types(deck: int) -> dict[str, object]:
    return {
        str(_NOTE_TYPE): {
            "id": _NOTE_TYPE, "name": "Glossary card (glossgraph)", "type": 0, "mod": _EPOCH,
            "usn": -1, "sortf": 0, "did": deck, "vers": [], "tags": [], "css": _CSS,
            "latexPre": "", "latexPost": "", "req": [[0, "any", [0]]],
            "flds": [
                {"name": name, "ord": place, "sticky": False, "rtl": False, "font": "Arial",
                 "size": 20, "media": []}
                for place, name in enumerate(_FIELDS)
            ],
            "tmpls": [
                {"name": "Card 1", "ord": 0, "qfmt": "{{Front}}",
                 "afmt": "{{FrontSide}}<hr id=answer>{{Back}}", "did": None, "bqfmt": "",
                 "bafmt": ""}
            ],
        }
    }  # fmt: skip
