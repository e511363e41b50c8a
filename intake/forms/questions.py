"""The contact form as one question at a time: which questions there are, in which order, and how an answer reads."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy

from intake.forms.contact import InquiryForm
from intake.models import Inquiry

Way = Inquiry.ContactWay


@dataclass(frozen=True)
class Question:
    """A page of its own. `slug` stands in its address, `title` is None where the first field's label says it."""

    slug: str
    fields: tuple[str, ...]
    title: Any = None
    # Reached only from the page that shows all answers.
    optional: bool = False


WHO = Question("who", ("for_whom",))
WAY = Question("way", ("contact_way",))
REACH = {
    Way.PHONE: Question(
        "number",
        ("phone", "consent_call", "may_leave_voicemail", "may_say_who_we_are", "only_i_answer"),
        gettext_lazy("Which number may we call?"),
    ),
    Way.TEXT: Question("text", ("phone", "consent_text", "may_say_who_we_are", "only_i_answer"), gettext_lazy("Which number may we text?")),
    Way.EMAIL: Question("address", ("email", "email_asked", "consent_email"), gettext_lazy("Which e-mail address may we write to?")),
    Way.MAILBOX: Question(
        "notice",
        ("consent_tell_of_answer", "email", "email_asked", "consent_automated_text", "phone"),
        gettext_lazy("Shall we tell you when an answer waits? You can leave this empty."),
    ),
}
WHEN = Question("when", ("safe_times", "time_zone"))
NAME = Question("name", ("name",))
WHAT = Question("what", ("message", "danger_now"))
MORE = (
    Question("about", ("substances", "daily_use"), optional=True),
    Question("pregnancy", ("pregnancy",), optional=True),
    Question("age", ("age_band",), optional=True),
    Question("state", ("region",), optional=True),
    Question("payment", ("payer",), optional=True),
    Question("center", ("centre",), optional=True),
    Question("language", ("needs_interpreter", "spoken_language"), gettext_lazy("Which language shall we speak?"), optional=True),
    Question("notes", ("other_notes",), optional=True),
)


def in_order(answers: QueryDict) -> list[Question]:
    """Return the questions that are asked one after the other, given the answers so far."""
    way = answers.get("contact_way", "")
    reach = [REACH[Way(way)]] if way in Way.values else []
    when = [WHEN] if way in (Way.PHONE, Way.TEXT) else []
    return [WHO, WAY, *reach, *when, NAME, WHAT]


def by_slug(slug: str, answers: QueryDict) -> Question | None:
    """Return a question that fits the answers so far; None if there is no such question."""
    return next((question for question in [*in_order(answers), *MORE] if question.slug == slug), None)


def fields_of(slug: str) -> tuple[str, ...]:
    """Return the fields of a question, whatever was answered before it; empty if there is no such question."""
    every = (WHO, WAY, *REACH.values(), WHEN, NAME, WHAT, *MORE)
    return next((question.fields for question in every if question.slug == slug), ())


def after(question: Question, answers: QueryDict, seen: list[str]) -> Question | None:
    """Return the next question that was neither answered nor passed over; None if all were."""
    order = in_order(answers)
    start = order.index(question) + 1 if question in order else 0
    return next((other for other in [*order[start:], *order[:start]] if other.slug not in seen), None)


def before(question: Question, answers: QueryDict) -> Question | None:
    """Return the question before this one; None for the first, and for what is reached from the page with all answers."""
    order = in_order(answers)
    return order[order.index(question) - 1] if question in order[1:] else None


def title(question: Question, form: InquiryForm) -> Any:
    """Return the question as its page asks it."""
    return question.title or form.fields[question.fields[0]].label


@dataclass(frozen=True)
class Row:
    """A question with its answer in words; "" if there is none."""

    slug: str
    title: Any
    answer: str


def rows(form: InquiryForm, answers: QueryDict) -> list[Row]:
    """Return all questions with their answers, those that are optional last. `form` has the answers as its initial values."""
    asked = [question for question in [*in_order(answers), *MORE] if question.fields[0] in form.fields]
    return [Row(question.slug, title(question, form), "; ".join(_answers(question, form))) for question in asked]


def _answers(question: Question, form: InquiryForm) -> list[str]:
    texts = []
    for name in question.fields:
        field = form.fields.get(name)
        value = form.initial.get(name) if field else None
        if not field or not value or isinstance(field.widget, forms.HiddenInput):
            continue
        if isinstance(field, forms.BooleanField):
            texts.append(str(field.label).rstrip("."))
        elif isinstance(field, forms.ChoiceField):
            chosen = value if isinstance(value, list) else [value]
            options: Any = field.choices
            labels = {str(code): str(label) for code, label in options}
            texts += [labels.get(str(code), str(code)) for code in chosen]
        else:
            texts.append(str(value))
    return texts
