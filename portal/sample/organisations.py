"""The invented organisations and people of the sample library.

No name here belongs to a real organisation or person, and every address ends in a domain that can never exist.
One organisation still waits for a coordinator to verify it, and one person waits to be let into another.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class SampleOrganisation:
    """An organisation as it would fill the form; `type_code` is IATI's, `parent` the key of another one here."""

    key: str
    name: str
    acronym: str
    native_name: str
    native_language: str
    type_code: str
    scope: str
    contact: str
    about: str
    other_names: tuple[str, ...] = ()
    parent: str | None = None
    is_verified: bool = True


@dataclass(frozen=True)
class SampleMembership:
    """A role of a person in an organisation: viewer, contributor, editor or admin."""

    organisation: str
    role: str


@dataclass(frozen=True)
class SamplePerson:
    """A person with memberships and, for three of them, a role on the whole portal."""

    key: str
    name: str
    email: str
    language: str
    memberships: tuple[SampleMembership, ...] = ()
    portal_role: str | None = None
    asks_to_join: tuple[str, ...] = field(default=())


ORGANISATIONS = (
    SampleOrganisation(
        "anti-trafficking-department",
        "National Department for Action against Trafficking",
        "NDAT",
        "ກົມຕ້ານການຄ້າມະນຸດແຫ່ງຊາດ (ຕົວຢ່າງ)",
        "lo",
        "10",
        "national",
        "office@ndat.example",
        "Sample ministry department that writes procedures and brings the provinces together twice a year.",
        ("Anti-Trafficking Department", "ກົມຕ້ານການຄ້າມະນຸດ"),
    ),
    SampleOrganisation(
        "bokeo-labour-office",
        "Bokeo Provincial Labour and Welfare Office (sample)",
        "BPLWO",
        "ຫ້ອງການແຮງງານ ແລະ ສະຫວັດດີການ ແຂວງບໍ່ແກ້ວ (ຕົວຢ່າງ)",
        "lo",
        "11",
        "local",
        "bokeo@bplwo.example",
        "Sample provincial office that meets returning workers and runs a counter for safe migration.",
        ("Bokeo Labour Office",),
        parent="anti-trafficking-department",
    ),
    SampleOrganisation(
        "village-women-network",
        "Village Women's Mutual Help Network",
        "VWMN",
        "ເຄືອຂ່າຍແມ່ຍິງບ້ານຊ່ວຍເຫຼືອກັນ",
        "lo",
        "15",
        "national",
        "contact@vwmn.example",
        "Sample mass organisation with a counsellor in every district and a telephone rota of its own.",
        ("Women's Mutual Help Network", "ເຄືອຂ່າຍແມ່ຍິງບ້ານ"),
    ),
    SampleOrganisation(
        "mekong-bridge",
        "Mekong Bridge International",
        "MBI",
        "ຂົວແມ່ຂອງສາກົນ",
        "lo",
        "21",
        "international",
        "library@mekongbridge.example",
        "Sample international organisation that trains border officials and publishes its kits for others to use.",
        ("Mekong Bridge", "Cầu Mê Kông Quốc tế", "สะพานแม่น้ำโขงสากล"),
    ),
    SampleOrganisation(
        "open-doors-shelter",
        "Open Doors House",
        "ODH",
        "ເຮືອນປະຕູເປີດ",
        "lo",
        "22",
        "national",
        "care@opendoors.example",
        "Sample national organisation that runs a house for women and, since 2023, rooms for men and families.",
        ("Open Doors Shelter",),
    ),
    SampleOrganisation(
        "upper-mekong-migrants",
        "Upper Mekong Migrants' Forum",
        "UMMF",
        "เวทีแรงงานข้ามชาติลุ่มน้ำโขงตอนบน",
        "th",
        "23",
        "regional",
        "forum@ummf.example",
        "Sample network of migrant groups in northern Thailand, Laos, Myanmar and southern China.",
        ("Migrants' Forum", "အထက်မဲခေါင် ရွှေ့ပြောင်းသူများ ဖိုရမ်", "湄公河上游移民论坛"),
    ),
    SampleOrganisation(
        "rice-field-youth",
        "Rice Field Youth Association",
        "RYA",
        "ສະມາຄົມຊາວໜຸ່ມທົ່ງນາ",
        "lo",
        "24",
        "local",
        "hello@riceyouth.example",
        "Sample non-profit association of young people who play theatre about work abroad in Savannakhet.",
        ("Thongna Youth", "ຊາວໜຸ່ມທົ່ງນາ"),
    ),
    SampleOrganisation(
        "fair-recruitment-partnership",
        "Fair Recruitment Partnership",
        "FRP",
        "ການຮ່ວມມືຈັດຫາງານຢ່າງເປັນທຳ",
        "lo",
        "30",
        "national",
        "desk@fairrecruitment.example",
        "Sample partnership of a ministry and employment agencies that agreed on one contract and one list of costs.",
        (),
    ),
    SampleOrganisation(
        "lower-mekong-cooperation-office",
        "Cooperation Office for Safe Mobility in the Mekong",
        "COSMM",
        "ຫ້ອງການຮ່ວມມືເພື່ອການເຄື່ອນຍ້າຍທີ່ປອດໄພ",
        "lo",
        "40",
        "regional",
        "knowledge@cosmm.example",
        "Sample multilateral office that gathers statistics and drafts agreements between neighbours.",
        ("Safe Mobility Office", "湄公河安全流动合作办公室"),
    ),
    SampleOrganisation(
        "lantern-foundation",
        "Lantern Hill Foundation",
        "LHF",
        "ມູນນິທິໂຄມໄຟເທິງພູ",
        "lo",
        "60",
        "international",
        "grants@lanternhill.example",
        "Sample foundation that pays for evaluations and asks that every one of them is shared.",
        ("Lantern Hill",),
    ),
    SampleOrganisation(
        "river-road-transport",
        "River Road Transport Company",
        "RRT",
        "ບໍລິສັດຂົນສົ່ງທາງແຄມນ້ຳ",
        "lo",
        "70",
        "national",
        "safety@riverroad.example",
        "Sample bus company whose drivers learned to notice passengers in trouble.",
        (),
    ),
    SampleOrganisation(
        "kindly-stitched",
        "Kindly Stitched Workwear",
        "KSW",
        "",
        "en",
        "71",
        "international",
        "fairwork@kindlystitched.example",
        "Sample buyer of garments that opened its supplier audits to others.",
        (),
    ),
    SampleOrganisation(
        "green-bamboo-crafts",
        "Green Bamboo Crafts",
        "GBC",
        "ຫັດຖະກຳໄມ້ໄຜ່ຂຽວ",
        "lo",
        "72",
        "local",
        "workshop@greenbamboo.example",
        "Sample workshop in Louangphabang that takes apprentices who come home.",
        (),
        is_verified=False,
    ),
    SampleOrganisation(
        "eastern-sea-electronics",
        "Eastern Sea Electronics",
        "ESE",
        "Công ty Điện tử Biển Phía Đông",
        "vi",
        "73",
        "regional",
        "people@easternsea.example",
        "Sample factory in Viet Nam that lets workers' representatives interview newcomers in their own language.",
        (),
    ),
    SampleOrganisation(
        "institute-of-mobility-studies",
        "Institute of Mobility Studies, Naga River University",
        "IMS",
        "ສະຖາບັນສຶກສາການເຄື່ອນຍ້າຍ ມະຫາວິທະຍາໄລແມ່ນ້ຳນາກ",
        "lo",
        "80",
        "national",
        "research@nagariver.example",
        "Sample university institute that studies labour migration and keeps survey data.",
        ("Naga River University", "វិទ្យាស្ថានសិក្សាចលនាមនុស្ស"),
    ),
    SampleOrganisation(
        "radio-between-hills",
        "Radio Between the Hills",
        "RBH",
        "ວິທະຍຸລະຫວ່າງພູ",
        "lo",
        "90",
        "local",
        "studio@betweenhills.example",
        "Sample community radio that broadcasts in Lao, Hmong and Khmu.",
        ("ວິທະຍຸລະຫວ່າງພູຜາ",),
    ),
    SampleOrganisation(
        "mekong-bridge-cambodia",
        "Mekong Bridge International, Cambodia Office",
        "MBI-KH",
        "ស្ពានមេគង្គអន្តរជាតិ ការិយាល័យកម្ពុជា",
        "km",
        "21",
        "national",
        "cambodia@mekongbridge.example",
        "Sample country office that works with returning workers on the Cambodian side.",
        (),
        parent="mekong-bridge",
    ),
)


def _person(
    key: str, name: str, language: str, *roles: str, portal_role: str | None = None, asks: str = ""
) -> SamplePerson:
    """A person whose memberships are written as `organisation:role`; the first one gives the address."""
    memberships = tuple(SampleMembership(*role.split(":")) for role in roles)
    home = memberships[0].organisation if memberships else "portal"
    domain = _DOMAINS.get(home, "sala.example")
    return SamplePerson(
        key, name, f"{key}@{domain}", language, memberships, portal_role, (asks,) if asks else ()
    )


_DOMAINS = {organisation.key: organisation.contact.split("@")[1] for organisation in ORGANISATIONS}

PEOPLE = (
    _person("coordinator", "Khamphone Sample", "lo", "lower-mekong-cooperation-office:editor", portal_role="coordinator"),
    _person("donor", "Ingrid Sample", "en", "lantern-foundation:viewer", portal_role="donor"),
    _person("administrator", "Somchit Sample", "en", portal_role="administrator"),
    _person("noy", "Noy Sample", "lo", "mekong-bridge:admin"),
    _person("daniel", "Daniel Sample", "en", "mekong-bridge:editor", "mekong-bridge-cambodia:viewer"),
    _person("bouavanh", "Bouavanh Sample", "lo", "mekong-bridge:contributor"),
    _person("phonesavanh", "Phonesavanh Sample", "lo", "anti-trafficking-department:admin"),
    _person("viengkeo", "Viengkeo Sample", "lo", "anti-trafficking-department:editor"),
    _person("thongdam", "Thongdam Sample", "lo", "bokeo-labour-office:admin", "anti-trafficking-department:viewer"),
    _person("manivone", "Manivone Sample", "lo", "village-women-network:admin"),
    _person("chanthala", "Chanthala Sample", "lo", "village-women-network:contributor"),
    _person("latsamy", "Latsamy Sample", "lo", "open-doors-shelter:admin"),
    _person("grace", "Grace Sample", "en", "open-doors-shelter:editor"),
    _person("malee", "Malee Sample", "en", "upper-mekong-migrants:admin"),
    _person("thiri", "Thiri Sample", "en", "upper-mekong-migrants:editor"),
    _person("xiaomei", "Xiaomei Sample", "en", "upper-mekong-migrants:contributor", asks="institute-of-mobility-studies"),
    _person("souk", "Souk Sample", "lo", "rice-field-youth:admin"),
    _person("keo", "Keo Sample", "lo", "fair-recruitment-partnership:admin", "bokeo-labour-office:contributor"),
    _person("amara", "Amara Sample", "en", "lower-mekong-cooperation-office:admin"),
    _person("oliver", "Oliver Sample", "en", "lantern-foundation:admin"),
    _person("bounmy", "Bounmy Sample", "lo", "river-road-transport:admin"),
    _person("ruth", "Ruth Sample", "en", "kindly-stitched:admin"),
    _person("vanhpheng", "Vanhpheng Sample", "lo", "green-bamboo-crafts:admin"),
    _person("linh", "Linh Sample", "en", "eastern-sea-electronics:admin", "lower-mekong-cooperation-office:contributor"),
    _person("sithong", "Sithong Sample", "lo", "institute-of-mobility-studies:admin"),
    _person("pany", "Pany Sample", "lo", "radio-between-hills:admin"),
    _person("sophea", "Sophea Sample", "en", "mekong-bridge-cambodia:admin"),
)  # fmt: skip
