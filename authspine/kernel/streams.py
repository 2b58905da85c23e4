"""Text that is written piece by piece, for documents of any size."""

from collections.abc import Iterable, Iterator

PIECE = 64 * 1024  # characters


def gathered(pieces: Iterable[str], size: int = PIECE) -> Iterator[str]:
    """The same text in fewer, larger pieces: each costs a system call and a chunk on the wire."""
    held: list[str] = []
    length = 0
    for piece in pieces:
        held.append(piece)
        length += len(piece)
        if length >= size:
            yield "".join(held)
            held, length = [], 0
    if held:
        yield "".join(held)
