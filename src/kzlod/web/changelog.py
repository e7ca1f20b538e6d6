"""What changed since the release before, as a page tells it: the words of `kzlod diff`, as HTML with links of ours."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cache, lru_cache
from itertools import pairwise

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

_LOWER = {"h2": "h3", "h3": "h4"}
Short = tuple[tuple[str, tuple[str, ...]], ...]
"""What became of how many of which class: `(("Revised", ("Observation (1)",)),)`."""


@cache
def _markdown() -> MarkdownIt:
    # Which links are followed is for `href` to say; markup in a text stays text.
    made = MarkdownIt("commonmark", {"html": False})
    made.validateLink = lambda url: True  # type: ignore[method-assign]
    made.normalizeLink = lambda url: url  # type: ignore[method-assign]
    return made.disable(["image", "autolink"])


def change_log(text: str, href: Callable[[str], str]) -> Markup:
    """The file `changes.md` of a release without its title; `href` says where an IRI leads, and nothing for nowhere.

    >>> change_log("# Changes\\n\\n## Added\\n\\n[a \\\\<b>](<http://e/a>)\\n", lambda iri: "")
    Markup('<h3>Added</h3>\\n<p>a &lt;b&gt;</p>\\n')
    """
    markdown = _markdown()
    tokens = list(_below_the_title(markdown.parse(text)))
    for token in tokens:
        token.tag = _LOWER.get(token.tag, token.tag)
        _lead(token.children or (), href)
    return Markup(markdown.renderer.render(tokens, markdown.options, {}))


@lru_cache(256)
def in_short(text: str) -> Short:
    """The headings of the file `changes.md` of a release, with their counts.

    >>> in_short("# Changes\\n\\n## Added\\n\\n### Town (1)\\n\\n### Road (2)\\n")
    (('Added', ('Town (1)', 'Road (2)')),)
    """
    found: dict[str, list[str]] = {}
    tokens = _markdown().parse(text)
    for opening, token in pairwise(tokens):
        said = "".join(one.content for one in token.children or ())
        if opening.type == "heading_open" and opening.tag == "h2":
            found[said] = []
        elif opening.type == "heading_open" and opening.tag == "h3" and found:
            found[next(reversed(found))].append(said)
    return tuple((title, tuple(classes)) for title, classes in found.items())


def _below_the_title(tokens: Iterable[Token]) -> Iterator[Token]:
    inside = False
    for token in tokens:
        if token.tag == "h1":
            inside = token.nesting == 1
        elif not inside:
            yield token


def _lead(inline: Iterable[Token], href: Callable[[str], str]) -> None:
    """Let links lead where they may, and be none where they may not."""
    hidden = False
    for token in inline:
        if token.type == "link_open":
            target = href(str(token.attrs.get("href", "")))
            token.attrs = {"href": target}
            token.hidden = hidden = not target
        elif token.type == "link_close":
            token.hidden = hidden
