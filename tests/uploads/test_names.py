"""Names as people and attackers send them."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path

import pytest

from uploads.names import MAX_BYTES, MAX_CHARACTERS, safe_name

LAO = "ບົດລາຍງານການສຶກສາຄວາມສ່ຽງໄພລະເບີດ"


@pytest.mark.parametrize(
    ("raw", "safe"),
    [
        ("../../etc/passwd", "passwd"),
        ("..\\..\\x", "x"),
        ("C:\\Users\\me\\report.docx", "report.docx"),
        ("a\u202etxt.exe", "atxt.exe"),
        ("CON", "file CON"),
        ("nul.txt", "file nul.txt"),
        ("com1.tar.gz", "file com1.tar.gz"),
        ("file.pdf\x00.html", "file.pdf.html"),
        (" .pdf", "file.pdf"),
        ("\u200b.pdf", "file.pdf"),
        ("", "file"),
        ("..", "file"),
        ("///", "file"),
        ("\ud800", "file"),
        ("report. .pdf", "report.pdf"),
        ("two\r\nlines.pdf", "twolines.pdf"),
        ("a\u3000b\u2028c.pdf", "a b c.pdf"),
        ('"; drop table x;--.csv', "__ drop table x_--.csv"),
        ("<img src=x onerror=1>.pdf", "_img src=x onerror=1_.pdf"),
        ("ba\u0301o ca\u0301o.pdf", "báo cáo.pdf"),
        ("ລາຍງານ ໂຄງການ 2024.pdf", "ລາຍງານ ໂຄງການ 2024.pdf"),
        ("รายงาน.docx", "รายงาน.docx"),
        ("របាយការណ៍.pdf", "របាយការណ៍.pdf"),
        ("အစီရင်ခံစာ.pdf", "အစီရင်ခံစာ.pdf"),
        ("报告.pdf", "报告.pdf"),
        ("no extension at all", "no extension at all"),
        ("version 1.2 (final)", "version 1.2 (final)"),
    ],
)
def test_a_name_keeps_what_it_says_and_loses_what_harms(raw: str, safe: str) -> None:
    assert safe_name(raw) == safe


@pytest.mark.parametrize(
    "raw", [(LAO * 12)[:300] + ".pdf", "a" * 300 + ".docx", "ກໍ່" * 100, "\u0eb1" * 300, "报" * 300]
)
def test_a_long_name_is_cut_between_letters_and_keeps_its_extension(raw: str) -> None:
    safe = safe_name(raw)
    stem, dot, extension = safe.rpartition(".")
    assert len(safe) <= MAX_CHARACTERS
    assert len(safe.encode()) <= MAX_BYTES
    assert dot + extension == raw[raw.rfind(".") :] or "." not in raw
    next_letter = raw[len(stem or safe) : len(stem or safe) + 1]
    assert safe == "file" or unicodedata.category(next_letter)[0] != "M"


@pytest.mark.realdata
def test_every_hostile_name_is_safe_on_any_disk(hostile_folder: Path) -> None:
    for raw in json.loads((hostile_folder / "file_names.json").read_text()):
        safe = safe_name(raw)
        assert safe == safe_name(safe)
        assert safe.strip(" .") == safe != ""
        assert not set(safe) & set('/\\<>:"|?*\0')
        assert not [letter for letter in safe if unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Co")]


@pytest.mark.timeout(20)
def test_a_name_of_nothing_but_marks_takes_no_time():
    assert safe_name("a" + "\u0301\u0323" * 50_000 + ".pdf").endswith(".pdf")
