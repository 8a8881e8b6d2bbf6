"""What makes a document fit for an archive: PDF/A-2b (ISO 19005-2), whose rules no drawing of ours may break either.

What the colours mean is in the file (the sRGB profile), the metadata say the same in both places where a reader looks
for them (XMP, ISO 16684-1), and the file says which standard it keeps to.
"""

from __future__ import annotations

import re
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any
from xml.sax.saxutils import escape

from reportlab.pdfbase.pdfdoc import PDFArray, PDFCatalog, PDFDictionary, PDFName, PDFStream, PDFZCompress

_CATALOG_KEYS = (*PDFCatalog.__NoDefault__, "OutputIntents")
# Characters that XML cannot hold.
_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def declare_pdf_a(document: Any, *, language: str, written_at: datetime) -> None:
    """Make ReportLab's `document` say that it keeps to PDF/A-2b; its title, author and the like are set already."""
    catalog, info = document.Catalog, document.info
    for name in ("title", "author", "subject", "keywords"):
        setattr(info, name, _NO_XML.sub("", getattr(info, name)))
    catalog.__NoDefault__ = _CATALOG_KEYS
    profile = PDFStream(PDFDictionary({"N": 3}), _srgb_profile(), [PDFZCompress])
    intent = {
        "Type": PDFName("OutputIntent"),
        "S": PDFName("GTS_PDFA1"),
        "OutputConditionIdentifier": "(sRGB IEC61966-2.1)",
        "Info": "(sRGB IEC61966-2.1)",
        "DestOutputProfile": document.Reference(profile),
    }
    catalog.OutputIntents = PDFArray([PDFDictionary(intent)])
    described = PDFDictionary({"Type": PDFName("Metadata"), "Subtype": PDFName("XML")})
    # A reader that knows no PDF finds the metadata in the bytes of the file, so they are not compressed.
    catalog.Metadata = PDFStream(described, _packet(info, language, written_at))


def _packet(info: Any, language: str, written_at: datetime) -> bytes:
    """The metadata as XMP in UTF-8, word for word what ReportLab's `info` says."""
    told = {
        "title": _alternatives(info.title),
        "author": f"<rdf:Seq><rdf:li>{escape(info.author)}</rdf:li></rdf:Seq>",
        "subject": _alternatives(info.subject),
        "language": f"<rdf:Bag><rdf:li>{escape(language)}</rdf:li></rdf:Bag>",
        "keywords": escape(info.keywords),
        "creator": escape(info.creator),
        "producer": escape(info.producer),
        "time": written_at.isoformat(timespec="seconds"),
    }
    return _PACKET.format_map(told).encode("utf-8")


_PACKET = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about=""
 xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:pdf="http://ns.adobe.com/pdf/1.3/"
 xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/"
 xmlns:xmp="http://ns.adobe.com/xap/1.0/">
<pdfaid:part>2</pdfaid:part>
<pdfaid:conformance>B</pdfaid:conformance>
<dc:format>application/pdf</dc:format>
<dc:title>{title}</dc:title>
<dc:creator>{author}</dc:creator>
<dc:description>{subject}</dc:description>
<dc:language>{language}</dc:language>
<pdf:Keywords>{keywords}</pdf:Keywords>
<pdf:Producer>{producer}</pdf:Producer>
<xmp:CreatorTool>{creator}</xmp:CreatorTool>
<xmp:CreateDate>{time}</xmp:CreateDate>
<xmp:ModifyDate>{time}</xmp:ModifyDate>
<xmp:MetadataDate>{time}</xmp:MetadataDate>
</rdf:Description>
</rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>
"""


def _alternatives(words: str) -> str:
    return f'<rdf:Alt><rdf:li xml:lang="x-default">{escape(words)}</rdf:li></rdf:Alt>'


@cache
def _srgb_profile() -> bytes:
    return (files("ptnotes.resources") / "colour" / "sRGB2014.icc").read_bytes()
