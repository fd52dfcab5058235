"""Seals are as they always were, and what is put into place is whole."""

import json
import os
import threading
from hashlib import sha256
from pathlib import Path

import pytest

from zhasyl.files.sealed import (
    MOST_MOVES,
    digest,
    digest_once,
    fits,
    move_into_place,
    read_seal,
    read_sealed,
    seal,
    write_sealed,
    write_whole,
)


def filled(folder: Path, text: str) -> Path:
    folder.mkdir()
    (folder / "content").write_text(text, encoding="utf-8")
    return folder


def test_a_seal_is_what_stored_runs_and_the_cache_have(tmp_path: Path) -> None:
    (tmp_path / "b").write_bytes(b"two")
    (tmp_path / "a").write_bytes(b"one")
    seal(tmp_path, "seal.json", ["b", "a"])
    one, two = (sha256(text).hexdigest() for text in (b"one", b"two"))
    assert (tmp_path / "seal.json").read_text("utf-8") == f'{{\n "a": "{one}",\n "b": "{two}"\n}}\n'
    assert read_seal(tmp_path / "seal.json") == {"a": one, "b": two}
    assert fits(tmp_path, {"a": digest(tmp_path / "a"), "b": two})
    assert not fits(tmp_path, {"a": two})


def test_a_seal_names_files_of_its_own_folder_only(tmp_path: Path) -> None:
    (tmp_path / "seal.json").write_text(json.dumps({"../../etc/passwd": "1"}), "utf-8")
    assert read_seal(tmp_path / "seal.json") == {"passwd": "1"}


@pytest.mark.parametrize("text", ["[]", "null", "1", "{", ""])
def test_what_is_no_seal_is_told(tmp_path: Path, text: str) -> None:
    (tmp_path / "seal.json").write_text(text, "utf-8")
    with pytest.raises(ValueError, match=r"."):
        read_seal(tmp_path / "seal.json")


def test_what_is_there_gives_way_unless_it_is_good(tmp_path: Path) -> None:
    old, new = filled(tmp_path / "old", "old"), filled(tmp_path / "new", "new")
    move_into_place(new, old, lambda: True)
    assert (old / "content").read_text("utf-8") == "old"
    move_into_place(new, old, lambda: False)
    assert (old / "content").read_text("utf-8") == "new"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["new-replaced0", "old"]


def test_a_place_that_others_take_again_and_again_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    new, moves = filled(tmp_path / "new", "new"), []
    rename = Path.rename

    def taken(path: Path, target: Path) -> Path:
        if path == new:
            moves.append(filled(tmp_path / "target", "theirs"))
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", taken)
    with pytest.raises(OSError, match="not empty"):
        move_into_place(new, tmp_path / "target", lambda: False)
    assert len(moves) == MOST_MOVES


def test_a_file_is_never_met_half_written(tmp_path: Path) -> None:
    file, texts = tmp_path / "file", [bytes([65 + n]) * 200_000 for n in range(4)]
    write_whole(file, texts[0])
    writers = [threading.Thread(target=write_whole, args=(file, text)) for text in texts * 5]
    for writer in writers:
        writer.start()
    while any(writer.is_alive() for writer in writers):
        assert file.read_bytes() in texts
    assert os.listdir(tmp_path) == ["file"]


def test_a_sealed_file_is_read_by_who_made_it_while_it_is_whole(tmp_path: Path) -> None:
    file = tmp_path / "new" / "kept"
    write_sealed(file, b"one\ntwo", b"this build")
    assert read_sealed(file, b"this build") == b"one\ntwo"
    assert read_sealed(file, b"that build") is None
    assert read_sealed(file.with_name("none")) is None
    for damaged in (file.read_bytes()[:-1], file.read_bytes().replace(b"two", b"too"), b"", b"\n"):
        file.write_bytes(damaged)
        assert read_sealed(file, b"this build") is None


def test_a_digest_that_is_asked_for_again_is_of_the_file_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "file"
    for content in (b"one", b"three"):
        file.write_bytes(content)
        assert digest_once(file) == digest(file) == digest_once(file)


def test_no_file_is_put_in_the_place_of_a_pipe(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(FileExistsError, match="not a file"):
        write_whole(tmp_path / "pipe", b"text")
    assert (tmp_path / "pipe").is_fifo()
    assert [path.name for path in tmp_path.iterdir()] == ["pipe"]
