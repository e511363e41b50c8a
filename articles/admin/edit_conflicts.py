"""Edit conflicts: shows the stored text beside the submitted one when somebody else saved the guide first."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from articles.models import Guide
from articles.rendering import sanitizing
from articles.workflow import comparing
from recovery_site.staff import paths
from recovery_site.staff.inlines import NamedDeleteFormSet

TEXTS = ("title", "slug", "summary", "at_a_glance", "content_note", "contact_heading", "contact_text")
CHOICES = ("language", "kind", "substances", "stages", "readers")
ROWS = ("related", "original", "owner", "second_person")
# Fields that aren't part of the text: changing them needs no new approval, but an older form must not overwrite them.
BESIDE_THE_TEXT = frozenset({"original", "original_edition_seen", "owner", "second_person"})


class RowsFormSet(NamedDeleteFormSet):
    """Inline formset that treats rows deleted by somebody else as new ones.

    Otherwise a form opened before the deletion could never be saved, and no field would say why.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.is_bound:
            self.data = _with_removed_rows_as_new(self.data, str(self.prefix), {str(row.pk) for row in self.get_queryset()})


def _with_removed_rows_as_new(data: Any, prefix: str, stored: set[str]) -> Any:
    initial = int(data.get(f"{prefix}-INITIAL_FORMS") or 0)
    if all(data.get(f"{prefix}-{number}-id") in stored for number in range(initial)):
        return data
    changed = QueryDict(mutable=True)
    rows: dict[int, dict[str, list[str]]] = {}
    for key, values in data.lists():
        if match := re.fullmatch(rf"{prefix}-(\d+)-(\w+)", key):
            rows.setdefault(int(match[1]), {})[match[2]] = values
        else:
            changed.setlist(key, values)
    existing = [rows[number] for number in range(initial) if number in rows and rows[number].get("id", [""])[0] in stored]
    removed = [rows[number] | {"id": [""]} for number in range(initial) if number in rows and rows[number].get("id", [""])[0] not in stored]
    new = [row for number, row in sorted(rows.items()) if number >= initial]
    merged = [*existing, *(row for row in removed if "DELETE" not in row), *new]
    for number, row in enumerate(merged):
        for name, values in row.items():
            changed.setlist(f"{prefix}-{number}-{name}", values)
    changed[f"{prefix}-INITIAL_FORMS"], changed[f"{prefix}-TOTAL_FORMS"] = str(len(existing)), str(len(merged))
    return changed


def both_texts(stored: Guide, form: Any, formsets: list[Any]) -> list[dict[str, Any]]:
    """Return {"label", "theirs", "yours"} for each part that differs, with the differing words marked.

    `theirs` is the stored text, `yours` the submitted one.
    """
    pairs = []
    for label, theirs, yours in (*_fields(stored, form), *(part for formset in formsets for part in _rows(stored, formset))):
        if _text(theirs) != _text(yours):
            old, new = comparing.words(_text(theirs), _text(yours))
            pairs.append({"label": label, "theirs": old, "yours": new})
    theirs, yours = stored.body, sanitizing.clean(form.data.get(form.add_prefix("body"), ""))
    if "body" in form.fields and theirs != yours:
        old, new = comparing.bodies(theirs, yours)
        pairs.insert(0, {"label": str(form.fields["body"].label), "theirs": old, "yours": new})
    return pairs


def _text(value: str) -> str:
    """Return `value` as forms store it. Browsers send line ends as two characters."""
    return value.replace("\r\n", "\n").strip()


def _fields(stored: Guide, form: Any) -> Iterator[tuple[str, str, str]]:
    for name in (*TEXTS, *CHOICES, *ROWS, "original_edition_seen"):
        field = form.fields.get(name)
        if field is None:
            continue
        key, value = form.add_prefix(name), getattr(stored, name)
        if name in CHOICES:
            names = {str(code): str(label) for code, label in field.choices}
            codes = value if isinstance(value, list) else [value]
            theirs = ", ".join(names.get(str(code), str(code)) for code in codes)
            yours = ", ".join(names.get(str(code), str(code)) for code in form.data.getlist(key))
        elif name in ROWS:
            rows = list(value.all()) if name == "related" else [value] if value else []
            typed = [pk for pk in form.data.getlist(key) if paths.number(pk) is not None]
            theirs, yours = _names(field, rows), _names(field, field.queryset.model._default_manager.filter(pk__in=typed))
        else:
            theirs, yours = str(field.prepare_value(value) or ""), str(form.data.get(key, ""))
        yield str(field.label or name), theirs, yours


def _names(field: Any, rows: Iterable[Any]) -> str:
    return ", ".join(sorted(str(field.label_from_instance(row)) for row in rows))


def _rows(stored: Guide, formset: Any) -> Iterator[tuple[str, str, str]]:
    """Yield the stored and submitted rows of a formset, one per line, without rows marked for deletion."""
    theirs, yours = [], []
    fields = [str(name) for name in formset.empty_form.fields if name not in ("id", "guide", "DELETE")]
    empty_form = formset.empty_form
    # Query again: validation has copied the submitted values to the formset's instances.
    for row in formset.model._default_manager.filter(guide=stored):
        theirs.append(" · ".join(str(empty_form[name].field.widget.format_value(getattr(row, name)) or "") for name in fields))
    for row_form in formset.forms:
        if not row_form.data.get(row_form.add_prefix("DELETE")):
            yours.append(" · ".join(str(row_form.data.get(row_form.add_prefix(name), "")) for name in fields))
    yield (
        str(_("%(part)s, one a line") % {"part": formset.model._meta.verbose_name_plural}).capitalize(),
        "\n".join(theirs),
        "\n".join(yours),
    )
