"""Every letter: its words are there, and its facts come back from the store as they were."""

from datetime import UTC, date, datetime
from typing import get_args

import pytest

from chalicelib.record import Record
from chalicelib.words import call_letters, letters, money_letters, stored
from chalicelib.words.pages import FOLDER

LETTERS = get_args(stored.AnyLetter)


def kind(letter: type) -> str:
    return stored.kind_of(letter(*[None] * len(letter._fields)))


def test_every_class_of_the_lists_is_a_letter_or_a_part_of_one():
    classes = {
        each
        for module in (letters, call_letters, money_letters)
        for each in vars(module).values()
        if isinstance(each, type) and issubclass(each, Record) and each is not Record
    }
    parts = {letters.Service, letters.Ending, call_letters.Bounce}
    assert classes == set(LETTERS) | parts


@pytest.mark.parametrize("letter", LETTERS, ids=kind)
def test_every_letter_has_its_words(letter):
    assert (FOLDER / "mail" / f"{stored.template(kind(letter))}.txt").is_file()


def test_every_template_is_a_letters_or_the_reports():
    files = {
        str(path.relative_to(FOLDER / "mail").with_suffix(""))
        for room in ("contract", "calls", "money")
        for path in (FOLDER / "mail" / room).iterdir()
    }
    assert files == {stored.template(kind(letter)) for letter in LETTERS} | {"calls/report"}


def test_a_fact_is_stored_as_plain_text_beside_those_of_its_part():
    ending = letters.Ending(date(2026, 9, 30), True, None, "listed", None, ["0367001234"])
    assert stored.as_stored(letters.Left(ending)) == {
        "day": "2026-09-30",
        "was_active": True,
        "paid_yen": None,
        "use": "listed",
        "line": None,
        "numbers": ["0367001234"],
    }


def test_dates_and_instants_come_back():
    moment = datetime(2026, 9, 1, 1, 5, tzinfo=UTC)
    bounce = call_letters.Bounce(
        "a@b.example", "bounced_hard", moment, True, False, "report", "m", "c"
    )
    facts = stored.as_stored(call_letters.Bounced(bounce, "佐藤", again=False))
    assert facts["sent_at"] == moment.isoformat()
    assert stored.as_typed("bounced", facts)["sent_at"] == moment


def test_a_word_that_only_looks_like_a_date_stays_a_word():
    facts = stored.as_stored(letters.Termination(date(2026, 9, 30), "2026-10-01", withdrawn=False))
    typed = stored.as_typed("termination", facts)
    assert typed["day"] == date(2026, 9, 30)
    assert typed["reason"] == "2026-10-01"


def test_facts_of_an_older_letter_are_left_as_they_are():
    assert stored.as_typed("no such kind", {"day": "2026-09-30"}) == {"day": "2026-09-30"}
    assert stored.as_typed("stop", {"day": "2026-09-30", "old": 1})["old"] == 1
