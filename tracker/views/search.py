"""Search: a page of results, and the same few as the palette shows them."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from tracker import palette
from tracker.forms import SearchForm
from tracker.search import SHOWN, search
from tracker.views.compressed import compressed


@login_not_required
@require_safe
@compressed
def search_page(request: HttpRequest) -> HttpResponse:
    """`?q=` what is looked for, `?page=`. Works as a plain page; with a script it follows what is typed."""
    query, page = SearchForm(request.GET).asked()
    results = search(request.user, query, page=page)
    pages = max(1, -(-results.total // SHOWN))
    turn = {number: f"?{urlencode({'q': results.query, 'page': number})}" for number in (page - 1, page + 1)}
    context = {
        "results": results,
        "first": (page - 1) * SHOWN + 1,
        "previous": turn[page - 1] if page > 1 else "",
        "next": turn[page + 1] if page < pages else "",
    }
    return render(request, "search/search.html", context)


@login_not_required
@require_safe
@compressed
def palette_list(request: HttpRequest) -> HttpResponse:
    """`?q=`: pages and acts of that name, then topics and roadmaps; without it what one does most. A fragment."""
    query, _ = SearchForm(request.GET).asked()
    entries = palette.entries(request.user, query)
    more = f"{reverse('search')}?{urlencode({'q': query})}" if query else ""
    return render(request, "search/_palette.html", {"entries": entries, "query": query, "more": more})
