"""How a suppressed value is told, as a part of statements. Whether it is suppressed, others have decided."""


def tell_hidden(row: str, suppressed: str = "suppressed", n: str = "n") -> str:
    """Below how many people nothing of a row is told; 0: they are enough, but it would tell of fewer.

    Null where nothing is suppressed. The names are those of a statement, never what somebody typed.
    """
    least = "(select minimum_group from organization)"
    return f"case when {row}.{suppressed} then case when {row}.{n} >= {least} then 0 else {least} end end"
