"""The vocabulary of classes and answers: shared by everything that stores or shows a label."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class SourceClass(models.TextChoices):
    """What a source can be; the keys are the classifier's."""

    AGN = "agn", _("AGN")
    STAR = "star", _("Star")
    XRB = "xrb", _("X-ray binary")
    CV = "cv", _("Cataclysmic variable")


class Answer(models.TextChoices):
    """What a volunteer can answer."""

    AGN = "agn", _("An AGN")
    STAR = "star", _("A star")
    XRB = "xrb", _("An X-ray binary")
    CV = "cv", _("A cataclysmic variable")
    OTHER = "other", _("Something else")
    UNSURE = "unsure", _("I don't know")


# `unsure` is stored, never counts to the 20 and never lowers a skill.
DECISIVE = tuple(answer.value for answer in Answer if answer is not Answer.UNSURE)
