"""Which words of the library stand for which words of the register: the one table that joins the two.

A project says what it does and for whom, a resource what it is about and for whom it was written. Nothing here
is a rule of the field: it is our reading of both lists, kept in one place so that it can be argued about.
"""

from collections.abc import Iterable, Mapping

from portal.library.vocabularies import Audience, ResourceType, Sector
from portal.registry.vocabularies import TARGET_GROUP_PARENTS, Intervention, TargetGroup

INTERVENTION_SECTORS: Mapping[Intervention, frozenset[Sector]] = {
    Intervention.POL_LAW: frozenset({Sector.LAW_ENFORCEMENT, Sector.COORDINATION}),
    Intervention.POL_NAP: frozenset({Sector.COORDINATION}),
    Intervention.POL_MOU: frozenset({Sector.COORDINATION, Sector.SAFE_MIGRATION}),
    Intervention.POL_RES: frozenset({Sector.RESEARCH_AND_DATA}),
    Intervention.POL_COORD: frozenset({Sector.COORDINATION}),
    Intervention.POL_BUD: frozenset({Sector.COORDINATION}),
    Intervention.PRE_AWR: frozenset({Sector.AWARENESS, Sector.SAFE_MIGRATION}),
    Intervention.PRE_SCH: frozenset({Sector.AWARENESS, Sector.CHILD_PROTECTION}),
    Intervention.PRE_SMI: frozenset({Sector.SAFE_MIGRATION, Sector.AWARENESS}),
    Intervention.PRE_LIV: frozenset({Sector.LIVELIHOODS}),
    Intervention.PRE_REC: frozenset({Sector.LABOUR_RIGHTS, Sector.SAFE_MIGRATION}),
    Intervention.PRE_SUP: frozenset({Sector.LABOUR_RIGHTS}),
    Intervention.PRE_COM: frozenset({Sector.AWARENESS, Sector.CHILD_PROTECTION}),
    Intervention.PRE_ONL: frozenset({Sector.AWARENESS, Sector.CHILD_PROTECTION}),
    Intervention.PRO_IDN: frozenset({Sector.VICTIM_IDENTIFICATION}),
    Intervention.PRO_HOT: frozenset({Sector.VICTIM_IDENTIFICATION, Sector.SHELTER_AND_CARE}),
    Intervention.PRO_SHL: frozenset({Sector.SHELTER_AND_CARE}),
    Intervention.PRO_MED: frozenset({Sector.HEALTH}),
    Intervention.PRO_PSY: frozenset({Sector.HEALTH, Sector.SHELTER_AND_CARE}),
    Intervention.PRO_LEG: frozenset({Sector.LEGAL_AID}),
    Intervention.PRO_REP: frozenset({Sector.REINTEGRATION}),
    Intervention.PRO_REI: frozenset({Sector.REINTEGRATION, Sector.LIVELIHOODS}),
    Intervention.PRO_CMT: frozenset({Sector.SHELTER_AND_CARE, Sector.REINTEGRATION}),
    Intervention.PRO_COMP: frozenset({Sector.LEGAL_AID}),
    Intervention.PSC_TRN: frozenset({Sector.LAW_ENFORCEMENT}),
    Intervention.PSC_INV: frozenset({Sector.LAW_ENFORCEMENT}),
    Intervention.PSC_JUD: frozenset({Sector.LAW_ENFORCEMENT, Sector.LEGAL_AID}),
    Intervention.PSC_MLA: frozenset({Sector.LAW_ENFORCEMENT}),
    Intervention.PSC_CHI: frozenset({Sector.CHILD_PROTECTION, Sector.LEGAL_AID}),
}
TARGET_AUDIENCES: Mapping[TargetGroup, frozenset[Audience]] = {
    TargetGroup.CHILDREN: frozenset({Audience.YOUTH}),
    TargetGroup.ADOLESCENTS: frozenset({Audience.YOUTH}),
    TargetGroup.SCHOOLS: frozenset({Audience.YOUTH, Audience.TEACHERS}),
    TargetGroup.STUDENTS: frozenset({Audience.YOUTH}),
    TargetGroup.TEACHERS: frozenset({Audience.TEACHERS}),
    TargetGroup.MIGRANTS: frozenset({Audience.MIGRANT_WORKERS}),
    TargetGroup.VILLAGE_AUTHORITIES: frozenset({Audience.VILLAGE_AUTHORITIES}),
    TargetGroup.COMMITTEES: frozenset({Audience.POLICY_MAKERS}),
    TargetGroup.POLICE: frozenset({Audience.BORDER_POLICE}),
    TargetGroup.JUDICIARY: frozenset({Audience.JUDGES_AND_PROSECUTORS}),
    TargetGroup.SOCIAL_WORKERS: frozenset({Audience.SOCIAL_WORKERS}),
    TargetGroup.HEALTH_WORKERS: frozenset({Audience.HEALTH_WORKERS}),
    TargetGroup.MEDIA: frozenset({Audience.MEDIA}),
    TargetGroup.POLICY_MAKERS: frozenset({Audience.POLICY_MAKERS}),
}
# What helps somebody who designs, in the order in which it is worth reading.
GUIDANCE_TYPES = (
    ResourceType.TRAINING_KIT,
    ResourceType.MANUAL,
    ResourceType.SOP,
    ResourceType.FACILITATOR_GUIDE,
    ResourceType.TRAINING_MODULE,
    ResourceType.TOOL_OR_TEMPLATE,
)
EVIDENCE_TYPES = (
    ResourceType.EVALUATION,
    ResourceType.REVIEW,
    ResourceType.LESSONS_LEARNED,
    ResourceType.RESEARCH_STUDY,
    ResourceType.SITUATION_ANALYSIS,
    ResourceType.NEEDS_ASSESSMENT,
)
SERVING_TYPES = GUIDANCE_TYPES + EVIDENCE_TYPES
# What tells a funder that the work was looked at, and that others can do it again.
EVALUATION_TYPES = frozenset({ResourceType.EVALUATION, ResourceType.REVIEW, ResourceType.LESSONS_LEARNED})
MANUAL_TYPES = frozenset(GUIDANCE_TYPES)


def sectors_of(interventions: Iterable[Intervention]) -> frozenset[Sector]:
    return frozenset[Sector]().union(*(INTERVENTION_SECTORS[each] for each in interventions))


def audiences_of(groups: Iterable[TargetGroup]) -> frozenset[Audience]:
    """The readers that serve these groups; a group the library does not know is served by what its parent is."""
    return frozenset[Audience]().union(*(_audiences(group) for group in groups))


def _audiences(group: TargetGroup) -> frozenset[Audience]:
    found = TARGET_AUDIENCES.get(group)
    parent = TARGET_GROUP_PARENTS.get(group)
    if found is None and parent is not None:
        return _audiences(parent)
    return found or frozenset()
