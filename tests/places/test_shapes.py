"""The maps of units: the schematic one that comes with the portal, and real boundaries that replace it."""

import gzip
import json
import re

import pytest

from portal.core.errors import Invalid
from portal.places.boundaries import load_boundaries, read_boundaries
from portal.places.drawing import TALLEST, WIDTH, draw, text_width
from portal.places.shapes import SCHEMATIC, unit_map
from portal.places.topology import area, simplified, united
from tests.architecture.sources import ROOT

LEFT = [(0.0, 0.0), (0.0, 1.0), (0.0, 2.0), (1.0, 2.0), (1.1, 1.0), (1.0, 0.0), (0.0, 0.0)]
RIGHT = [(1.0, 0.0), (1.1, 1.0), (1.0, 2.0), (2.0, 2.0), (2.0, 0.0), (1.0, 0.0)]
BELOW = [(0.0, -1.0), (0.0, 0.0), (1.0, 0.0), (2.0, 0.0), (2.0, -1.0), (0.0, -1.0)]
REAL = ROOT.parent / "shared" / "data" / "places"
NUMBER = r"-?(?:\d+\.?\d*|\.\d+)"


@pytest.fixture
def real_boundaries():
    if not REAL.exists():
        pytest.skip("../shared/data/places is absent")
    return lambda name: read_boundaries((REAL / name).read_bytes())


def collection(*features):
    return json.dumps({"type": "FeatureCollection", "license": "CC BY", "features": list(features)}).encode()


def feature(ring, **properties):
    geometry = {"type": "Polygon", "coordinates": [ring]}
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def ends_of(path):
    """Where the relative steps of each ring of a path lead, from where it began."""
    ends = []
    for ring in path.split("z")[:-1]:
        start, steps = ring[1:].split("l")
        x, y = (float(number) for number in start.split(" "))
        numbers = [float(number) for number in re.findall(NUMBER, steps)]
        assert len(numbers) % 2 == 0
        points = [(x, y)]
        for dx, dy in zip(numbers[::2], numbers[1::2], strict=True):
            points.append((points[-1][0] + dx, points[-1][1] + dy))
        ends.append(points)
    return ends


def test_neighbours_keep_their_common_border_when_it_is_simplified():
    simple = simplified({"left": [LEFT], "right": [RIGHT], "below": [BELOW]}, least_area=0.2)
    assert (1.1, 1.0) not in simple["left"][0] + simple["right"][0]
    assert set(simple["left"][0]) == {(0.0, 0.0), (0.0, 2.0), (1.0, 2.0), (1.0, 0.0)}
    assert {(1.0, 0.0), (1.0, 2.0)} <= set(simple["right"][0])


def test_a_shape_never_vanishes_however_much_is_simplified():
    simple = simplified({"left": [LEFT], "right": [RIGHT]}, least_area=1000)
    assert all(len(shape[0]) >= 3 for shape in simple.values())


@pytest.mark.parametrize("turn", [1, -1])
def test_shapes_are_put_together_whichever_way_their_rings_run(turn):
    outline = united([[LEFT[::turn]], [RIGHT], [BELOW]])
    assert len(outline) == 1
    assert abs(area(outline[0])) == pytest.approx(6)
    assert (1.1, 1.0) not in outline[0]


def test_a_hole_stays_a_hole():
    square = [(0.0, 0.0), (9.0, 0.0), (9.0, 9.0), (0.0, 9.0), (0.0, 0.0)]
    hole = [(3.0, 3.0), (6.0, 3.0), (6.0, 6.0), (3.0, 6.0), (3.0, 3.0)]
    outline = united([[square, hole]])
    assert sorted(abs(area(ring)) for ring in outline) == [9, 81]


def test_paths_stay_inside_the_drawing_and_begin_where_they_should():
    sheet = draw({"left": [LEFT], "right": [RIGHT], "below": [BELOW]})
    assert sheet.width <= WIDTH
    assert sheet.height <= TALLEST
    for drawn in sheet.areas.values():
        for points in ends_of(drawn.path):
            assert all(0 <= x <= sheet.width and 0 <= y <= sheet.height for x, y in points)


def test_a_unit_too_small_for_its_number_is_named_beside_with_a_line():
    tiny = [(1.0, 2.0), (1.04, 2.0), (1.04, 2.04), (1.0, 2.04), (1.0, 2.0)]
    sheet = draw({"left": [LEFT], "tiny": [tiny], "far": [[(x + 3, y) for x, y in RIGHT]]})
    small = sheet.areas["tiny"]
    assert small.lead
    assert sheet.areas["left"].lead is None
    assert abs(small.x - small.lead[0]) + abs(small.y - small.lead[1]) > 10


def test_signs_above_and_below_take_no_room():
    assert text_width("ປີ້") == text_width("ປ")


def test_the_schematic_map_knows_every_unit_and_stays_small(session, place):
    country = unit_map(session, place("LA").id, "en")
    assert [part.code for part in country.parts] == [f"LA{number:02}" for number in range(1, 19)]
    assert country.parts[0].short == "VT"
    assert all(part.area for part in country.parts)
    districts = [
        part
        for unit in country.parts
        for part in unit_map(session, place(unit.code).id, "lo").parts
        if part.area
    ]
    assert len(districts) == 148
    assert 3_000 < len(gzip.compress(SCHEMATIC.read_bytes())) < 10_000


def test_a_number_fits_into_every_province_of_the_schematic_map(session, place):
    for part in unit_map(session, place("LA").id, "en").parts:
        assert part.area.lead or part.area.room > text_width(part.short)


@pytest.mark.parametrize("code", ["LA", "LA05"])
def test_a_map_costs_one_statement(session, place, count_statements, code):
    place_id = place(code).id
    assert count_statements(session.get_bind(), unit_map, session, place_id, "lo") == 1


def test_without_a_place_the_map_is_of_the_home_country(session, place):
    assert unit_map(session, None, "en") == unit_map(session, place("LA").id, "en")


@pytest.mark.realdata
def test_real_boundaries_replace_the_schematic_map(session, place, real_boundaries):
    report = load_boundaries(session, real_boundaries("lao_adm2_simplified.geojson"))
    assert (report.matched, len(report.maps), report.unmatched, report.missing) == (148, 19, [], [])
    country = unit_map(session, place("LA").id, "en")
    assert "geoBoundaries" in country.source
    assert all(part.area for part in country.parts)
    assert len(gzip.compress("".join(part.area.path for part in country.parts).encode())) < 5_000
    capital = unit_map(session, place("LA01").id, "en")
    assert all(part.area for part in capital.parts)


@pytest.mark.realdata
def test_provinces_alone_change_only_the_map_of_the_country(session, place, real_boundaries):
    report = load_boundaries(session, real_boundaries("lao_adm1_simplified.geojson"), source="Survey of 2020")
    assert report.maps == ["Lao PDR"]
    assert unit_map(session, place("LA").id, "en").source == "Survey of 2020"
    assert unit_map(session, place("LA05").id, "en").source == ""


def test_what_is_not_known_or_there_twice_is_named_and_what_is_missing_too(session):
    file = read_boundaries(
        collection(
            feature(LEFT, shapeName="Houayxay"),
            feature(RIGHT, pcode="LA0502", name_en="Tonpheung"),
            feature(BELOW, pcode="LA0502", name_en="Tonpheung again"),
            feature(BELOW, ADM2_PCODE="LA0503", ADM1_PCODE="LA05"),
            feature(BELOW, name="Atlantis"),
        )
    )
    report = load_boundaries(session, file)
    assert report.unmatched == ["Tonpheung again (LA0502)", "Atlantis"]
    assert report.maps == ["Bokeo"]
    assert len(report.missing) == 2


def test_a_name_is_looked_up_inside_the_parent_that_the_file_gives(session, place):
    file = read_boundaries(
        collection(
            *(feature(LEFT, name_en=name, parent="LA17") for name in ("Xaysetha", "Samakkhixay", "Sanamxay"))
        )
    )
    assert load_boundaries(session, file).maps == ["Attapeu"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"not json", "not a GeoJSON"),
        (b"[]", "not a GeoJSON"),
        (b'{"features": []}', "no areas"),
        (b'{"features": [3]}', "not a GeoJSON"),
        (
            b'{"features": [{"properties": {}, "geometry": {"type": "Point", "coordinates": [1, 2]}}]}',
            "neither",
        ),
        (collection(feature([(500000.0, 1.9e6), (5.0, 4.0), (3.0, 3.0)], pcode="LA01")), "degrees"),
        (collection(feature([(1.0, 1.0), (1.0, 2.0)], pcode="LA01")), "fewer than three"),
        (collection(feature([("east", 1.0), (1.0, 2.0)], pcode="LA01")), "not a GeoJSON"),
    ],
)
def test_a_file_that_is_no_map_is_refused_with_the_reason(content, said):
    with pytest.raises(Invalid, match=said):
        read_boundaries(content)
