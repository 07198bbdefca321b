"""Files that name nodes: what they may look like, and what is said of those that cannot be read."""

import os
from pathlib import Path

import pytest

from orch_tui.domain.scope import NodeNames
from orch_tui.session.node_file import read_node_file


def test_names_may_stand_between_comments_commas_and_blank_lines(tmp_path: Path) -> None:
    file = tmp_path / "web.txt"
    file.write_text(
        "\ufeff# the web servers\n\nweb01.example.com, web02.example.com # two\r\nweb01.example.com\n"
    )
    assert read_node_file(str(file)) == NodeNames(("web01.example.com", "web02.example.com"), 1)


def test_a_tilde_is_ones_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "web.txt").write_text("web01.example.com")
    assert read_node_file("~/web.txt") == NodeNames(("web01.example.com",))


@pytest.mark.parametrize("path", ["", "no-such-file", "~nobody-here/web.txt", "\0", "/", "a" * 300])
def test_what_cannot_be_a_file_is_told_in_words(
    path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    told = read_node_file(path)
    assert isinstance(told, str)
    assert "file" in told


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert read_node_file(str(tmp_path / "pipe")) == "that is no plain file"


def test_what_is_too_big_or_no_text_is_not_taken_for_names(tmp_path: Path) -> None:
    file = tmp_path / "big"
    file.write_bytes(b"\xff\xfe")
    assert read_node_file(str(file)) == "the file is no text"
    os.truncate(file, 33 * 2**20)
    assert read_node_file(str(file)) == "the file is too big: 33 MiB, and 32 are allowed"
