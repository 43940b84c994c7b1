"""XML of others: parsed without entities, document types, network or depth without end."""

from __future__ import annotations

from lxml import etree

_MOST_BYTES = 50_000_000


def parsed(data: bytes) -> etree._Element | None:
    """Return the root of the XML in *data*.

    ``None`` if it is not well-formed, larger than 50 MB, or has a document type: entities are declared there, and no
    format that is read here has one.
    """
    if len(data) > _MOST_BYTES:
        return None
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(data, parser=parser)
    except (etree.XMLSyntaxError, ValueError):
        return None
    return None if root.getroottree().docinfo.internalDTD is not None else root
