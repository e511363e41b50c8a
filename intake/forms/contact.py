"""The form that asks for help: on one page, or in short steps."""

import re
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Div, Fieldset, Layout
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as now_gettext
from django.utils.translation import gettext_lazy as _

from danger import signs
from intake.assessment.spam import FormSigns
from intake.cases import choices
from intake.cases.inquiry_data import InquiryData
from intake.forms import centre_choices
from intake.forms.contact_preferences import REACHING_FIELDS, ReachingFields
from intake.forms.fields import PlainText
from intake.models import Inquiry
from intake.submission import form_tokens

# The questions in their order; in short steps each group is a page of its own.
STEPS: list[tuple[Any, tuple[str, ...]]] = [
    (_("About this request"), ("for_whom", "danger_now", "message", "centre")),
    (_("A little more, if you like"), ("substances", "daily_use", "pregnancy", "age_band", "region", "payer")),
    (_("Your name and language"), ("name", "needs_interpreter", "spoken_language")),
    (_("How to reach you safely"), REACHING_FIELDS),
]
# What stands below a question: whom to call, shown while the answer speaks of danger.
BESIDE = {"danger_now": "danger-now", "message": "danger-live", "daily_use": "daily-use"}
HIDDEN = ("token", "guide", "step")

# The same question in the words that fit: by whom it is asked.
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


class InquiryForm(ReachingFields):
    """What a visitor is asked: only for whom and how to answer, all else if they want. No error throws a word away."""

    STEPS = STEPS

    for_whom = forms.ChoiceField(
        label=_("Who is this for?"),
        help_text=_("The questions below change with it."),
        choices=choices.FOR_WHOM,
        widget=forms.RadioSelect,
        error_messages={"required": _("Say who this is for."), "invalid_choice": _("Say who this is for.")},
    )
    danger_now = forms.ChoiceField(
        label=_("Is anyone in danger right now?"),
        help_text=_(
            "Someone can't be woken, breathes slowly, has blue lips, had a seizure, took too much, or thinks of ending their life. "
            "Then we show you whom to call, and read this first."
        ),
        choices=[("no", _("No")), ("yes", _("Yes, or I am not sure"))],
        widget=forms.RadioSelect,
        initial="no",
        required=False,
    )
    message = PlainText(
        label=_("What is going on?"),
        help_text=_("So that the right person answers. A few words are enough. You can also leave it empty and talk later."),
        widget=forms.Textarea(attrs={"rows": 6}),
        required=False,
        longest=5000,
    )
    centre = forms.ChoiceField(
        label=_("Which center do you want to ask?"),
        help_text=_("If you choose none, we pass it to the one that fits."),
        choices=centre_choices.centre_choices,
        required=False,
    )
    substances = forms.MultipleChoiceField(
        label=_("What is it about?"),
        help_text=_("So that someone who knows about it answers."),
        choices=choices.SUBSTANCES,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    daily_use = forms.ChoiceField(
        label=signs.SIGNS["stopping"].asks,
        help_text=_("Stopping suddenly can be dangerous after daily use. If you are stopping, we read this first."),
        choices=choices.DAILY_USE,
        required=False,
    )
    pregnancy = forms.ChoiceField(
        label=_("Are you pregnant?"), help_text=_("Pregnant people are seen first."), choices=choices.PREGNANCY, required=False
    )
    age_band = forms.ChoiceField(
        label=_("How old are you?"), help_text=_("So that the right team answers."), choices=choices.AGE_BANDS, required=False
    )
    region = forms.ChoiceField(
        label=_("Which state are you in?"),
        help_text=_("Rules for treatment differ by state."),
        choices=choices.region_choices,
        widget=forms.Select(attrs={"autocomplete": "address-level1"}),
        required=False,
    )
    payer = forms.ChoiceField(
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
    # People never see this one; what fills in every field of a page does.
    website = forms.CharField(
        label=_("Leave this field empty"), widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}), required=False
    )
    token = forms.CharField(widget=forms.HiddenInput, required=False)
    guide = forms.CharField(widget=forms.HiddenInput, required=False)
    step = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, for_whom: str = "", step: int = 0, **kwargs: Any) -> None:
        """`step` is 0 for the whole page, or the number of the group that is asked now, from 1."""
        super().__init__(*args, **kwargs)
        self.form_token: form_tokens.FormToken | None = None
        self.step_now = step
        self._put_into_words(for_whom)
        # The summary of mistakes then names them in the order of the page.
        self.order_fields([name for _title, names in STEPS for name in names])
        if settings.COUNTRY not in choices.REGIONS:
            del self.fields["region"]
        if len(centre_choices.centre_choices()) < 3:  # nothing to choose between
            del self.fields["centre"]
        self.helper = FormHelper()
        self.helper.form_id = "contact-form"
        self.helper.disable_csrf = True
        # So that the answer to a form with mistakes starts at the summary of them.
        self.helper.form_action = "#errors"
        self.helper.layout = self._layout()

    @property
    def last_step(self) -> bool:
        """Whether the form can be sent from here."""
        return self.step_now in (0, len(STEPS))

    @property
    def every_danger_line(self) -> list[dict[str, Any]]:
        """What is shown beside the words while they are written."""
        return signs.lines(list(signs.heard()))

    @property
    def danger_now_line(self) -> dict[str, Any]:
        """What to say, and whom to call, when someone is in danger now."""
        return signs.lines(["danger_now"])[0]

    @property
    def stopping_line(self) -> dict[str, Any]:
        """What to say beside the question about daily use."""
        return signs.lines(["stopping"])[0]

    def _put_into_words(self, for_whom: str) -> None:
        words = {"other": WORDS_FOR_OTHER, "professional": WORDS_FOR_PROFESSIONAL}.get(for_whom, {})
        for name, (label, hint) in words.items():
            self.fields[name].label, self.fields[name].help_text = label, hint

    def _layout(self) -> Layout:
        shown = []
        for number, (title, names) in enumerate(STEPS, 1):
            asked = [name for name in names if name in self.fields]
            if self.step_now in (0, number):
                other_words = [HTML('{% include "intake/parts/other-words.html" %}')] if number == 1 else []
                asked_with: list[Any] = [asked[0], *other_words, *asked[1:]]
                for name, part in BESIDE.items():
                    if name in asked:
                        asked_with.insert(asked_with.index(name) + 1, HTML(f'{{% include "intake/parts/{part}.html" %}}'))
                shown.append(Fieldset(title, *asked_with))
            else:
                for name in asked:
                    self.fields[name].widget = self.fields[name].hidden_widget()
                    self.fields[name].widget.choices = getattr(self.fields[name], "choices", [])
                shown += asked
        trap = Div("website", css_class="visually-hidden")
        notices = [HTML('{% include "intake/parts/before-you-send.html" %}')] if self.last_step else []
        top = HTML('{% include "intake/parts/form-top.html" %}')
        notices.append(HTML('{% include "intake/parts/proof.html" %}'))
        return Layout(*HIDDEN, top, *shown, trap, *notices, HTML('{% include "intake/parts/form-buttons.html" %}'))

    def only_errors_of_step(self) -> None:
        """Forget the mistakes of questions that this step doesn't ask."""
        names = STEPS[self.step_now - 1][1]
        for name in [name for name in self.errors if name not in names]:
            del self.errors[name]

    def first_wrong_step(self) -> int:
        """Return the number of the first step with a mistake in it; the last one when there is none."""
        return next((number for number, (_title, names) in enumerate(STEPS, 1) if set(names) & set(self.errors)), len(STEPS))

    def clean_guide(self) -> str:
        """Leave out what is no short name of a guide: a link with a full stop at its end must not cost somebody the form."""
        return guide if re.fullmatch(r"[-\w]{1,120}", guide := self.cleaned_data["guide"], re.ASCII) else ""

    def clean_token(self) -> str:
        text: str = self.cleaned_data["token"]
        try:
            self.form_token = form_tokens.read(text)
        except form_tokens.BadFormToken:
            # The visitor can't mend this field: give the form a new token, so that sending it again works.
            renewed = QueryDict(mutable=True)
            renewed.update(self.data)
            renewed["token"] = form_tokens.issue()
            self.data = renewed
            raise ValidationError(_("This page was out of date. What you wrote is still here: please press Send again.")) from None
        return text

    def said_so_far(self, language: str) -> InquiryData:
        """Return what decides who answers, as far as it is filled in, unchecked: for the promise that is shown before sending."""
        names = ("for_whom", "region", "age_band", "payer", "centre")
        text: dict[str, Any] = {name: self[name].value() or "" for name in names if name in self.fields}
        return InquiryData(
            language=language,
            danger_now=self["danger_now"].value() == "yes",
            pregnancy=self["pregnancy"].value() or "",
            substances=list(self["substances"].value() or []),
            daily_use=self["daily_use"].value() or "",
            message=self["message"].value() or "",
            other_notes=self["other_notes"].value() or "",
            **text,
        )

    def inquiry_data(self, language: str) -> InquiryData:
        """Return what a valid form says, for a visitor who reads the page in `language`."""
        said = self.cleaned_data
        same = ("for_whom", "message", "name", "substances", "daily_use", "age_band", "pregnancy", "payer", "needs_interpreter")
        region = said.get("region", "")
        data = {name: said[name] for name in same} | self.reaching()
        if said["spoken_language"]:
            spoken = now_gettext("Speaks best: %(language)s") % {"language": said["spoken_language"]}
            data["other_notes"] = f"{spoken}\n{data['other_notes']}".strip()
        return InquiryData(
            language=language,
            country="" if region in ("", choices.ELSEWHERE) else settings.COUNTRY,
            region=region,
            danger_now=said["danger_now"] == "yes",
            centre=said.get("centre", ""),
            **data,
        )

    def signs(self, forms_of_block: int, *, proven: bool = True) -> FormSigns:
        """Return what is known of a valid form beside its answers."""
        age = self.form_token.age if self.form_token else 0
        trap_filled = bool(self.cleaned_data.get("website"))
        return FormSigns(seconds_open=age, trap_filled=trap_filled, forms_of_block=forms_of_block, proven=proven)


def typed(data: QueryDict) -> dict[str, Any]:
    """Return what was typed so far, as the initial values of the same form asked anew (other step, language or wording)."""
    said: dict[str, Any] = {}
    for name, field in InquiryForm.base_fields.items():
        if isinstance(field, forms.MultipleChoiceField):
            said[name] = data.getlist(name)
        elif isinstance(field, forms.BooleanField):
            # A box that another step carried along hidden says "False"; one that isn't ticked says nothing.
            said[name] = data.get(name, "") not in ("", "False")
        elif name in data:
            said[name] = data[name]
    return said


def wording_for(value: str) -> str:
    """Return `value` when it is an answer to "for whom", else nothing."""
    return value if value in Inquiry.ForWhom.values else ""
