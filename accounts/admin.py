"""Admin for staff accounts."""

from functools import partial
from typing import Any, cast

from allauth.account.admin import EmailAddress
from allauth.mfa.admin import Authenticator
from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import UserChangeForm
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import leaving, password_links, sessions
from accounts.factors import own_password, requirement, signing_in, step_up
from accounts.models import User
from accounts.sessions.store import digest
from accounts.sign_in import SignInForm
from recovery_site import phones
from recovery_site.staff import audit, time_zones

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

# A change of these ends the sessions of whom it is about.
RIGHTS = {"is_active", "is_staff", "is_superuser", "groups"}


def _acting(request: HttpRequest) -> User:
    """Return who is signed in; the admin lets nobody else in."""
    return cast(User, request.user)


def _check_phone(text: str) -> None:
    """Raise ValidationError for a number that no text could be sent to."""
    try:
        phones.normalise(text)
    except phones.NotAPhoneNumber:
        raise ValidationError(
            _("Check the phone number: it should have an area code, like 212 555 0143 or +52 55 5555 0143."), code="phone"
        ) from None


class StaffForm(UserChangeForm):
    """A member of staff. Refused when the change would leave work without anybody (accounts.leaving)."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "time_zone" in self.fields:
            self.fields["time_zone"].choices = time_zones.choices("UTC", self.instance.time_zone)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        after = User(pk=self.instance.pk)
        for name in ("is_active", "is_staff", "email", "phone"):
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
        (None, {"fields": ("username", "password")}),
        (_("Person"), {"fields": ("display_name", "credentials", "email", "phone", "language", "time_zone")}),
        (_("What they may do"), {"fields": ("is_active", "is_staff", "is_superuser", "groups")}),
    )
    add_fieldsets = (
        *UserAdmin.add_fieldsets,
        # Night hours and the times at which answers are due depend on the time zone.
        (_("Person"), {"fields": ("is_staff", "display_name", "email", "phone", "language", "time_zone")}),
    )
    filter_horizontal = ()

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Nobody is deleted: what they did must keep their name. Who leaves is switched off."""
        return False

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"is_staff": True, **super().get_changeform_initial_data(request)}

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        if "email" in form.changed_data:
            obj.email_refused_at = None
        super().save_model(request, obj, form, change)
        if change and RIGHTS & set(form.changed_data):
            sessions.end_all(obj, by=_acting(request), keep=digest(request.session.session_key or ""), why="rights")
        if not (obj.is_active and obj.is_staff):
            password_links.end_links(obj)
            leaving.tidy()

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:
        """Let the operator change somebody's password. Their sessions end."""
        response: HttpResponse = super().user_change_password(request, id, form_url)
        if request.method == "POST" and response.status_code == 302:
            user = User.objects.get(pk=id)
            audit.record("password_chosen", by=_acting(request), user=user.pk, how="by_operator")
            sessions.end_all(user, by=_acting(request), keep=digest(request.session.session_key or ""), why="password")
        return response

    @admin.action(description=_("Switch off: they no longer work here"), permissions=["change"])
    def switch_off(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        for user in queryset.filter(is_active=True):
            reasons = [] if user.pk != request.user.pk else [gettext("You can’t switch yourself off.")]
            reasons += leaving.objections(User(pk=user.pk, is_active=False, is_staff=user.is_staff, email=user.email, phone=user.phone))
            if reasons:
                messages.error(request, f"{user}: {' '.join(reasons)}")
                continue
            with transaction.atomic():
                User.objects.filter(pk=user.pk).update(is_active=False)
                password_links.end_links(user)
                sessions.end_all(user, by=_acting(request), why="switched_off")
                leaving.tidy()
            self.log_change(request, user, gettext("Switched off."))
            messages.success(request, gettext("%(name)s is switched off and can’t sign in any more.") % {"name": user})

    @admin.action(description=_("Send a link to choose a password"), permissions=["change"])
    def send_link(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        for user in queryset:
            if not password_links.may_get_one(user):
                messages.error(request, gettext("%(name)s has no e-mail address, or is switched off.") % {"name": user})
            elif password_links.invite(user, by=_acting(request)):
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
