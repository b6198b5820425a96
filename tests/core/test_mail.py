"""Handing mail to a server: encrypted where it can be, and no password in the clear."""

import smtplib
import socket
import socketserver
import threading
from collections.abc import Iterator

import pytest

from portal.core.mail import compose, deliver
from portal.core.settings import Settings


class MailServer(socketserver.ThreadingTCPServer):
    """Speaks just enough SMTP, and remembers what it was told."""

    daemon_threads = True

    def __init__(self, *offers: str) -> None:
        super().__init__(("127.0.0.1", 0), Conversation)
        self.offers = offers
        self.heard: list[str] = []

    @property
    def port(self) -> int:
        return self.server_address[1]


class Conversation(socketserver.StreamRequestHandler):
    server: MailServer

    def handle(self) -> None:
        self._say("220 mail.example.org")
        while line := self.rfile.readline():
            verb = line.decode().split()[0].upper()
            self.server.heard.append(verb)
            if verb == "STARTTLS":
                self._say("220 go on")
                # 22 opens a TLS handshake; this server has no certificate to go on with.
                self.server.heard.append("handshake" if self.rfile.read(1) == b"\x16" else "clear text")
                return
            self._answer(verb)

    def _answer(self, verb: str) -> None:
        if verb == "EHLO":
            names = ["mail.example.org", *self.server.offers]
            self._say(*(f"250-{name}" for name in names[:-1]), f"250 {names[-1]}")
        elif verb == "DATA":
            self._say("354 go on")
            while self.rfile.readline() not in (b".\r\n", b""):
                pass
            self._say("250 taken")
        else:
            self._say({"AUTH": "235 welcome", "QUIT": "221 bye"}.get(verb, "250 well"))

    def _say(self, *lines: str) -> None:
        self.wfile.write("".join(f"{line}\r\n" for line in lines).encode())


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch) -> Iterator:
    """Starts a server that offers these extensions; it is reached under every name."""
    started = []
    connect = socket.create_connection
    monkeypatch.setattr(
        socket, "create_connection", lambda address, *rest: connect(("127.0.0.1", address[1]), *rest)
    )

    def start(*offers: str) -> MailServer:
        server = MailServer(*offers)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        started.append(server)
        return server

    yield start
    for server in started:
        server.shutdown()
        server.server_close()


def send(server: MailServer, host: str = "mail.example.org", sender: str = "sala:secret@") -> None:
    settings = Settings(mail_url=f"smtp://{sender}{host}:{server.port}")
    deliver(settings, compose(settings, "noy@example.org", "Hello", "ສະບາຍດີ"))


def test_a_server_that_can_encrypt_gets_neither_password_nor_mail_before_it_does(serve):
    server = serve("AUTH PLAIN", "STARTTLS")
    with pytest.raises(OSError):
        send(server)
    assert server.heard == ["EHLO", "STARTTLS", "handshake"]


def test_a_server_that_cannot_encrypt_gets_no_password(serve):
    server = serve("AUTH PLAIN")
    with pytest.raises(smtplib.SMTPNotSupportedError, match="STARTTLS"):
        send(server)
    assert set(server.heard) == {"EHLO", "QUIT"}


def test_a_server_that_asks_for_no_password_gets_the_mail_unencrypted(serve):
    server = serve()
    send(server, sender="")
    assert server.heard[-1] == "QUIT"
    assert "DATA" in server.heard


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]"])
def test_on_this_machine_a_password_may_be_sent(serve, host):
    server = serve("AUTH PLAIN", "STARTTLS")
    send(server, host)
    assert "STARTTLS" not in server.heard
    assert [verb for verb in server.heard if verb in ("AUTH", "DATA")] == ["AUTH", "DATA"]
