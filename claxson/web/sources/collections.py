"""Favourites and collections: kept from a source's page, looked after on pages of one's own."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from claxson.accounts.models import User
from claxson.catalogue.selectors import source_id
from claxson.community import collections
from claxson.community.errors import Refused
from claxson.community.models import NAME_LENGTH, Collection
from claxson.community.reading import shared_collection, sources_in
from claxson.web.methods import sent_from
from claxson.web.source import unknown_source
from claxson.web.sources.forms import KeepForm, NameForm
from claxson.web.visitors import for_people

PER_PAGE = 50


@sent_from("source")
@for_people
def keep(request: HttpRequest, user: User, name: str) -> HttpResponse:
    """Back to where it was asked for: the source, or the collection it was taken out of."""
    pk = source_id(name)
    if pk is None:
        return unknown_source(request, name)
    form = KeepForm(request.POST)
    try:
        collection = _kept(user, pk, form) if form.is_valid() else None
    except Refused:
        collection = None
    if collection is None:
        messages.error(request, _("This could not be kept. Nothing was changed."))
    elif "to_collection" in request.POST:
        return redirect("collection", pk=collection.pk)
    return redirect(f"{reverse('source', args=[name])}#keep")


def _kept(user: User, pk: int, form: KeepForm) -> Collection:
    wanted = form.cleaned_data
    if wanted["new"]:
        into: int | None = collections.make(owner=user, name=wanted["new"]).pk
    else:
        into = wanted["collection"] or None
    return collections.keep(
        owner=user, source_id=pk, collection_id=into, kept=wanted["kept"] or bool(wanted["new"])
    )


@require_safe
@for_people
def collection(request: HttpRequest, user: User, pk: int) -> HttpResponse:
    return _page(request, _own(user, pk), is_own=True)


@sent_from("collection")
@for_people
def rename(request: HttpRequest, user: User, pk: int) -> HttpResponse:
    form = NameForm(request.POST)
    try:
        collections.rename(
            owner=user, collection_id=pk, name=form.cleaned_data["name"] if form.is_valid() else ""
        )
    except Refused:
        messages.error(request, _("You have a collection of that name already, or it is no name."))
    return redirect("collection", pk=_own(user, pk).pk)


@sent_from("collection")
@for_people
def share(request: HttpRequest, user: User, pk: int) -> HttpResponse:
    collections.share(owner=user, collection_id=_own(user, pk).pk, shared=request.POST.get("shared") == "on")
    return redirect("collection", pk=pk)


@sent_from("collection")
@for_people
def discard(request: HttpRequest, user: User, pk: int) -> HttpResponse:
    collections.discard(owner=user, collection_id=_own(user, pk).pk)
    messages.success(request, _("The collection is gone. Its sources are where they were."))
    return redirect(f"{reverse('me')}#collections")


@require_safe
def shared(request: HttpRequest, link: UUID) -> HttpResponse:
    """For whoever has the link; search engines are asked to forget it."""
    found = shared_collection(link)
    if found is None:
        raise Http404("nothing is shared here")
    response = _page(request, found, is_own=False)
    response["X-Robots-Tag"] = "noindex"
    return response


def _page(request: HttpRequest, found: Collection, *, is_own: bool) -> HttpResponse:
    context = {
        "collection": found,
        "sources": Paginator(sources_in(found), PER_PAGE).get_page(request.GET.get("page")),
        "is_own": is_own,
        "name_length": NAME_LENGTH,
    }
    if is_own and found.link:
        context["address"] = request.build_absolute_uri(reverse("shared_collection", args=[found.link]))
    return render(request, "collections/collection.html", context)


def _own(user: User, pk: int) -> Collection:
    try:
        return collections.own(user, pk)
    except Refused as error:
        raise Http404("no such collection") from error
