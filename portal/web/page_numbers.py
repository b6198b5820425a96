"""The number of a page of a list, as it stands in an address: anything that is none means the first page."""

from typing import Annotated

from pydantic import BeforeValidator

LONGEST_NUMBER = 9


def read_number(text: str) -> int:
    """1 for anything that is no page number; the largest number for one that is too long."""
    digits = text.strip()
    if not (digits.isascii() and digits.isdigit()):
        return 1
    return max(1, int(digits)) if len(digits) <= LONGEST_NUMBER else 10**LONGEST_NUMBER


PageNumber = Annotated[int, BeforeValidator(lambda text: read_number(str(text)))]
