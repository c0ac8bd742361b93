class Failure(Exception):
    """What a person is to read instead of a trace."""
