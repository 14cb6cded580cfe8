"""The papers that the story signs: a small PDF and an XML file, both marked as samples."""
import os

HERE = os.path.dirname(os.path.abspath(__file__))


def tax_return_xml():
    with open(os.path.join(HERE, "tax-return.xml"), "rb") as file:
        return file.read()


def tax_return_pdf():
    """One page, built object by object so that every offset in its table is right."""
    text = (b"BT /F 18 Tf 60 760 Td (SAMPLE  Income tax return, Reiwa 8) Tj 0 -40 Td "
            b"(Income 4,200,000 yen   Tax due 98,700 yen) Tj ET")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        b"/Resources << /Font << /F 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(text), text),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    out = b"%PDF-1.4\n"
    offsets = []
    for number, content in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, table)
    return out
