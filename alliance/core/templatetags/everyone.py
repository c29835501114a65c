"""`{% for_everyone name=value … %}`: a part of a page that is the same for everyone who reads in a language."""

from django import template
from django.template.base import FilterExpression, NodeList, Parser, Token, token_kwargs
from django.urls import get_script_prefix, get_urlconf
from django.utils.translation import get_language

register = template.Library()

# Writings of one part that are kept: the values that it depends on are few.
MOST = 100


@register.tag
def for_everyone(parser: Parser, token: Token) -> "ForEveryone":
    """What stands inside knows the named values alone, nothing of the request or its reader, and is written once per
    process for each language and these values."""
    bits = token.split_contents()[1:]
    values = token_kwargs(bits, parser)
    if bits:
        raise template.TemplateSyntaxError("for_everyone takes name=value alone.")
    nodelist = parser.parse(("end_for_everyone",))
    parser.delete_first_token()
    return ForEveryone(nodelist, values)


class ForEveryone(template.Node):
    """Keeps what it wrote on itself, so a template that is read anew forgets it."""

    def __init__(self, nodelist: NodeList, values: dict[str, FilterExpression]) -> None:
        self.nodelist, self.values = nodelist, values
        self.written: dict[tuple, str] = {}

    def render(self, context: template.Context) -> str:
        values = {name: expression.resolve(context) for name, expression in self.values.items()}
        # By type, too: a text that is safe is equal to one that must be escaped.
        told = ((type(value), value) for value in values.values())
        key = (get_language(), get_urlconf(), get_script_prefix(), *told)
        if (html := self.written.get(key)) is None:
            if len(self.written) >= MOST:
                self.written.clear()
            html = self.written[key] = self.alone(context.template, values)
        return html

    def alone(self, page: template.Template, values: dict[str, object]) -> str:
        """Written in a context of its own, to which no processor has added anything."""
        context = template.Context(values)
        with context.bind_template(page), context.render_context.push_state(page):
            return self.nodelist.render(context)
