"""A picture that was added on the staff's machine is shown by every public node, which has a folder of its own."""

import io
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage
from django.utils import timezone
from PIL import Image

from articles.models import PictureFile
from articles.rendering import picture_files, pictures

pytestmark = pytest.mark.django_db
OLD = "guides/" + "0123456789abcdef" * 2 + "-480.webp"


@pytest.fixture
def picture():
    buffer = io.BytesIO()
    Image.new("RGB", (600, 400), "teal").save(buffer, "PNG")
    buffer.seek(0)
    return pictures.add(buffer, title="Bench", alt="A bench", credit="", by=None)


def test_a_picture_is_shown_by_a_node_with_another_folder(picture, settings, tmp_path, client):
    settings.MEDIA_ROOT = tmp_path / "of-the-public-node"
    for width in picture.widths:
        answer = client.get(pictures.address(picture.digest, width))
        assert answer.status_code == 200
        assert Image.open(io.BytesIO(answer.getvalue())).width == width
    assert not Path(settings.MEDIA_ROOT).exists()  # the node writes nothing


def test_a_picture_from_before_is_shown_where_its_file_is_and_soon_everywhere(settings, tmp_path, client):
    FileSystemStorage().save(OLD, ContentFile(b"an old picture"))
    assert client.get(f"/media/{OLD}").getvalue() == b"an old picture"
    picture_files._looked.clear()
    assert picture_files.store_old_files(timezone.now()) == {"pictures_stored": 1}
    assert picture_files.store_old_files(timezone.now()) == {}  # once is enough
    settings.MEDIA_ROOT = tmp_path / "of-the-public-node"
    assert client.get(f"/media/{OLD}").getvalue() == b"an old picture"
    assert PictureFile.objects.count() == 1
