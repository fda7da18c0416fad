"""Card codes catch slips of the pen, are never given twice, and can be read off the paper."""

import re
import sqlite3
import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pypdfium2
import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st

from forms.card_sheet import write_card_sheets
from forms.cards import grouped, is_card_code, issue_codes, issued_codes, with_check_digits
from forms.errors import KafoError

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
codes = st.integers(10_000_000, 99_999_999).map(lambda eight: with_check_digits(str(eight)))


@given(codes)
def test_every_code_made_here_passes_the_rule_of_the_forms(code: str) -> None:
    # The constraint written in the forms: regex(., '^[1-9][0-9]{9}$') and number(.) mod 97 = 1
    assert re.fullmatch("[1-9][0-9]{9}", code)
    assert int(code) % 97 == 1
    assert is_card_code(code)


@given(codes)
def test_every_single_wrong_digit_is_refused(code: str) -> None:
    for at in range(10):
        for digit in set("0123456789") - {code[at]}:
            assert not is_card_code(code[:at] + digit + code[at + 1 :])


@given(codes)
def test_every_swap_of_neighbours_is_refused(code: str) -> None:
    for at in range(9):
        swapped = code[:at] + code[at + 1] + code[at] + code[at + 2 :]
        assert swapped == code or not is_card_code(swapped)


@given(codes, st.integers(0, 7), st.integers(2, 9))
def test_most_other_mistakes_are_refused_but_not_all(code: str, at: int, apart: int) -> None:
    """Two digits far apart swapped: refused unless their difference is a multiple of 97."""
    other = min(at + apart, 9)
    swapped = list(code)
    swapped[at], swapped[other] = swapped[other], swapped[at]
    difference = (int(code[at]) - int(code[other])) * (10 ** (9 - at) - 10 ** (9 - other))
    still_valid = difference % 97 == 0 and swapped[0] != "0"
    assert is_card_code("".join(swapped)) == still_valid


@pytest.mark.parametrize("text", ["", "12345678", "48 32 91 75 64", "٢٨٠٣٤٠٦٣١٣", "0" * 10])
def test_other_texts_are_no_card_codes(text: str) -> None:
    assert not is_card_code(text)


def test_codes_are_never_given_out_twice_whatever_the_dice(tmp_path: Path) -> None:
    ledger = tmp_path / "cards.db"
    first = issue_codes(ledger, 40, batch="A", now=NOW, rng=Random(7))
    again = issue_codes(ledger, 40, batch="B", now=NOW, rng=Random(7))  # the same dice
    assert len(set(first) | set(again)) == 80
    assert issued_codes(ledger) == {*first, *again}


def test_two_who_print_at_once_get_different_cards(tmp_path: Path) -> None:
    ledger = tmp_path / "cards.db"

    def print_some(person: int) -> tuple[str, ...]:
        return issue_codes(ledger, 25, batch=f"p{person}", now=NOW, rng=Random(person % 2))

    with ThreadPoolExecutor(8) as people:
        batches = list(people.map(print_some, range(8)))
    assert len({code for batch in batches for code in batch}) == 200
    assert len(issued_codes(ledger)) == 200


def test_a_crash_in_the_middle_leaves_a_ledger_that_works(tmp_path: Path) -> None:
    ledger = tmp_path / "cards.db"
    before = issue_codes(ledger, 3, batch="A", now=NOW)
    crashing = sqlite3.connect(ledger, isolation_level=None)
    crashing.execute("begin immediate")
    crashing.execute("insert into issued_card values ('1000000000', 'x', 'x')")
    crashing.close()  # the process is gone, nothing was committed
    assert issued_codes(ledger) == set(before)
    assert len(issue_codes(ledger, 3, batch="B", now=NOW)) == 3


@pytest.mark.parametrize("forget", ["delete from issued_card", "update issued_card set code = '1'"])
def test_the_ledger_refuses_to_forget(tmp_path: Path, forget: str) -> None:
    ledger = tmp_path / "cards.db"
    given_out = issue_codes(ledger, 2, batch="A", now=NOW)
    book = sqlite3.connect(ledger)
    with pytest.raises(sqlite3.IntegrityError, match="never"):
        book.execute(forget)
    book.close()
    assert issued_codes(ledger) == set(given_out)


def test_a_damaged_ledger_stops_printing_with_a_remedy(tmp_path: Path) -> None:
    ledger = tmp_path / "cards.db"
    ledger.write_text("not a ledger at all, " * 20)
    with pytest.raises(KafoError, match="sauvegarde"):
        issue_codes(ledger, 2, batch="A", now=NOW)


def test_asking_for_no_card_is_refused(tmp_path: Path) -> None:
    with pytest.raises(KafoError):
        issue_codes(tmp_path / "cards.db", 0, batch="A", now=NOW)


def test_without_a_ledger_nothing_was_issued_and_none_is_made(tmp_path: Path) -> None:
    assert issued_codes(tmp_path / "cards.db") == frozenset()
    assert not (tmp_path / "cards.db").exists()


def test_the_ledger_is_for_its_owner_only(tmp_path: Path) -> None:
    issue_codes(tmp_path / "cards.db", 1, batch="A", now=NOW)
    assert stat.S_IMODE((tmp_path / "cards.db").stat().st_mode) == 0o600


def test_every_code_is_read_back_from_the_printed_pages_twice(tmp_path: Path) -> None:
    issued = issue_codes(tmp_path / "cards.db", 23, batch="A", now=NOW, rng=Random(1))
    pdf = tmp_path / "cards.pdf"
    pages = write_card_sheets(issued, pdf, organisation="Centre d’essai", note="Sans nom.")
    qr: list[str] = []
    bars: list[str] = []
    texts: list[str] = []
    with pypdfium2.PdfDocument(pdf) as document:
        assert len(document) == pages == 3
        for page in document:
            image = page.render(scale=200 / 72).to_pil()  # an ordinary office scan, 200 dpi
            for found in zxingcpp.read_barcodes(image):
                (qr if found.format == zxingcpp.BarcodeFormat.QRCode else bars).append(found.text)
            texts.append(page.get_textpage().get_text_range())
    assert sorted(qr) == sorted(bars) == sorted(issued)
    assert all(grouped(code) in "\n".join(texts) for code in issued)
    assert "\n".join(texts).count("Centre d’essai") == 23


def test_a_long_line_stays_on_its_card(tmp_path: Path) -> None:
    pdf = tmp_path / "cards.pdf"
    write_card_sheets([with_check_digits("12345678")], pdf, organisation="Centre " * 30, note="n")
    with pypdfium2.PdfDocument(pdf) as document:
        text = document[0].get_textpage()
        right_edges = [text.get_charbox(at)[2] for at in range(text.count_chars())]
    card_right_edge = (210 - 85.6 * 2) / 2 + 85.6
    assert max(right_edges) < card_right_edge / 25.4 * 72


def test_wrong_codes_are_not_printed(tmp_path: Path) -> None:
    with pytest.raises(KafoError, match="1 code"):
        write_card_sheets(["1234567890"], tmp_path / "x.pdf", organisation="o", note="n")
    assert not (tmp_path / "x.pdf").exists()
