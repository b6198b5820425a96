"""Reading a gazetteer file: what is accepted, and how mistakes are told."""

from datetime import date

import pytest

from portal.places.gazetteer import Code, Spelling, read_gazetteer, script_language

HEADER = "level,code,parent,name_en,name_lo,other_names,latitude,longitude,valid_from,valid_to\n"


def read(lines, header=HEADER):
    return read_gazetteer((header + lines).encode())


def test_a_line_becomes_a_row():
    gazetteer = read("district,la0101,LA01,Chanthabuly,ຈັນທະບູລີ,Chantabouly;ຈັນທະບຸລີ,18.0,102.6,2000-01-01,\n")
    (row,) = gazetteer.rows
    assert gazetteer.problems == []
    assert (row.line, row.level, row.parent) == (2, 2, "LA01")
    assert row.code == Code("cod_pcode", "", "LA0101")
    assert row.names == {"en": "Chanthabuly", "lo": "ຈັນທະບູລີ"}
    assert row.other_names == (Spelling("en", "Chantabouly"), Spelling("lo", "ຈັນທະບຸລີ"))
    assert (row.latitude, row.longitude) == (18.0, 102.6)
    assert (row.valid_from, row.valid_to) == (date(2000, 1, 1), None)


@pytest.mark.parametrize(
    ("line", "column", "value"),
    [
        ("village,X1,LA01,Ban,,,,,,", "level", "village"),
        ("district,,LA01,Nowhere,,,,,,", "code", ""),
        ("district,X 1,LA01,Nowhere,,,,,,", "code", "X 1"),
        ("district,X1,,Nowhere,,,,,,", "parent", ""),
        (f"district,X1,LA01,{'N' * 201},,,,,,", "name_en", "N" * 40 + "…"),
        ("country,LAO,,Lao PDR,,,,,,", "code", "LAO"),
        ("country,LA,TH,Lao PDR,,,,,,", "parent", "TH"),
        ("district,X1,LA01,,,,,,,", "name_en", ""),
        ("district,X1,LA01,---,,,,,,", "name_en", "---"),
        ("district,X1,LA01,Nowhere,,,91,,,", "latitude", "91"),
        ("district,X1,LA01,Nowhere,,,,east,,", "longitude", "east"),
        ("district,X1,LA01,Nowhere,,,,nan,,", "longitude", "nan"),
        ("district,X1,LA01,Nowhere,,,,,31/12/2001,", "valid_from", "31/12/2001"),
        ("district,X1,LA01,Nowhere,,,,,2001-01-01,2001-01-01", "valid_to", "2001-01-01"),
        ("district,X1,LA01,Nowhere,,,,,,,surplus", "", ""),
    ],
)
def test_a_mistake_names_its_line_its_column_its_value_and_the_remedy(line, column, value):
    gazetteer = read(f"district,OK1,LA01,Somewhere,,,,,,\n{line}\n")
    (problem,) = gazetteer.problems
    assert (problem.line, problem.column, problem.value) == (3, column, value)
    assert problem.remedy.endswith(".")
    assert str(problem).startswith(f"Line 3, column {column}")
    assert [row.code.code for row in gazetteer.rows] == ["OK1"]


def test_all_mistakes_of_a_line_are_told_at_once():
    gazetteer = read("village,,LA01,,,,north,east,,\n")
    assert {problem.column for problem in gazetteer.problems} == {
        "level",
        "code",
        "name_en",
        "latitude",
        "longitude",
    }


def test_a_code_given_twice_is_refused_where_it_stands_again():
    gazetteer = read("district,X1,LA01,One,,,,,,\ndistrict,X1,LA01,Two,,,,,,\n")
    assert [(problem.line, problem.column) for problem in gazetteer.problems] == [(3, "code")]


def test_a_parent_must_be_one_level_higher():
    gazetteer = read("country,XX,,Land,,,,,,\ndistrict,X1,XX,One,,,,,,\n")
    assert [(problem.line, problem.column) for problem in gazetteer.problems] == [(3, "parent")]


@pytest.mark.parametrize(
    ("header", "column"),
    [
        ("code,name_en\n", "level"),
        ("level,name_en\n", "code"),
        ("level,code\n", "name_en"),
        ("level,code,name_en,population\n", "population"),
        ("level,code,name_en,name_en\n", "name_en"),
    ],
)
def test_a_wrong_first_line_is_told_before_anything_else(header, column):
    gazetteer = read("district,X1,One\n", header)
    assert [(problem.line, problem.column) for problem in gazetteer.problems] == [(1, column)]


def test_a_file_in_another_encoding_is_refused_with_the_line():
    gazetteer = read_gazetteer(HEADER.encode() + "district,X1,LA01,Nongkhiaw é".encode("latin-1"))
    (problem,) = gazetteer.problems
    assert problem.line == 2
    assert "UTF-8" in problem.remedy


@pytest.mark.parametrize("content", [b"", b"\n\n", HEADER.encode(), b"\xff\xfe\x00", b'level,code\n"a'])
def test_what_is_no_gazetteer_is_told_and_does_no_harm(content):
    gazetteer = read_gazetteer(content)
    assert gazetteer.rows == []
    assert gazetteer.problems


def test_a_scheme_is_a_word():
    gazetteer = read("country,LA,Lao PDR,P codes!\n", "level,code,name_en,scheme\n")
    assert [(problem.line, problem.column) for problem in gazetteer.problems] == [(2, "scheme")]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_the_separators_that_spreadsheets_write_are_understood(separator):
    content = f"\ufefflevel{separator}code{separator}name_en\r\ncountry{separator}XX{separator}Land\r\n"
    gazetteer = read_gazetteer(content.encode())
    assert [row.names for row in gazetteer.rows] == [{"en": "Land"}]


def test_control_and_direction_characters_are_left_out_of_names():
    gazetteer = read("country,XX,,La\u202end\x07,,,,,,\n")
    assert gazetteer.rows[0].names == {"en": "Land"}


def test_other_codes_have_a_scheme_and_may_have_an_edition():
    header = "level,code,name_en,other_codes\n"
    gazetteer = read("country,LA,Lao PDR,iso3166_1_alpha3:LAO; fips@2014:la\n", header)
    assert gazetteer.rows[0].other_codes == (Code("iso3166_1_alpha3", "", "LAO"), Code("fips", "2014", "LA"))
    wrong = read("country,LA,Lao PDR,LAO\n", header)
    assert [(problem.line, problem.column) for problem in wrong.problems] == [(2, "other_codes")]


@pytest.mark.parametrize(
    ("text", "language"),
    [("ວຽງຈັນ", "lo"), ("น่าน", "th"), ("ភ្នំពេញ", "km"), ("ပဲခူး", "my"), ("云南", "zh"), ("Huế", "en")],
)
def test_the_script_tells_the_language_of_a_spelling(text, language):
    assert script_language(text) == language
