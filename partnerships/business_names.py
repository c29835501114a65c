"""Names by which businesses can be told: their legal form stands in them. Pure.

Law 3668-IX: the sides of an agreement on international territorial cooperation are territorial communities, their
bodies and associations. With a business or an international organisation it is another kind of agreement.
"""

import re

# As registers write them, in the languages of the parties; only forms that no authority has in its name.
FORMS = (
    # Ukrainian
    r"ТОВ|ТзОВ|товариство з (?:обмеженою|додатковою) відповідальністю|ФОП|ПрАТ|ПАТ|АТ|акціонерне товариство",
    r"приватне підприємство",
    # Polish
    r"sp\.? ?z ?o\.? ?o\.?|sp\.? ?[jkp]\.|spółka (?:z ograniczoną odpowiedzialnością|akcyjna|jawna|komandytowa)",
    # English, German, French, Italian, Dutch, Czech, Slovak, Romanian, Baltic, Nordic
    r"Ltd\.?|Limited|LLC|Inc\.?|PLC|g?GmbH|S\.?à\.? ?r\.?l\.?|S\.?A\.?R\.?L\.?|S\.?r\.?l\.?|S\.p\.A\.|B\.V\.|N\.V\.",
    r"s\.r\.o\.|a\.s\.|S\.A\.|UAB|OÜ|SIA|Oy|ApS",
)
_PATTERN = re.compile(rf"(?<![\w.])(?:{'|'.join(FORMS)})(?![\w])", re.IGNORECASE)
# Short forms that in small letters would be ordinary words or endings.
_SHOUTED = {"тов", "тзов", "фоп", "прат", "пат", "ат", "sia", "oy", "inc", "limited", "plc"}


def looks_like_business(name: str) -> bool:
    """Whether the legal form of a business stands in ``name``."""
    for found in _PATTERN.finditer(name):
        words = found[0]
        if words.casefold().rstrip(".") not in _SHOUTED or words[0].isupper():
            return True
    return False
