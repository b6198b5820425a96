"""Which job a worker takes up next."""

from datetime import timedelta

from portal.core.clock import now
from portal.core.queue import claim, enqueue


def test_a_mail_does_not_wait_behind_files_that_are_to_be_read(session):
    for _ in range(3):
        enqueue(session, "read_file").due_at = now() - timedelta(hours=1)
    enqueue(session, "send_mail")
    session.flush()
    kinds = [job.kind for _ in range(4) if (job := claim(session, "here:1"))]
    assert kinds == ["send_mail", "read_file", "read_file", "read_file"]


def test_a_mail_that_is_not_due_yet_keeps_nothing_waiting(session):
    enqueue(session, "send_mail", after=timedelta(minutes=1))
    enqueue(session, "read_file")
    session.flush()
    job = claim(session, "here:1")
    assert job is not None
    assert job.kind == "read_file"
