from django.apps import AppConfig
from django.contrib.staticfiles.apps import StaticFilesConfig


class ConfigConfig(AppConfig):
    name = "config"
    default = True


class StaticFiles(StaticFilesConfig):
    """Without what Django's admin brings for its forms, of which there are none: a first start compresses each file."""

    ignore_patterns = [*StaticFilesConfig.ignore_patterns, "admin/js/[!t]*", "admin/css/vendor/*", "admin/img/gis/*"]
