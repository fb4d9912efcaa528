"""People who log in, and the surrogate identities under which votes are kept."""

import uuid

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _


class User(AbstractUser):
    """Somebody with an account."""

    class Role(models.TextChoices):
        VOLUNTEER = "volunteer", _("Volunteer")
        ASTRONOMER = "astronomer", _("Astronomer")
        TEACHER = "teacher", _("Teacher")
        ADMIN = "admin", _("Administrator")

    role = models.CharField(max_length=12, choices=Role, default=Role.VOLUNTEER)


class Voter(models.Model):
    """Who casts votes: a key that says nothing about the person; erasing the account leaves the votes."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.OneToOneField(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="voter")
    simulated_name = models.CharField(
        max_length=40, blank=True, help_text="set on voters of a simulated crowd only"
    )
    erased = models.BooleanField(
        default=False, help_text="holds votes of somebody whose account was erased; nobody's, and on no board"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["simulated_name"],
                condition=~models.Q(simulated_name=""),
                name="one_voter_per_simulated_name",
            ),
            models.CheckConstraint(
                condition=models.Q(simulated_name="") | models.Q(user=None),
                name="a_simulated_voter_is_nobody",
            ),
            models.CheckConstraint(
                condition=models.Q(erased=False) | models.Q(user=None, simulated_name=""),
                name="an_erased_voter_is_nobody",
            ),
        ]

    def __str__(self) -> str:
        return self.display_name

    @property
    def simulated(self) -> bool:
        return bool(self.simulated_name)

    @property
    def display_name(self) -> str:
        return self.simulated_name or (self.user.username if self.user else str(self.id)[:8])
