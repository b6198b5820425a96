"""Serving behind a web server: who a visitor is said to be."""

import pytest
from fastapi.testclient import TestClient
from sqlmodel import select

from portal.accounts.models import SignInFailure
from portal.accounts.origins import Origin, network_key
from portal.cli.serve import server_configuration
from portal.core.settings import Settings

VISITOR = "203.0.113.9"


@pytest.mark.parametrize(
    ("trusted", "neighbour", "counted"),
    [
        ("127.0.0.1", "127.0.0.1", VISITOR),
        ("127.0.0.1", "172.18.0.1", "172.18.0.1"),
        ("127.0.0.1,172.16.0.0/12", "172.18.0.1", VISITOR),
        ("127.0.0.1,172.16.0.0/12", "198.51.100.7", "198.51.100.7"),
    ],
)
def test_a_wrong_password_is_counted_where_a_trusted_proxy_says_it_came_from(
    settings: Settings, trusted: str, neighbour: str, counted: str
) -> None:
    served = server_configuration(settings.model_copy(update={"trusted_proxies": trusted}), "127.0.0.1")
    served.load()
    typed = {"email": "noy@example.org", "password": "wrong"}
    # What a visitor claims stands before what the proxy adds, and is not believed.
    headers = {"X-Forwarded-For": f"192.0.2.1, {VISITOR}", "Sec-Fetch-Site": "same-origin"}
    app = served.app
    with TestClient(served.loaded_app, client=(neighbour, 50000)) as visitor:
        assert visitor.post("/en/sign-in", data=typed, headers=headers).status_code == 422
        with app.state.services.database.reading() as session:
            keys = session.exec(select(SignInFailure.key)).all()
    assert network_key(Origin(counted)) in keys
