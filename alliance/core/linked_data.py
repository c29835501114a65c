"""schema.org's description of a page, for search engines."""

import json
from typing import Any

from django.utils.html import json_script
from django.utils.safestring import SafeString, mark_safe


def as_json_ld(data: dict[str, Any]) -> SafeString:
    """What of ``data`` is not empty, as JSON inside HTML in Django's own escaping, under the type it is read by."""
    known = {name: value for name, value in data.items() if value}
    script = json_script(json.loads(json.dumps(known)))
    return mark_safe(script.replace('type="application/json"', 'type="application/ld+json"', 1))
