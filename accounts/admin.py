"""Admin for staff accounts."""

from functools import partial
from typing import Any, cast

from allauth.account.admin import EmailAddress
from allauth.mfa.admin import Authenticator
from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import changes, leaving, password_links
from accounts.factors import own_password, requirement, signing_in, step_up
from accounts.models import User
from accounts.roles import AUDITOR, CLINICAL_REVIEWER, EDITOR
from accounts.sessions.store import digest
from accounts.sign_in import SignInForm
from recovery_site import phones
from recovery_site.staff import audit, time_zones
from recovery_site.verbs import Refused

# Django's sign-in form with a limit on failed attempts.
admin.site.login_form = SignInForm
# With a second step for whoever has a second factor.
admin.site.login = signing_in.login  # type: ignore[method-assign]
admin.site.password_change = step_up.required(own_password.change)  # type: ignore
admin.site.add_head(requirement.head)  # type: ignore[attr-defined]
admin.site.add_panel(requirement.panel, order=1)  # type: ignore[attr-defined]
# Roles are defined in code (accounts.roles), so their groups must not be changed or deleted by hand.
admin.site.unregister(Group)
# Nobody edits rows of the library by hand: each person's second factors are on their own page.
for model in (Authenticator, EmailAddress):
    admin.site.unregister(model)


def _acting(request: HttpRequest) -> User:
    """Return who is signed in; the admin lets nobody else in."""
    return cast(User, request.user)


# The columns that the record names when an operator changes them.
RECORDED = ("username", "display_name", "email", "phone")
NO_PASSWORD = _("Nobody sets or reads a password of somebody else. Send them a link from the list of people.")


def _check_phone(text: str) -> None:
    """Raise ValidationError for a number that no text could be sent to."""
    try:
        phones.normalise(text)
    except phones.NotAPhoneNumber:
        raise ValidationError(
            _("Check the phone number: it should have an area code, like 212 555 0143 or +52 55 5555 0143."), code="phone"
        ) from None


class StaffForm(forms.ModelForm):
    """A member of staff, without a password: nobody sets another person's. Refused when work would be left without anybody.

    The roles are no columns of the form: accounts.changes gives and takes them, so that each is recorded.
    """

    site_roles = forms.MultipleChoiceField(
        label=_("Roles on the whole site"),
        choices=[(EDITOR, _("writes guides")), (CLINICAL_REVIEWER, _("reviews guides as a clinician")), (AUDITOR, _("audits: reads only"))],
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Auditors are told when one changes. Roles at a center are given by its leads, on the page “Members” of the center."),
    )
    operator = forms.BooleanField(
        label=_("Operator: runs the site"), required=False, help_text=_("Sees settings and accounts, and no case. Auditors are told.")
    )

    class Meta:
        model = User
        fields = ("username", "display_name", "credentials", "email", "phone", "language", "time_zone", "is_active")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "time_zone" in self.fields:
            self.fields["time_zone"].choices = time_zones.choices("UTC", self.instance.time_zone)  # type: ignore[attr-defined]
        self.fields["site_roles"].initial = list(self.instance.groups.values_list("name", flat=True))
        self.fields["operator"].initial = self.instance.is_superuser

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        after = User(pk=self.instance.pk, is_staff=self.instance.is_staff)
        for name in ("is_active", "email", "phone"):
            setattr(after, name, cleaned.get(name, getattr(self.instance, name)))
        for reason in leaving.objections(after):
            self.add_error(None, reason)
        return cleaned


@admin.register(User)
class StaffAdmin(UserAdmin):
    desk = "people"
    purpose = _("Who can sign in. Switch off who leaves.")
    when_empty = _("Nobody can sign in yet.")
    form = StaffForm
    list_display = ("username", "shown_name", "email", "is_active", "is_staff", "last_login")
    list_filter = ("is_active", "is_staff", "groups")
    actions = ("switch_off", "send_link")
    change_list_template = "admin/accounts/people.html"
    change_form_template = "admin/accounts/person.html"
    fieldsets = (
        (
            None,
            {"fields": ("username",), "description": NO_PASSWORD},
        ),
        (_("Person"), {"fields": ("display_name", "credentials", "email", "phone", "language", "time_zone")}),
        (_("What they may do"), {"fields": ("is_active", "site_roles", "operator")}),
    )
    filter_horizontal = ()

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "POST" and request.user.is_superuser and not step_up.is_fresh(request):
            return step_up.ask(request)
        return super().changeform_view(request, *args, **kwargs)

    def changelist_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "POST" and request.user.is_superuser and not step_up.is_fresh(request):
            return step_up.ask(request)
        return super().changelist_view(request, *args, **kwargs)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """New colleagues have a page of their own, which makes the account, gives the role and mails the link."""
        return False

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if not request.user.is_superuser:
            raise PermissionDenied
        return HttpResponseRedirect(reverse("admin:intake_centre_colleagues"))

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Nobody is deleted: what they did must keep their name. Who leaves is switched off."""
        return False

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:
        """Refuse: who sets somebody's password can sign in as them."""
        if not request.user.is_superuser:
            raise PermissionDenied
        messages.error(request, NO_PASSWORD)
        return HttpResponseRedirect(reverse("admin:accounts_user_changelist"))

    def get_form(self, request: HttpRequest, obj: User | None = None, change: bool = False, **kwargs: Any) -> Any:
        return super(UserAdmin, self).get_form(request, obj, change, **kwargs)

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """Store the person's details, and let the verbs do and record what gives or takes rights."""
        by, own_session = _acting(request), digest(request.session.session_key or "")
        works_here = obj.is_active
        obj.is_active = User.objects.values_list("is_active", flat=True).get(pk=obj.pk)
        if "email" in form.changed_data:
            obj.email_refused_at = None
        super().save_model(request, obj, form, change)
        if what := [name for name in RECORDED if name in form.changed_data]:
            audit.record("account_changed", by=by, user=obj.pk, what=what)
        try:
            roles, operator = form.cleaned_data["site_roles"], form.cleaned_data["operator"]
            changes.set_site_roles(obj, by=by, roles=roles, operator=operator, keep=own_session)
            if works_here != obj.is_active:
                (changes.switch_on if works_here else changes.switch_off)(obj, by=by)
        except Refused as refused:
            messages.error(request, refused.message)

    @admin.action(description=_("Switch off: they no longer work here"), permissions=["change"])
    def switch_off(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        for user in queryset.filter(is_active=True):
            try:
                changes.switch_off(user, by=_acting(request))
            except Refused as refused:
                messages.error(request, f"{user}: {refused.message}")
                continue
            self.log_change(request, user, gettext("Switched off."))
            messages.success(request, gettext("%(name)s is switched off and can’t sign in any more.") % {"name": user})

    @admin.action(description=_("Send a link to choose a password"), permissions=["change"])
    def send_link(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        for user in queryset:
            if not password_links.may_get_one(user):
                messages.error(request, gettext("%(name)s has no e-mail address, or is switched off.") % {"name": user})
                continue
            if password_links.invite(user, by=_acting(request)):
                messages.success(request, gettext("A link is on its way to %(name)s.") % {"name": user})
            else:
                messages.error(request, gettext("The mail to %(name)s could not be sent. Check the address.") % {"name": user})

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Offer time zones as choices: mails to a person with a misspelled time zone would not be sent."""
        if db_field.name == "phone":
            field = super().formfield_for_dbfield(db_field, request, **kwargs)
            if field is not None:
                field.validators.append(_check_phone)
            return field
        if db_field.name == "time_zone":
            return forms.ChoiceField(
                label=capfirst(db_field.verbose_name),
                choices=partial(time_zones.choices, "UTC"),
                initial=db_field.default,
                help_text=_("Open the list and type the first letters of the place."),
            )
        return super().formfield_for_dbfield(db_field, request, **kwargs)
