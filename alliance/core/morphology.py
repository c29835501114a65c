"""Dictionary forms of words and what they are derived from: Polish (Morfeusz), Ukrainian (pymorphy3),
English (Snowball). Only core.search calls it. A language without its dictionary falls back to the word itself.

`lemmas` are the forms a dictionary lists; `origins` adds the words they are derived from by the general rules of word
formation (szkolny from szkoła, wymiana from wymienić). A rule only proposes: what the dictionary does not know as a
word of the right kind is thrown away, so "ładny" leads nowhere.
"""

import re
from collections.abc import Callable, Iterator
from functools import cache, lru_cache
from threading import Lock

from alliance.core.alphabets import table

NOUN, ADJECTIVE, VERB, OTHER, GUESS = "noun", "adjective", "verb", "other", "guess"
Analysis = tuple[str, str]  # lemma in lower case, part of speech

CACHED_WORDS = 50_000
LIKELY = 0.1  # share of probability from which a guess about an unknown word is listened to
SHORTEST_STEM = 4  # letters; shorter ones meet by chance (polski, pole)
SHORT_STEMS = {"owy": 3, "овий": 3}  # zimowy, зимовий
_lock = Lock()  # Morfeusz objects are not safe to share between threads

_POLISH_KINDS = {
    **dict.fromkeys(("subst", "depr"), NOUN),
    **dict.fromkeys(("adj", "adja", "adjp", "adjc"), ADJECTIVE),
    # The lemma of a participle and of a verbal noun is their verb.
    **dict.fromkeys(
        ("fin", "praet", "impt", "imps", "inf", "pcon", "pant", "cond", "ger", "pact", "ppas"), VERB
    ),
}
_UKRAINIAN_WORD = re.compile("[а-яєіїґʼ]+")
_UKRAINIAN_KINDS = {
    "NOUN": NOUN,
    **dict.fromkeys(("ADJF", "ADJS", "COMP"), ADJECTIVE),
    **dict.fromkeys(("VERB", "INFN", "GRND", "PRTF", "PRTS"), VERB),
}


# Forms that the stemmer cannot know, with their dictionary form.
_ENGLISH_IRREGULAR = table(
    "children=child men=man women=woman people=person feet=foot teeth=tooth mice=mouse lives=life "
    "wives=wife knives=knife leaves=leaf halves=half wolves=wolf shelves=shelf criteria=criterion "
    "phenomena=phenomenon analyses=analysis crises=crisis bases=base built=build bought=buy "
    "brought=bring came=come chose=choose chosen=choose did=do done=do fought=fight found=find "
    "gave=give given=give gone=go went=go grew=grow grown=grow held=hold kept=keep knew=know "
    "known=know led=lead left=leave lent=lend lost=lose made=make met=meet paid=pay rebuilt=rebuild "
    "said=say sent=send showed=show shown=show sold=sell spent=spend stood=stand taken=take "
    "took=take taught=teach thought=think told=tell understood=understand wrote=write written=write "
    "broke=break broken=break began=begin begun=begin drove=drive driven=drive wore=wear worn=wear"
)

# --- Dictionaries: each loader is run once per process and returns a function word -> analyses ---------------------


def _load_polish() -> Callable[[str], set[Analysis]]:
    import morfeusz2  # heavy; only processes that search pay for it

    morfeusz = morfeusz2.Morfeusz(praet="composite")

    def analyse_polish(word: str) -> set[Analysis]:
        readings = set()
        for start, end, (_, lemma, tags, *_) in morfeusz.analyse(word):
            kind = tags.partition(":")[0]
            if kind == "ign" or start != 0 or end != 1:
                continue
            readings.add((lemma.partition(":")[0].lower(), _POLISH_KINDS.get(kind, OTHER)))
        return readings

    return analyse_polish


def _load_ukrainian() -> Callable[[str], set[Analysis]]:
    import pymorphy3

    analyser = pymorphy3.MorphAnalyzer(lang="uk")

    def analyse_ukrainian(word: str) -> set[Analysis]:
        if not _UKRAINIAN_WORD.fullmatch(
            word
        ):  # pymorphy3 raises an error on letters that have no name in Unicode
            return set()
        plain = word.replace("ʼ", "'")
        known = analyser.word_is_known(plain)
        readings = set()
        for parse in analyser.parse(plain):
            if known or parse.score >= LIKELY:  # a guess is a lemma to look for, but confirms no word
                kind = _UKRAINIAN_KINDS.get(str(parse.tag.POS), OTHER) if known else GUESS
                readings.add((parse.normal_form.replace("'", "ʼ"), kind))
        return readings

    return analyse_ukrainian


def _load_english() -> Callable[[str], set[Analysis]]:
    import snowballstemmer

    stemmer = snowballstemmer.stemmer("english")

    def analyse_english(word: str) -> set[Analysis]:
        word = word.removesuffix("ʼ").removesuffix("ʼs")
        stems = {stemmer.stemWord(_ENGLISH_IRREGULAR.get(word, word))}
        if occupation := re.fullmatch(r"(\w+eer)(s|ed|ing)?", word):  # Snowball makes an engineer an engine
            stems = {occupation[1]}
        elif re.search(r"(s|x|z|ch|sh)es$", word):  # buses: bus + es, which Snowball reads as buse + s
            stems.add(stemmer.stemWord(word[:-2]))
        return {(stem, OTHER) for stem in stems if stem}

    return analyse_english


_LOADERS = {"pl": _load_polish, "uk": _load_ukrainian, "en": _load_english}


@cache
def _dictionary(language: str) -> Callable[[str], set[Analysis]]:
    try:
        return _LOADERS[language]()
    except (KeyError, ImportError, OSError):  # no such dictionary here: words are found as they are written
        return lambda word: set()


def load() -> None:
    """Read every dictionary now, and not with the first word that somebody asks for."""
    for language, word in (("pl", "słowo"), ("uk", "слово"), ("en", "word")):
        analyse(word, language)


@lru_cache(maxsize=CACHED_WORDS)
def analyse(word: str, language: str) -> frozenset[Analysis]:
    """Possible lemmas of a casefolded word, each with its part of speech; empty when nothing is known."""
    with _lock:
        return frozenset(_dictionary(language)(word))


def is_known(word: str, language: str) -> bool:
    """Whether the dictionary has this casefolded word, perhaps as a proper name."""
    return bool(_known(word, language))


def lemmas(word: str, language: str) -> list[str]:
    """Dictionary forms of a casefolded word, in a stable order."""
    return sorted({lemma for lemma, _ in _known(word, language)})


@lru_cache(maxsize=CACHED_WORDS)
def origins(word: str, language: str) -> tuple[str, ...]:
    """Words that the lemmas of a casefolded word are derived from, up to two steps away."""
    found: set[Analysis] = set(_known(word, language))
    step = found
    for _ in range(2):
        step = {base for lemma, kind in step for base in _bases(lemma, kind, language)} - found
        found = found | step
    return tuple(sorted({lemma for lemma, _ in found}))


@lru_cache(maxsize=CACHED_WORDS)
def _known(word: str, language: str) -> frozenset[Analysis]:
    """Analyses of a word in lower case and capitalised (Ukraina, Polska)."""
    return analyse(word, language) | (
        analyse(word.capitalize(), language) if language == "pl" else frozenset()
    )


# --- Word formation ----------------------------------------------------------------------------------------------
# (kind, suffix, kind of its base, endings of the base). Stems are tried as they are and with the alternations of the
# language undone: "słonecz|ny" may come from "słońc|e".

_POLISH_RULES = (
    (ADJECTIVE, "yczny", NOUN, ("", "yka", "a", "ia")),  # klimatyczny < klimat, fabryczny < fabryka
    (ADJECTIVE, "iczny", NOUN, ("ika", "ia")),  # techniczny < technika
    (ADJECTIVE, "alny", NOUN, ("", "a", "um")),  # regionalny < region
    (ADJECTIVE, "owy", NOUN, ("", "a", "o", "e")),  # modułowy < moduł
    (ADJECTIVE, "ny", NOUN, ("", "a", "o", "e")),  # szkolny < szkoła, słoneczny < słońce, unijny < unia
    (ADJECTIVE, "ski", NOUN, ("", "a", "o")),  # partnerski < partner, ukraiński < Ukraina
    (ADJECTIVE, "cki", NOUN, ("k", "t", "to")),  # strażacki < strażak
    (ADJECTIVE, "czy", NOUN, ("k", "ca")),  # rolniczy < rolnik
    (NOUN, "ctwo", NOUN, ("k",)),  # rolnictwo < rolnik
    (NOUN, "stwo", NOUN, ("",)),  # partnerstwo < partner
    (NOUN, "ość", ADJECTIVE, ("y", "i")),  # dostępność < dostępny
    (NOUN, "acja", VERB, ("ować",)),  # modernizacja < modernizować
    (NOUN, "a", VERB, ("ić", "yć", "ać", "ować")),  # naprawa < naprawić, wymiana < wymienić
    (NOUN, "", VERB, ("ować", "ić")),  # remont < remontować, zakup < zakupić
    (NOUN, "enie", VERB, ("ić", "yć")),
    (NOUN, "anie", VERB, ("ać",)),
    (NOUN, "cielka", NOUN, ("ciel",)),  # nauczycielka < nauczyciel
    (NOUN, "orka", NOUN, ("or",)),  # dyrektorka < dyrektor
    (NOUN, "istka", NOUN, ("ista",)),
    (NOUN, "niczka", NOUN, ("nik",)),  # urzędniczka < urzędnik
    (VERB, "iać", VERB, ("ić",)),  # naprawiać < naprawić
    (VERB, "ywać", VERB, ("ać",)),  # odbudowywać < odbudować
)
_UKRAINIAN_RULES = (
    (ADJECTIVE, "ійний", NOUN, ("ія",)),  # операційний < операція
    (ADJECTIVE, "ичний", NOUN, ("", "ика", "ія")),  # кліматичний < клімат
    (ADJECTIVE, "ічний", NOUN, ("іка", "ія")),
    (ADJECTIVE, "альний", NOUN, ("", "а")),
    (ADJECTIVE, "овий", NOUN, ("", "а", "о", "ь")),
    (ADJECTIVE, "яний", NOUN, ("я",)),
    (ADJECTIVE, "ний", NOUN, ("", "а", "я", "о", "ь")),  # шкільний < школа
    (ADJECTIVE, "ський", NOUN, ("", "а", "о")),  # партнерський < партнер
    (ADJECTIVE, "цький", NOUN, ("к", "ка", "ць")),
    (ADJECTIVE, "аний", VERB, ("ати",)),
    (ADJECTIVE, "ований", VERB, ("увати",)),  # зруйнований < зруйнувати
    (ADJECTIVE, "ений", VERB, ("ити", "іти")),
    (NOUN, "ство", NOUN, ("",)),
    (NOUN, "ість", ADJECTIVE, ("ий", "ій")),  # безбарʼєрність < безбарʼєрний
    (NOUN, "ація", VERB, ("увати",)),  # модернізація < модернізувати
    (NOUN, "ння", VERB, ("ти",)),  # розмінування < розмінувати
    (NOUN, "ення", VERB, ("ити", "іти")),  # очищення < очистити
    (NOUN, "ова", VERB, ("увати",)),  # відбудова < відбудувати
    (NOUN, "а", VERB, ("ити", "ати", "яти", "увати")),  # заміна < замінити, охорона < охороняти
    (NOUN, "", VERB, ("увати",)),  # ремонт < ремонтувати
    (NOUN, "ка", VERB, ("ати", "ити")),
    (VERB, "ювати", VERB, ("ити",)),  # замінювати < замінити
    (VERB, "яти", VERB, ("ити",)),
)
_RULES = {"pl": _POLISH_RULES, "uk": _UKRAINIAN_RULES}

# End of a stem before a suffix -> the same end in the base.
_ALTERNATIONS = {
    language: [tuple(pair.split("=")) for pair in pairs.split()]
    for language, pairs in {
        "pl": "l=ł cz=k cz=c ż=g ż=z sz=ch ń=n ś=s ź=z ć=t rz=r ij=i yj=j ian=ien iar=ier",
        "uk": "ч=к ч=ц ж=г ж=д ш=х ш=с щ=ст ь= н=нь іль=ол яч=ц",
    }.items()
}
_FLEETING = "eео"  # Latin e; Cyrillic е, о
_SOFT = {"n": "ń", "s": "ś", "z": "ź", "c": "ć"}
_VOWELS = {"pl": "aeiouyąęó", "uk": "аеиіоуюяєї"}


@lru_cache(maxsize=CACHED_WORDS)
def _bases(lemma: str, kind: str, language: str) -> frozenset[Analysis]:
    """What the rules propose for one lemma and the dictionary confirms."""
    return frozenset(
        (stem + ending, base_kind)
        for rule_kind, suffix, base_kind, endings in _RULES.get(language, ())
        if kind == rule_kind and lemma.endswith(suffix)
        if len(lemma.removesuffix(suffix).rstrip("ь")) >= SHORT_STEMS.get(suffix, SHORTEST_STEM)
        for stem in _stems(lemma.removesuffix(suffix), kind, language)
        for ending in endings
        if (stem + ending, base_kind) in _known(stem + ending, language)
    )


def _stems(stem: str, kind: str, language: str) -> Iterator[str]:
    """The stem and what it may have been before its suffix changed it."""
    vowels = set(_VOWELS[language])
    consonantal = [stem]
    for ending, base in _ALTERNATIONS[language]:
        if stem.endswith(ending):
            changed = stem.removesuffix(ending) + base
            yield changed
            consonantal += [] if vowels & set(base) else [changed]
    yield stem
    for each in consonantal if kind == ADJECTIVE else ():
        if len(each) > 3 and each[-2] in _FLEETING and not vowels & {each[-1], each[-3]}:  # słonec: słońc
            yield each[:-2] + each[-1]
            yield each[:-3] + _SOFT.get(each[-3], each[-3]) + each[-1]
