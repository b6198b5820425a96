"""The controlled lists of the register, each value with the words people read.

Codes follow `registry.md` 3.3 to 3.7; roles, links, kinds of result and status carry their IATI 2.03 codes
beside them. Values are never deleted: what is no longer offered stays readable.
"""

from enum import StrEnum

from portal.core.errors import N_
from portal.library.vocabularies import PolicyArea


class Intervention(StrEnum):
    """What is done: the part before the hyphen is the family, which belongs to one of the 4P."""

    POL_LAW = "POL-LAW"
    POL_NAP = "POL-NAP"
    POL_MOU = "POL-MOU"
    POL_RES = "POL-RES"
    POL_COORD = "POL-COORD"
    POL_BUD = "POL-BUD"
    PRE_AWR = "PRE-AWR"
    PRE_SCH = "PRE-SCH"
    PRE_SMI = "PRE-SMI"
    PRE_LIV = "PRE-LIV"
    PRE_REC = "PRE-REC"
    PRE_SUP = "PRE-SUP"
    PRE_COM = "PRE-COM"
    PRE_ONL = "PRE-ONL"
    PRO_IDN = "PRO-IDN"
    PRO_HOT = "PRO-HOT"
    PRO_SHL = "PRO-SHL"
    PRO_MED = "PRO-MED"
    PRO_PSY = "PRO-PSY"
    PRO_LEG = "PRO-LEG"
    PRO_REP = "PRO-REP"
    PRO_REI = "PRO-REI"
    PRO_CMT = "PRO-CMT"
    PRO_COMP = "PRO-COMP"
    PSC_TRN = "PSC-TRN"
    PSC_INV = "PSC-INV"
    PSC_JUD = "PSC-JUD"
    PSC_MLA = "PSC-MLA"
    PSC_CHI = "PSC-CHI"

    @property
    def family(self) -> str:
        return self.value.partition("-")[0]

    @property
    def policy_area(self) -> PolicyArea:
        """The one of the 4P to which this intervention usually belongs; a line may say another."""
        return _FAMILY_AREAS[self.family]


_FAMILY_AREAS = {
    "POL": PolicyArea.POLICY,
    "PRE": PolicyArea.PREVENTION,
    "PRO": PolicyArea.PROTECTION,
    "PSC": PolicyArea.PROSECUTION,
}

INTERVENTION_LABELS = {
    Intervention.POL_LAW: N_("Drafting of laws and regulations"),
    Intervention.POL_NAP: N_("National or provincial plan of action"),
    Intervention.POL_MOU: N_("Agreement between states"),
    Intervention.POL_RES: N_("Research and data systems"),
    Intervention.POL_COORD: N_("Support to coordination"),
    Intervention.POL_BUD: N_("Budgeting and costing"),
    Intervention.PRE_AWR: N_("Raising awareness in communities"),
    Intervention.PRE_SCH: N_("Education in schools"),
    Intervention.PRE_SMI: N_("Information on safe migration"),
    Intervention.PRE_LIV: N_("Livelihoods and vocational training"),
    Intervention.PRE_REC: N_("Fair recruitment"),
    Intervention.PRE_SUP: N_("Supply chains and business"),
    Intervention.PRE_COM: N_("Community watch"),
    Intervention.PRE_ONL: N_("Online safety and scam centres"),
    Intervention.PRO_IDN: N_("Victim identification and screening"),
    Intervention.PRO_HOT: N_("Hotline"),
    Intervention.PRO_SHL: N_("Shelter"),
    Intervention.PRO_MED: N_("Health care"),
    Intervention.PRO_PSY: N_("Psychosocial care"),
    Intervention.PRO_LEG: N_("Legal assistance"),
    Intervention.PRO_REP: N_("Return and repatriation"),
    Intervention.PRO_REI: N_("Reintegration"),
    Intervention.PRO_CMT: N_("Case management"),
    Intervention.PRO_COMP: N_("Compensation"),
    Intervention.PSC_TRN: N_("Training of law enforcement"),
    Intervention.PSC_INV: N_("Support to investigations"),
    Intervention.PSC_JUD: N_("Training of judges and prosecutors"),
    Intervention.PSC_MLA: N_("Cross-border cooperation on cases"),
    Intervention.PSC_CHI: N_("Child-friendly procedures"),
}
# Work that supports others' work (P0 in `registry.md`): never an overlap of its own.
SUPPORT_INTERVENTIONS = frozenset({Intervention.POL_COORD, Intervention.POL_RES})
# The chain a survivor passes through, step by step; a province that lacks one has a gap in it.
PROTECTION_CHAIN: tuple[tuple[str, str, frozenset[Intervention]], ...] = (
    ("identification", N_("Identification"), frozenset({Intervention.PRO_IDN, Intervention.PRO_HOT})),
    ("shelter", N_("Shelter"), frozenset({Intervention.PRO_SHL})),
    ("care", N_("Health and psychosocial care"), frozenset({Intervention.PRO_MED, Intervention.PRO_PSY})),
    ("legal", N_("Legal assistance"), frozenset({Intervention.PRO_LEG, Intervention.PRO_COMP})),
    ("return", N_("Return"), frozenset({Intervention.PRO_REP})),
    ("reintegration", N_("Reintegration"), frozenset({Intervention.PRO_REI, Intervention.PRO_CMT})),
)


class Modality(StrEnum):
    TRAINING = "training"
    TRAINING_OF_TRAINERS = "training_of_trainers"
    DIRECT_SERVICE = "direct_service"
    GRANT = "grant"
    TECHNICAL_ASSISTANCE = "technical_assistance"
    MATERIAL = "material"
    CAMPAIGN = "campaign"
    RESEARCH = "research"
    ADVOCACY = "advocacy"
    INFRASTRUCTURE = "infrastructure"


MODALITY_LABELS = {
    Modality.TRAINING: N_("Training"),
    Modality.TRAINING_OF_TRAINERS: N_("Training of trainers"),
    Modality.DIRECT_SERVICE: N_("Direct service"),
    Modality.GRANT: N_("Grant or cash"),
    Modality.TECHNICAL_ASSISTANCE: N_("Technical assistance"),
    Modality.MATERIAL: N_("Material and equipment"),
    Modality.CAMPAIGN: N_("Campaign"),
    Modality.RESEARCH: N_("Research"),
    Modality.ADVOCACY: N_("Advocacy"),
    Modality.INFRASTRUCTURE: N_("Infrastructure"),
}


class TargetGroup(StrEnum):
    CHILDREN = "children"
    GIRLS = "girls"
    BOYS = "boys"
    ADOLESCENTS = "adolescents"
    WOMEN = "women"
    MEN = "men"
    LGBTI = "lgbti"
    MIGRANTS = "migrants"
    MIGRANTS_OUTBOUND = "migrants_outbound"
    RETURNEES = "returnees"
    SURVIVORS = "survivors"
    FAMILIES = "families"
    ETHNIC_COMMUNITIES = "ethnic_communities"
    SCHOOLS = "schools"
    STUDENTS = "students"
    TEACHERS = "teachers"
    VILLAGE_AUTHORITIES = "village_authorities"
    COMMITTEES = "committees"
    POLICE = "police"
    POLICE_ANTI_TRAFFICKING = "police_anti_trafficking"
    POLICE_BORDER = "police_border"
    POLICE_IMMIGRATION = "police_immigration"
    JUDICIARY = "judiciary"
    PROSECUTORS = "prosecutors"
    JUDGES = "judges"
    LABOUR_INSPECTORS = "labour_inspectors"
    SOCIAL_WORKERS = "social_workers"
    HEALTH_WORKERS = "health_workers"
    MEDIA = "media"
    PRIVATE_SECTOR = "private_sector"
    RECRUITERS = "recruiters"
    CIVIL_SOCIETY = "civil_society"
    POLICY_MAKERS = "policy_makers"
    NOT_PEOPLE = "not_people_facing"


TARGET_GROUP_LABELS = {
    TargetGroup.CHILDREN: N_("Children"),
    TargetGroup.GIRLS: N_("Girls"),
    TargetGroup.BOYS: N_("Boys"),
    TargetGroup.ADOLESCENTS: N_("Adolescents"),
    TargetGroup.WOMEN: N_("Women"),
    TargetGroup.MEN: N_("Men"),
    TargetGroup.LGBTI: N_("LGBTI people"),
    TargetGroup.MIGRANTS: N_("Migrants"),
    TargetGroup.MIGRANTS_OUTBOUND: N_("People about to migrate"),
    TargetGroup.RETURNEES: N_("Returning migrants"),
    TargetGroup.SURVIVORS: N_("Survivors of trafficking"),
    TargetGroup.FAMILIES: N_("Families"),
    TargetGroup.ETHNIC_COMMUNITIES: N_("Ethnic communities"),
    TargetGroup.SCHOOLS: N_("Schools"),
    TargetGroup.STUDENTS: N_("Students"),
    TargetGroup.TEACHERS: N_("Teachers"),
    TargetGroup.VILLAGE_AUTHORITIES: N_("Village authorities"),
    TargetGroup.COMMITTEES: N_("District and provincial committees"),
    TargetGroup.POLICE: N_("Police"),
    TargetGroup.POLICE_ANTI_TRAFFICKING: N_("Anti-trafficking police"),
    TargetGroup.POLICE_BORDER: N_("Border police"),
    TargetGroup.POLICE_IMMIGRATION: N_("Immigration police"),
    TargetGroup.JUDICIARY: N_("Judges and prosecutors"),
    TargetGroup.PROSECUTORS: N_("Prosecutors"),
    TargetGroup.JUDGES: N_("Judges"),
    TargetGroup.LABOUR_INSPECTORS: N_("Labour inspectors"),
    TargetGroup.SOCIAL_WORKERS: N_("Social workers"),
    TargetGroup.HEALTH_WORKERS: N_("Health workers"),
    TargetGroup.MEDIA: N_("Media"),
    TargetGroup.PRIVATE_SECTOR: N_("Companies"),
    TargetGroup.RECRUITERS: N_("Recruiters"),
    TargetGroup.CIVIL_SOCIETY: N_("Staff of civil society organisations"),
    TargetGroup.POLICY_MAKERS: N_("Policy makers"),
    TargetGroup.NOT_PEOPLE: N_("Not work with people directly"),
}
# The group each group is part of.
TARGET_GROUP_PARENTS = {
    TargetGroup.GIRLS: TargetGroup.CHILDREN,
    TargetGroup.BOYS: TargetGroup.CHILDREN,
    TargetGroup.MIGRANTS_OUTBOUND: TargetGroup.MIGRANTS,
    TargetGroup.RETURNEES: TargetGroup.MIGRANTS,
    TargetGroup.STUDENTS: TargetGroup.SCHOOLS,
    TargetGroup.TEACHERS: TargetGroup.SCHOOLS,
    TargetGroup.POLICE_ANTI_TRAFFICKING: TargetGroup.POLICE,
    TargetGroup.POLICE_BORDER: TargetGroup.POLICE,
    TargetGroup.POLICE_IMMIGRATION: TargetGroup.POLICE,
    TargetGroup.PROSECUTORS: TargetGroup.JUDICIARY,
    TargetGroup.JUDGES: TargetGroup.JUDICIARY,
    TargetGroup.RECRUITERS: TargetGroup.PRIVATE_SECTOR,
}


class TraffickingForm(StrEnum):
    FORCED_LABOUR = "forced_labour"
    SEXUAL_EXPLOITATION = "sexual_exploitation"
    FORCED_MARRIAGE = "forced_marriage"
    CHILD_LABOUR = "child_labour"
    DOMESTIC_SERVITUDE = "domestic_servitude"
    FISHING = "fishing"
    FORCED_CRIMINALITY = "forced_criminality"
    SURROGACY_OR_ORGANS = "surrogacy_or_organs"
    BEGGING = "begging"
    NOT_SPECIFIC = "not_specific"


TRAFFICKING_FORM_LABELS = {
    TraffickingForm.FORCED_LABOUR: N_("Forced labour"),
    TraffickingForm.SEXUAL_EXPLOITATION: N_("Sexual exploitation"),
    TraffickingForm.FORCED_MARRIAGE: N_("Forced marriage"),
    TraffickingForm.CHILD_LABOUR: N_("Child labour"),
    TraffickingForm.DOMESTIC_SERVITUDE: N_("Domestic servitude"),
    TraffickingForm.FISHING: N_("Fishing"),
    TraffickingForm.FORCED_CRIMINALITY: N_("Forced criminality and online scams"),
    TraffickingForm.SURROGACY_OR_ORGANS: N_("Surrogacy or organ removal"),
    TraffickingForm.BEGGING: N_("Begging"),
    TraffickingForm.NOT_SPECIFIC: N_("Trafficking in general"),
}
