"""Writes on people and voters."""

from claxson.accounts.models import User, Voter


def voter_of(*, user: User) -> Voter:
    """The voter under which this person's votes are kept, made at the first need."""
    voter, _ = Voter.objects.get_or_create(user=user)
    return voter


def keep_address(*, user: User, email: str) -> None:
    """An empty one is forgotten. Several people of a family may give the same."""
    user.email = email
    user.save(update_fields=["email"])


def ensure_account(*, username: str, password: str, role: User.Role) -> bool:
    """An account with this name and role; an existing one keeps its password. True when it was made."""
    user, created = User.objects.get_or_create(username=username, defaults={"role": role})
    if created:
        user.set_password(password)
        user.is_staff = user.is_superuser = role == User.Role.ADMIN
        user.save()
    return created
