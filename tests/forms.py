"""Forms of a page as a browser would send them."""

from html.parser import HTMLParser


class _Form(HTMLParser):
    """The fields of one form; buttons are left out, files too."""

    def __init__(self, marker):
        super().__init__()
        self.marker, self.is_inside = marker, False
        self.fields, self.select, self.textarea = {}, "", ""

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        name = given.get("name") or ""
        if tag == "form":
            self.is_inside = self.marker in given
        if not self.is_inside:
            return
        if tag == "input" and name and given.get("type") not in ("file", "submit"):
            if given.get("type") in ("radio", "checkbox") and "checked" not in given:
                return
            default = "on" if given.get("type") == "checkbox" else ""
            self.fields.setdefault(name, []).append(given.get("value") or default)
        elif tag == "select":
            self.select = name
        elif tag == "option" and "selected" in given:
            self.fields.setdefault(self.select, []).append(given.get("value") or "")
        elif tag == "textarea":
            self.textarea = name
            self.fields[name] = [""]

    def handle_data(self, data):
        if self.textarea:
            self.fields[self.textarea][0] += data

    def handle_endtag(self, tag):
        if tag == "form":
            self.is_inside = False
        if tag == "textarea":
            self.textarea = ""


def sent_by_a_browser(response, marker="data-autosave", **changes):
    """What the form with the attribute ``marker`` sends when nothing is touched; with ``changes``."""
    form = _Form(marker)
    form.feed(response.content.decode())
    fields = {name: [value.lstrip("\n") for value in values] for name, values in form.fields.items()}
    fields.pop("csrfmiddlewaretoken", None)
    return fields | changes
