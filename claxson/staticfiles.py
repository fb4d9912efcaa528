"""Static files under the hash of their content, as what scripts import: kept for ever, never mixed."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedModules(CompressedManifestStaticFilesStorage):
    """Without this a new script would import an old one that the browser still holds."""

    support_js_module_import_aggregation = True
