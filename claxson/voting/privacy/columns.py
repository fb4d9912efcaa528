"""What the files of an export hold, in words; keys are file and column names."""

from django.utils.translation import gettext_noop as _

FILES = {
    "account.json": _(
        "your account, your counters, the days you were here, what lies before you now,"
        " what you passed over or reported, your notices, and the networks you came from in the last 30 days,"
        " without the last part of the address"
    ),
    "votes.json": _("every answer you gave"),
    "votes.csv": _("the same as a table; a text that a spreadsheet would run as a formula begins with '"),
}
COLUMNS = {
    "key": _("the number your browser gave this answer"),
    "source": _("the name of the X-ray source"),
    "answer": _("what you answered"),
    "nothing_seen": _("whether you reported that there is nothing in the first image"),
    "comment": _("what you wrote beside it"),
    "dwell_ms": _("how long you looked at it, in thousandths of a second"),
    "cast_at": _("when you answered"),
    "question_version": _("the version of the question you were asked"),
    "level": _("your level at the time: 1 in training, 2 trained"),
    "late": _("whether it came too late to count"),
    "known_class": _("on training sources, what it really is"),
    "withdrawn_at": _("when it was taken back"),
    "withdrawn_why": _("why it was taken back"),
}
LEFT_OUT = _(
    "Some sources whose class is known measure everybody's success without saying so. Which ones, and so"
    " which answers are among the twenty of a source, is not told here either:"
    " it would spoil the measurement."
)
