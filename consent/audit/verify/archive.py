"""The zip, read as if an enemy had made it: known names only, each once, nothing larger than it may be."""

import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from struct import error as struct_error
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from consent.audit.verify.told import Invalid

CHUNK = 1 << 17  # about a hundred leaves: what is read of them together stays in the processor's cache
MOST_MEMBERS = 20_000
LARGEST_DOCUMENT = 32 << 20  # of what is read as a whole: manifest, policies, notes
_NAME = re.compile(
    r"manifest\.json|manifest\.note|checkpoint|previous\.checkpoint|consistency\.proof|keys\.json|supplements\.jsonl"
    r"|records-[0-9]{3,9}\.jsonl|records\.csv|README\.txt|verify\.py"
    r"|policies/[0-9a-f]{64}\.json|script/[0-9a-f]{64}/(core|ui|preferences)\.js"
    r"|replay/[0-9a-f]{16}-[0-9a-f]{16}-[A-Za-z0-9-]{2,12}"
    r"/(index\.html|core\.js|core/[0-9a-f]{64}-[0-9a-f]{16}/[A-Za-z0-9-]{2,12}(\.preferences)?\.js)"
)
# What zipfile raises for bytes that are no zip: it has no common class for them.
_DAMAGE = (
    BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    OSError,
    OverflowError,
    ValueError,
    struct_error,
)


class ArchiveInvalid(Invalid):
    """The file is not a zip of a bundle, or a part of it cannot be read."""


class Archive:
    """Raises ArchiveInvalid, from here and from every method."""

    def __init__(self, path: str | Path) -> None:
        try:
            self._zip = ZipFile(path)
        except _DAMAGE as error:
            raise ArchiveInvalid("zip_unreadable", why=str(error)) from error
        infos = self._zip.infolist()
        try:
            self._infos = _checked(infos)
        except ArchiveInvalid:
            self._zip.close()
            raise
        self.sizes = {name: info.file_size for name, info in self._infos.items()}

    def __enter__(self) -> "Archive":
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()

    def chunks(self, name: str) -> Iterator[bytes]:
        """Never more than the size that the zip declares."""
        if name not in self._infos:
            raise ArchiveInvalid("file_absent", name=name)
        try:
            with self._zip.open(self._infos[name]) as file:
                while chunk := file.read(CHUNK):
                    yield chunk
        except _DAMAGE as error:
            raise ArchiveInvalid("file_damaged", name=name, why=str(error)) from error

    def read(self, name: str) -> bytes:
        if self.sizes.get(name, 0) > LARGEST_DOCUMENT:
            raise ArchiveInvalid("file_large", name=name, bytes=self.sizes[name])
        return b"".join(self.chunks(name))

    def text(self, name: str) -> str:
        try:
            return self.read(name).decode()
        except UnicodeDecodeError as error:
            raise ArchiveInvalid("file_not_text", name=name) from error


def _checked(infos: list[ZipInfo]) -> dict[str, ZipInfo]:
    if len(infos) > MOST_MEMBERS:
        raise ArchiveInvalid("files_many", files=len(infos))
    found: dict[str, ZipInfo] = {}
    for info in infos:
        name = info.filename
        if not _NAME.fullmatch(name):
            raise ArchiveInvalid("file_unknown", name=repr(name[:80]))
        if name in found:
            raise ArchiveInvalid("file_twice", name=name)
        if info.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
            raise ArchiveInvalid("file_packing", name=name)
        found[name] = info
    return found
