"""Static files under the hash of their content, with what scripts import named alike: kept for ever, never mixed."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedModules(CompressedManifestStaticFilesStorage):
    """Without this a new script would import an old one that the browser still holds."""

    support_js_module_import_aggregation = True
