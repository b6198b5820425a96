"""Who plans an event is told, before it is saved, of others that invite the same people there."""

from datetime import timedelta

import pytest

from portal.accounts.models import User
from portal.core.clock import today
from portal.places.queries import find_place
from portal.registry.line_actions import save_event
from portal.registry.line_inputs import EventInput
from portal.registry.queries import find_project
from portal.registry.terms import Reach
from tests.clients import hidden_value

SOON = today() + timedelta(days=20)


@pytest.fixture
def database_file(loaded_database):
    return loaded_database


@pytest.fixture
def scene(browser):
    """A writer with a draft; another organisation plans days for border police in Houayxay."""
    browser.services.search.ensure_ready()
    with browser.arranging() as make:
        own, light = make.organisation("Border Guard Friends"), make.organisation("Village Light")
        writer, other = make.member(own), make.member(light)
        project = make.project(light, make.viewer(other))
        scene = {
            "writer": writer,
            "draft": make.draft_project(own, make.viewer(writer), title="Our own").reference,
            "other": other,
            "theirs": project.reference,
            "district": str(find_place(make.session, "LA0501").id),
        }
        plan(make, scene, project, title="Five days at the bridge")
    return scene


def plan(make, scene, project, **values):
    data = EventInput.model_validate({**event_values(scene), **values})
    save_event(make.session, make.viewer(scene["other"]), project, data)


def event_values(scene, **values):
    return {
        "title": "A week on the road",
        "kind": "training",
        "starts_on": SOON.isoformat(),
        "ends_on": (SOON + timedelta(days=2)).isoformat(),
        "places": [scene["district"]],
        "target_groups": ["police_border"],
        **values,
    }


def address_of(scene):
    return f"/en/projects/{scene['draft']}/edit/events/new"


def test_a_clash_is_told_before_an_event_is_saved_and_nothing_typed_is_lost(browser, scene):
    visitor = browser.as_(scene["writer"])
    told = visitor.post(address_of(scene), event_values(scene))
    assert told.status_code == 200
    assert "1 other invites the same people there in these weeks" in told.text
    for words in ("Village Light", "Five days at the bridge", "on the same days", "Save it anyway"):
        assert words in told.text
    assert f'/projects/{scene["theirs"]}#{scene["theirs"]}-E01"' in told.text
    for typed in (
        'value="A week on the road"',
        f'value="{SOON.isoformat()}"',
        'value="police_border" checked',
    ):
        assert typed in told.text
    assert "A week on the road" not in visitor.get(f"/en/projects/{scene['draft']}/edit/lines").text
    assert visitor.post(address_of(scene), event_values(scene, then="anyway")).status_code == 303
    assert "A week on the road" in visitor.get(f"/en/projects/{scene['draft']}/edit/lines").text


def test_it_is_told_in_lao(browser, scene):
    told = browser.as_(scene["writer"]).post(address_of(scene).replace("/en/", "/lo/"), event_values(scene))
    assert told.status_code == 200
    assert "ມີອີກ 1 ລາຍ" in told.text


def test_a_changed_event_tells_again_only_when_it_moves_onto_the_same_days(browser, scene):
    visitor = browser.as_(scene["writer"])
    days = {"starts_on": (SOON + timedelta(days=30)).isoformat(), "ends_on": ""}
    apart = visitor.post(address_of(scene), event_values(scene, **days))
    assert "28 days apart" in apart.text
    assert visitor.post(address_of(scene), event_values(scene, **days, then="anyway")).status_code == 303
    event = f"/en/projects/{scene['draft']}/edit/events/{scene['draft']}-E01"
    revision = hidden_value(visitor.get(event).text, "revision")
    posted = event_values(scene, **days, revision=revision)
    assert visitor.post(event, {**posted, "title": "A better name"}).status_code == 303
    moved = event_values(scene, revision=hidden_value(visitor.get(event).text, "revision"))
    told = visitor.post(event, moved)
    assert (told.status_code, "on the same days" in told.text) == (200, True)
    assert visitor.post(event, {**moved, "then": "anyway"}).status_code == 303


@pytest.mark.parametrize(
    "values",
    [{"target_groups": ["media"]}, {"starts_on": (SOON + timedelta(days=200)).isoformat(), "ends_on": ""}],
)
def test_other_people_and_other_times_are_saved_at_once(browser, scene, values):
    answer = browser.as_(scene["writer"]).post(address_of(scene), event_values(scene, **values))
    assert answer.status_code == 303


@pytest.mark.parametrize("is_coordinator", [False, True])
@pytest.mark.parametrize(
    ("reach", "status"), [(Reach.PUBLIC, 200), (Reach.COORDINATORS, 303), (Reach.ORGANISATION, 303)]
)
def test_what_is_not_for_everybody_is_never_told(browser, scene, reach, status, is_coordinator):
    with browser.arranging() as make:
        make.session.get_one(User, scene["writer"].id).is_coordinator = is_coordinator
        theirs = find_project(make.session, scene["theirs"])
        plan(make, scene, theirs, title="Two days in court", target_groups=["judges"], reach=reach)
    posted = event_values(scene, target_groups=["judges"])
    answer = browser.as_(scene["writer"]).post(address_of(scene), posted)
    assert answer.status_code == status
    assert ("Two days in court" in answer.text) == (status == 200)
