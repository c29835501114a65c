"""The admin of the kernel, and what every app's admin is made of: buttons for verbs, history, no deletion."""

from alliance.core.admin.base import DeskAdmin, FewRows, ReadOnlyInline, choice_filter, labelled, linked
from alliance.core.admin.history import label_rows, label_values, label_verbs
from alliance.core.admin.journal import JournalEntryAdmin
from alliance.core.admin.mails import MailStopAdmin, OutgoingMailAdmin
from alliance.core.admin.verbs import StatedAdmin, Verb, VerbAdmin, reason_form

__all__ = [
    "DeskAdmin",
    "FewRows",
    "JournalEntryAdmin",
    "MailStopAdmin",
    "OutgoingMailAdmin",
    "ReadOnlyInline",
    "StatedAdmin",
    "Verb",
    "VerbAdmin",
    "choice_filter",
    "label_rows",
    "label_values",
    "label_verbs",
    "labelled",
    "linked",
    "reason_form",
]
