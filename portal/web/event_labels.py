"""What the whole audit trail says, in words: the labels of each part of the portal, and those of no part."""

from collections.abc import Mapping

from portal.core.errors import N_
from portal.web.history import EVENT_LABELS as ORGANISATION_EVENTS
from portal.web.library import EVENT_LABELS as RESOURCE_EVENTS
from portal.web.projects import EVENT_LABELS as PROJECT_EVENTS

EVENT_LABELS: Mapping[str, str] = {
    **PROJECT_EVENTS,
    **RESOURCE_EVENTS,
    **ORGANISATION_EVENTS,
    "account_created": N_("made an account"),
    "account_deleted": N_("deleted the account"),
    "address_changed": N_("changed the mail address"),
    "address_confirmed": N_("confirmed the mail address"),
    "password_changed": N_("changed the password"),
    "password_reset": N_("set a new password by mail"),
    "profile_changed": N_("changed name or language"),
    "portal_roles_changed": N_("changed roles of the portal"),
    "group_created": N_("made a group"),
    "group_changed": N_("changed a group"),
    "place.names-changed": N_("changed the names of a place"),
    "place.split": N_("split a district"),
    "nil_return": N_("said that nothing is done in a place"),
    "withdraw_nil_return": N_("took back that nothing is done in a place"),
    "add_expectation": N_("wrote down what is expected in a place"),
    "remove_expectation": N_("removed what was expected in a place"),
    "load_expectations": N_("loaded what is expected where"),
    "hand_in": N_("handed a workbook in"),
    "answer": N_("answered what a word in a workbook means"),
    "import": N_("imported rows of a workbook"),
    "undo_import": N_("took an import back"),
    "load_statistics": N_("loaded statistics"),
    "job_retried": N_("let failed work be tried again"),
    "job_given_up": N_("gave failed work up"),
}
SUBJECT_LABELS: Mapping[str, str] = {
    "resource": N_("Resource"),
    "project": N_("Project"),
    "import": N_("Import"),
    "organisation": N_("Organisation"),
    "user": N_("Person"),
    "group": N_("Group"),
    "place": N_("Place"),
    "invitation": N_("Invitation"),
    "join_request": N_("Request to join"),
    "job": N_("Work"),
    "statistics": N_("Statistics"),
}
