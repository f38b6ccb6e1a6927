"""What is wrong with an HTML page: tags that do not close, ids twice, addresses outside, headings out of order."""

from __future__ import annotations

import re
from html.parser import HTMLParser

EMPTY = {"meta", "link", "br", "img", "hr", "input"}
FORBIDDEN = {"script", "link", "iframe", "object", "embed", "base", "form"}


class Page(HTMLParser):
    """Reads a page and notes all that is wrong with it in `wrong`."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.wrong: list[str] = []
        self.ids: list[str] = []
        self.refs: list[str] = []
        self.headings: list[tuple[int, str]] = []
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.text: list[str] = []
        self._open: list[str] = []
        self.feed(text)
        self.close()
        self.wrong += [f"<{tag}> is not closed" for tag in self._open]
        self.wrong += [f"id {name} twice" for name in {name for name in self.ids if self.ids.count(name) > 1}]
        self.wrong += [f"nothing is called {name}" for name in self.refs if name not in self.ids]

    def handle_starttag(self, tag, attrs):
        attributes = {name: value or "" for name, value in attrs}
        self.tags.append((tag, attributes))
        if tag in FORBIDDEN:
            self.wrong.append(f"<{tag}>")
        for name, value in attributes.items():
            if name.startswith("on"):
                self.wrong.append(f"{name}={value}")
            if name == "id":
                self.ids.append(value)
            if name in ("href", "src", "xlink:href", "poster", "data") and not value.startswith(("#", "data:")):
                self.wrong.append(f"{name}={value}")
            if name == "href" and value.startswith("#"):
                self.refs.append(value[1:])
            if name in ("aria-labelledby", "aria-describedby"):
                self.refs += value.split()
            self.refs += re.findall(r"url\(#([^)]+)\)", value)
        if re.fullmatch("h[1-6]", tag):
            level = int(tag[1])
            before = self.headings[-1][0] if self.headings else 0
            if level > before + 1:
                self.wrong.append(f"<{tag}> after <h{before}>")
            self.headings.append((level, ""))
        if tag not in EMPTY:
            self._open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in EMPTY:
            self._open.pop()

    def handle_endtag(self, tag):
        if not self._open or self._open[-1] != tag:
            self.wrong.append(f"</{tag}> closes {self._open[-3:]}")
        else:
            self._open.pop()

    def handle_data(self, data):
        if any(re.fullmatch("h[1-6]", tag) for tag in self._open):
            level, said = self.headings[-1]
            self.headings[-1] = level, said + data
        if "style" not in self._open:
            self.text.append(data)

    @property
    def said(self) -> str:
        """All text of the page, blanks made one."""
        return " ".join(" ".join(self.text).split())


def checked(text: str) -> Page:
    """Return the page; fails when anything is wrong with it, or it would fetch anything from anywhere."""
    page = Page(text)
    assert page.wrong == []
    assert not re.search(r"https?:|@import|url\((?!#)|//", re.sub(r"base64,[\w+/=]+", "", text))
    assert [tag for tag, _ in page.tags].count("h1") == 1
    assert [tag for tag, _ in page.tags].count("table") == [tag for tag, _ in page.tags].count("caption")
    assert all("scope" in attributes for tag, attributes in page.tags if tag == "th")
    assert all("alt" in attributes for tag, attributes in page.tags if tag == "img")
    return page
