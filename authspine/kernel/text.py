"""Normal forms of what people type: one account per e-mail, one meaning per search word."""

import re
import unicodedata


def email_key(email: str) -> str:
    """The form in which two e-mail addresses are compared: NFKC, casefolded, trimmed (whole address)."""
    return unicodedata.normalize("NFKC", email).strip().casefold()


def login_email(email: str) -> str:
    """The form in which a login keeps its address, whoever typed it: NFKC, trimmed, in small letters.

    How its owner spells it would tell others that there is such a login. Not casefolded: mail must still arrive.
    """
    return unicodedata.normalize("NFKC", email).strip().lower()


def fold(text: str) -> str:
    """Text without accents and case, for searching: `García` and `garcia` are the same word."""
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def words(text: str) -> list[str]:
    """The folded words of a text, in order; an e-mail address is one word and its parts are words too."""
    return [word for word in re.split(r"[\s,;()<>\"]+", fold(text)) if word]


def digits(text: str) -> str:
    return re.sub(r"\D", "", text)


def search_text(*texts: str, phone: str = "") -> str:
    """What a record is found by: every word with a blank before it, then the phone's digits with a bar behind."""
    found = [
        part for text in texts for word in words(text) for part in (word, *re.split(r"[@.+_\-]+", word)[1:]) if part
    ]
    return "".join(f" {word}" for word in dict.fromkeys(found)) + f" #{digits(phone)}|"
