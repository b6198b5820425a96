"""Official figures: loaded once, changed by a newer file, and never mixed between sources."""

import pytest
from typer.testing import CliRunner

from portal.cli.main import app
from portal.core.errors import Invalid
from portal.registry.statistics import Loaded, load_statistics, read_series
from portal.web.statistics import HEIGHT, WIDTH, drawn

HEAD = "series,place,year,sex,value,source\n"
FILE = HEAD + (
    "returned_from_thailand,LA,2005,female,225,UN-ACT\n"
    "returned_from_thailand,LA,2005,male,21,UN-ACT\n"
    "returned_from_thailand,LA,2006,total,258,UN-ACT\n"
    "returned_from_thailand,LA,2006,total,260,Ministry\n"
)


def test_the_same_file_again_changes_nothing(session):
    assert load_statistics(session, FILE.encode()) == Loaded(new=4)
    assert load_statistics(session, FILE.encode()) == Loaded(unchanged=4)
    assert load_statistics(session, FILE.replace("258", "259").encode()) == Loaded(changed=1, unchanged=3)


def test_sources_stand_side_by_side_and_their_difference_is_known(session):
    load_statistics(session, FILE.encode())
    (series,) = read_series(session, "en")
    assert {source.source: [(one.year, one.total) for one in source.years] for source in series.sources} == {
        "UN-ACT": [(2005, 246), (2006, 258)],
        "Ministry": [(2006, 260)],
    }
    assert series.differs


def test_the_chart_stays_on_its_field(session):
    load_statistics(session, FILE.encode())
    chart = drawn(read_series(session, "en")[0])
    points = [point for curve in chart.curves for point in curve.points]
    assert (WIDTH, 0) in points
    assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in points)


@pytest.mark.parametrize(
    "line",
    [
        "magic,LA,2005,total,1,X",
        "convictions,Atlantis,2005,total,1,X",
        "convictions,LA,MMV,total,1,X",
        "convictions,LA,20050,total,1,X",
        "convictions,LA,2005,other,1,X",
        "convictions,LA,2005,total,many,X",
        "convictions,LA,2005,total,,X",
        "convictions,LA,2005,total,-1,X",
        "convictions,LA,2005,total,1,",
        "convictions,LA,2005",
    ],
)
def test_a_wrong_line_is_named_and_nothing_is_loaded(session, line):
    with pytest.raises(Invalid) as refused:
        load_statistics(session, f"{FILE}{line}\n".encode())
    assert refused.value.values["line"] == 6
    assert read_series(session, "en") == []


def test_two_lines_that_contradict_each_other_are_refused(session):
    twice = FILE + "returned_from_thailand,LA,2006,total,1,UN-ACT\n"
    with pytest.raises(Invalid):
        load_statistics(session, twice.encode())


def test_the_command_loads_a_file_or_says_what_is_wrong(settings, tmp_path, monkeypatch):
    monkeypatch.setenv("SALA_DATA_DIR", str(settings.data_dir))
    file = tmp_path / "figures.csv"
    file.write_text(FILE, encoding="utf-8")
    done = CliRunner().invoke(app, ["statistics", "load", str(file)])
    assert (done.exit_code, done.output.strip()) == (0, "4 new, 0 changed, 0 unchanged.")
    file.write_text(f"{HEAD}magic,LA,2005,total,1,X\n", encoding="utf-8")
    refused = CliRunner().invoke(app, ["statistics", "load", str(file)])
    assert refused.exit_code == 1
    assert "Line 2: there is no series “magic”." in refused.output
