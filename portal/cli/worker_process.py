"""The worker as a child of the serving process: started again when it dies, told to stop at the end."""

import os
import subprocess
import sys
from threading import Event, Thread
from types import TracebackType
from typing import Self

from portal.cli.installation import errors
from portal.core.settings import Settings, child_environment

PAUSE_SECONDS = 1
# Reading a file may take this much longer than its own limit before the worker is no longer waited for.
GRACE_SECONDS = 10


class WorkerProcess:
    """Runs `sala worker` while the block runs."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._ending = Event()
        self._process = self._start()
        self._watcher = Thread(target=self._keep_running, daemon=True)

    @property
    def process_id(self) -> int:
        return self._process.pid

    def __enter__(self) -> Self:
        self._watcher.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ending.set()
        self._process.terminate()
        try:
            self._process.wait(self._settings.reading_seconds + GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            # Whatever it was doing is a leased job, and is done again by the next worker.
            self._process.kill()
        self._watcher.join()

    def _keep_running(self) -> None:
        while True:
            code = self._process.wait()
            if self._ending.wait(PAUSE_SECONDS):
                return
            errors.print(f"The worker ended with code {code} and is started again.", style="yellow")
            self._process = self._start()
            if self._ending.is_set():
                self._process.terminate()

    def _start(self) -> subprocess.Popen[bytes]:
        # A session of its own: Ctrl-C reaches the serving process alone, which then ends the worker.
        return subprocess.Popen(  # noqa: S603 - our own program with our own arguments
            [sys.executable, "-m", "portal.cli", "worker", "--beside", str(os.getpid())],
            env=child_environment(self._settings),
            start_new_session=True,
        )
