"""The markup of forms: the order of parts and the links that assistive technology needs."""

import pytest
from crispy_forms.helper import FormHelper
from crispy_forms.layout import Fieldset, Layout, Submit
from django import forms
from django.template import engines
from lxml import html

pytestmark = pytest.mark.once


class AskForm(forms.Form):
    about = forms.ChoiceField(label="Who is this about?", widget=forms.RadioSelect, choices=[("self", "Me"), ("other", "Someone else")])
    email = forms.EmailField(label="E-mail", help_text="We send only a notice.")
    ways = forms.MultipleChoiceField(
        label="What is safe?", widget=forms.CheckboxSelectMultiple, choices=[("text", "A text")], required=False
    )
    read = forms.BooleanField(label="I have read this")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.layout = Layout(Fieldset("About you", "about", "email"), "ways", "read")
        self.helper.add_input(Submit("send", "Send"))

    def clean(self):
        if self.data.get("email") == "taken":
            raise forms.ValidationError("These two answers don't fit together.")


def draw(form):
    page = engines["django"].from_string("{% load crispy_forms_tags %}{% crispy form %}").render({"form": form})
    return html.fromstring(page)


def test_a_field_has_label_hint_error_and_input_in_this_order():
    field = draw(AskForm({"email": "nowhere"})).get_element_by_id("div_id_email")
    assert [(element.tag, element.get("class")) for element in field] == [("label", None), ("p", "hint"), ("div", "error"), ("input", None)]


def test_hint_and_error_are_linked_to_the_input_and_both_exist():
    page = draw(AskForm({"email": "nowhere"}))
    box = page.get_element_by_id("id_email")
    assert box.get("aria-invalid") == "true"
    described = [page.get_element_by_id(name).text_content() for name in box.get("aria-describedby").split()]
    assert described == ["We send only a notice.", "Error: Enter a valid email address."]


def test_a_field_without_an_error_mentions_none():
    page = draw(AskForm())
    assert page.get_element_by_id("id_email").get("aria-invalid") is None
    assert not page.cssselect(".error, .error-summary")


def test_radios_and_checkboxes_are_a_group_with_a_name():
    page = draw(AskForm())
    assert [" ".join(group.cssselect("legend")[0].text_content().split()) for group in page.cssselect("fieldset.field")] == [
        "Who is this about?",
        "What is safe? (optional)",
    ]
    for option in page.cssselect("fieldset.field input"):
        assert page.cssselect(f"label[for={option.get('id')}]")


def test_the_group_of_radios_names_its_error():
    page = draw(AskForm({}))
    group = page.get_element_by_id("div_id_about")
    assert page.get_element_by_id(group.get("aria-describedby")).text_content() == "Error: This field is required."


def test_the_summary_takes_the_focus_and_every_link_leads_to_an_input():
    page = draw(AskForm({}))
    [summary] = page.cssselect(".error-summary")
    assert summary.get("tabindex") == "-1"
    assert "autofocus" in summary.attrib
    assert summary.cssselect("[role=alert] h2")
    targets = [link.get("href").removeprefix("#") for link in summary.cssselect("a")]
    assert [page.get_element_by_id(target).tag for target in targets] == ["input", "input", "input"]
    assert targets == ["id_about_0", "id_email", "id_read"]


def test_an_error_of_the_whole_form_is_announced():
    page = draw(AskForm({"about": "self", "email": "taken", "read": "on"}))
    assert "These two answers don't fit together." in page.cssselect(".error-summary [role=alert]")[0].text_content()


def test_the_browsers_own_validation_is_off():
    assert "novalidate" in draw(AskForm()).attrib


def test_typed_values_are_kept():
    assert draw(AskForm({"email": "nowhere"})).get_element_by_id("id_email").get("value") == "nowhere"


def test_there_are_no_inline_styles():
    assert not draw(AskForm({})).cssselect("[style]")
