"""What each column of a file of needs and offers means, for whoever reads or fills it. Pure; the help page shows it."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

DAY = _("A day, like 2026-12-31.")
SPEC = _("A code; only for items that have this property.")
WHO = _("members, partner or coordinators; empty: all who may read the rest.")

ABOUT = {
    "id": _("The code of the need or offer. Rows with the same code belong together. Empty: a new one."),
    "url": _("Its page."),
    "kind": pgettext_lazy("explanation of a column", "need or offer."),
    "status": _("draft, review, published, expired or withdrawn."),
    "member": _("The code of the member; in a new row of an association, for whom it is."),
    "member_name": _("The name of the member, or what everyone reads instead."),
    "country": _("The country of the member, two letters."),
    "region_code": _("The oblast or region of the member, as its register writes it."),
    "language": _("The language that it was written in: en, pl, uk or another code of ISO 639."),
    "title_en": _("The title in English, at most 160 characters."),
    "title_pl": _("The title in Polish."),
    "title_uk": _("The title in Ukrainian."),
    "title_other": _("The title, if it was written in another language."),
    "text_en": _("The description in English, at most 5,000 characters."),
    "text_pl": _("The description in Polish."),
    "text_uk": _("The description in Ukrainian."),
    "text_other": _("The description, if it was written in another language."),
    "sectors": _("Codes of sectors with spaces between them, at most eight."),
    "sector_names": _("The same in words."),
    "urgency": _("normal, high or critical."),
    "transport_by": _("Who pays for transport: giver, receiver, shared or open; empty: not said."),
    "handover": _("The place of hand-over: the code of a hromada, municipality or region in its register."),
    "handover_name": _("The same in words."),
    "appeal": _("The code of the appeal that it is part of, as the address of the appeal shows it."),
    "dream_id": _(
        "Only needs: the number of the project in DREAM that it is part of, like DREAM-UA-131222-4F8C5A35."
    ),
    "published_on": _("The day on which it was published."),
    "expires_on": _("Valid until this day, at most one year from today."),
    "audience": _("Who may read it: public or members."),
    "audience_text": WHO,
    "audience_lines": WHO,
    "audience_needed_by": WHO,
    "audience_handover": WHO,
    "audience_files": WHO,
    "name_hidden": _("yes: the name of the member is not shown in public."),
    "names_no_site": _("yes: you confirm that the text names no site, no route and no date of delivery."),
    "partner_note": _("For the partner only, after both sides agreed."),
    "desk_note": _("For the secretariat only."),
    "line_id": _("The code of the line. It stays for life, since promises point at it. Empty: a new line."),
    "item": _("A code of the catalogue below; empty: an item in your own words."),
    "item_name": _("The same in words."),
    "item_words": _("The item in your own words, or more detail; at most 120 characters."),
    "quantity": _("How many: a number with at most three decimals, 12.5 or 12,5."),
    "unit": _("A code of a unit below; empty: the usual one of the item."),
    "currency": _("Three letters, like EUR; only with the unit money."),
    "size_min": _("The size of each, from."),
    "size_max": _("The size of each, to."),
    "size_unit": _("The unit of the size."),
    "fuel": SPEC,
    "phases": SPEC,
    "mobility": SPEC,
    "way": SPEC,
    "condition": _("new, good or usable; of a need: at least."),
    "needed_by": _("Only needs. A day, like 2026-12-31."),
    "available_from": DAY,
    "available_until": DAY,
}
