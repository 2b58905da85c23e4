"""Finding people without reading them: what is stored beside a ciphertext says whether two texts are equal, and nothing
else to whoever has not the organization's key.

`email_index` stands for a whole value. `tokens` stand for the beginnings of words and the ends of a phone number, by 64
bits of a HMAC each: among ten million tokens a wrong hit has a chance of one in a million million.
"""

import re
from collections.abc import Iterable
from typing import Any, Final

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.expressions import RawSQL

from authspine.kernel.constraints import CURRENT_ORGANIZATION, TableConstraint
from authspine.kernel.crypto import mark
from authspine.kernel.errors import Invalid
from authspine.kernel.text import digits, email_key, words
from authspine.privacy import keys

TOKEN_BYTES: Final = 8
INDEX_BYTES: Final = 32
MOST_WORDS: Final = 10
_END: Final = "#"  # before the end of a number, which is no beginning of a word


def email_index(model: type[models.Model], email: str) -> bytes:
    """What stands for an e-mail address among those of the open scope's organization, or among all logins.

    Without regard to case and form: NFKC, casefolded, trimmed.
    """
    is_global = not hasattr(model, "organization_id")
    index = (keys.of_installation() if is_global else keys.of_organization()).index
    return mark(index.derive(f"{model._meta.db_table}.email"), email_key(email))


def index_field() -> Any:
    """The column for a blind index. It is empty, and in no unique key, when the person is erased."""
    return models.BinaryField(max_length=INDEX_BYTES, editable=False, null=True)


def tokens_field() -> Any:
    return ArrayField(models.BigIntegerField(), default=list, editable=False, blank=True)


def tokens(model: type[models.Model], *texts: str, phone: str = "") -> list[int]:
    """All that a row with these texts is found by, without order."""
    found = {word[:end] for word in _words(texts) for end in range(1, len(word) + 1)}
    number = digits(phone)
    found.update(_END + number[start:] for start in range(len(number)))
    secret = _secret(model)
    return sorted(_token(secret, text) for text in found)


def matching(model: type[models.Model], name: str, typed: str) -> Q:
    """Rows for which every word typed begins a word of what they are found by, or ends the phone number.

    Raises Invalid for more words than anybody needs: each is a search of its own, and the plan of sixty takes longer
    than all of them.
    `name` is that of the model's `BlindSearch`.
    """
    secret, every, found = _secret(model), [], Q()
    wanted = list(dict.fromkeys(words(typed)))
    if len(wanted) > MOST_WORDS:
        raise Invalid(f"At most {MOST_WORDS} different words.", field="search")
    for word in wanted:
        number = digits(word)
        # A word with letters is no number: bob7@example.org is not everybody whose phone ends in 7.
        if number and not any(char.isalpha() for char in word):
            found &= _found(f"{name}_either", [_token(secret, word), _token(secret, _END + number)])
        else:
            every.append(_token(secret, word))
    return found & _found(name, every) if every else found


def _found(function: str, wanted: list[int]) -> Q:
    return Q(id__in=RawSQL(f"SELECT {function}(%s)", [wanted]))  # noqa: S611 (a name of ours)


def _words(texts: Iterable[str]) -> set[str]:
    """Every word; an e-mail address is one, and its parts are words, too."""
    found = [word for text in texts for word in words(text)]
    parts = [part for word in found for part in re.split(r"[@.+_\-]+", word)[1:]]
    return {*found, *filter(None, parts)}


def _secret(model: type[models.Model]) -> bytes:
    return keys.of_organization().index.derive(f"{model._meta.db_table}.tokens")


def _token(secret: bytes, text: str) -> int:
    return int.from_bytes(mark(secret, text)[:TOKEN_BYTES], "big", signed=True)


def _function(name: str, operator: str) -> str:
    asked = f"SELECT id FROM public.%(table)s WHERE organization_id = %(mine)s AND %(column)s {operator} wanted"  # noqa: S608
    return (
        f"; CREATE FUNCTION {name}(wanted bigint[]) RETURNS SETOF uuid"
        " LANGUAGE sql STABLE SECURITY DEFINER ROWS 50 SET search_path = pg_catalog, pg_temp"
        f" AS $$ {asked} $$;"
        f" REVOKE ALL ON FUNCTION {name}(bigint[]) FROM PUBLIC;"
        f" GRANT EXECUTE ON FUNCTION {name}(bigint[]) TO %(app)s"
    )


class BlindSearch(TableConstraint):
    """The GIN index of a column of tokens, and the functions that may use it: who has all of these tokens, and, with
    `_either` behind the name, who has one of them.

    Under a row-level policy the server asks an index only what cannot leak, and the operators of arrays are not of
    these: the app role's own query would read the whole table. The function runs as the owner and keeps the policy by
    itself: it answers with ids of the scope's organization and has no parameter for another.
    """

    def __init__(self, *, field: str, name: str, violation_error_message: str | None = None) -> None:
        self.field = field
        super().__init__(name=name, violation_error_message=violation_error_message)

    @property
    def made(self) -> tuple[str, ...]:
        return (self.name, f"{self.name}_either", f"{self.name}_gin")

    def create_sql(self, model: Any, schema_editor: Any) -> Any:
        return self._statement(
            "CREATE INDEX %(index)s ON %(table)s USING gin (%(column)s) WITH (fastupdate = off)"
            + _function("%(name)s", "@>")
            + _function("%(either)s", "&&"),
            model,
            schema_editor,
            index=schema_editor.quote_name(f"{self.name}_gin"),
            column=schema_editor.quote_name(model._meta.get_field(self.field).column),
            either=schema_editor.quote_name(f"{self.name}_either"),
            mine=CURRENT_ORGANIZATION,
            app=schema_editor.quote_name(settings.APP_ROLE),
        )

    def remove_sql(self, model: Any, schema_editor: Any) -> Any:
        return self._statement(
            "DROP FUNCTION %(name)s(bigint[]); DROP FUNCTION %(either)s(bigint[]); DROP INDEX %(index)s",
            model,
            schema_editor,
            either=schema_editor.quote_name(f"{self.name}_either"),
            index=schema_editor.quote_name(f"{self.name}_gin"),
        )

    def deconstruct(self) -> Any:
        path, args, kwargs = super().deconstruct()
        return path, args, {**kwargs, "field": self.field}
