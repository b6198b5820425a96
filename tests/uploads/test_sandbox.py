"""Reading in a process of its own: whatever the file does, an answer comes back in time."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.uploads import made_files
from tests.uploads.made_files import paragraph
from uploads import nursery, sandbox_worker
from uploads.kinds import FileKind
from uploads.reading import TextLimits
from uploads.sandbox import Limits, Problem, Reading, ReadingStatus, Unit, read_file

Read = Callable[..., Reading]

MANY_PAGES = made_files.pdf([f"page {number}" for number in range(1, 401)])


@pytest.mark.parametrize(
    ("content", "unit"),
    [
        (made_files.pdf(["the safe ground is for all of us"]), Unit.PAGE),
        (made_files.docx(paragraph("the safe ground is for all of us")), Unit.SECTION),
        (made_files.pptx(["the safe ground is for all of us"]), Unit.SLIDE),
        (made_files.epub(["the safe ground is for all of us"]), Unit.SECTION),
        (b"{\\rtf1 the safe ground is for all of us}", Unit.SECTION),
        (b"the safe ground is for all of us", Unit.SECTION),
    ],
)
def test_a_good_file_is_read_with_all_there_is_to_know(read: Read, content: bytes, unit: Unit) -> None:
    reading = read(content)
    assert reading.status is ReadingStatus.READ
    assert reading.problem is None
    assert reading.unit is unit
    assert [(page.number, page.text) for page in reading.pages] == [(1, "the safe ground is for all of us")]
    assert reading.page_count == 1
    assert reading.languages == ["en"]
    assert reading.preview is not None
    assert reading.preview.startswith(b"RIFF")


def test_text_arrives_repaired_and_properties_clean(read: Read) -> None:
    core = made_files.CORE.replace("Safe ground", "Safe\n\u202e  ground")
    reading = read(made_files.docx(paragraph("ສ ິດ\u200e"), docProps__core_xml=core))
    assert reading.pages[0].text == "ສິດ"
    assert reading.properties.title == "Safe ground"


def test_a_stream_is_left_at_its_start_and_can_be_read_again(tmp_path: Path) -> None:
    path = tmp_path / "two words.txt"
    path.write_text("two words")
    with path.open("rb") as stream:
        stream.read(5)
        first = read_file(stream, FileKind.TXT)
        assert stream.read() == b"two words"
        assert read_file(stream, FileKind.TXT) == first


@pytest.mark.parametrize(
    ("content", "kind", "problem"),
    [
        (b"", FileKind.PDF, Problem.EMPTY),
        (b"x", FileKind.LOCKED_OFFICE, Problem.ENCRYPTED),
        (b"x", FileKind.MP4, Problem.UNSUPPORTED),
        (b"x", FileKind.DOC, Problem.UNSUPPORTED),
        (b"x", FileKind.DOCX, Problem.BROKEN),
        (b"%PDF-", FileKind.PDF, Problem.BROKEN),
        (made_files.pdf([""]), FileKind.PDF, Problem.NO_TEXT),
        (b" \n ", FileKind.TXT, Problem.NO_TEXT),
        (made_files.zipped({"a": "b"}), FileKind.ODT, Problem.NOT_WHAT_IT_SAYS),
        (b"<svg/>", FileKind.SVG, Problem.UNSUPPORTED),
        (b"not a picture", FileKind.PNG, Problem.BROKEN),
    ],
)
def test_an_unreadable_file_says_why(content: bytes, kind: FileKind, problem: Problem) -> None:
    reading = read_file(io.BytesIO(content), kind)
    assert (reading.status, reading.problem) == (ReadingStatus.UNREADABLE, problem)
    assert not any(page.text for page in reading.pages)


def test_a_scan_has_no_text_but_a_picture(read: Read) -> None:
    reading = read(made_files.pdf(["", ""]))
    assert (reading.status, reading.problem, reading.page_count) == (
        ReadingStatus.UNREADABLE,
        Problem.NO_TEXT,
        2,
    )
    assert reading.preview is not None


def test_what_was_read_before_a_limit_is_kept(read: Read) -> None:
    reading = read(MANY_PAGES, Limits(text=TextLimits(pages=10)))
    assert (reading.status, reading.problem) == (ReadingStatus.PARTIAL, Problem.TOO_LARGE)
    assert [page.number for page in reading.pages] == list(range(1, 11))
    assert reading.page_count == 400


def test_all_pages_together_have_a_limit(read: Read) -> None:
    reading = read(MANY_PAGES, Limits(text=TextLimits(characters=100)))
    assert (reading.status, reading.problem) == (ReadingStatus.PARTIAL, Problem.TOO_LARGE)
    assert 1 < len(reading.pages) < 30


def test_output_has_a_limit(read: Read) -> None:
    reading = read(MANY_PAGES, Limits(output_bytes=10_000))
    assert reading.problem is Problem.TOO_LARGE


def test_a_sleeping_reader_is_stopped_by_the_clock(read: Read) -> None:
    started = time.monotonic()
    reading = read(MANY_PAGES, Limits(wall_seconds=0.01))
    assert (reading.status, reading.problem) == (ReadingStatus.UNREADABLE, Problem.TOO_SLOW)
    assert time.monotonic() - started < 5


def test_a_busy_reader_is_stopped_by_its_share_of_the_processor(read: Read) -> None:
    # A hundred thousand nested groups keep the RTF reader busy for longer than a second.
    reading = read(b"{\\rtf1 " + b"{\\b a}" * 3_000_000 + b"}", Limits(cpu_seconds=1))
    assert (reading.status, reading.problem) == (ReadingStatus.UNREADABLE, Problem.TOO_SLOW)


@pytest.mark.timeout(60)
def test_a_form_that_draws_itself_ends_within_the_limits(read: Read) -> None:
    content = made_files.self_calling_pdf()
    assert len(content) < 1_000
    reading = read(content)
    assert reading.status is ReadingStatus.UNREADABLE
    assert reading.problem in (Problem.TOO_LARGE, Problem.TOO_SLOW, Problem.NO_TEXT)


def test_too_little_memory_is_said_and_not_suffered(read: Read) -> None:
    content = made_files.docx(paragraph("x" * 60_000_000))
    reading = read(content, Limits(memory_bytes=150 * 1024 * 1024, text=TextLimits(characters=10**9)))
    assert (reading.status, reading.problem) == (ReadingStatus.UNREADABLE, Problem.TOO_LARGE)


@pytest.mark.parametrize(
    ("content", "kind", "said"),
    [
        (b"two words", FileKind.TXT, ["opened", "page", "text_is_complete", "preview"]),
        (b"broken", FileKind.PDF, ["problem", "text_is_complete", "problem"]),
        (b"broken", FileKind.PNG, ["problem"]),
        (b" ", FileKind.TXT, ["opened", "page", "text_is_complete"]),
        (b"w " * 200, FileKind.TXT, ["opened", "page", "problem", "text_is_complete", "preview"]),
    ],
)
def test_the_worker_says_first_what_matters_most(content: bytes, kind: FileKind, said: list[str]) -> None:
    messages: list[dict[str, object]] = []
    settings = {"kind": kind, "limits": {"text": {"characters": 300}}}
    sandbox_worker.read(settings, io.BytesIO(content), messages.append)
    assert [next(iter(message)) for message in messages] == said


@pytest.mark.parametrize(("error", "problem"), [(MemoryError, "too_large"), (RecursionError, "broken")])
def test_a_reader_at_the_end_of_its_means_says_so(
    monkeypatch: pytest.MonkeyPatch, error: type[Exception], problem: str
) -> None:
    def exhausted(*_arguments: object) -> None:
        raise error

    messages: list[dict[str, object]] = []
    monkeypatch.setattr("uploads.extraction.plain.read_text", exhausted)
    monkeypatch.setattr(
        "uploads.previews.draw_preview", exhausted if error is MemoryError else lambda *_: None
    )
    sandbox_worker.read({"kind": "txt", "limits": {"text": {}}}, io.BytesIO(b"x"), messages.append)
    assert messages[:2] == [{"problem": problem}, {"text_is_complete": True}]


def test_every_reader_can_be_loaded_beforehand() -> None:
    sandbox_worker._load_readers()


def test_a_line_is_written_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    written = bytearray()

    def write(descriptor: int, content: bytes) -> int:
        written.extend(content[:7])
        return min(7, len(content))

    monkeypatch.setattr("uploads.sandbox_worker.os.write", write)
    sandbox_worker.send_line({"page": 1, "text": "ສະບາຍດີ"})
    assert written.decode() == '{"page": 1, "text": "ສະບາຍດີ"}\n'


def children_of(parent: int) -> list[int]:
    """The processes that this one has started and not yet buried."""
    return [int(child) for child in Path(f"/proc/{parent}/task/{parent}/children").read_text().split()]


def worker_of(parent: int) -> int:
    """The process that reads a file for this one, as soon as there is one: a child of its warm process."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        for warm in children_of(parent):
            for worker in children_of(warm):
                return worker
    raise AssertionError("No worker was started.")


@pytest.fixture
def another_nursery(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Lets a test put its own words in place of the worker's."""
    monkeypatch.setattr("uploads.nursery._idle", [])

    def start_with(words: str) -> None:
        monkeypatch.setattr(
            "uploads.nursery._START",
            "import json, sys; sys.path[:0] = json.loads(sys.argv[1])\n"
            f"from uploads import sandbox_worker\n{words}\nsandbox_worker.serve()",
        )

    yield start_with
    nursery.close_all()


@pytest.mark.parametrize("delay_seconds", [0.0, 0.05, 0.15, 0.3])
def test_a_killed_worker_costs_the_file_and_not_the_portal(read: Read, delay_seconds: float) -> None:
    parent = os.getpid()

    def kill() -> None:
        worker = worker_of(parent)
        time.sleep(delay_seconds)
        try:
            os.kill(worker, signal.SIGKILL)
        except ProcessLookupError:
            return

    killer = threading.Thread(target=kill)
    killer.start()
    reading = read(MANY_PAGES)
    killer.join()
    if reading.status is not ReadingStatus.READ:
        assert reading.problem is Problem.BROKEN
    assert [page.text for page in reading.pages] == [
        f"page {number + 1}" for number in range(len(reading.pages))
    ]
    assert read(made_files.pdf(["still here"])).pages[0].text == "still here"


@pytest.mark.parametrize("delay_seconds", [0.05, 0.5])
def test_a_worker_does_not_outlive_its_parent(tmp_path: Path, delay_seconds: float) -> None:
    path = tmp_path / "long.rtf"
    path.write_bytes(b"{\\rtf1 " + b"{\\b a}" * 3_000_000 + b"}")
    program = (
        "import sys; from uploads.sandbox import read_file, FileKind; "
        "print('ready', flush=True); read_file(open(sys.argv[1], 'rb'), FileKind.RTF)"
    )
    with subprocess.Popen([sys.executable, "-c", program, str(path)], stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        parent.stdout.readline()
        worker = worker_of(parent.pid)
        time.sleep(delay_seconds)
        parent.kill()
    deadline = time.monotonic() + 10
    while Path(f"/proc/{worker}").exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not Path(f"/proc/{worker}").exists()


MALFORMED = [
    b"not json\n",
    b"[]\n",
    b'{"page": "x"}\n',
    b'{"opened": {"unit": "mile"}}\n',
    b'{"problem": "hunger"}\n',
]


@pytest.mark.parametrize("line", MALFORMED)
def test_a_worker_that_says_nonsense_is_not_believed(
    read: Read, another_nursery: Callable[[str], None], line: bytes
) -> None:
    another_nursery(f"import os; sandbox_worker.read = lambda *_: os.write(1, {line!r})")
    assert read(b"some text").problem is Problem.BROKEN


def test_the_sandbox_has_no_network_and_no_second_chance(
    read: Read, another_nursery: Callable[[str], None]
) -> None:
    """The worker's own confinement, asked from inside."""
    another_nursery(
        "import resource, socket\n"
        "def read(settings, source, send):\n"
        "    tried = [str(resource.getrlimit(resource.RLIMIT_NOFILE)[0])]\n"
        "    for attempt in (lambda: resource.setrlimit(resource.RLIMIT_CPU, (999, 999)),\n"
        "                    lambda: socket.create_connection(('127.0.0.1', 9), 1),\n"
        "                    lambda: open('/proc/self/mem', 'rb')):\n"
        "        try: attempt(); tried.append('allowed')\n"
        "        except (OSError, ValueError) as error: tried.append(type(error).__name__)\n"
        "    send({'page': 1, 'text': ' '.join(tried)})\n"
        "    send({'text_is_complete': True})\n"
        "sandbox_worker.read = read"
    )
    open_files, more_time, network, _ = read(b"some text").pages[0].text.split()
    assert open_files == "64"
    assert more_time in ("ValueError", "PermissionError", "allowed" if os.geteuid() == 0 else "ValueError")
    assert network in ("OSError", "ConnectionRefusedError")


def test_a_warm_process_that_was_killed_is_replaced(
    read: Read, another_nursery: Callable[[str], None]
) -> None:
    another_nursery("")
    assert read(b"one").pages[0].text == "one"
    for warm in children_of(os.getpid()):
        if b"sandbox_worker" in Path(f"/proc/{warm}/cmdline").read_bytes():
            os.kill(warm, signal.SIGKILL)
    assert read(b"two").pages[0].text == "two"


def test_a_warm_process_killed_while_it_reads_costs_only_that_file(
    read: Read, another_nursery: Callable[[str], None]
) -> None:
    another_nursery(
        "import os, signal; sandbox_worker.read = lambda *_: os.kill(os.getppid(), signal.SIGKILL)"
    )
    assert read(b"one").problem is Problem.BROKEN
    another_nursery("")
    assert read(b"two").pages[0].text == "two"


def test_a_warm_process_that_nobody_needs_goes_away_and_is_replaced(
    read: Read, another_nursery: Callable[[str], None]
) -> None:
    another_nursery("sandbox_worker._IDLE_SECONDS = 0.05")
    assert read(b"one").pages[0].text == "one"
    time.sleep(0.3)
    assert read(b"two").pages[0].text == "two"


def test_a_warm_process_that_cannot_start_is_an_error_of_the_machine(
    read: Read, another_nursery: Callable[[str], None]
) -> None:
    another_nursery("raise SystemExit(1)")
    with pytest.raises(OSError, match="ended at its start"):
        read(b"one")


def test_several_files_are_read_at_the_same_time() -> None:
    contents = [f"text number {number} ".encode() * 2_000 for number in range(8)]
    with ThreadPoolExecutor(4) as threads:
        readings = list(threads.map(lambda content: read_file(io.BytesIO(content), FileKind.TXT), contents))
    assert [reading.pages[0].text[:13] for reading in readings] == [
        f"text number {number}" for number in range(8)
    ]
