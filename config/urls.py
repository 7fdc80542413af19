from django.urls import include, path

from config import errors
from tracker import admin

urlpatterns = [
    # First, since addresses are tried in this order and these are asked for most.
    path("", include("tracker.urls")),
    path("accounts/", include("allauth.account.urls")),
    path("accounts/2fa/", include("allauth.mfa.urls")),
    path("tables/", admin.site.urls),
]

handler400 = errors.bad_request
handler403 = errors.permission_denied
handler404 = errors.page_not_found
handler500 = errors.server_error
