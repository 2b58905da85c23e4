"""One table for each section: what was measured, beside what is aimed at."""

from collections.abc import Sequence
from dataclasses import dataclass, field

WIDTH = 10


@dataclass
class Table:
    """Rows of figures under their headings; printed when the section is over."""

    title: str
    headings: Sequence[str]
    lines: list[str] = field(default_factory=list)

    def row(self, name: str, *figures: float | str, target: str = "", met: bool | None = None) -> None:
        """A line; `target` in words, and whether it was `met`."""
        cells = "".join(f"{_text(figure):>{WIDTH}}" for figure in figures)
        verdict = "" if met is None else "met" if met else "MISSED"
        blank = " " * WIDTH * (len(self.headings) - len(figures))
        self.lines.append(f"{name:46}{cells}{blank}  {target:>16} {verdict}".rstrip())

    def show(self) -> None:
        print(f"\n{self.title}")
        print(f"{'':46}{''.join(f'{heading:>{WIDTH}}' for heading in self.headings)}")
        print("\n".join(self.lines), flush=True)


def _text(figure: float | str) -> str:
    if isinstance(figure, str):
        return figure
    return f"{figure:,.0f}" if abs(figure) >= 1000 or isinstance(figure, int) else f"{figure:.2f}"
