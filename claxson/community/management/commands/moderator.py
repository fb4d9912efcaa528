"""`manage.py moderator`: who may hide comments."""

import argparse
from typing import Any

from django.contrib.auth.models import Permission
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from claxson.accounts.models import User
from claxson.community.comments import MODERATE
from claxson.voting.oversight.audit import record_act


class Command(BaseCommand):
    help = (
        "Let somebody with an account hide comments and show them; with --remove no longer. Safe to repeat."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("username", help="the account's name")
        parser.add_argument("--remove", action="store_true", help="take the permission away")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(username=options["username"]).first()
        if user is None:
            raise CommandError(f"there is no account “{options['username']}”", returncode=2)
        app, codename = MODERATE.split(".")
        permission = Permission.objects.get(content_type__app_label=app, codename=codename)
        held = user.user_permissions.filter(pk=permission.pk).exists()
        if held == options["remove"]:
            change = user.user_permissions.remove if options["remove"] else user.user_permissions.add
            change(permission)
            record_act("remove moderator" if options["remove"] else "make moderator", f"account {user.pk}")
        word = "no longer moderates" if options["remove"] else "moderates"
        self.stdout.write(f"{user.username} {word} comments")
