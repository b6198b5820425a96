"""How text becomes tokens: the same rules for what is indexed and for what is asked.

Lao, Thai, Khmer, Burmese and Chinese write without spaces between words, and no dictionary
cuts a query where it cut the document. So runs of such scripts are cut into orthographic
clusters (a consonant with all its signs) by a rule that looks two characters ahead at most:
a phrase is cut in the same way wherever it stands. Every cluster becomes five ASCII letters,
every token carries two neighbouring clusters, and a query is a phrase of such tokens. The
letters keep an engine's own language rules out of the way, which delete Lao and Thai marks.
"""

import itertools
import re
import unicodedata
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

# An index holds what these rules made of a text. Raise the first part with every change of
# them: engines empty an index of another version, and FTS5 deletes entries by making their
# tokens again. The Unicode tables of Python decide with us, so they are named too.
PIPELINE = f"2-{unicodedata.unidata_version}"

LONGEST_QUERY = 400
MOST_TERMS = 64
# "bus" and "gas" end in s and are no plurals; of four letters and more, most are.
SHORTEST_PLURAL = 4
SHORTEST_BEGINNING = 2
SHORTEST_MISTYPED = 5
SHORTEST_ACCENTED = 8
SHORTEST_BROKEN_RUN = 6

# Thai and Lao vowels that are written before their consonant.
LEADING = "\u0e40-\u0e44\u0ec0-\u0ec4"
# Signs that belong to the consonant before them: vowels, tones, viramas, medials.
DEPENDENT = (
    "\u0e30-\u0e3a\u0e45\u0e47-\u0e4e\u0eb0-\u0ebd\u0ec8-\u0ece\u17b4-\u17d3\u17dd\u102b-\u103e"
    "\u1056-\u1059\u105e-\u1060\u1062-\u1064\u1067-\u106d\u1071-\u1074\u1082-\u108d\u108f\u109a-\u109d"
)
# Khmer COENG and the Burmese virama: the next consonant is stacked under this one.
STACKERS = "\u17d2\u1039"
# Thai, Lao, Burmese, Khmer; then Tibetan, Tai Le, New Tai Lue, Tai Tham, Balinese, Javanese,
# Myanmar extensions and Tai Viet, which have no cluster rule here and are cut by characters.
UNSPACED = (
    "\u0e01-\u0e3a\u0e40-\u0e4e\u0e81-\u0ece\u0edc-\u0edf\u1000-\u103f\u1050-\u109f\u1780-\u17d3\u17d7\u17dc\u17dd"
    "\u0f40-\u0fbc\u1950-\u1974\u1980-\u19c9\u1a20-\u1a7c\u1b00-\u1b4b\ua980-\ua9c0\ua9e0-\ua9fe\uaa60-\uaa7f\uaa80-\uaadd"
)
# Chinese characters, Japanese syllables, Bopomofo: every character is a cluster.
IDEOGRAPHIC = "\u3005-\u3007\u3041-\u3096\u30a1-\u30fa\u30fc\u3105-\u312f\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
# Signs inside words of spaced scripts, which Python does not count as word characters.
INSIDE_MARKS = "\u0300-\u036f\u0591-\u05bd\u064b-\u065f\u0670\u0900-\u0903\u093a-\u094f"
INSIDE_WORDS = "\u0300-\u036f\u0591-\u05bd\u064b-\u065f\u0670\u0900-\u0963\u0966-\u0dff"

_CLUSTER = re.compile(
    f"[{LEADING}]*[^{LEADING}{DEPENDENT}]"
    f"(?:[{DEPENDENT}]|(?<=[{STACKERS}])[^{DEPENDENT}]|[\u1000-\u102a](?=\u1037?[\u103a\u1039]))*"
    f"|[{LEADING}]+[{DEPENDENT}]*|[{DEPENDENT}]+"
)
_PIECE = re.compile(
    f"([{UNSPACED}]+)|([{IDEOGRAPHIC}]+)|((?:[^\\W_{UNSPACED}{IDEOGRAPHIC}]|[{INSIDE_WORDS}])+)"
)

_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff\ufffe\uffff\ud800-\udfff]+"
)
# Unicode sorts the marks of one letter in time that grows with the square of their number, so that a few
# thousand of them stop a process for seconds; no script has as many as these.
_MOST_MARKS = 20
_MARKS = "\u0f73\u0f75\u0f81\uff9e\uff9f" + "".join(
    chr(code) for code in range(0x300, 0x1EA00) if unicodedata.combining(chr(code))
)
_PILE = re.compile(f"([{_MARKS}]{{{_MOST_MARKS}}})[{_MARKS}]+")
# PDF files and typists put spaces where the script cannot have one: before a dependent sign,
# after a leading vowel, after a stacker. Combining accents of Latin letters come along.
_IMPOSSIBLE_SPACE = re.compile(
    f"(?<!\\s)\\s+(?=[{DEPENDENT}\u0300-\u036f])|(?<=[{LEADING}{STACKERS}])\\s+(?=[{UNSPACED}])"
)
# Line ends of a PDF fall anywhere inside a run, so spaces between clusters mean nothing.
_SPACE_INSIDE_RUN = re.compile(
    f"(?<=[{UNSPACED}])\\s+(?=[{UNSPACED}])|(?<=[{IDEOGRAPHIC}])\\s+(?=[{IDEOGRAPHIC}])"
)
# How PDF readers write the hyphen that only a line end put into a word.
_BROKEN_WORD = re.compile("[\u00ad\x02\ufffe]\\s*\n\\s*")
_COMPATIBILITY = re.compile(
    "[\u00a0\u00aa\u00b2\u00b3\u00b9\u00ba\u2000-\u200a\u2070-\u209f\u2100-\u214f\u2460-\u24ff\u2e80-\u2fdf\u3000"
    "\u3200-\u33ff\uf900-\ufaff\ufb00-\ufb06\uff01-\uffdc\U0001d400-\U0001d7ff]"
)
NATIVE_ZEROS = (0x0E50, 0x0ED0, 0x17E0, 0x1040)
_DIGITS = {first + value: ord("0") + value for first in NATIVE_ZEROS for value in range(10)}
_NATIVE_DIGIT = re.compile("[\u0e50-\u0e59\u0ed0-\u0ed9\u17e0-\u17e9\u1040-\u1049]")
# Burmese typists use the digit zero for the letter WA; signs after it give that away.
_ZERO_FOR_WA = re.compile("\u1040(?=[\u102b-\u103e]|[\u1000-\u1021]\u103a)")
_THAI_SPLIT_AM = re.compile("\u0e4d([\u0e48-\u0e4b]*)\u0e32")
_LAO_SPLIT_AM = re.compile("\u0ecd([\u0ec8-\u0ecb]*)\u0eb2")
# Spellings that look alike and are meant alike; each left side is also valid Unicode.
_LOOK_ALIKE = (
    ("\u0eab\u0e99", "\u0edc"),
    ("\u0eab\u0ea1", "\u0edd"),
    ("\u0eab\u0ea5", "\u0eab\u0ebc"),
    ("\u0e40\u0e40", "\u0e41"),
    ("\u0ec0\u0ec0", "\u0ec1"),
    ("\u17d2\u178a", "\u17d2\u178f"),
    ("\u17c1\u17b8", "\u17be"),
    ("\u17c1\u17b6", "\u17c4"),
    ("\u1025\u103a", "\u1009\u103a"),
)
_ACCENTS = re.compile("[\u0300-\u036f\u0591-\u05bd\u064b-\u065f\u0670]+")
# Letters that Unicode does not take apart into a plain letter and an accent.
_PLAIN = str.maketrans("đłøı", "dloi")
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_CODES = 26**5
_HEAD = re.compile(f"[{LEADING}]*.", re.DOTALL)
_SIGN = re.compile(f"[{STACKERS}].|.", re.DOTALL)


class Tokens(NamedTuple):
    """The tokens of one text in order, and which of them are whole words of spaced scripts."""

    stream: list[str]
    words: set[str]


@dataclass(frozen=True, slots=True)
class Term:
    """One thing a query asks for: these tokens side by side, then a token that begins with `tail`.

    A plain word has `word` (folded) and says whether it was `accented` as typed; a pure run
    of an unspaced script has its cluster `codes`. What is written without a space between
    them, such as a Chinese article number, is one term with neither.
    """

    phrase: tuple[str, ...]
    tail: str = ""
    word: str = ""
    accented: bool = False
    codes: tuple[str, ...] = ()
    ideographic: bool = False


def normalise(text: str, *, join_runs: bool = True) -> str:
    """The one form in which texts and queries are compared; doing it twice changes nothing."""
    text = _BROKEN_WORD.sub("", text)
    if text.isascii():
        return _INVISIBLE.sub("", text).lower()
    text = _PILE.sub("\\1", _IMPOSSIBLE_SPACE.sub("", _INVISIBLE.sub("", text)))
    text = unicodedata.normalize("NFKC" if _COMPATIBILITY.search(text) else "NFC", text)
    text = _THAI_SPLIT_AM.sub("\\1\u0e33", text)
    text = _LAO_SPLIT_AM.sub("\\1\u0eb3", text)
    for written, meant in _LOOK_ALIKE:
        text = text.replace(written, meant)
    if _NATIVE_DIGIT.search(text):
        text = _ZERO_FOR_WA.sub("\u101d", text).translate(_DIGITS)
    if join_runs:
        text = _SPACE_INSIDE_RUN.sub("", text)
    return text.casefold()


def fold_word(word: str) -> str:
    """A normalised word without accents, so that it is found by whoever cannot type them."""
    if word.isascii():
        return word
    plain = _ACCENTS.sub("", unicodedata.normalize("NFD", word.translate(_PLAIN)))
    return unicodedata.normalize("NFC", plain)


def word_token(word: str) -> str:
    """The token of a normalised word: without accents, and in English without the mark of the plural.

    The s-stemmer of Harman (1991): it joins "victims" with "victim" and nothing that means something else.
    Words of other spaced languages hardly ever end in s, and are treated alike on both sides.
    """
    folded = fold_word(word)
    if len(folded) < SHORTEST_PLURAL or not folded.endswith("s") or not folded.isascii():
        return folded
    if folded.endswith("ies") and folded[-4] not in "ae":
        return folded[:-3] + "y"
    if folded.endswith(("sses", "shes", "ches", "xes")):
        return folded[:-2]
    return folded if folded.endswith(("us", "ss", "is")) else folded[:-1]


def clusters(run: str) -> list[str]:
    """Cut a normalised run of an unspaced script where a reader could put the cursor."""
    return _CLUSTER.findall(run)


def head_and_signs(cluster: str) -> tuple[str, list[str]]:
    """A cluster up to its first consonant, and its signs in one order, each once."""
    found = _HEAD.match(cluster)
    head = found.group() if found else ""
    return head, sorted(set(_SIGN.findall(cluster[len(head) :])))


@lru_cache(maxsize=200_000)
def cluster_code(cluster: str) -> str:
    """Five letters for a cluster, equal for every order in which its signs can be typed."""
    head, signs = head_and_signs(cluster)
    number = zlib.crc32((head + "".join(signs)).encode("utf-8", "surrogatepass")) % _CODES
    letters = ""
    for _ in range(5):
        number, letter = divmod(number, 26)
        letters += _LETTERS[letter]
    return letters


def tokenise(text: str) -> Tokens:
    """Every token of a text: words as they are, runs as one token for each cluster.

    The token of a cluster also names the next one; the last token of a run names only its
    own cluster, so a query of one cluster is a search for a beginning.
    """
    stream: list[str] = []
    words: set[str] = set()
    for unspaced, ideographic, word in _PIECE.findall(normalise(text)):
        if word:
            token = word_token(word)
            if token:
                stream.append(token)
                words.add(token)
        else:
            stream.extend(_run_tokens(_codes(unspaced, ideographic)))
    return Tokens(stream, words)


def single_clusters(tokens: Sequence[str], words: set[str]) -> list[str]:
    """A token for each different cluster of a tokenised text.

    For engines that cannot search for the beginning of a token inside a phrase.
    """
    return sorted({single_cluster(token[1:6]) for token in tokens if token not in words})


def single_cluster(code: str) -> str:
    """The token by which `single_clusters` names a cluster."""
    return "y" + code


def plan(text: str, *, keep_spaces: bool = False) -> tuple[Term, ...]:
    """What a query asks for; every term must stand in a document for it to be found.

    With `keep_spaces`, words that were typed apart in an unspaced script may stand apart.
    """
    normal = normalise(text[:LONGEST_QUERY], join_runs=not keep_spaces)[:LONGEST_QUERY]
    terms = [_term(glued) for glued in glued_pieces(normal)]
    return tuple(dict.fromkeys(term for term in terms if term.phrase or term.tail))[:MOST_TERMS]


def being_typed(terms: tuple[Term, ...]) -> tuple[tuple[Term, ...], bool]:
    """The plan while its last word is still being typed, and whether that is a beginning to look up.

    A single letter begins every word there is; beside other words it says nothing yet.
    """
    last = terms[-1].word
    if len(last) == 1 and len(terms) > 1:
        return terms[:-1], False
    return terms, len(last) >= SHORTEST_BEGINNING


def without_last_cluster(terms: Sequence[Term]) -> tuple[Term, ...]:
    """The plan for somebody who is still typing the last cluster of a run, or nothing.

    Half a cluster has another code than the whole, so it can only be left out.
    """
    if not terms or len(terms[-1].codes) < 2 or terms[-1].ideographic:
        return ()
    return (*terms[:-1], _run_term(terms[-1].codes[:-1], ideographic=False))


def may_be_mistyped(term: Term) -> bool:
    """Whether a term is a word in which a wrong letter is forgiven.

    Short words are all neighbours of each other. A Vietnamese syllable typed with its accents
    went through an input method and is meant as it stands, so accents ask for more letters
    than any such syllable has.
    """
    shortest = SHORTEST_ACCENTED if term.accented else SHORTEST_MISTYPED
    return len(term.word) >= shortest and term.word.isascii() and term.word.isalpha()


def edits_forgiven(word: str) -> int:
    """How many letters may be wrong in a word of this length."""
    return 2 if len(word) >= 9 else 1


def beginning(codes: Sequence[str], length: int) -> tuple[str, ...]:
    """The phrase of the first clusters of a run."""
    return _bigrams(codes[:length])


def ending(codes: Sequence[str], length: int) -> tuple[str, ...]:
    """The phrase of the last clusters of a run."""
    return _bigrams(codes[len(codes) - length :])


def interrupted(
    codes: Sequence[str], longest_beginning: int, longest_ending: int
) -> Iterator[tuple[tuple[str, ...], tuple[str, ...], int]]:
    """Ways in which a run nearly stands in a text: before, after, and tokens between at most.

    Either words were left out between two halves, or one cluster is wrong, missing or one too
    many. All clusters but one are demanded, at least three of them side by side, and short
    halves must stand close: made-up words must find nothing. The caller knows how much of the
    beginning and of the ending stands anywhere at all, which leaves few ways or none.
    """
    length = len(codes)
    if length < SHORTEST_BROKEN_RUN:
        return
    for cut in range(2, length - 1):
        rest = length - cut
        if cut <= longest_beginning and rest <= longest_ending:
            between = min(12, length + 2) if min(cut, rest) >= 3 else 4
            yield beginning(codes, cut), ending(codes, rest), between
    for wrong in range(2, length - 2):
        rest = length - wrong - 1
        if wrong <= longest_beginning and rest <= longest_ending:
            yield beginning(codes, wrong), ending(codes, rest), 2
    if longest_ending >= length - 1 >= SHORTEST_BROKEN_RUN:
        yield ending(codes, length - 1), (), 0
    if longest_beginning >= length - 1 >= SHORTEST_BROKEN_RUN:
        yield beginning(codes, length - 1), (), 0


def glued_pieces(normal: str) -> list[list[tuple[str, str, str]]]:
    """The pieces of a normalised text: unspaced, ideographic or word; glued if nothing is between."""
    glued: list[list[tuple[str, str, str]]] = []
    end = -1
    for match in _PIECE.finditer(normal):
        piece = (match[1] or "", match[2] or "", match[3] or "")
        if match.start() == end:
            glued[-1].append(piece)
        else:
            glued.append([piece])
        end = match.end()
    return glued


def _codes(unspaced: str, ideographic: str) -> list[str]:
    return [cluster_code(cluster) for cluster in (clusters(unspaced) if unspaced else ideographic)]


def _bigrams(codes: Sequence[str]) -> tuple[str, ...]:
    return tuple("x" + first + second for first, second in itertools.pairwise(codes))


def _run_tokens(codes: Sequence[str]) -> list[str]:
    return [*_bigrams(codes), "x" + codes[-1]]


def _term(pieces: Sequence[tuple[str, str, str]]) -> Term:
    if len(pieces) == 1:
        unspaced, ideographic, word = pieces[0]
        if word:
            token = word_token(word)
            return Term((token,) if token else (), word=token, accented=fold_word(word) != word)
        return _run_term(_codes(unspaced, ideographic), ideographic=bool(ideographic))
    phrase: list[str] = []
    for unspaced, ideographic, word in pieces:
        phrase.extend([word_token(word)] if word else _run_tokens(_codes(unspaced, ideographic)))
    if pieces[-1][2]:
        return Term(tuple(filter(None, phrase)))
    # In a text the last run may go on, so its last cluster is only the beginning of a token,
    # and if the token before it names that cluster already, nothing is lost without it.
    last = phrase.pop()
    ends_alone = len(_codes(*pieces[-1][:2])) == 1
    return Term(tuple(filter(None, phrase)), tail=last if ends_alone else "")


def _run_term(codes: Sequence[str], *, ideographic: bool) -> Term:
    tail = "x" + codes[0] if len(codes) == 1 else ""
    return Term(_bigrams(codes), tail=tail, codes=tuple(codes), ideographic=ideographic)
