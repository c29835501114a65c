"""`{% for_everyone name=value … %}`: a part of a page that is the same for everyone who reads in a language; and
`{% whole_page %}`, around the page that others extend."""

from django import template
from django.template.base import FilterExpression, Node, NodeList, Parser, Token, token_kwargs
from django.template.loader_tags import BlockNode
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
    if nodelist.get_nodes_by_type(BlockNode):
        raise template.TemplateSyntaxError("for_everyone holds no block: nobody could fill it.")
    return ForEveryone(nodelist, values)


class ForEveryone(template.Node):
    """Keeps what it wrote on itself, so a template that is read anew forgets it."""

    child_nodelists = ()  # nobody who looks for blocks need look inside

    def __init__(self, nodelist: NodeList, values: dict[str, FilterExpression]) -> None:
        self.nodelist, self.values = nodelist, values
        self.written: dict[tuple, str] = {}

    def render(self, context: template.Context) -> str:
        values = [expression.resolve(context) for expression in self.values.values()]
        # By type, too: a text that is safe is equal to one that must be escaped.
        key = (get_language(), *_place(context), *values, *map(type, values))
        if (html := self.written.get(key)) is None:
            if len(self.written) >= MOST:
                self.written.clear()
            html = self.alone(context.template, dict(zip(self.values, values, strict=True)))
            self.written[key] = html
        return html

    def alone(self, page: template.Template, values: dict[str, object]) -> str:
        """Written in a context of its own, to which no processor has added anything."""
        context = template.Context(values)
        with context.bind_template(page), context.render_context.push_state(page):
            return self.nodelist.render(context)


def _place(context: template.Context) -> tuple[str | None, str]:
    """What addresses depend on beside the language; looked up once while a page is written."""
    known = context.render_context.dicts[0]
    if (place := known.get(_place)) is None:
        place = known[_place] = (get_urlconf(), get_script_prefix())
    return place


@register.tag
def whole_page(parser: Parser, token: Token) -> "WholePage":
    """Around all of a page that others extend, behind its `load`."""
    nodelist = parser.parse(("end_whole_page",))
    parser.delete_first_token()
    return WholePage(nodelist)


class WholePage(template.Node):
    """Django walks through the page at the root for its blocks with every page that extends it, and they never change:
    this remembers what was found."""

    def __init__(self, nodelist: NodeList) -> None:
        self.nodelist = nodelist
        self.found: dict[type[Node], list[Node]] = {}

    def get_nodes_by_type(self, nodetype: type[Node]) -> list[Node]:
        if nodetype not in self.found:
            self.found[nodetype] = super().get_nodes_by_type(nodetype)
        return self.found[nodetype]

    def render(self, context: template.Context) -> str:
        return self.nodelist.render(context)
