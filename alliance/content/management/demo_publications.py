"""Documents and videos of the demonstration: real files, set by typst, and a film that is drawn here. Each says that it
is an example. `manage.py demo` calls it.
"""

import io
from datetime import date
from typing import Any

import typst
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw

from alliance.content.actions import documents, publications, videos
from alliance.content.models import Document, Video, VideoWords
from alliance.core import webm
from alliance.core.captions import clean_captions
from alliance.core.films import clean_film
from alliance.core.uploads import CleanUpload, clean_attachment, clean_picture
from alliance.users.models import User

NOTE = {
    "de": "Beispiel der Demonstration, kein Dokument der Allianz.",
    "en": "Example of the demonstration, not a document of the Alliance.",
    "fr": "Exemple de la démonstration, et non un document de l’Alliance.",
    "pl": "Przykład wersji pokazowej, nie jest to dokument Sojuszu.",
    "uk": "Приклад демонстраційної версії, це не документ Альянсу.",
}
# Kind, day, titles of the page, titles of the files; which file has an older version.
DOCUMENTS: list[tuple[str, date, dict[str, str], dict[str, str], str]] = [
    (
        Document.Kind.POSITION,
        date(2026, 6, 11),
        {
            "en": "Recommendations on rebuilding from below (example)",
            "pl": "Zalecenia w sprawie oddolnej odbudowy (przykład)",
            "uk": "Рекомендації щодо відбудови знизу (приклад)",
        },
        {
            "de": "Empfehlungen für einen Wiederaufbau von unten (Beispiel)",
            "fr": "Recommandations pour une reconstruction par le bas (exemple)",
            "uk": "Рекомендації щодо відбудови знизу (приклад)",
        },
        "uk",
    ),
    (
        Document.Kind.GUIDE,
        date(2026, 3, 2),
        {
            "en": "How to write a need that is answered (example)",
            "pl": "Jak opisać potrzebę, aby otrzymać odpowiedź (przykład)",
            "uk": "Як описати потребу, щоб отримати відповідь (приклад)",
        },
        {
            "en": "How to write a need that is answered (example)",
            "pl": "Jak opisać potrzebę, aby otrzymać odpowiedź (przykład)",
            "uk": "Як описати потребу, щоб отримати відповідь (приклад)",
        },
        "",
    ),
    (
        Document.Kind.NEWSLETTER,
        date(2026, 5, 20),
        {
            "en": "Alliance Insight (example)",
            "pl": "Alliance Insight (przykład)",
            "uk": "Alliance Insight (приклад)",
        },
        {"en": "Alliance Insight (example issue)"},
        "",
    ),
]
FILM_TITLES = {
    "en": "How a need is covered (example film)",
    "pl": "Jak pokrywa się potrzebę (przykładowy film)",
    "uk": "Як закривають потребу (приклад фільму)",
}
FILM_WORDS = {
    "en": ("Twelve generators are asked for.", "Part by part, they arrive."),
    "pl": ("Potrzeba dwunastu generatorów.", "Docierają jeden po drugim."),
    "uk": ("Потрібно дванадцять генераторів.", "Один за одним вони прибувають."),
}
FOREIGN_TITLES = {
    "en": "A film on a video service (example)",
    "pl": "Film w serwisie wideo (przykład)",
    "uk": "Відео у відеосервісі (приклад)",
}
FRAMES, MILLISECONDS, SIZE = 24, 400, (640, 360)
INK, BLUE, SUN, PAPER = (16, 32, 58), (11, 61, 145), (255, 204, 0), (244, 247, 251)


def write_publications(desk: User) -> None:
    for kind, day, titles, files, replaced in DOCUMENTS:
        _document(kind, day, titles, files, replaced, desk)
    _own_film(desk)
    _foreign_film(desk)


def _document(
    kind: str, day: date, titles: dict[str, str], files: dict[str, str], replaced: str, desk: User
) -> None:
    document = Document(kind=kind, dated_on=day, slug=f"example-{kind}", **_texts("title", titles))
    publications.create(document, by=desk)
    for code, title in files.items():
        if code == replaced:
            row = documents.add_file(
                document, language=code, title=title, upload=_pdf(code, title, version=1), by=desk
            )
            documents.replace_file(row, upload=_pdf(code, title, version=2), by=desk)
        else:
            documents.add_file(document, language=code, title=title, upload=_pdf(code, title), by=desk)
    publications.publish(document, by=desk)


def _texts(field: str, texts: dict[str, str]) -> dict[str, Any]:
    return {f"{field}_{code}": text for code, text in texts.items()}


def _pdf(code: str, title: str, version: int = 1) -> CleanUpload:
    """A page with its title, as a tagged PDF in its language."""
    source = (
        f'#set document(title: "{title}")\n#set text(lang: "{code}", size: 12pt)\n= {title}\n\n{NOTE[code]}\n\n'
        f"{version}.0"
    )
    content = typst.compile(source.encode(), ignore_system_fonts=True, pdf_standards=["ua-1"])
    return clean_attachment(SimpleUploadedFile(f"example-{code}.pdf", content))


def _own_film(desk: User) -> None:
    """A silent film: a bar fills up. Its captions say what is seen."""
    frames = [_frame(number / (FRAMES - 1)) for number in range(FRAMES)]
    film = webm.film(frames, milliseconds=MILLISECONDS)
    video = Video(
        source=Video.Source.OWN,
        slug="example-film",
        language="en",
        recorded_on=date(2026, 6, 1),
        **_texts("title", FILM_TITLES),
    )
    videos.create_video(
        video,
        film=clean_film(SimpleUploadedFile("film.webm", film)),
        poster=_poster(frames[FRAMES * 2 // 3]),
        by=desk,
    )
    words = [
        VideoWords(language=code, captions=_captions(said), transcript="\n\n".join(said))
        for code, said in FILM_WORDS.items()
    ]
    videos.write_words(video, changed=words, by=desk)
    publications.publish(video, by=desk)


def _frame(share: float) -> Image.Image:
    """The coverage bar of the portal, so far filled."""
    frame = Image.new("RGB", SIZE, PAPER)
    draw = ImageDraw.Draw(frame)
    width, height = SIZE
    left, right, top = width // 10, width * 9 // 10, height // 2 - 24
    draw.rounded_rectangle((left, top, right, top + 48), radius=24, outline=INK, width=3)
    end = left + int((right - left) * share)
    if end > left + 48:
        draw.rounded_rectangle((left, top, end, top + 48), radius=24, fill=BLUE)
    for number in range(12):
        x = left + (right - left) * number // 12 + 8
        is_there = share * 12 >= number + 1
        draw.rectangle((x, top - 70, x + 26, top - 36), fill=SUN if is_there else None, outline=INK, width=2)
    return frame


def _poster(frame: Image.Image) -> CleanUpload:
    out = io.BytesIO()
    frame.save(out, "PNG")
    return clean_picture(SimpleUploadedFile("poster.png", out.getvalue()))


def _captions(said: tuple[str, str]) -> str:
    first, second = said
    text = f"WEBVTT\n\n00:00.500 --> 00:04.000\n{first}\n\n00:04.500 --> 00:09.000\n{second}\n"
    return clean_captions(text.encode())


def _foreign_film(desk: User) -> None:
    """The film with which Vimeo itself shows its player."""
    video = Video(
        source=Video.Source.VIMEO,
        foreign_id="76979871",
        slug="example-on-a-service",
        language="en",
        seconds=62,
        recorded_on=date(2026, 4, 1),
        **_texts("title", FOREIGN_TITLES),
    )
    videos.create_video(video, poster=_poster(_frame(0.25)), by=desk)
    publications.publish(video, by=desk)
