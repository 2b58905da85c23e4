"""What a page says once, in a cookie that is named like the others: no subdomain can plant one."""

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage


class HostCookie(CookieStorage):
    cookie_name = settings.MESSAGES_COOKIE_NAME
