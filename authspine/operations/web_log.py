"""gunicorn's own words as lines of our log, from its first one on: before Django is loaded, and where it never is."""

from typing import Any

from django.conf import settings
from gunicorn.glogging import Logger

from authspine.kernel.logs import hooks
from authspine.kernel.logs.configuration import Console
from authspine.kernel.logs.lines import FORMS

FORM = settings.LOG_FORMAT  # read now: where a setting is wrong, nothing is started


class Log(Logger):  # type: ignore[misc]
    """Whatever gunicorn is told about logs, it writes to standard error, and no line for each request: we have ours."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        console = Console()
        console.setFormatter(FORMS[FORM](()))
        self.error_log.handlers[:] = [console]
        self.access_log.handlers.clear()
        hooks.take_over()

    def access(self, resp: Any, req: Any, environ: Any, request_time: Any) -> None:
        """The query string and the Referer header stand in gunicorn's."""
