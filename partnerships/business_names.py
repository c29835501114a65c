"""Names by which businesses can be told: their legal form stands in them. Pure.

Law 3668-IX: the sides of an agreement on international territorial cooperation are territorial communities, their
bodies and associations. With a business or an international organisation it is another kind of agreement.
"""

import re

# As registers write them, in the languages of the parties; only forms that no authority has in its name.
FORMS = (
    # Ukrainian
    r"ТОВ|ТзОВ|товариство з (?:обмеженою|додатковою) відповідальністю|ФОП|ПрАТ|ПАТ|АТ|акціонерне товариство",
    r"(?:приватне|державне|комунальне|комунальне некомерційне) підприємство|(?:КП|КНП|ДП)(?= ?[«\"“„])",
    # Polish
    r"sp\.? ?z ?o\.? ?o\.?|sp\.? ?[jkp]\.|spółka (?:z ograniczoną odpowiedzialnością|akcyjna|jawna|komandytowa)",
    r"przedsiębiorstwo",
    # English, German, French, Italian, Dutch, Czech, Slovak, Romanian, Baltic, Nordic, Hungarian
    r"Ltd\.?|Limited|LLC|Inc\.?|PLC|g?GmbH|S\.?à\.? ?r\.?l\.?|S\.?A\.?R\.?L\.?|S\.?r\.?l\.?|S\.p\.A\.|B\.V\.|N\.V\.",
    r"s\.r\.o\.|a\.s\.|S\.A\.|UAB|OÜ|SIA|Oy|ApS|Aktiengesellschaft|Kft\.?|Zrt\.?|Nyrt\.?",
)
# Written like that and at the end alone: Spa is a town, and Swiss places end in the letters of their canton (Buchs AG).
_AT_THE_END = re.compile(r"\b(?:SpA|BV|NV)$")
_PATTERN = re.compile(rf"(?<![\w.])(?:{'|'.join(FORMS)})(?![\w-])", re.IGNORECASE)
# Short forms that in small letters would be ordinary words or endings; of some the first letter alone is large (Sia is
# a village on Cyprus, Oy-Mittelberg one in Bavaria).
_SHOUTED = {"тов", "фоп", "пат", "ат", "sia"}
_CAPITALISED = {"тзов", "прат", "oy", "inc", "limited", "plc"}


def looks_like_business(name: str) -> bool:
    """Whether the legal form of a business stands in ``name``."""
    for found in _PATTERN.finditer(name):
        words = found[0].rstrip(".")
        if words.casefold() in _SHOUTED:
            is_form = words.isupper()
        else:
            is_form = words.casefold() not in _CAPITALISED or words[0].isupper()
        if is_form:
            return True
    return bool(_AT_THE_END.search(name.strip()))
