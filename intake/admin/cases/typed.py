"""What is typed into the forms of a page: kept as drafts, offered again, and put back.

A page has several forms (each with a prefix) in one <form> element, so that every button sends all boxes along. The form whose
button was pressed is carried out; what stands in the others is kept as drafts and put back into the next page.
"""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.http import QueryDict
from django.utils.choices import flatten_choices
from django.utils.text import Truncator

from intake.admin.forms import MomentField
from intake.admin.requests import StaffRequest
from intake.cases import case_keys, drafts
from intake.crypto import keyring, sealing
from intake.identifiers import new_id
from intake.models import Inquiry
from recovery_site.verbs import NotAllowed

BEGINNING = 200  # characters shown of a draft
_SESSION_KEY = "put_back"
CAN_NOT_KEEP = (case_keys.KeyLost, keyring.KeyringError, sealing.SealBroken, NotAllowed)


def id_name(form_name: str) -> str:
    """Return the name of the hidden input with the one-time id of a form."""
    return f"{form_name}-draft"


def form_id(data: QueryDict, form_name: str) -> UUID | None:
    """Return the one-time id of a form that was sent, or None."""
    try:
        return UUID(data.get(id_name(form_name), ""))
    except ValueError:
        return None


def fields_of(form: forms.BaseForm, data: QueryDict) -> dict[str, list[str]]:
    """Return what was typed into a form, by field; {} if there is nothing worth keeping in it.

    Dates that the page proposed and selects that always have a value are worth keeping only when they were changed: the page sends along
    what it showed (prepare).
    """
    values = {box.name: data.getlist(box.html_name) for box in form.visible_fields() if box.html_name in data}
    return values if any(_is_typed(form, name, values[name], data) for name in values) else {}


def _is_typed(form: forms.BaseForm, name: str, values: list[str], data: QueryDict) -> bool:
    field = form.fields[name]
    if _is_proposed(field):
        shown = data.get(form.add_initial_prefix(name))
        return shown is not None and values != [shown]
    initial = form.get_initial_for_field(field, name)
    if isinstance(field, forms.BooleanField):
        return not initial
    return any(value.strip() and value != str(initial) for value in values)


def _is_proposed(field: forms.Field) -> bool:
    """Return whether the page fills in the field, so that its value says nothing about what was typed."""
    is_select = isinstance(field.widget, forms.Select) and not isinstance(field.widget, forms.RadioSelect)
    return isinstance(field, MomentField) or (is_select and field.required)


def _proposed(form: forms.BaseForm) -> list[tuple[str, str]]:
    """Return the names and values of the hidden inputs that say what the page filled in."""
    return [(form.add_initial_prefix(name), _shown(form, name)) for name, field in form.fields.items() if _is_proposed(field)]


def _shown(form: forms.BaseForm, name: str) -> str:
    """Return the value that a field has when its form is shown: a select without one has its first choice."""
    field: Any = form.fields[name]
    initial = field.prepare_value(form.get_initial_for_field(field, name))
    if isinstance(field, MomentField):
        widget: Any = field.widget
        return str(widget.format_value(initial) or "")
    choices: Any = flatten_choices(field.choices)
    return str(next((value for value, _label in choices), "") if initial is None else initial)


def keep(request: StaffRequest, unsent: Mapping[str, forms.BaseForm], inquiry: Inquiry | None = None) -> list[str]:
    """Keep what stands in these forms of the request as drafts; return their ids. What can't be sealed is left out."""
    kept = []
    for name, form in unsent.items():
        draft_id = form_id(request.POST, name)
        if draft_id is None:
            continue
        fields = fields_of(form, request.POST)
        try:
            if drafts.save(draft_id, name, fields, by=request.user, inquiry=inquiry) and fields:
                kept.append(str(draft_id))
        except CAN_NOT_KEEP:
            continue
    return kept


def put_back(request: StaffRequest, ids: Collection[str]) -> None:
    """Let the next page of this session show these drafts in their forms; of several of one form, the first."""
    if ids:
        request.session[_SESSION_KEY] = list(ids)


def prepare(request: StaffRequest, page_forms: Mapping[str, forms.BaseForm], opened: list[drafts.OpenedDraft]) -> None:
    """Give each form its one-time id, what stands in it, and the drafts to offer.

    After a refusal the forms keep what the request sent. Sets `draft_name`, `draft_id`, `offers` and `proposed` of the forms, which are
    used by templates/admin/intake/inquiry/draft.html, and `stands_open`: whether somebody is at work on the form or should look at it.
    """
    to_put_back = request.session.pop(_SESSION_KEY, ()) if _SESSION_KEY in request.session else ()
    for name, form in page_forms.items():
        mine = [draft for draft in opened if draft.draft.form == name]
        draft_id = form_id(request.POST, name) if request.method == "POST" else None
        proposed = _proposed(form)
        fields: Mapping[str, list[str]] = {}
        if draft_id is not None:
            fields = fields_of(form, request.POST)
            proposed = [(key, request.POST.get(key, value)) for key, value in proposed]
        else:
            chosen = next((draft for pk in to_put_back for draft in mine if str(draft.draft.pk) == pk), None)
            if chosen is not None and not form.is_bound:
                fields, draft_id = chosen.fields, chosen.draft.pk
        if not form.is_bound:
            _fill(form, fields)
        form.draft_name = id_name(name)  # type: ignore[attr-defined]
        form.draft_id = draft_id or new_id()  # type: ignore[attr-defined]
        form.offers = [  # type: ignore[attr-defined]
            (opened_draft.draft, _beginning(form, opened_draft.fields)) for opened_draft in mine if opened_draft.draft.pk != draft_id
        ]
        form.proposed = proposed  # type: ignore[attr-defined]
        form.stands_open = form.is_bound or bool(fields) or bool(form.offers)  # type: ignore[attr-defined]


def _beginning(form: forms.BaseForm, fields: Mapping[str, list[str]]) -> str:
    """Return the first words of the texts of a draft; without texts, what was chosen in it."""
    texts = [value.strip() for name, values in fields.items() if isinstance(form.fields.get(name), forms.CharField) for value in values]
    if not any(texts):
        texts = [
            f"{form[name].label}: {chosen}" for name in fields if name in form.fields and (chosen := _chosen(form, name, fields[name]))
        ]
    return Truncator(" … ".join(text for text in texts if text)).chars(BEGINNING)


def _chosen(form: forms.BaseForm, name: str, values: list[str]) -> str:
    """Return the values of a field in words."""
    choices: Any = flatten_choices(getattr(form.fields[name], "choices", ()))
    labels = {str(value): str(label) for value, label in choices if value != ""}
    return ", ".join(labels.get(value, "" if labels else value) for value in values)


def _fill(form: forms.BaseForm, fields: Mapping[str, list[str]]) -> None:
    values: dict[str, Any] = {}
    for name, field in form.fields.items():
        if fields.get(name):
            values[name] = fields[name] if isinstance(field, forms.MultipleChoiceField) else fields[name][-1]
    form.initial = {**form.initial, **values}
