"""The columns of the workbook, in its order: what each holds, its HXL tag, its headers and what else it is called.

Tags and their synonyms follow `registry.md` 3.9. Headers stand in English and Lao side by side whatever language
the workbook was asked for in, so they are kept here and not in the catalogues.
"""

from portal.exchange.column import Column, Kind
from portal.exchange.place_columns import PLACE_COLUMNS
from portal.exchange.work_columns import WORK_COLUMNS

COLUMNS: tuple[Column, ...] = (*WORK_COLUMNS, *PLACE_COLUMNS)
# Other ways to give the same figure; read and never written.
READ_ONLY_COLUMNS: tuple[Column, ...] = (
    Column(
        "planned_start",
        Kind.DAY,
        "#date+planned+start",
        "Planned start",
        "ວັນເລີ່ມຕາມແຜນ",
        words=("planned start",),
    ),
    Column(
        "planned_end", Kind.DAY, "#date+planned+end", "Planned end", "ວັນສິ້ນສຸດຕາມແຜນ", words=("planned end",)
    ),
    Column(
        "actual_start", Kind.DAY, "#date+actual+start", "Actual start", "ວັນເລີ່ມຈິງ", words=("actual start",)
    ),
    Column("actual_end", Kind.DAY, "#date+actual+end", "Actual end", "ວັນສິ້ນສຸດຈິງ", words=("actual end",)),
    Column(
        "planned_households",
        Kind.COUNT,
        "#targeted+hh+all",
        "Planned: households",
        "ແຜນ: ຄົວເຮືອນ",
        ("#targeted+hh",),
    ),
    Column(
        "reached_households",
        Kind.COUNT,
        "#reached+hh+all",
        "Reached: households",
        "ເຂົ້າເຖິງ: ຄົວເຮືອນ",
        ("#reached+hh",),
    ),
)
BY_KEY = {column.key: column for column in (*COLUMNS, *READ_ONLY_COLUMNS)}
# What somebody may choose for a column of a file without tags.
CHOOSABLE = tuple(column for column in (*COLUMNS, *READ_ONLY_COLUMNS) if not column.is_told_only)
# Two columns that say the same, the words before the code; when they differ, the one that was changed counts.
TWINS = {
    "policy_area": "policy_area_code",
    "intervention": "intervention_code",
    "province": "province_code",
    "district": "district_code",
    "country": "country_code",
}
