"""Build ``eakte/web/static/vendor/`` from ``node_modules`` and our own CSS, JavaScript and icons.

One ``app.css``, one ``app.js``, one sprite and the fonts, each named after its content, with
``.br`` and ``.gz`` beside it; ``manifest.json`` maps plain names to built ones. Needs no network.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import logging
import re
import shutil
import sys
from pathlib import Path

import brotli
import tinycss2
from fontTools import subset
from fontTools.ttLib import TTFont

ROOT = Path(__file__).resolve().parent.parent
WEB = ROOT / "eakte" / "web"
VENDOR = WEB / "static" / "vendor"
CLASS = re.compile(r"\.(-?[_a-zA-Z][\w-]*)")
WORD = re.compile(r"[\w-]+")
# Fira Sans carries German and its neighbours; Noto Sans the rest of DIN 91379, fetched only when such a letter occurs.
LATIN = "U+20-7E,U+A0-FF,U+2013-2014,U+2018-201A,U+201C-201E,U+2020,U+2022,U+2026,U+2032-2033,U+20AC,U+2190-2193,U+2212"
EXTENDED = "U+100-24F,U+259,U+292,U+2B9-2BC,U+2C6-2C7,U+2D9-2DD,U+300-331,U+1E00-1EFF,U+2021,U+2030,U+2039-203A"
FONTS = (
    ("fira-sans/FiraSans-Regular.woff2", "Fira Sans", 400, LATIN),
    ("fira-sans/FiraSans-Medium.woff2", "Fira Sans", 500, LATIN),
    ("fira-sans/FiraSans-SemiBold.woff2", "Fira Sans", 600, LATIN),
    ("noto-sans/NotoSans-Regular.woff2", "Fira Sans", 400, EXTENDED),
    ("noto-sans/NotoSans-Bold.woff2", "Fira Sans", 600, EXTENDED),
)
LICENCES = (
    ("KERN UX-Standard (@kern-ux/native)", "EUPL-1.2", "@kern-ux/native/LICENSE.md"),
    ("htmx (htmx.org)", "0BSD", "htmx.org/LICENSE"),
)
FONT_LICENCES = """Fira Sans: Copyright 2012-2015, Mozilla Foundation and Telefonica S.A.; SIL Open Font License 1.1.
Noto Sans: Copyright 2022 The Noto Project Authors; SIL Open Font License 1.1.
Both fonts are subset for this product and keep their licence: https://openfontlicense.org
"""


def subset_font(source: Path, unicodes: str) -> bytes:
    """Return *source* as WOFF2 with only the letters of *unicodes* (CSS range notation)."""
    font = TTFont(source)
    chosen = subset.Subsetter(subset.Options(flavor="woff2", layout_features=["kern", "liga", "tnum", "mark", "ccmp"]))
    chosen.populate(unicodes=subset.parse_unicodes(unicodes.replace("U+", "")))
    chosen.subset(font)
    font.flavor = "woff2"
    buffer = io.BytesIO()
    font.save(buffer)
    return buffer.getvalue()


def used_words() -> set[str]:
    """Return every word of our templates and scripts: what is not among them is no class we use."""
    files = [*WEB.glob("templates/**/*.html"), *WEB.glob("ui/js/*.js")]
    return {word for file in files for word in WORD.findall(file.read_text(encoding="utf-8"))}


def reduce_css(rules: list[tinycss2.ast.Node], words: set[str]) -> str:
    """Return the rules whose classes occur in *words*; selectors of unused components go."""
    kept: list[str] = []
    for rule in rules:
        if rule.type == "qualified-rule":
            selectors = split_selectors(tinycss2.serialize(rule.prelude))
            alive = [one for one in selectors if set(CLASS.findall(one)) <= words]
            if alive:
                kept.append(f"{','.join(alive)}{{{tinycss2.serialize(rule.content).strip()}}}")
        elif rule.type == "at-rule" and rule.lower_at_keyword == "media":
            inner = reduce_css(tinycss2.parse_rule_list(rule.content, skip_comments=True, skip_whitespace=True), words)
            if inner:
                kept.append(f"@media{tinycss2.serialize(rule.prelude)}{{{inner}}}")
        elif rule.type == "at-rule" and rule.lower_at_keyword == "keyframes":
            kept.append(rule.serialize())
    return "".join(kept)


def split_selectors(prelude: str) -> list[str]:
    """Split a selector list at its outer commas."""
    parts, depth, start = [], 0, 0
    for place, letter in enumerate(prelude):
        depth += (letter == "(") - (letter == ")")
        if letter == "," and depth == 0:
            parts.append(prelude[start:place].strip())
            start = place + 1
    return [*parts, prelude[start:].strip()]


def squeeze(css: str) -> str:
    """Drop comments and idle white space of our own style sheets."""
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    css = re.sub(r"\s+", " ", css)
    return re.sub(r" ?([{};,]) ?", r"\1", css)


class Build:
    """Writes built files and remembers their names."""

    def __init__(self, target: Path) -> None:
        self.target = target
        self.names: dict[str, str] = {}

    def write(self, name: str, content: bytes, *, packed: bool = True) -> str:
        """Write *content* under a name with its hash and return that name."""
        stem, suffix = name.rsplit(".", 1)
        built = f"{stem}-{hashlib.sha256(content).hexdigest()[:10]}.{suffix}"
        (self.target / built).write_bytes(content)
        if packed:
            (self.target / f"{built}.br").write_bytes(brotli.compress(content, quality=11))
            (self.target / f"{built}.gz").write_bytes(gzip.compress(content, 9, mtime=0))
        self.names[name] = built
        return built


def font_faces(build: Build, fonts: Path) -> str:
    """Write the subset fonts and return their ``@font-face`` rules."""
    faces = []
    for path, family, weight, unicodes in FONTS:
        built = build.write(Path(path).name, subset_font(fonts / path, unicodes), packed=False)
        faces.append(
            f'@font-face{{font-family:"{family}";font-weight:{weight};font-display:swap;'
            f"src:url({built}) format('woff2');unicode-range:{unicodes}}}",
        )
    return "".join(faces)


def sprite() -> str:
    """Return our icon sprite without its white space."""
    return re.sub(r"\s*\n\s*", "", (WEB / "ui" / "icons.svg").read_text(encoding="utf-8"))


def third_party(modules: Path) -> str:
    """Return the licence texts of everything that is delivered to browsers."""
    parts = [f"{title}\n{spdx}\n\n{(modules / path).read_text(encoding='utf-8')}" for title, spdx, path in LICENCES]
    return ("\n" + "=" * 72 + "\n\n").join([*parts, FONT_LICENCES])


def main(modules: Path) -> None:
    """Build everything into a fresh folder, then put it in place of the old one."""
    logging.getLogger("fontTools").setLevel(logging.ERROR)
    fresh = VENDOR.with_name("vendor.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    build = Build(fresh)
    kern = modules / "@kern-ux" / "native" / "dist"
    rules = tinycss2.parse_stylesheet(
        (kern / "kern.min.css").read_text(encoding="utf-8"),
        skip_comments=True,
        skip_whitespace=True,
    )
    own = "".join(squeeze(file.read_text(encoding="utf-8")) for file in sorted((WEB / "ui" / "css").glob("*.css")))
    build.write("app.css", (font_faces(build, kern / "fonts") + reduce_css(rules, used_words()) + own).encode())
    scripts = [modules / "htmx.org" / "dist" / "htmx.min.js", *sorted((WEB / "ui" / "js").glob("*.js"))]
    source = ";\n".join(re.sub(r"//# sourceMappingURL.*", "", file.read_text(encoding="utf-8")) for file in scripts)
    build.write("app.js", source.encode())
    build.write("icons.svg", sprite().encode())
    (fresh / "THIRD-PARTY.txt").write_text(third_party(modules), encoding="utf-8")
    (fresh / "manifest.json").write_text(json.dumps(build.names, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    shutil.rmtree(VENDOR, ignore_errors=True)
    fresh.rename(VENDOR)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "node_modules")
