"""Generated file plans: five levels, every column, codes as cities write them."""

from __future__ import annotations

from datetime import date

from hypothesis import strategies as st

from eakte.records.plan_rows import Known, PlanRow, in_order, with_levels

KNOWN = Known(rules=("R-V", "R-B", "R-P"), units=("10", "63", "63.2"))
TITLES = st.text(
    st.characters(
        min_codepoint=0x20, max_codepoint=0x2FFF, exclude_categories=["C", "Z"], include_characters=" ;,\"'=+-@"
    ),
    min_size=1,
    max_size=60,
).filter(lambda text: text == " ".join(text.split()) and text.isprintable())
PATTERNS = st.sampled_from(["", "{plan}-{yy}/{number}", "{unit} {derivation} {number:03}"])


@st.composite
def plans(draw: st.DrawFn) -> tuple[PlanRow, ...]:
    """At least one unit; siblings include such as 1.1 and 1.10."""

    def branch(code: str, parent: str | None, depth: int) -> list[PlanRow]:
        retired = draw(st.booleans())
        row = PlanRow(
            code=code,
            title=draw(TITLES),
            parent=parent,
            rule_code=draw(st.sampled_from(["", *KNOWN.rules])),
            lead_unit=draw(st.sampled_from(["", *KNOWN.units])),
            reference_pattern=draw(PATTERNS),
            default_restricted=draw(st.sampled_from([None, True, False])),
            default_shares=draw(st.sampled_from([None, (), ("10",), ("10", "63.2")])),
            retired=retired,
            retired_on=draw(st.none() | st.dates(date(1000, 1, 1))) if retired else None,
            retired_because=draw(st.just("") | TITLES) if retired else "",
        )
        numbers = draw(st.lists(st.sampled_from([1, 2, 10, 11]), unique=True, max_size=2)) if depth < 4 else []
        return [row, *(each for number in numbers for each in branch(f"{code}.{number}", code, depth + 1))]

    roots = draw(st.lists(st.sampled_from(["1", "2", "10", "A"]), unique=True, min_size=1, max_size=2))
    rows = [row for root in roots for row in branch(root, None, 0)]
    return with_levels(in_order(rows))
