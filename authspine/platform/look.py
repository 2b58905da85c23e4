"""How the admin looks, in every installation: Unfold's settings."""

from typing import Any, Final

LOOK: Final[dict[str, Any]] = {
    "SITE_TITLE": "Auth-spine",
    "SITE_HEADER": "Auth-spine",
    "SITE_SYMBOL": "event_available",
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": "authspine.platform.sidebar.icon"}],
    "SHOW_VIEW_ON_SITE": False,
    "BORDER_RADIUS": "6px",
    # One blue for links, buttons and focus: 4.5:1 and more on the page's ground, light and dark.
    "COLORS": {
        "primary": {
            "50": "oklch(97% .014 254.604)",
            "100": "oklch(93.2% .032 255.585)",
            "200": "oklch(88.2% .059 254.128)",
            "300": "oklch(80.9% .105 251.813)",
            "400": "oklch(70.7% .165 254.624)",
            "500": "oklch(62.3% .214 259.815)",
            "600": "oklch(54.6% .245 262.881)",
            "700": "oklch(48.8% .243 264.376)",
            "800": "oklch(42.4% .199 265.638)",
            "900": "oklch(37.9% .146 265.522)",
            "950": "oklch(28.2% .091 267.935)",
        }
    },
    "DASHBOARD_CALLBACK": "authspine.platform.overview.overview",
    "STYLES": ["authspine.platform.sidebar.stylesheet"],
    "SCRIPTS": ["authspine.platform.sidebar.script"],
    "ENVIRONMENT": "authspine.platform.sidebar.shown_organization",
    "SIDEBAR": {"navigation": "authspine.platform.sidebar.sidebar"},
}
