"""How allauth speaks to people here."""

import logging
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib import messages
from django.utils.translation import gettext

log = logging.getLogger(__name__)


class AccountAdapter(DefaultAccountAdapter):
    """A mail server that is away is told, not shown as a broken page."""

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        try:
            super().send_mail(template_prefix, email, context)
        except OSError as error:
            log.warning("mail could not be sent: %s", error)
            told = gettext(
                "The mail could not be sent: our mail server does not answer. Please try again later."
            )
            messages.error(self.request, told)
