"""Where the files of pictures are: rows of the database, so that the node where a picture was added needn't be the one that shows it."""

import datetime as dt
from pathlib import Path
from typing import Any

from django.core.files.base import ContentFile, File
from django.core.files.storage import FileSystemStorage
from django.utils.deconstruct import deconstructible

from articles.models import PictureFile


@deconstructible(path="articles.rendering.picture_files.PictureStorage")
class PictureStorage(FileSystemStorage):
    """Stores files as rows, and reads those that were stored before as files of MEDIA_ROOT. Names are digests: nothing ever changes."""

    def _save(self, name: str, content: Any) -> str:
        content.seek(0)
        PictureFile.objects.get_or_create(name=name, defaults={"content": content.read()})
        return name

    def _open(self, name: str, mode: str = "rb") -> File[Any]:
        row = PictureFile.objects.filter(name=name).first()
        return ContentFile(bytes(row.content), name) if row is not None else super()._open(name, mode)

    def exists(self, name: str) -> bool:
        return PictureFile.objects.filter(name=name).exists() or super().exists(name)


_looked: set[Path] = set()


def store_old_files(_now: dt.datetime) -> dict[str, int]:
    """Copy the files of MEDIA_ROOT that have no row into the database, once a process (periodic job); return how many. Files stay."""
    storage = FileSystemStorage()
    folder = Path(storage.location)
    if folder in _looked:
        return {}
    files = {f"guides/{path.name}": path for path in sorted((folder / "guides").glob("*.webp"))}
    known = set(PictureFile.objects.filter(name__in=files).values_list("name", flat=True)) if files else set()
    rows = [PictureFile(name=name, content=path.read_bytes()) for name, path in files.items() if name not in known]
    PictureFile.objects.bulk_create(rows, batch_size=20, ignore_conflicts=True)
    _looked.add(folder)
    return {"pictures_stored": len(rows)}
