"""Validates pictures for guides, removes their metadata and stores them in several widths."""

import hashlib
import io
import re
from typing import BinaryIO

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from accounts.models import User
from articles import permissions
from articles.models import Edition, Guide, Picture

WIDTHS = (480, 960, 1600)  # pixels: a phone, a phone with a dense screen or a laptop, a dense laptop
MOST_BYTES = 10_000_000
MOST_PIXELS = 50_000_000
FORMATS = ("JPEG", "PNG", "WEBP")
NAME = re.compile(r"([0-9a-f]{32})-(\d{1,5})\.webp")
ADDRESS = re.compile(re.escape(settings.MEDIA_URL) + "guides/" + NAME.pattern)


class BadPicture(Exception):
    """The file can't be used. The message says what to do."""


def address(digest: str, width: int) -> str:
    """Return the URL path of a picture in one width."""
    return f"{settings.MEDIA_URL}guides/{digest}-{width}.webp"


def check(file: BinaryIO) -> None:
    """Raise BadPicture unless `file` can be used. The file is rewound."""
    _decode(_content(file))
    file.seek(0)


def moves(file: BinaryIO) -> bool:
    """Return whether a usable `file` is an animation, of which only the first picture is kept. The file is rewound."""
    with Image.open(file, formats=FORMATS) as image:
        # Phones add a small copy to a JPEG, which isn't an animation.
        moving = image.format in ("PNG", "WEBP") and getattr(image, "is_animated", False)
    file.seek(0)
    return bool(moving)


@transaction.atomic
def add(file: BinaryIO, *, title: str, alt: str, credit: str, by: User | None) -> Picture:
    """Store a picture as WebP in all widths up to its own, without metadata (place, time, device).

    Returns the existing picture if the same file was added before. `by` is None for management commands. Raises NotAllowed or
    BadPicture.
    """
    permissions.require(by is None or permissions.may_edit(by))
    content = _content(file)
    digest = hashlib.sha256(content).hexdigest()[:32]
    known = Picture.objects.filter(digest=digest).first()
    if known is not None:
        return known
    image = _decode(content)
    widths = [width for width in WIDTHS if width < image.width] + ([image.width] if image.width <= WIDTHS[-1] else [])
    for width in widths:
        size = (width, max(1, round(image.height * width / image.width)))
        buffer = io.BytesIO()
        image.resize(size, Image.Resampling.LANCZOS).save(buffer, "WEBP", quality=82, method=4)
        name = f"guides/{digest}-{width}.webp"
        if not default_storage.exists(name):
            default_storage.save(name, ContentFile(buffer.getvalue()))
    largest = widths[-1]
    return Picture.objects.create(
        digest=digest,
        title=title,
        alt=alt,
        credit=credit,
        width=largest,
        height=max(1, round(image.height * largest / image.width)),
        widths=widths,
        added_by=by,
    )


def in_body(body: str) -> dict[str, Picture]:
    """Return the pictures in the HTML `body`, by digest. One query, or none without pictures."""
    digests = {match[1] for match in ADDRESS.finditer(body)}
    return {picture.digest: picture for picture in Picture.objects.filter(digest__in=digests)} if digests else {}


def is_used(picture: Picture) -> bool:
    """Return whether an edition or a working copy uses `picture`."""
    editions = Edition.objects.filter(html__contains=picture.digest)
    return editions.exists() or Guide.objects.filter(body__contains=picture.digest).exists()


def _content(file: BinaryIO) -> bytes:
    content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise BadPicture(_("The picture is larger than 10 MB. Save it smaller first."))
    return content


def _decode(content: bytes) -> Image.Image:
    try:
        image = Image.open(io.BytesIO(content), formats=FORMATS)
        if image.width * image.height > MOST_PIXELS:
            raise BadPicture(_("The picture has more than 50 million pixels. Save it smaller first."))
        upright = ImageOps.exif_transpose(image)
        if upright.mode.startswith("I"):  # 16 bits of grey, as scanners save; convert() would make all but the darkest white
            upright = upright.point(lambda level: level / 256).convert("L")
        return upright.convert("RGBA" if "A" in upright.getbands() or "transparency" in upright.info else "RGB")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        raise BadPicture(_("This file can’t be read as a picture. Save it as JPEG, PNG or WebP.")) from None
