"""Cells that a spreadsheet shows as they are: no text in an export may run as a formula."""

# What makes Excel, LibreOffice or Google Sheets take a text for a formula, the wide forms of East Asian keyboards
# included; a tab or a line break before it hides it from the eye.
_STARTERS = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")


def cell(value: object) -> str:
    """The value as text; a text that a spreadsheet could run gets an apostrophe in front.

    Numbers stay what they are: -5 is no formula. Nothing is an empty cell.
    """
    if value is None:
        return ""
    if isinstance(value, str) and value.startswith(_STARTERS):
        return f"'{value}"
    return str(value)
