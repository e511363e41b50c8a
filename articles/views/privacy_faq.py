"""The questions and answers of the privacy page, also used for its structured data."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

PRIVACY: list[tuple[str | Promise, str | Promise]] = [
    (
        _("Does anyone learn that I read here?"),
        _(
            "Not from us. A page you read sets no cookie, asks no other company for anything and is written into no record of "
            "visits. Your browser keeps a history of its own, and the owner of your network can see this site’s name."
        ),
    ),
    (
        _("What do you do with what I search for?"),
        _("We use it to find guides and forget it at once. It is not stored and not written into any record."),
    ),
    (
        _("Who reads what I write to you?"),
        _(
            "Only staff of the center that answers you. Your words are locked with a key that the center and your receipt hold. "
            "The computer that takes them in can’t open them afterwards."
        ),
    ),
    (
        _("Do you tell anyone?"),
        _(
            "No one outside without your written consent. The limits: someone’s life is in danger, a child is being hurt, or a "
            "court orders it. If you write about someone else, we never confirm that we know that person."
        ),
    ),
    (
        _("Do you sell or share data for advertising?"),
        _("No. Nothing is sold, nothing is used for advertising, and no company is paid for sending people to us."),
    ),
    (
        _("What if someone else opens my mail or answers my phone?"),
        _(
            "You choose how we may reach you, and nothing is also a choice. Our e-mails and messages never say what they are about. "
            "We leave no voicemail unless you allow it."
        ),
    ),
    (
        _("Can I see or delete what I sent?"),
        _(
            "Yes. Your receipt opens your mailbox with all that we wrote to each other. To have it erased, say so there. "
            "A law or a court can make us keep a locked copy for a time, and a court can forbid us to say so."
        ),
    ),
    (
        _("How do you stop people who misuse the forms?"),
        _(
            "For a short time we count how many tries come from a part of the network, in a form that can’t be turned back into an "
            "address. These counts are removed by themselves."
        ),
    ),
]
