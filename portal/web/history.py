"""What the audit trail says of people and organisations, in words."""

from portal.core.errors import N_

EVENT_LABELS = {
    "organisation_registered": N_("registered the organisation"),
    "organisation_changed": N_("changed the entry"),
    "organisation_verified": N_("verified the organisation"),
    "organisation_unverified": N_("took back the verification"),
    "person_invited": N_("invited somebody"),
    "invitation_withdrawn": N_("withdrew an invitation"),
    "invitation_accepted": N_("accepted an invitation"),
    "join_asked": N_("asked to join"),
    "join_accepted": N_("let somebody join"),
    "join_declined": N_("declined a request to join"),
    "role_changed": N_("changed a role"),
    "person_removed": N_("removed somebody"),
    "person_left": N_("left"),
}
