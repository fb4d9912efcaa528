"""What can go wrong in this package, and whether trying again could help."""


class ClassifierError(Exception):
    """Root of every error this package raises.

    Attributes
    ----------
    code : str
        Short, stable name of the kind of failure.
    permanent : bool
        True when the same call would fail again: the input must change first.
    """

    code = "classifier_error"
    permanent = True


class InvalidSettingError(ClassifierError, ValueError):
    """A setting of an estimator or of a run contradicts the data or itself."""

    code = "invalid_setting"


class FeatureError(ClassifierError, ValueError):
    """A feature is described wrongly, or the table does not fit its description."""

    code = "invalid_feature"


class VoteError(ClassifierError, ValueError):
    """Votes or gold labels that cannot be aggregated."""

    code = "invalid_votes"


class EvaluationError(ClassifierError, ValueError):
    """Probabilities and true classes that cannot be compared."""

    code = "invalid_evaluation"


class HeldOutError(ClassifierError, ValueError):
    """Training and reference sources are not kept apart."""

    code = "held_out_leak"


class ModelFileError(ClassifierError):
    """A stored model cannot be used."""

    code = "model_file"


class ModelMissingError(ModelFileError):
    """No model of that hash is stored in the folder; it may still arrive."""

    code = "model_missing"
    permanent = False


class ModelDamagedError(ModelFileError):
    """The stored bytes are not those that were saved."""

    code = "model_damaged"


class ModelSchemaError(ModelFileError):
    """The model was written in a layout that this version does not read."""

    code = "model_schema"
