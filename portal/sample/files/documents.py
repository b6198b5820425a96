"""What every writer is handed: pages of text with their title, author and language, and the blocks inside a page."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum


@dataclass(frozen=True)
class Document:
    """Text to be written into one file. A page is a page, a slide, a sheet or a chapter, as the format has it."""

    title: str
    author: str
    language: str
    pages: tuple[str, ...]


class BlockKind(Enum):
    """How a block is set: a writer that cannot tell two kinds apart may set them alike."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    BULLET = "bullet"
    ROW = "row"


@dataclass(frozen=True)
class Block:
    """One heading, paragraph, list item or table row; only rows have more than one cell."""

    kind: BlockKind
    cells: tuple[str, ...]

    @property
    def text(self) -> str:
        """The block as one line, for formats without tables."""
        return "   ".join(self.cells)


def blocks_of(page: str) -> Iterator[Block]:
    """The blocks of a page written as `# heading`, `- list item`, `| cell | cell |` or plain paragraphs.

    Lines that follow each other belong to one paragraph; an empty line ends it.
    """
    paragraph: list[str] = []
    for line in [*page.splitlines(), ""]:
        marked = _marked_block(line.strip())
        if paragraph and (marked or not line.strip()):
            yield Block(BlockKind.PARAGRAPH, (" ".join(paragraph),))
            paragraph = []
        if marked:
            yield marked
        elif line.strip():
            paragraph.append(line.strip())


def _marked_block(line: str) -> Block | None:
    if line.startswith("# "):
        return Block(BlockKind.HEADING, (line[2:].strip(),))
    if line.startswith("- "):
        return Block(BlockKind.BULLET, (line[2:].strip(),))
    if line.startswith("|"):
        return Block(BlockKind.ROW, tuple(cell.strip() for cell in line.strip("|").split("|")))
    return None


def grouped_rows(page: str) -> Iterator[list[Block]]:
    """The blocks of a page, with the rows of one table together and every other block alone."""
    table: list[Block] = []
    for block in blocks_of(page):
        if block.kind is BlockKind.ROW:
            table.append(block)
            continue
        if table:
            yield table
            table = []
        yield [block]
    if table:
        yield table
