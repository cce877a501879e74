"""What a page says that no translator would ever see: the words in templates and in Python that stand there bare."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser

from django.template.base import Lexer, Token, TokenType

# Names, and words that are the same in every language; subjects of the log.
AS_THEY_ARE = re.compile(r"\b(Onhand|CSV|XLSX|JSON)\b|^[a-z]+/$")
# What stands in these is typed, or read by machines.
NOT_READ = {"script", "style", "code", "kbd"}
SAID_ALOUD = {
    *("title", "alt", "placeholder", "label"),
    *("aria-label", "aria-description", "aria-roledescription", "aria-valuetext", "aria-placeholder"),
    *("data-words", "data-unreachable", "data-on", "data-off"),
}
BUTTONS = {"submit", "button", "reset"}
# What parts of pages are given to say.
WORDS_OF_PARTS = re.compile(r"""\b(?:title|label|remedy|act|about|words)=("[^"]*"|'[^']*')""")
WORDS_OF_AN_ICON = re.compile(r"""^icon\s+\S+\s+("[^"]*"|'[^']*')""")
WORDS_OF_A_FILTER = re.compile(r"""\|(?:default|default_if_none|yesno|pluralize|add):("[^"]*"|'[^']*')""")

# Arguments in which forms, acts and screens take words, and the calls that take them first.
ARGUMENTS = {"label", "help_text", "title", "about", "button", "done", "words", "empty_title", "empty_remedy"}
SAYING = {"said", "HttpResponse", "add_error", "Place", "StepWords", "BulkAct", "line", "bars", "ValidationError"}


def bare_in_template(source: str) -> list[str]:
    """Texts and attributes of a template that are read by people and not marked for translation."""
    page = _Page()
    page.feed("".join(_as_html(Lexer(source).tokenize())))
    page.close()
    return [each for each in [*page.said, *_given_to_parts(source)] if _has_words(each)]


def bare_in_python(source: str) -> list[str]:
    """Literals that Python hands to people without asking for their translation."""
    return [
        text
        for call in ast.walk(ast.parse(source))
        if isinstance(call, ast.Call)
        for argument in _spoken(call)
        for text in _literals(argument)
        if _has_words(text)
    ]


def _has_words(text: str) -> bool:
    return any(letter.isalpha() for letter in AS_THEY_ARE.sub("", text))


def _as_html(tokens: list[Token]) -> Iterator[str]:
    """The template without its tags; what is translated or a comment is left out."""
    until = ""
    for token in tokens:
        name = token.contents.split(maxsplit=1)[0] if token.contents.strip() else ""
        if until:
            until = "" if token.token_type is TokenType.BLOCK and name == until else until
        elif token.token_type is TokenType.TEXT:
            yield token.contents
        elif token.token_type is TokenType.VAR:
            yield " ".join(each.strip("\"'") for each in WORDS_OF_A_FILTER.findall(token.contents))
        elif token.token_type is TokenType.BLOCK and name in {"blocktranslate", "comment"}:
            until = f"end{name}"
        elif token.token_type is TokenType.BLOCK and name == "else":
            yield " "


def _given_to_parts(source: str) -> Iterator[str]:
    for token in Lexer(source).tokenize():
        if token.token_type is TokenType.BLOCK:
            for pattern in (WORDS_OF_PARTS, WORDS_OF_AN_ICON):
                yield from (each.strip("\"'") for each in pattern.findall(token.contents))


class _Page(HTMLParser):
    """Gathers what is seen, or said by a screen reader."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.said: list[str] = []
        self.unread: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in NOT_READ:
            self.unread.append(tag)
        known = dict(attrs)
        spoken = SAID_ALOUD | ({"value"} if tag == "input" and known.get("type") in BUTTONS else set())
        self.said += [value for name, value in attrs if name in spoken and value]

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self.unread:
            self.unread.remove(tag)

    def handle_data(self, data: str) -> None:
        if not self.unread:
            self.said.append(data.strip())


def _spoken(call: ast.Call) -> Iterator[ast.expr]:
    yield from (each.value for each in call.keywords if each.arg in ARGUMENTS)
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if name in SAYING:
        place = {"add_error": 1, "Place": 1, "BulkAct": 1}.get(name, 0)
        yield from call.args[place : place + (3 if name == "StepWords" else 1)]


def _literals(node: ast.expr) -> Iterator[str]:
    """The text a literal is made of; a call, such as of gettext, answers for itself."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        for part in node.values:
            yield from _literals(part)
    elif isinstance(node, ast.Lambda):
        yield from _literals(node.body)
    elif isinstance(node, ast.BinOp):
        yield from _literals(node.left)
