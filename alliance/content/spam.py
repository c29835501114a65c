"""Which new tickets go to the folder for spam, and why: few rules, each of which a person can check. Pure.

A rule never deletes and never refuses: the ticket stands in its folder, names the rule, and one click brings it back.
"""

import re
from collections.abc import Iterable

# New tickets of one address within an hour, beyond which the next are taken for a flood.
MOST_PER_HOUR = 10
# So many links, and fewer words than three for each, is no letter.
MANY_LINKS = 5
LINK = re.compile(r"https?://|www\.", re.IGNORECASE)


def judge(
    *, subject: str, text: str, sender: str, senders: Iterable[str], words: Iterable[str], recent: int = 0
) -> tuple[str, str]:
    """The reason, as `Ticket.SpamReason` has it, and what it was found by; both empty for what is none.

    :param senders: addresses and domains on the list
    :param words: words on the list
    :param recent: tickets of this sender within the last hour
    """
    sender, domain = sender.lower(), sender.lower().rpartition("@")[2]
    for known in senders:
        known = known.strip().lower().lstrip("@")
        if known in (sender, domain) or ("@" not in known and domain.endswith(f".{known}")):
            return "sender", known
    said = " ".join(f"{subject} {text}".casefold().split())
    for word in words:
        pattern = rf"(?<!\w){re.escape(' '.join(word.casefold().split()))}(?!\w)"
        if re.search(pattern, said):
            return "word", word
    links = len(LINK.findall(text))
    if links >= MANY_LINKS and len(text.split()) < links * 4:
        return "links", str(links)
    if recent >= MOST_PER_HOUR:
        return "rate", str(recent)
    return "", ""
