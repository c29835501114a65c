"""`inert`: people's words in our mails and pages keep their wording but no address in them can be clicked."""

import re

from django import template

register = template.Library()

# What mail programs turn into a link: a scheme or www, or a bare name with an ending and a path.
ADDRESS = re.compile(r"(?:[a-z][a-z0-9+.-]{1,15}://|www\.)\S+|[\w-]+(?:\.[\w-]+)+/\S*", re.IGNORECASE)
# Invisible marks that turn the direction of a text around, which makes one address look like another.
DIRECTION = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


@register.filter
def inert(text: str) -> str:
    """``https://example.org/a`` → ``https[://]example[.]org/a``. Still plain text: escape it as usual."""
    plain = DIRECTION.sub("", str(text))
    return ADDRESS.sub(lambda found: found[0].replace("://", "[://]").replace(".", "[.]"), plain)
