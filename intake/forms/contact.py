"""The contact form."""

import re
from collections.abc import Collection
from typing import Any, cast

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Div, Layout
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as now_gettext
from django.utils.translation import gettext_lazy as _

from danger import signs
from intake.assessment.rate_limits import Attempt
from intake.assessment.spam import FormSigns
from intake.cases import choices
from intake.cases.inquiry_data import InquiryData
from intake.forms import centre_choices
from intake.forms.contact_preferences import CONTACT_PREFERENCE_FIELDS, ContactPreferenceFields
from intake.forms.fields import Choice, MultipleChoice, PlainText
from intake.forms.folds import Fold
from intake.models import Inquiry
from intake.submission import form_tokens

# In view, in their order: who it is for, how to reach them and when, what is going on. All else is below "Add more, if you like".
REACHED_BY = tuple(name for name in CONTACT_PREFERENCE_FIELDS if name != "other_notes")
IN_VIEW = ("for_whom", *REACHED_BY, "name", "message", "danger_now")
MORE = (
    "substances", "daily_use", "pregnancy", "age_band", "region", "payer", "centre", "needs_interpreter", "spoken_language", "other_notes",
)  # fmt: skip
# Folded together, for those who are called or get texts.
CALLING = ("may_leave_voicemail", "may_say_who_we_are", "only_i_answer", "time_zone")
# Template parts below a field: whom to call, shown while the answer mentions danger; and the button for a likely e-mail address.
PART_BELOW = {"danger_now": "danger-now", "message": "danger-live", "daily_use": "daily-use", "email": "email-likely"}
HIDDEN = ("token", "guide", "email_asked")
OUT_OF_DATE = _("This page was out of date. What you wrote is still here: please press Send again.")

# Labels and help texts for people who write for somebody else, or as professionals.
WORDS_FOR_OTHER = {
    "message": (
        _("What is going on with them?"),
        _("A few words are enough. We can't confirm or share anything about them, but we can help you."),
    ),
    "substances": (_("What do they use?"), _("So that someone who knows about it answers.")),
    "pregnancy": (_("Is the person pregnant?"), _("Pregnant people are seen first.")),
    "age_band": (_("How old are they?"), _("So that the right team answers.")),
    "region": (_("Which state are they in?"), _("Rules for treatment differ by state.")),
    "name": (_("What may we call you?"), _("Your own name or any name you like, not theirs.")),
    "payer": (_("How would treatment be paid?"), _("It never decides whether we answer.")),
}
WORDS_FOR_PROFESSIONAL = {
    "message": (_("What do you need?"), _("Please do not name the person. Say what kind of help you look for and how soon.")),
    "substances": (_("What is it about?"), _("So that someone who knows about it answers.")),
    "pregnancy": (_("Is the person pregnant?"), _("Pregnant people are seen first.")),
    "age_band": (_("How old is the person?"), _("So that the right team answers.")),
    "region": (_("Which state is the person in?"), _("Rules for treatment differ by state.")),
    "name": (_("Your name and where you work"), _("So that we know whom to ask for.")),
    "payer": (_("How would treatment be paid?"), _("It never decides whether we answer.")),
}


def words_for(for_whom: str) -> dict[str, tuple[Any, Any]]:
    """Return {field: (label, help text)} of the questions that are asked otherwise about somebody else."""
    return {"other": WORDS_FOR_OTHER, "professional": WORDS_FOR_PROFESSIONAL}.get(for_whom, {})


def _wordings(texts: list[Any], for_whom: str) -> SafeString | str:
    """Return the wordings for oneself, for somebody else and for a professional, all but the one for `for_whom` hidden."""
    shown = {"other": 1, "professional": 2}.get(for_whom, 0)
    by_text: dict[str, list[int]] = {}
    for number, text in enumerate(texts):
        by_text.setdefault(str(text), []).append(number)
    if len(by_text) == 1:
        return next(iter(by_text))
    spans = (
        (" ".join(f"w{number}" for number in numbers), "" if shown in numbers else " hidden", text) for text, numbers in by_text.items()
    )
    return format_html_join("", '<span class="{}"{}>{}</span>', spans)


class DangerBox(forms.CheckboxInput):
    """A checkbox that sends "yes". Pages of version 0.1.0 that are still open send "no" as well."""

    def __init__(self) -> None:
        super().__init__(attrs={"value": "yes"}, check_test=bool)

    def value_from_datadict(self, data: Any, files: Any, name: str) -> bool:
        return data.get(name) == "yes"


class InquiryForm(ContactPreferenceFields):
    """The contact form. Only "for whom" and the way of contact are required. Typed text is kept through every error."""

    FORM_ID = "contact-form"

    for_whom = Choice(
        label=_("Who is this for?"),
        help_text=_("So that the questions fit."),
        choices=choices.FOR_WHOM,
        widget=forms.RadioSelect,
        error_messages={"required": _("Say who this is for."), "invalid_choice": _("Say who this is for.")},
    )
    danger_now = forms.BooleanField(
        label=_("Someone is in danger right now, or I am not sure"),
        help_text=_("Can't be woken, slow breathing, blue lips, a seizure, took too much, or thinks of ending their life."),
        widget=DangerBox,
        required=False,
    )
    message = PlainText(
        label=_("What is going on?"),
        help_text=_("A few words are enough. You can also leave it empty and talk later."),
        widget=forms.Textarea(attrs={"rows": 4}),
        required=False,
        longest=5000,
    )
    centre = Choice(
        label=_("Which center do you want to ask?"),
        help_text=_("If you choose none, we pass it to the one that fits."),
        choices=centre_choices.centre_choices,
        required=False,
    )
    substances = MultipleChoice(
        label=_("What is it about?"),
        help_text=_("So that someone who knows about it answers."),
        choices=choices.SUBSTANCES,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    daily_use = Choice(
        label=signs.SIGNS["stopping"].asks,
        help_text=_("Stopping suddenly can be dangerous after daily use. If you are stopping, we read this first."),
        choices=choices.DAILY_USE,
        required=False,
    )
    pregnancy = Choice(
        label=_("Are you pregnant?"), help_text=_("Pregnant people are seen first."), choices=choices.PREGNANCY, required=False
    )
    age_band = Choice(
        label=_("How old are you?"), help_text=_("So that the right team answers."), choices=choices.AGE_BANDS, required=False
    )
    region = Choice(
        label=_("Which state are you in?"),
        help_text=_("Rules for treatment differ by state."),
        choices=choices.region_choices,
        widget=forms.Select(attrs={"autocomplete": "address-level1"}),
        required=False,
    )
    payer = Choice(
        label=_("How would treatment be paid?"),
        help_text=_("It never decides whether we answer."),
        choices=choices.PAYERS,
        required=False,
    )
    name = PlainText(
        label=_("What may we call you?"),
        help_text=_("A first name or any name you like. It does not have to be your real one."),
        widget=forms.TextInput(attrs={"autocomplete": "given-name"}),
        required=False,
        longest=120,
    )
    needs_interpreter = forms.BooleanField(
        label=_("I would like an interpreter"), help_text=_("So that one is there when we talk."), required=False
    )
    spoken_language = PlainText(
        label=_("Which language do you speak best?"),
        help_text=_("So that someone who speaks it answers, if it is not the language of this page."),
        required=False,
        longest=60,
    )
    # A honeypot: invisible to people and screen readers (its container is inert), but filled in by programs that fill in every field.
    # The attributes keep password managers out: 1Password, LastPass, Bitwarden, Dashlane.
    website = forms.CharField(
        label=_("Leave this field empty"),
        widget=forms.TextInput(
            attrs={
                "tabindex": "-1",
                "autocomplete": "off",
                "data-1p-ignore": True,
                "data-lpignore": "true",
                "data-bwignore": "true",
                "data-form-type": "other",
            }
        ),
        required=False,
    )
    token = forms.CharField(widget=forms.HiddenInput, required=False)
    guide = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, for_whom: str = "", only: Collection[str] = (), **kwargs: Any) -> None:
        """`only` are the fields that the page asks for; by default all are asked on one page."""
        super().__init__(*args, **kwargs)
        self.form_token: form_tokens.FormToken | None = None
        self.only = only
        self.wording = for_whom
        for name, texts in words_for(for_whom).items():
            self.fields[name].label, self.fields[name].help_text = texts
        # So that the error summary lists them in the order of the page.
        self.order_fields([*IN_VIEW, *MORE])
        if settings.COUNTRY not in choices.REGIONS:
            del self.fields["region"]
        if len(centre_choices.centre_choices()) < 3:  # nothing to choose between
            del self.fields["centre"]
        if "consent_automated_text" in set(only) - set(self.fields):  # no text messages from this site, so no number for them
            self.only = [name for name in only if name != "phone"]

    @cached_property
    def helper(self) -> FormHelper:
        """How the form is shown; made when it is, because most forms that are sent aren't shown again."""
        helper = FormHelper()
        helper.form_id = self.FORM_ID
        helper.disable_csrf = True
        # So that the answer to a form with mistakes starts at the summary of them.
        helper.form_action = f"{reverse('intake:contact')}#errors"
        helper.form_tag = not self.only
        helper.layout = self._layout()
        return helper

    @property
    def more_is_open(self) -> bool:
        """Whether something under "Add more" has an answer or a mistake, so that it must not be folded away."""
        return any(name in self.errors or self[name].value() for name in MORE if name in self.fields)

    @property
    def calling_is_open(self) -> bool:
        """Whether something under "Voicemail, and who may pick up" has an answer or a mistake."""
        return any(name in self.errors or self[name].value() for name in CALLING)

    @property
    def every_danger_line(self) -> list[dict[str, Any]]:
        """The warnings that the script shows while the visitor writes."""
        return signs.lines(list(signs.heard()))

    @property
    def danger_now_line(self) -> dict[str, Any]:
        """What to do, and whom to call, when someone is in danger now."""
        return signs.lines(["danger_now"])[0]

    @property
    def stopping_line(self) -> dict[str, Any]:
        """The warning against stopping suddenly, shown below the question about daily use."""
        return signs.lines(["stopping"])[0]

    def _layout(self) -> Layout:
        if self.only:
            return Layout("email_asked", *self._shown(self.only))
        self._let_the_page_choose_words()
        trap = Div("website", css_class="visually-hidden", aria_hidden="true", inert=True)
        shown = self._shown(IN_VIEW)
        # Left alone, these boxes are the safest answers; so they don't have to be in view.
        calling = [shown.pop(shown.index(name)) for name in CALLING if name in shown]
        shown.insert(
            shown.index("safe_times") + 1, Fold("calling", _("Voicemail, and who else may pick up"), *calling, is_open="calling_is_open")
        )
        return Layout(
            # First of all, for browsers know a form by the names of its first fields (intake.submission.receipt_cookie).
            HTML('{% include "intake/parts/form-key.html" %}'),
            *HIDDEN,
            HTML('{% include "intake/parts/form-top.html" %}'),
            *shown,
            Fold("more", _("Add more, if you like"), *self._shown(MORE), is_open="more_is_open"),
            trap,
            HTML('{% include "intake/parts/before-you-send.html" %}'),
            HTML('{% include "intake/parts/proof.html" %}'),
            HTML('{% include "intake/parts/form-buttons.html" %}'),
        )

    def _shown(self, names: Collection[str]) -> list[Any]:
        """Return the fields that this site asks for, with the template parts below them."""
        items: list[Any] = []
        for name in names:
            if name in self.fields:
                items.append(name)
                if name in PART_BELOW:
                    items.append(HTML(f'{{% include "intake/parts/{PART_BELOW[name]}.html" %}}'))
        return items

    def _let_the_page_choose_words(self) -> None:
        """Give the questions that differ all their wordings: the style sheet shows the one that fits the answer to "for whom"."""
        for name, (label, hint) in WORDS_FOR_OTHER.items():
            plain, professional = self.base_fields[name], WORDS_FOR_PROFESSIONAL[name]
            self.fields[name].label = _wordings([plain.label, label, professional[0]], self.wording)
            self.fields[name].help_text = _wordings([plain.help_text, hint, professional[1]], self.wording)

    def clean_guide(self) -> str:
        """Ignore an invalid slug: a malformed link must not prevent sending the form."""
        return guide if re.fullmatch(r"[-\w]{1,120}", guide := self.cleaned_data["guide"], re.ASCII) else ""

    def clean_token(self) -> str:
        text: str = self.cleaned_data["token"]
        try:
            self.form_token = form_tokens.read(text)
        except form_tokens.BadFormToken:
            # The visitor can't correct this field.
            self.set_data(token=form_tokens.issue())
            raise ValidationError(OUT_OF_DATE) from None
        return text

    def renew_token(self) -> None:
        """Ask to send the form once more, with a new token: the one it has is too old."""
        self.set_data(token=form_tokens.issue())
        self.add_error(None, OUT_OF_DATE)

    def answers_so_far(self, language: str) -> InquiryData:
        """Return the unvalidated answers that routing depends on, for the response time that is shown before sending."""
        names = ("for_whom", "region", "age_band", "payer", "centre")
        text: dict[str, Any] = {name: self[name].value() or "" for name in names if name in self.fields}
        return InquiryData(
            language=language,
            danger_now=bool(self["danger_now"].value()),
            pregnancy=self["pregnancy"].value() or "",
            substances=list(self["substances"].value() or []),
            daily_use=self["daily_use"].value() or "",
            message=self["message"].value() or "",
            other_notes=self["other_notes"].value() or "",
            **text,
        )

    def inquiry_data(self, language: str) -> InquiryData:
        """Return the answers of a valid form as InquiryData; `language` is that of the page."""
        cleaned = self.cleaned_data
        unchanged = (
            "for_whom",
            "message",
            "name",
            "substances",
            "daily_use",
            "age_band",
            "pregnancy",
            "payer",
            "needs_interpreter",
        )
        region = cleaned.get("region", "")
        data = {name: cleaned[name] for name in unchanged} | self.contact_preferences()
        if cleaned["spoken_language"]:
            spoken = now_gettext("Speaks best: %(language)s") % {"language": cleaned["spoken_language"]}
            data["other_notes"] = f"{spoken}\n{data['other_notes']}".strip()
        return InquiryData(
            language=language,
            country="" if region in ("", choices.ELSEWHERE) else settings.COUNTRY,
            region=region,
            danger_now=cleaned["danger_now"],
            centre=cleaned.get("centre", ""),
            **data,
        )

    def signs(self, attempt: Attempt, *, proven: bool = True) -> FormSigns:
        """Return what is known of a valid form beside its answers."""
        age = self.form_token.age if self.form_token else 0
        trap_filled = bool(self.cleaned_data.get("website"))
        return FormSigns(
            seconds_open=age,
            trap_filled=trap_filled,
            forms_of_block=attempt.number,
            proven=proven,
            sent_again=self.sent_again,
            attempt=attempt,
        )

    @property
    def sent_again(self) -> bool:
        """Whether the form was sent from the page that asks once more whether a person sent it."""
        return "again" in self.data

    def kept(self) -> list[tuple[str, str]]:
        """Return what was typed, as (name, value) of hidden fields: for a page that sends the same form again."""
        posted = cast("QueryDict", self.data)
        left_out = ("website", "again", "altcha", "go")
        return [(name, value) for name, values in posted.lists() if name not in left_out for value in values]


def typed(data: QueryDict, form: type[forms.Form] | None = None) -> dict[str, Any]:
    """Return posted data as initial values, to show the form again without errors (in another language or wording)."""
    initial: dict[str, Any] = {}
    for name, field in (form or InquiryForm).base_fields.items():
        if isinstance(field, forms.MultipleChoiceField):
            initial[name] = data.getlist(name)
        elif isinstance(field, forms.BooleanField):
            # A checkbox that isn't ticked sends nothing; "no" comes from pages of version 0.1.0.
            initial[name] = data.get(name, "") not in ("", "no")
        elif name in data:
            initial[name] = data[name]
    return initial


def wording_for(value: str) -> str:
    """Return `value` if it is a valid answer to "for whom", else an empty string."""
    return value if value in Inquiry.ForWhom.values else ""
