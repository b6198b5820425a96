"""The two ways in which an engine fails, apart so that engines need not import the protocol."""


class IndexingFailed(RuntimeError):
    """The engine refused documents; sending the same ones again will not help."""


class EngineUnavailable(RuntimeError):
    """The engine does not answer now; the same call may succeed later."""
