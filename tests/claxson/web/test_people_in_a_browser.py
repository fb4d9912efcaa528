"""One's own page and the verdict in a real browser, in both themes, wide and narrow."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from claxson.accounts.models import User, Voter
from claxson.catalogue.models import Source
from claxson.voting.models import GoldSource, QueueEntry
from tests.claxson.web.test_in_a_browser import (  # noqa: F401
    _orm_beside_playwright,
    browser,
    faults,
    log_in,
    open_page,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
