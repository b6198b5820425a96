"""Real boundaries from the console: what was drawn, what was not known, and what no map can be made of."""

import json

import pytest

from portal.places.queries import find_place
from portal.places.shapes import unit_map


def written(tmp_path, *codes):
    ring = [[100.0, 20.0], [101.0, 20.0], [101.0, 21.0], [100.0, 20.0]]
    features = [
        {"properties": {"pcode": code}, "geometry": {"type": "Polygon", "coordinates": [ring]}}
        for code in codes
    ]
    file = tmp_path / "districts.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return str(file)


@pytest.fixture
def gazetteer(run):
    assert run("places", "load", "portal/places/data/lao.csv").exit_code == 0


def test_boundaries_are_drawn_and_what_is_not_known_is_named(run, gazetteer, database, tmp_path):
    file = written(tmp_path, "LA0501", "LA0502", "LA0503", "LA0504", "LA9901")
    answer = run("places", "boundaries", file, "--source", "Survey of 2020")
    assert answer.exit_code == 0
    assert "4 shapes matched, 1 maps drawn." in answer.output
    assert "LA9901" in answer.output
    assert "Has no shape in the file: Paktha" in answer.output
    with database.reading() as session:
        assert unit_map(session, find_place(session, "LA05").id, "en").source == "Survey of 2020"


def test_a_file_without_a_source_asks_for_one(run, gazetteer, tmp_path):
    assert "Name it with --source" in run("places", "boundaries", written(tmp_path, "LA0501")).output


def test_what_is_no_map_is_refused_and_changes_nothing(run, gazetteer, tmp_path):
    file = tmp_path / "broken.geojson"
    file.write_text("{}")
    answer = run("places", "boundaries", str(file))
    assert answer.exit_code == 1
    assert "not a GeoJSON collection" in answer.output
