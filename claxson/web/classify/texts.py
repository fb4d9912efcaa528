"""What the script of the classify page says, in the page's language."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext


def spoken() -> dict[str, str]:
    """`{n}` and `{name}` are for the script to fill in; a text of two forms has `.one` and `.other`."""
    return {
        "next": _("Next source: {name}."),
        "fetching": _("The next source is on its way …"),
        "offline": _(
            "There is no connection. Your answers are kept here; the next source comes when it is back."
        ),
        "away": _(
            "The site does not answer. Your answers are kept here; the next source comes when it does."
        ),
        "elsewhere": _("You have answered for {name} in another window; here is the next source."),
        "failed": _("That needs a connection. Please try again later."),
        "foreign": _("An answer given earlier in this browser, by somebody else, could not be stored."),
        **_counted(),
    }


def _counted() -> dict[str, str]:
    forms = {"one": 1, "other": 2}
    return {
        f"waiting.{form}": ngettext(
            "%(n)s answer is waiting to be sent", "%(n)s answers are waiting to be sent", n
        )
        % {"n": "{n}"}
        for form, n in forms.items()
    }
