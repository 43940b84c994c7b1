"""Keyboard shortcuts as attributes: declared where the button is, listed by the dialog, checked by a test."""

from __future__ import annotations

from markupsafe import Markup

NAMES = {"ctrl": "Control", "shift": "Shift", "enter": "Enter", "pagedown": "PageDown", "pageup": "PageUp"}


def key(spec: str, label: str) -> Markup:
    """Return the attributes for a shortcut such as ``j``, ``ctrl+enter`` or the sequence ``g e``.

    ARIA has no word for sequences, so those are named to assistive technology by the dialog alone.
    """
    aria = "" if " " in spec else "+".join(NAMES.get(part, part.upper()) for part in spec.split("+"))
    spoken = Markup(' aria-keyshortcuts="{}"').format(aria) if aria else Markup("")
    return Markup('data-key="{}" data-key-label="{}"').format(spec, label) + spoken
