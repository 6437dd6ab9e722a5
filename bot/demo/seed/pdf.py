"""A page of text as a PDF: the smallest that every reader opens (ISO 32000-1 §7.5)."""

_SIZE, _LEADING, _MARGIN = 12, 18, 64  # points
_WIDTH, _HEIGHT = 595, 842  # A4


def pdf_of(text: str) -> bytes:
    """One A4 page; the first line is its heading. Letters outside Windows-1252 become question marks."""
    heading, *lines = text.split("\n")
    said = [f"BT /F2 18 Tf {_MARGIN} {_HEIGHT - 90} Td {_LEADING} TL ({_escaped(heading)}) Tj /F1 {_SIZE} Tf"]
    said += [f"T* ({_escaped(line)}) Tj" for line in lines]
    stream = "\n".join([*said, "ET"]).encode("cp1252", "replace")
    font = "<< /Type /Font /Subtype /Type1 /BaseFont /{} /Encoding /WinAnsiEncoding >>"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R /Lang (sv) >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        (
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {_WIDTH} {_HEIGHT}] /Contents 4 0 R"
            " /Resources << /Font << /F1 5 0 R /F2 6 0 R >> >> >>"
        ).encode(),
        b"<< /Length %d >>\nstream\n%b\nendstream" % (len(stream), stream),
        font.format("Helvetica").encode(),
        font.format("Helvetica-Bold").encode(),
    ]
    out, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    trailer = b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(out))
    return out + head + table + trailer


def _escaped(line: str) -> str:
    return line.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
