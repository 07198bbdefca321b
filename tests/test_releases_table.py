"""What README says of each release is what the program goes by."""

from docs.make_releases_table import README, page, table


def test_the_readme_has_the_table_of_releases() -> None:
    text = README.read_text()
    assert table() in text
    assert text == page(text)


def test_the_table_can_be_read_on_a_screen_of_a_hundred_columns() -> None:
    rows = [line for line in table().splitlines() if line.startswith("|")]
    assert len({len(row) for row in rows}) == 1
    assert len(rows[0]) <= 100
