"""Captions of films: WebVTT (W3C), checked before any player reads it, and written anew from what was understood."""

import html
import re
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

MAX_CAPTION_BYTES = 1024 * 1024
TIME = r"(?:(\d{2,3}):)?([0-5]\d):([0-5]\d)\.(\d{3})"
TIMES = re.compile(rf"{TIME}[ \t]+-->[ \t]+{TIME}(?P<settings>[ \t].*)?")
SETTINGS = re.compile(r"(?:vertical|line|position|size|align):[\w.,%-]+")
# What a caption may be marked with: voices, emphasis, ruby, languages, classes, moments.
TAG = re.compile(r"</?(?:[cibuv]|ruby|rt|lang)?(?:\.[\w.-]+)?(?:[ \t][^<>&]*)?>|<\d{2}:[\d:.]+>")


@dataclass(frozen=True)
class Cue:
    """Words that are shown from one moment to another, in thousandths of a second."""

    start: int
    end: int
    settings: str
    text: str


def clean_captions(content: bytes) -> str:
    """The captions as text that holds nothing but cues.

    :raises ValidationError: with a message that names the line
    """
    if len(content) > MAX_CAPTION_BYTES:
        raise ValidationError(_("The captions are larger than 1 MB."), code="too_large")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValidationError(_("The captions must be saved as UTF-8 text."), code="encoding") from error
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if not re.fullmatch(r"WEBVTT(?:[ \t].*)?", lines[0]) or "\0" in text:
        raise ValidationError(_("This is no WebVTT file: its first line must be WEBVTT."), code="wrong_type")
    found = _cues(lines)
    if not found:
        raise ValidationError(_("The file holds no captions."), code="empty")
    return _written(found)


def _cues(lines: list[str]) -> list[Cue]:
    found: list[Cue] = []
    for number, block in _blocks(lines):
        if re.match(r"(?:NOTE|STYLE|REGION)(?:\s|$)", block[0]):
            continue
        at = 0 if "-->" in block[0] else 1
        if at >= len(block) or "-->" not in block[at]:
            raise _fault(number, _("a line with two moments, such as 00:00:01.000 --> 00:00:04.000"))
        times = TIMES.fullmatch(block[at].strip())
        if not times:
            raise _fault(number + at, _("a line with two moments, such as 00:00:01.000 --> 00:00:04.000"))
        start, end = _moment(*times.groups()[:4]), _moment(*times.groups()[4:8])
        if end <= start:
            raise _fault(number + at, _("a moment of the end that is later than its beginning"))
        if found and start < found[-1].start:
            raise _fault(number + at, _("captions in the order of their time"))
        words = "\n".join(block[at + 1 :]).strip()
        if words:
            settings = " ".join(SETTINGS.findall(times["settings"] or ""))
            found.append(Cue(start, end, settings, words))
    return found


def _blocks(lines: list[str]) -> list[tuple[int, list[str]]]:
    """Groups of lines between empty ones, behind the head of the file; each with the number of its first line."""
    blocks: list[tuple[int, list[str]]] = []
    is_open = True  # the head, up to the first empty line
    for number, line in enumerate(lines[1:], start=2):
        if not line.strip():
            is_open = False
        elif is_open and blocks:
            blocks[-1][1].append(line)
        elif not is_open:
            blocks.append((number, [line]))
            is_open = True
    return blocks


def _fault(number: int, wanted: str) -> ValidationError:
    words = _("Line %(number)d of the captions: we expected %(wanted)s.")
    return ValidationError(words % {"number": number, "wanted": wanted}, code="damaged")


def _moment(hours: str | None, minutes: str, seconds: str, thousandths: str) -> int:
    return ((int(hours or 0) * 60 + int(minutes)) * 60 + int(seconds)) * 1000 + int(thousandths)


def _written(cues: list[Cue]) -> str:
    blocks = ["WEBVTT"]
    for cue in cues:
        head = f"{_clock(cue.start)} --> {_clock(cue.end)} {cue.settings}".rstrip()
        blocks.append(f"{head}\n{_plain(cue.text)}")
    return "\n\n".join(blocks) + "\n"


def _plain(text: str) -> str:
    """Words with the marks that players know; any other bracket is a character."""
    parts, at = [], 0
    for tag in TAG.finditer(text):
        parts += [_escaped(text[at : tag.start()]), tag.group()]
        at = tag.end()
    return "".join([*parts, _escaped(text[at:])]).replace("-->", "→")


def _escaped(text: str) -> str:
    return text.replace("<", "&lt;").replace(">", "&gt;").replace("--&gt;", "→")


def words_in(captions: str) -> str:
    """What cleaned captions say, without moments and marks."""
    cues = captions.split("\n\n")[1:]
    return html.unescape(TAG.sub("", "\n".join(cue.partition("\n")[2] for cue in cues)))


def _clock(moment: int) -> str:
    seconds, thousandths = divmod(moment, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{thousandths:03}"


class CaptionField(forms.FileField):
    """A WebVTT file; cleans to its text."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.FileInput(attrs={"accept": ".vtt,text/vtt"}))
        super().__init__(**kwargs)

    def clean(self, data: Any, initial: Any = None) -> Any:
        cleaned = super().clean(data, initial)
        if not isinstance(cleaned, UploadedFile):
            return cleaned or ""
        return clean_captions(cleaned.read(MAX_CAPTION_BYTES + 1))
