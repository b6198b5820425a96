"""The columns of the workbook, in its order: what each holds, its HXL tag, its headers and what else it is called.

Tags and their synonyms follow `registry.md` 3.9. Headers stand in English and Lao side by side whatever language
the workbook was asked for in, so they are kept here and not in the catalogues.
"""

from dataclasses import dataclass
from enum import StrEnum

# Several values in one cell stand apart by this; so one line is one row, whatever its places.
BETWEEN_VALUES = "; "


class Kind(StrEnum):
    """How the cells of a column are read."""

    TEXT = "text"
    REFERENCE = "reference"
    CODE = "code"
    ORGANISATIONS = "organisations"
    PLACES = "places"
    DAY = "day"
    COUNT = "count"


@dataclass(frozen=True)
class Column:
    """One column. `list_name` is the vocabulary its values come from, by its name in the value lists."""

    key: str
    kind: Kind
    tag: str
    english: str
    lao: str
    synonyms: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    list_name: str = ""
    is_list: bool = False
    is_required: bool = False
    # Shown, but not read back: it follows from something else.
    is_told_only: bool = False
    width: int = 16
    hint: str = ""


def _people(group: str, tag: str, english: str, lao: str) -> tuple[Column, ...]:
    """The five figures of one kind: in all, and by sex and age."""
    parts = (
        ("total", "+total", "in all", "ທັງໝົດ", (f"{tag}+ind+all", tag)),
        ("women", "+f+adults", "women", "ແມ່ຍິງ", ()),
        ("men", "+m+adults", "men", "ຜູ້ຊາຍ", ()),
        ("girls", "+f+children", "girls", "ເດັກຍິງ", ()),
        ("boys", "+m+children", "boys", "ເດັກຊາຍ", ()),
    )
    return tuple(
        Column(
            key=f"{group}_{name}",
            kind=Kind.COUNT,
            tag=tag + attributes,
            english=f"{english}: {words}",
            lao=f"{lao}: {lao_words}",
            synonyms=synonyms,
            width=11,
        )
        for name, attributes, words, lao_words, synonyms in parts
    )


COLUMNS: tuple[Column, ...] = (
    Column(
        "line",
        Kind.REFERENCE,
        "#activity+code",
        "Line (leave as it is)",
        "ລະຫັດແຖວ (ບໍ່ຕ້ອງແກ້)",
        ("#activity+id", "#meta+id+x_iati"),
        ("line", "line reference", "row id"),
        width=13,
    ),
    Column(
        "remark",
        Kind.CODE,
        "#meta+update_type",
        "Remark",
        "ໝາຍເຫດ",
        (),
        ("update type",),
        list_name="remark",
        width=11,
        hint="New, Update, No change or Delete; may stay empty.",
    ),
    Column(
        "reason",
        Kind.TEXT,
        "#meta+update_type+reason",
        "Why it is deleted",
        "ເຫດຜົນທີ່ລຶບ",
        (),
        ("reason",),
        hint="Only beside Delete.",
    ),
    Column(
        "project",
        Kind.REFERENCE,
        "#activity+project+code",
        "Project",
        "ລະຫັດໂຄງການ",
        (),
        ("project code", "project id", "projectcode", "project reference"),
        width=11,
        hint="LA-0042; empty for a new project.",
    ),
    Column(
        "title_en",
        Kind.TEXT,
        "#activity+name",
        "Project title (English)",
        "ຊື່ໂຄງການ (ອັງກິດ)",
        ("#activity+project", "#activity+programme", "#activity"),
        (
            "project title",
            "project name",
            "project",
            "activity",
            "programme",
            "title",
            "ຊື່ໂຄງການ",
            "ໂຄງການ",
            "ກິດຈະກຳ",
        ),
        is_required=True,
        width=34,
        hint="Rows of one project carry the same title.",
    ),
    Column(
        "title_lo",
        Kind.TEXT,
        "#activity+name+lo",
        "Project title (Lao)",
        "ຊື່ໂຄງການ (ລາວ)",
        words=("project title lao", "lao title"),
        width=34,
    ),
    Column(
        "iati",
        Kind.TEXT,
        "#activity+id+v_iati_activities",
        "IATI identifier",
        "ລະຫັດ IATI",
        words=("iati id", "iati"),
        width=14,
    ),
    Column(
        "external",
        Kind.TEXT,
        "#activity+code+x_own",
        "Your own number of this row",
        "ເລກຂອງອົງກອນທ່ານ",
        words=("activityid", "activity id", "own id", "external id"),
        width=14,
    ),
    Column(
        "implementer",
        Kind.ORGANISATIONS,
        "#org+impl+name",
        "Who does the work",
        "ຜູ້ຈັດຕັ້ງປະຕິບັດ",
        ("#org+impl", "#org+implementing", "#org+name", "#org"),
        (
            "organisation",
            "organization",
            "implementing organisation",
            "implementing partner",
            "implementer",
            "org",
            "organisation name",
            "organization name",
            "agency",
            "ອົງກອນ",
            "ອົງການ",
            "ອົງກອນຈັດຕັ້ງປະຕິບັດ",
        ),
        list_name="organisation",
        is_required=True,
        width=30,
    ),
    Column(
        "implementer_type",
        Kind.TEXT,
        "#org+impl+type",
        "Its type",
        "ປະເພດອົງກອນ",
        ("#org+type+name",),
        is_told_only=True,
        width=18,
    ),
    Column(
        "accountable",
        Kind.ORGANISATIONS,
        "#org+prog+name",
        "Accountable",
        "ຜູ້ຮັບຜິດຊອບ",
        ("#org+prog", "#org+leader"),
        ("lead organisation", "programming organisation", "accountable organisation"),
        list_name="organisation",
        is_list=True,
        width=24,
    ),
    Column(
        "funder",
        Kind.ORGANISATIONS,
        "#org+funder+name",
        "Funded by",
        "ຜູ້ໃຫ້ທຶນ",
        ("#org+funder", "#org+funding"),
        ("donor", "donors", "funder", "funding source", "ຜູ້ໃຫ້ທຶນ"),
        list_name="organisation",
        is_list=True,
        width=24,
    ),
    Column(
        "reporting",
        Kind.ORGANISATIONS,
        "#org+name+reporting",
        "Reported by",
        "ຜູ້ລາຍງານ",
        ("#org+reporting",),
        ("reporting organisation",),
        list_name="organisation",
        is_told_only=True,
        width=24,
    ),
    Column(
        "policy_area",
        Kind.CODE,
        "#sector+name+v_4p",
        "Area (4P), the main one first",
        "ຂົງເຂດ 4P (ຫຼັກກ່ອນ)",
        ("#sector",),
        ("4p", "p", "sector", "policy area", "pillar", "sector cluster", "cluster", "ຂົງເຂດ", "ຂະແໜງການ"),
        list_name="policy_area",
        is_list=True,
        is_required=True,
        width=20,
    ),
    Column(
        "intervention",
        Kind.CODE,
        "#subsector+name",
        "What is done",
        "ປະເພດກິດຈະກຳ",
        ("#subsector", "#activity+type"),
        ("intervention", "intervention type", "subsector", "activity type", "type of activity"),
        list_name="intervention",
        is_required=True,
        width=30,
    ),
    Column(
        "modality",
        Kind.CODE,
        "#modality",
        "How",
        "ຮູບແບບ",
        ("#channel",),
        ("modality",),
        list_name="modality",
        width=18,
    ),
    Column(
        "target_group",
        Kind.CODE,
        "#beneficiary+name",
        "For whom",
        "ກຸ່ມເປົ້າໝາຍ",
        ("#beneficiary", "#group"),
        ("target group", "beneficiaries", "beneficiary", "target population", "audience"),
        list_name="target_group",
        is_list=True,
        is_required=True,
        width=28,
    ),
    Column(
        "form",
        Kind.CODE,
        "#cause+type",
        "Form of trafficking",
        "ຮູບແບບການຄ້າມະນຸດ",
        words=("forms of trafficking", "trafficking form"),
        list_name="form",
        is_list=True,
        width=22,
    ),
    Column(
        "description", Kind.TEXT, "#description", "In words", "ຄຳອະທິບາຍ", words=("description",), width=30
    ),
    Column(
        "country_code",
        Kind.PLACES,
        "#country+code",
        "Country code",
        "ລະຫັດປະເທດ",
        width=8,
        hint="LA without a province means the whole country.",
    ),
    Column(
        "country", Kind.PLACES, "#country+name", "Country", "ປະເທດ", ("#country",), ("country",), width=10
    ),
    Column(
        "province_code",
        Kind.PLACES,
        "#adm1+code+v_pcode",
        "Province code",
        "ລະຫັດແຂວງ",
        ("#adm1+code",),
        ("province code", "adm1 code", "adm1 id", "ລະຫັດແຂວງ"),
        is_list=True,
        width=10,
        hint="A province of which no district is named means the whole province.",
    ),
    Column(
        "province",
        Kind.PLACES,
        "#adm1+name",
        "Province",
        "ແຂວງ",
        ("#adm1",),
        ("province", "adm1", "admin1", "admin level 1", "ແຂວງ"),
        list_name="province",
        is_list=True,
        is_required=True,
        width=18,
    ),
    Column(
        "district_code",
        Kind.PLACES,
        "#adm2+code+v_pcode",
        "District code",
        "ລະຫັດເມືອງ",
        ("#adm2+code",),
        ("district code", "adm2 code", "adm2 id", "ລະຫັດເມືອງ"),
        is_list=True,
        width=12,
    ),
    Column(
        "district",
        Kind.PLACES,
        "#adm2+name",
        "Districts",
        "ເມືອງ",
        ("#adm2", "#loc+name"),
        ("district", "districts", "adm2", "admin2", "ເມືອງ"),
        list_name="district",
        is_list=True,
        width=24,
    ),
    Column(
        "destination",
        Kind.PLACES,
        "#loc+destination+code",
        "Where people migrate to (codes)",
        "ບ່ອນທີ່ຄົນຍ້າຍໄປ (ລະຫັດ)",
        words=("destination",),
        is_list=True,
        width=14,
    ),
    Column(
        "corridor",
        Kind.PLACES,
        "#loc+transit+code",
        "On the way (codes)",
        "ລະຫວ່າງທາງ (ລະຫັດ)",
        words=("transit",),
        is_list=True,
        width=14,
    ),
    Column(
        "start",
        Kind.DAY,
        "#date+start",
        "Start",
        "ວັນເລີ່ມ",
        (),
        ("start date", "start", "from", "begin", "date open", "ວັນທີເລີ່ມ", "ວັນເລີ່ມຕົ້ນ"),
        is_required=True,
        width=11,
    ),
    Column(
        "end",
        Kind.DAY,
        "#date+end",
        "End",
        "ວັນສິ້ນສຸດ",
        (),
        ("end date", "end", "to", "until", "date closed", "ວັນທີສິ້ນສຸດ"),
        is_required=True,
        width=11,
    ),
    Column(
        "date_basis",
        Kind.CODE,
        "#meta+date_basis",
        "Planned or actual dates",
        "ວັນທີ: ແຜນ ຫຼື ຈິງ",
        list_name="date_basis",
        width=13,
    ),
    Column(
        "status",
        Kind.CODE,
        "#status",
        "Status",
        "ສະຖານະ",
        ("#status+text",),
        ("status", "project status", "ສະຖານະ"),
        list_name="status",
        width=12,
    ),
    Column(
        "unit",
        Kind.CODE,
        "#meta+unit",
        "What is counted",
        "ນັບເປັນ",
        words=("unit",),
        list_name="unit",
        width=12,
    ),
    *_people("planned", "#targeted", "Planned", "ແຜນ"),
    *_people("reached", "#reached", "Reached", "ເຂົ້າເຖິງ"),
    Column(
        "reach",
        Kind.CODE,
        "#meta+visibility",
        "Who may see this line",
        "ໃຜເຫັນໄດ້",
        words=("visibility",),
        list_name="reach",
        width=18,
        hint="Empty: as the project.",
    ),
    Column(
        "confirmed",
        Kind.DAY,
        "#date+updated",
        "Last confirmed",
        "ຢືນຢັນຄັ້ງສຸດທ້າຍ",
        ("#date+reported",),
        is_told_only=True,
        width=12,
    ),
    Column(
        "policy_area_code",
        Kind.CODE,
        "#sector+code+v_4p",
        "4P code",
        "ລະຫັດ 4P",
        list_name="policy_area",
        is_list=True,
        width=10,
    ),
    Column(
        "intervention_code",
        Kind.CODE,
        "#subsector+code",
        "Code of what is done",
        "ລະຫັດກິດຈະກຳ",
        list_name="intervention",
        width=10,
    ),
)
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
