"""What a browser may load, run and send for a page (Content-Security-Policy): as little as the page needs.

Nothing inline anywhere but in the admin, whose library is written that way; nothing from another host anywhere.
"""

from typing import Final

from django.utils.csp import CSP

type Policy = dict[str, list[str]]

_SHUT: Final[Policy] = {
    "default-src": [CSP.NONE],
    "base-uri": [CSP.NONE],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
}

# The demo, sign-in, errors and whatever has no other.
STRICT: Final[Policy] = _SHUT | {
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
}

# Where an authenticator app is set up: the secret is a picture in the page, which nobody else is asked for.
WITH_PICTURE: Final[Policy] = STRICT | {"img-src": [CSP.SELF, "data:"]}

# django-unfold: Alpine reads its expressions by eval, and sets styles of elements; the theme's colours are a style in
# the page. Scripts come from files of ours all the same.
OFFICE: Final[Policy] = STRICT | {
    "script-src": [CSP.SELF, CSP.UNSAFE_EVAL],
    "style-src": [CSP.SELF, CSP.UNSAFE_INLINE],
    "img-src": [CSP.SELF, "data:"],
    "font-src": [CSP.SELF],
}

# The page to try the API at: one style in it, by its nonce, and pictures in its stylesheet.
DOCS: Final[Policy] = STRICT | {"style-src": [CSP.SELF, CSP.NONCE], "img-src": [CSP.SELF, "data:"]}
