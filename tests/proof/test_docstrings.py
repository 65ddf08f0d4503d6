"""A text after a ``global`` statement is no docstring, and must not become one without it."""

from tests.proof.small import AFTER, BEFORE, CURVES, proven, spoiled

TEXT = '    """All of them."""\n'
WITH_GLOBAL = BEFORE.replace(f"{TEXT}    global hits\n", f"    global hits\n{TEXT}")


def test_pass_may_stand_for_the_global_statement() -> None:
    after = spoiled(AFTER, {CURVES: ((TEXT, f"    pass\n{TEXT}"),)})

    assert proven(after, WITH_GLOBAL).breaches == ()


def test_a_text_that_becomes_the_docstring_is_a_difference() -> None:
    (breach,) = proven(AFTER, WITH_GLOBAL).breaches

    assert breach.guarantee in ("G1", "G2")
    assert "a text became the docstring" in str(breach)


def test_a_docstring_may_not_be_put_behind_something() -> None:
    after = spoiled(AFTER, {CURVES: ((TEXT, f"    pass\n{TEXT}"),)})

    assert proven(after).breaches
