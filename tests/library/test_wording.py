"""Every code that reading can give has words for people."""

import re

from portal.library.wording import KIND_NAMES, PROBLEM_SENTENCES, UNIT_NAMES
from uploads.kinds import FileKind
from uploads.problems import Problem
from uploads.reading import Unit

PRODUCT_NAMES = re.compile(r"(PDF|XML|Word|PowerPoint|Excel)( 97–2003)?")


def test_every_problem_has_a_sentence():
    assert set(PROBLEM_SENTENCES) == set(Problem)


def test_every_unit_has_a_name():
    assert set(UNIT_NAMES) == set(Unit)


def test_every_kind_of_file_can_be_translated():
    assert {kind.label for kind in FileKind if not PRODUCT_NAMES.fullmatch(kind.label)} == KIND_NAMES
