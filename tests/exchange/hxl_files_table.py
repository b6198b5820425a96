"""Writes what importing every file of ../shared/data/hxl gave: `python -m tests.exchange.hxl_files_table [FILE]`."""

import subprocess
import sys
import tempfile
import time
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path

from portal.accounts.queries import find_organisation
from portal.app import close_services, open_services
from portal.core.migrations import upgrade
from portal.core.settings import Settings
from portal.exchange.import_actions import answer_questions, start_import
from portal.exchange.import_queries import rows_of
from portal.exchange.models import BatchState, ImportBatch, RowState
from portal.exchange.received_tables import receive_table
from portal.places.actions import load_own_gazetteer
from portal.request import Services
from portal.templating import translate
from tests.factories import Factory
from tests.uploads.conftest import SHARED_DATA

HXL = SHARED_DATA / "hxl"
_HEAD = (
    "| file | columns by | rows | new | question | error | duplicate | notes | not understood | faults named | seconds |\n"
    "|---|---|---:|---:|---:|---:|---:|---:|---|---|---:|"
)
# What a person would answer: of the sectors, one of the 4P. Organisations are registered before.
SECTOR_MEANS = "prevention"


def main() -> None:
    """Print the table, or write it to the file named."""
    with tempfile.TemporaryDirectory() as folder:
        services = open_services(Settings(data_dir=Path(folder), base_url="http://127.0.0.1"))
        upgrade(services.database)
        rows = [tried(services, path) for path in hxl_files()]
        close_services(services)
    text = "\n".join([*_introduction(rows), "", _HEAD, *("| " + " | ".join(row) + " |" for row in rows), ""])
    if len(sys.argv) > 1:
        Path(sys.argv[1]).write_text(text, encoding="utf-8")
    else:
        sys.stdout.write(text)


def hxl_files() -> list[Path]:
    return sorted(path for folder in ("synthetic_LA", "real", "libhxl") for path in (HXL / folder).iterdir())


def tried(services: Services, path: Path) -> tuple[str, ...]:
    """What one file gave, for an organisation that answers the questions about sectors."""
    started = time.monotonic()
    with path.open("rb") as stream:
        table = receive_table(services.files, path.name, stream)
    name = f"{path.parent.name}/{path.name}"
    if table.refusal:
        return (name, "refused", *[""] * 7, table.refusal, f"{time.monotonic() - started:.1f}")
    with services.database.writing() as session:
        make = Factory(session)
        _prepare(make)
        owner = make.organisation()
        viewer = make.viewer(make.member(owner))
        batch = start_import(session, viewer, owner.id, table, translate, "en")
        sectors = {n: SECTOR_MEANS for n, q in enumerate(batch.questions) if q["list"] == "policy_area"}
        answer_questions(session, viewer, batch, sectors, translate, "en")
        taken = f"{time.monotonic() - started:.1f}"
        return (name, *_counted(batch, rows_of(session, batch)), taken)


def _prepare(make: Factory) -> None:
    """The gazetteer and the organisations of the made-up sheets, once."""
    if find_organisation(make.session, 1) is None:
        load_own_gazetteer(make.session, date(2026, 1, 1))
        for number in range(9):
            make.organisation(f"Example NGO {number}", acronym=f"EN{number}")


def _counted(batch: ImportBatch, rows) -> tuple[str, ...]:
    states = Counter(row.state for row in rows)
    faults = Counter(
        remark["message"] for row in rows for remark in row.remarks if not _is_only_missing(remark)
    )
    unknown = [batch.layout["headers"].get(str(n), "") or "(no header)" for n in batch.layout["unknown"]]
    if batch.state == BatchState.MATCHING:
        return ("to be matched by hand", str(len(rows)), *[""] * 5, _clean(_named(unknown)), "")
    return (
        batch.layout["origin"],
        str(len(rows)),
        *(
            str(states[state])
            for state in (RowState.NEW, RowState.QUESTION, RowState.ERROR, RowState.DUPLICATE)
        ),
        str(sum(any(r["level"] == "warning" for r in row.remarks) for row in rows)),
        _clean(_named(unknown)),
        _clean("; ".join(f"{count}× {message}" for message, count in faults.most_common(14))),
    )


def _named(unknown: list[str]) -> str:
    return "; ".join(unknown[:6]) + (f" and {len(unknown) - 6} more" if len(unknown) > 6 else "")


def _is_only_missing(remark: dict[str, str]) -> bool:
    """Whether a row only lacks what is needed to be published, which these sheets have no column for."""
    return remark["column"] in ("intervention", "target_group") and remark["level"] == "warning"


def _clean(text: str) -> str:
    return text.replace("|", " ").replace("\n", " ")


def _introduction(rows: list[tuple[str, ...]]) -> list[str]:
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=True
    )
    read = sum(row[1] != "refused" for row in rows)
    return [
        "# What importing every HXL file gave",
        "",
        f"Made by `python -m tests.exchange.hxl_files_table` on {datetime.now(UTC):%Y-%m-%d} from commit "
        f"{commit.stdout.strip()}; do not edit. {len(rows)} files, {read} read, none stopped the portal.",
        "",
        "The organisations of the made-up Lao sheets are registered, and every sector that is none of the 4P is "
        "answered once with “prevention”, as a person would answer it; nothing else is answered. A question is "
        "something unknown, mostly an organisation or place of another country. Notes say how a cell was understood.",
    ]


if __name__ == "__main__":
    main()
