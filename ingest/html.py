"""Web pages and mails in HTML: what they say, without what they run, load or hide."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lxml import etree, html

from ingest.encodings import decoded
from ingest.typeset import Block, Style

if TYPE_CHECKING:
    from collections.abc import Iterator

_UNSEEN = {"script", "style", "noscript", "template", "iframe", "object", "embed", "applet", "svg", "math", "head"}
_BLOCKS = frozenset(
    "address article aside blockquote body center dd div dl dt fieldset figure footer form h1 h2 h3 h4 h5 h6 header hr "  # noqa: SIM905 — forty lines otherwise
    "html li main nav ol p pre section table tbody tfoot thead tr ul".split()
)
_ACTIVE = {"script", "iframe", "object", "embed", "applet"}
_LOADING = ("src", "background", "data", "poster", "srcset")
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_META_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?([A-Za-z0-9_:.-]{1,40})""", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class WebPage:
    """What a page says and what else is in it."""

    title: str
    blocks: tuple[Block, ...]
    is_active: bool
    """It carries scripts or foreign objects; none of them ran."""
    loads: bool
    """It wants pictures or frames from elsewhere; none was fetched."""

    @property
    def text(self) -> str:
        """The text of all blocks, one in a line."""
        return "\n".join(block.text or "\t".join(block.cells) for block in self.blocks)


def page_of(source: bytes | str) -> WebPage:
    """Return what the HTML in *source* says; never fails, loads nothing and runs nothing."""
    text = source if isinstance(source, str) else decoded(source, _declared(source))
    parser = html.HTMLParser(no_network=True, remove_comments=True, remove_pis=True, encoding="utf-8", huge_tree=False)
    try:
        root = html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError, AssertionError):
        return WebPage("", (), is_active=False, loads=False)
    setting = _Setting()
    for event, element in etree.iterwalk(root, events=("start", "end")):
        if isinstance(element.tag, str):
            setting.enter(element) if event == "start" else setting.leave(element)
    setting.close()
    title = root.findtext(".//title") or ""
    return WebPage(" ".join(title.split()), tuple(setting.blocks), is_active=setting.is_active, loads=setting.loads)


def _declared(source: bytes) -> str:
    found = _META_CHARSET.search(source[:4096])
    return found[1].decode("ascii") if found else ""


@dataclass(slots=True)
class _Setting:
    """Blocks being collected while the tree is walked once, without recursion."""

    blocks: list[Block] = field(default_factory=list)
    is_active: bool = False
    loads: bool = False
    _run: list[str] = field(default_factory=list)
    _cells: list[str] | None = None
    _unseen: int = 0
    _verbatim: int = 0

    def enter(self, element: etree._Element) -> None:
        """Begin *element*."""
        tag = str(element.tag)
        self._judge(element, tag)
        if self._unseen or tag in _UNSEEN or _HIDDEN.search(element.get("style", "")):
            self._unseen += 1
            return
        if tag == "tr":
            self._end_row()  # of the table around this one
            self._flush()
            self._cells = []
        elif tag in _BLOCKS and self._cells is None:
            self._flush()
        elif tag in _BLOCKS:
            self._run.append("\n")
        self._verbatim += tag == "pre"
        opening = {"br": "\n", "li": "• "}.get(tag, "")
        if tag == "img" and element.get("alt"):
            opening = f"[Bild: {element.get('alt')}] "
        self._run.append(opening)
        self._say(element.text)

    def leave(self, element: etree._Element) -> None:
        """End *element* and say what stands behind it."""
        tag = str(element.tag)
        if self._unseen:
            self._unseen -= 1
        else:
            self._end(tag)
        if not self._unseen:
            self._say(element.tail)

    def close(self) -> None:
        """Set what is left."""
        self._cells = None
        self._flush()

    def _end(self, tag: str) -> None:
        self._verbatim -= tag == "pre"
        if tag in ("td", "th") and self._cells is not None:
            self._cells.append(self._taken())
        elif tag == "tr":
            self._end_row()
        elif tag in _BLOCKS | {"td", "th"} and self._cells is None:
            self._flush(Style.HEADING if tag in ("h1", "h2", "h3") else Style.TEXT)

    def _end_row(self) -> None:
        cells = [cell for cell in self._cells or () if cell]
        self._cells = None
        if len(cells) == 1 or len(cells) > 8:
            self.blocks.append(Block("   ".join(cells)))
        elif cells:
            self.blocks.append(Block(cells=tuple(cells)))

    def _say(self, text: str | None) -> None:
        if text and not self._unseen:
            self._run.append(text if self._verbatim else re.sub(r"\s+", " ", text))

    def _taken(self) -> str:
        lines = "".join(self._run).split("\n")
        self._run.clear()
        return "\n".join(lines if self._verbatim else [line.strip() for line in lines]).strip("\n ")

    def _flush(self, style: Style = Style.TEXT) -> None:
        text = self._taken()
        if text and text != "•":
            self.blocks.append(Block(text, style))

    def _judge(self, element: etree._Element, tag: str) -> None:
        if tag in _ACTIVE or any(name.startswith("on") for name in map(str, element.attrib)):
            self.is_active = True
        if tag != "a" and any(_foreign(element.get(name, "")) for name in _LOADING):
            self.loads = True


def _foreign(address: str) -> bool:
    return address.strip().lower().startswith(("http:", "https:", "//", "ftp:", "file:"))


def paragraphs(text: str) -> Iterator[Block]:
    """Yield the paragraphs of plain *text* as blocks; lines stay as they are."""
    for paragraph in re.split(r"\n\s*\n", text.replace("\r\n", "\n").replace("\r", "\n")):
        if paragraph.strip():
            yield Block(paragraph.strip("\n").rstrip())
