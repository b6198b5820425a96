"""The controlled lists of the library, each value with the words people read.

Types, file roles, licences and withdrawal reasons follow `library.md` 2.2 (InvenioRDM and HDX vocabularies,
extended for this sector); the 4P are those of the Palermo framework as used in Lao PDR.
"""

from enum import StrEnum

from portal.core.errors import N_


class PolicyArea(StrEnum):
    """The 4P."""

    POLICY = "policy"
    PREVENTION = "prevention"
    PROTECTION = "protection"
    PROSECUTION = "prosecution"


POLICY_AREA_LABELS = {
    PolicyArea.POLICY: N_("Policy"),
    PolicyArea.PREVENTION: N_("Prevention"),
    PolicyArea.PROTECTION: N_("Protection"),
    PolicyArea.PROSECUTION: N_("Prosecution"),
}


class ResourceType(StrEnum):
    EVALUATION = "evaluation"
    REVIEW = "review_or_after_action"
    LESSONS_LEARNED = "lessons_learned"
    RESEARCH_STUDY = "research_study"
    SITUATION_ANALYSIS = "situation_analysis"
    NEEDS_ASSESSMENT = "needs_assessment"
    MANUAL = "manual_or_guideline"
    SOP = "sop"
    TRAINING_KIT = "training_kit"
    TRAINING_MODULE = "training_module"
    FACILITATOR_GUIDE = "facilitator_guide"
    PARTICIPANT_MATERIAL = "participant_material"
    AWARENESS_MATERIAL = "awareness_material"
    POLICY_OR_LAW = "policy_or_law"
    AGREEMENT = "mou_or_agreement"
    STRATEGY = "strategy"
    TOOL_OR_TEMPLATE = "tool_or_template"
    DATASET_DESCRIPTION = "dataset_description"
    PRESENTATION = "presentation"
    COMMENTARY = "commentary"
    OTHER = "other"


RESOURCE_TYPE_LABELS = {
    ResourceType.EVALUATION: N_("Evaluation"),
    ResourceType.REVIEW: N_("Review or after-action report"),
    ResourceType.LESSONS_LEARNED: N_("Lessons learned"),
    ResourceType.RESEARCH_STUDY: N_("Research study"),
    ResourceType.SITUATION_ANALYSIS: N_("Situation analysis"),
    ResourceType.NEEDS_ASSESSMENT: N_("Needs assessment"),
    ResourceType.MANUAL: N_("Manual or guideline"),
    ResourceType.SOP: N_("Standard operating procedure"),
    ResourceType.TRAINING_KIT: N_("Training kit"),
    ResourceType.TRAINING_MODULE: N_("Training module"),
    ResourceType.FACILITATOR_GUIDE: N_("Facilitator guide"),
    ResourceType.PARTICIPANT_MATERIAL: N_("Participant material"),
    ResourceType.AWARENESS_MATERIAL: N_("Awareness material"),
    ResourceType.POLICY_OR_LAW: N_("Policy or law"),
    ResourceType.AGREEMENT: N_("Memorandum or agreement"),
    ResourceType.STRATEGY: N_("Strategy"),
    ResourceType.TOOL_OR_TEMPLATE: N_("Tool or template"),
    ResourceType.DATASET_DESCRIPTION: N_("Dataset description"),
    ResourceType.PRESENTATION: N_("Presentation"),
    ResourceType.COMMENTARY: N_("Commentary"),
    ResourceType.OTHER: N_("Other resource"),
}


class FileRole(StrEnum):
    """What a file is within its kit."""

    MAIN = "main"
    FACILITATOR_GUIDE = "facilitator_guide"
    PARTICIPANT_HANDOUT = "participant_handout"
    SLIDES = "slides"
    ANNEX = "annex"
    VIDEO = "video"
    AUDIO = "audio"
    SUBTITLES = "subtitles"
    TEMPLATE = "template"
    DATASET = "dataset"
    TRANSLATION = "translation"
    ACCESSIBLE_VERSION = "accessible_version"
    SOURCE_EDITABLE = "source_editable"


FILE_ROLE_LABELS = {
    FileRole.MAIN: N_("Main document"),
    FileRole.FACILITATOR_GUIDE: N_("Facilitator guide"),
    FileRole.PARTICIPANT_HANDOUT: N_("Participant handout"),
    FileRole.SLIDES: N_("Slides"),
    FileRole.ANNEX: N_("Annex"),
    FileRole.VIDEO: N_("Video"),
    FileRole.AUDIO: N_("Audio"),
    FileRole.SUBTITLES: N_("Subtitles"),
    FileRole.TEMPLATE: N_("Template"),
    FileRole.DATASET: N_("Dataset"),
    FileRole.TRANSLATION: N_("Translation"),
    FileRole.ACCESSIBLE_VERSION: N_("Accessible version"),
    FileRole.SOURCE_EDITABLE: N_("Editable source"),
}


class Licence(StrEnum):
    """Creative Commons identifiers are those of SPDX."""

    CC_BY = "CC-BY-4.0"
    CC_BY_SA = "CC-BY-SA-4.0"
    CC_BY_NC = "CC-BY-NC-4.0"
    CC0 = "CC0-1.0"
    CC_BY_IGO = "CC-BY-3.0-IGO"
    ORG_PERMISSION = "org_permission"
    ALL_RIGHTS_RESERVED = "all_rights_reserved_shareable_link"
    UNKNOWN = "unknown"


LICENCE_LABELS = {
    Licence.CC_BY: N_("CC BY 4.0: use freely, name the source"),
    Licence.CC_BY_SA: N_("CC BY-SA 4.0: use freely, name the source, share alike"),
    Licence.CC_BY_NC: N_("CC BY-NC 4.0: not for commercial use, name the source"),
    Licence.CC0: N_("CC0: no conditions"),
    Licence.CC_BY_IGO: N_("CC BY 3.0 IGO: of an intergovernmental organisation"),
    Licence.ORG_PERMISSION: N_("Ask the organisation before reuse"),
    Licence.ALL_RIGHTS_RESERVED: N_("All rights reserved; the link may be shared"),
    Licence.UNKNOWN: N_("Not known yet"),
}


class Visibility(StrEnum):
    """Who may see something; narrowest last."""

    PUBLIC = "public"
    MEMBERS = "members"
    GROUP = "group"
    ORGANISATION = "organisation"
    NAMED = "named"

    @property
    def width(self) -> int:
        """Larger means fewer people: a file may not be shown more widely than its record."""
        return list(Visibility).index(self)


VISIBILITY_LABELS = {
    Visibility.PUBLIC: N_("Everyone: it is public"),
    Visibility.MEMBERS: N_("Members: people of verified organisations"),
    Visibility.GROUP: N_("A coordination group"),
    Visibility.ORGANISATION: N_("Only our organisation"),
    Visibility.NAMED: N_("Only people we name"),
}


class Sector(StrEnum):
    SAFE_MIGRATION = "safe_migration"
    VICTIM_IDENTIFICATION = "victim_identification"
    SHELTER_AND_CARE = "shelter_and_care"
    LEGAL_AID = "legal_aid"
    REINTEGRATION = "reintegration"
    LAW_ENFORCEMENT = "law_enforcement"
    LIVELIHOODS = "livelihoods"
    CHILD_PROTECTION = "child_protection"
    HEALTH = "health"
    LABOUR_RIGHTS = "labour_rights"
    AWARENESS = "awareness"
    COORDINATION = "coordination"
    RESEARCH_AND_DATA = "research_and_data"


SECTOR_LABELS = {
    Sector.SAFE_MIGRATION: N_("Safe migration"),
    Sector.VICTIM_IDENTIFICATION: N_("Victim identification and referral"),
    Sector.SHELTER_AND_CARE: N_("Shelter and care"),
    Sector.LEGAL_AID: N_("Legal aid"),
    Sector.REINTEGRATION: N_("Return and reintegration"),
    Sector.LAW_ENFORCEMENT: N_("Law enforcement"),
    Sector.LIVELIHOODS: N_("Livelihoods"),
    Sector.CHILD_PROTECTION: N_("Child protection"),
    Sector.HEALTH: N_("Health and psychosocial support"),
    Sector.LABOUR_RIGHTS: N_("Labour rights"),
    Sector.AWARENESS: N_("Awareness raising"),
    Sector.COORDINATION: N_("Coordination"),
    Sector.RESEARCH_AND_DATA: N_("Research and data"),
}


class Audience(StrEnum):
    BORDER_POLICE = "border_police"
    SOCIAL_WORKERS = "social_workers"
    TEACHERS = "teachers"
    VILLAGE_AUTHORITIES = "village_authorities"
    JUDGES_AND_PROSECUTORS = "judges_and_prosecutors"
    HEALTH_WORKERS = "health_workers"
    YOUTH = "youth"
    MIGRANT_WORKERS = "migrant_workers"
    POLICY_MAKERS = "policy_makers"
    DONORS = "donors"
    TRAINERS = "trainers"
    MEDIA = "media"


AUDIENCE_LABELS = {
    Audience.BORDER_POLICE: N_("Border police"),
    Audience.SOCIAL_WORKERS: N_("Social workers"),
    Audience.TEACHERS: N_("Teachers"),
    Audience.VILLAGE_AUTHORITIES: N_("Village authorities"),
    Audience.JUDGES_AND_PROSECUTORS: N_("Judges and prosecutors"),
    Audience.HEALTH_WORKERS: N_("Health workers"),
    Audience.YOUTH: N_("Young people"),
    Audience.MIGRANT_WORKERS: N_("Migrant workers"),
    Audience.POLICY_MAKERS: N_("Policy makers"),
    Audience.DONORS: N_("Donors"),
    Audience.TRAINERS: N_("Trainers"),
    Audience.MEDIA: N_("Media"),
}


class WithdrawalReason(StrEnum):
    """InvenioRDM's removal reasons that apply to a library, and two of this sector's own."""

    DUPLICATE = "duplicate"
    REPLACED = "replaced"
    RETRACTED = "retracted"
    SUPERSEDED_GUIDANCE = "superseded-guidance"
    COPYRIGHT = "copyright"
    PERSONAL_DATA = "personal-data"
    HARM_RISK = "harm-risk"
    TAKE_DOWN_REQUEST = "take-down-request"
    TEST_RECORD = "test-record"
    OUT_OF_SCOPE = "out-of-scope"


WITHDRAWAL_REASON_LABELS = {
    WithdrawalReason.DUPLICATE: N_("It is here twice"),
    WithdrawalReason.REPLACED: N_("Something else replaces it"),
    WithdrawalReason.RETRACTED: N_("Its authors take it back"),
    WithdrawalReason.SUPERSEDED_GUIDANCE: N_("The guidance is no longer valid"),
    WithdrawalReason.COPYRIGHT: N_("Copyright"),
    WithdrawalReason.PERSONAL_DATA: N_("It contained personal data"),
    WithdrawalReason.HARM_RISK: N_("It could endanger someone"),
    WithdrawalReason.TAKE_DOWN_REQUEST: N_("Somebody entitled asked for it"),
    WithdrawalReason.TEST_RECORD: N_("It was only a test"),
    WithdrawalReason.OUT_OF_SCOPE: N_("It does not belong in this library"),
}


class ContentLanguage(StrEnum):
    """BCP 47 tags of the languages that documents and descriptions may carry."""

    ENGLISH = "en"
    LAO = "lo"
    THAI = "th"
    KHMER = "km"
    VIETNAMESE = "vi"
    BURMESE = "my"
    CHINESE = "zh"


LANGUAGE_LABELS = {
    ContentLanguage.ENGLISH: N_("English"),
    ContentLanguage.LAO: N_("Lao"),
    ContentLanguage.THAI: N_("Thai"),
    ContentLanguage.KHMER: N_("Khmer"),
    ContentLanguage.VIETNAMESE: N_("Vietnamese"),
    ContentLanguage.BURMESE: N_("Burmese"),
    ContentLanguage.CHINESE: N_("Chinese"),
}


class PlaceRelation(StrEnum):
    """How a resource relates to a place; origin and destination describe migration routes."""

    ABOUT = "about"
    ORIGIN = "origin"
    DESTINATION = "destination"


PLACE_RELATION_LABELS = {
    PlaceRelation.ABOUT: N_("About this place"),
    PlaceRelation.ORIGIN: N_("Origin"),
    PlaceRelation.DESTINATION: N_("Destination"),
}


# The kinds of `uploads.kinds`, as people choose among them when they search.
FILE_KIND_GROUPS = {
    "pdf": "pdf",
    **dict.fromkeys(("docx", "docm", "doc", "odt", "rtf", "txt", "html", "epub"), "text"),
    **dict.fromkeys(("pptx", "pptm", "ppt", "odp"), "slides"),
    **dict.fromkeys(("xlsx", "xlsm", "xls", "ods", "csv"), "table"),
    **dict.fromkeys(("png", "jpeg", "gif", "webp", "tiff", "heic", "svg"), "picture"),
    **dict.fromkeys(("mp4", "webm"), "video"),
    **dict.fromkeys(("mp3", "wav", "ogg"), "audio"),
}
FILE_KIND_LABELS = {
    "pdf": N_("PDF"),
    "text": N_("Text document"),
    "slides": N_("Slides"),
    "table": N_("Table"),
    "picture": N_("Picture"),
    "video": N_("Video"),
    "audio": N_("Audio"),
    "other": N_("Other file"),
}
