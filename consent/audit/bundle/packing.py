"""The zip itself: the same content gives the same bytes, whenever and wherever it is packed."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

_CHUNK = 1 << 20
_DATE = (1980, 1, 1, 0, 0, 0)
_LEVEL = 6


@dataclass(frozen=True)
class Member:
    """Content in memory, or the files whose bytes follow one another."""

    name: str
    size: int
    content: bytes | tuple[Path, ...]

    def chunks(self) -> Iterator[bytes]:
        if isinstance(self.content, bytes):
            yield self.content
            return
        for path in self.content:
            with open(path, "rb") as file:
                while chunk := file.read(_CHUNK):
                    yield chunk


def pack(path: Path, members: Iterable[Member], packed: Callable[[], None]) -> None:
    """`packed` is called now and then, so that the caller can say that it lives."""
    with ZipFile(path, "w") as archive:
        for member in members:
            info = ZipInfo(member.name, _DATE)
            info.compress_type, info._compresslevel = ZIP_DEFLATED, _LEVEL  # type: ignore[attr-defined] # public from 3.13
            info.create_system, info.external_attr = 3, 0o644 << 16
            info.file_size = member.size
            with archive.open(info, "w") as file:
                for chunk in member.chunks():
                    file.write(chunk)
                    packed()
