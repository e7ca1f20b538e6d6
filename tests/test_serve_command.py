"""`kzlod serve`: what README shows, the access log, the orderly stop, what it is given that it cannot serve."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import threading
import time
from pathlib import Path

import httpx
import pytest

from tests.serving import Served, serving

README = Path(__file__).parent.parent / "README.md"


def test_readme_is_true(live: Served) -> None:
    """The commands under `kzlod serve` print what is shown behind them."""
    section = README.read_text("utf-8").partition("### kzlod serve")[2].partition("\n### ")[0]
    (block,) = re.findall(r"```sh\n(.*?)```", section, re.DOTALL)
    commands = re.findall(r"^\$ (curl .*)\n((?:(?!\$ ).*\n)*)", block, re.MULTILINE)
    assert len(commands) >= 3
    for command, shown in commands:
        run = command.replace("http://127.0.0.1:8080", live.url)
        done = subprocess.run(run, shell=True, capture_output=True, text=True, check=True, timeout=30)
        assert done.stdout.replace("\r\n", "\n").rstrip() == shown.rstrip(), command


def test_the_access_log_is_json(live: Served) -> None:
    live.get("/thing/china?x=\u2028", user_agent='a"b\\c')
    line = next(line for line in reversed(live.lines()) if line["path"] == "/thing/china")
    assert line["method"] == "GET"
    assert line["status"] == 303
    assert line["agent"] == 'a"b\\c'
    assert str(line["time"]).endswith("+00:00")
    assert isinstance(line["ms"], float)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_in_order(reference_release: Path, tmp_path: Path, number: signal.Signals) -> None:
    """What is under way is finished; the engine is gone; the exit status is 0."""
    slow = "SELECT (COUNT(*) AS ?n) { ?a a kz:Mention . ?b a kz:Claim . FILTER(STR(?a) < STR(?b)) }"
    answers: list[httpx.Response] = []
    with serving(reference_release, tmp_path) as served:

        def ask() -> None:
            answers.append(httpx.post(f"{served.url}/sparql", data={"query": slow}, timeout=60))

        thread = threading.Thread(target=ask)
        thread.start()
        time.sleep(0.5)
        engines = served.engines()
        served.process.send_signal(number)
        thread.join()
        assert served.process.wait(30) == 0
        assert "Traceback" not in served.errors.read_text("utf-8")
        assert not [pid for pid in engines if Path(f"/proc/{pid}/exe").exists()]
        assert served.lines()
    assert [answer.status_code for answer in answers] == [200]


def test_without_a_release_the_tables_are_served(tiny: Path, tmp_path: Path) -> None:
    with serving(tiny, tmp_path, as_project=True) as served:
        assert "not checked" in served.errors.read_text("utf-8")
        assert served.client.get(f"{served.url}/thing/millbrook").status_code == 303


def test_a_query_that_was_changed_since_is_served_as_it_is(tiny: Path, tmp_path: Path) -> None:
    query = next(iter(sorted((tiny / "queries").glob("*.rq"))))
    for summary in ("As it was", "As it is"):
        query.write_text(f"#+ summary: {summary}\nASK {{}}\n", "utf-8")
        with serving(tiny, tmp_path, as_project=True) as served:
            assert f"<h1>{summary}</h1>" in served.get(f"/queries/{query.stem}.html").text


def test_what_is_no_release_is_refused(kzlod, tmp_path: Path, reference_release: Path) -> None:  # type: ignore[no-untyped-def]
    empty = kzlod("serve", tmp_path)
    assert empty.exit_code == 2
    assert "is no release" in empty.stderr
    without = tmp_path / "without"
    shutil.copytree(reference_release, without)
    for name in ("kazakhstan-china.nq", "kazakhstan-china.nq.zst"):
        (without / name).unlink()
    os.environ["XDG_CACHE_HOME"] = str(tmp_path / "cache")
    try:
        assert "is not there" in kzlod("serve", without).stderr
        (without / "SHA256SUMS").write_text("")
        assert "states no SHA-256" in kzlod("serve", without).stderr
        with socket.create_server(("127.0.0.1", 0)) as taken:
            busy = kzlod("serve", reference_release, "--port", taken.getsockname()[1])
    finally:
        del os.environ["XDG_CACHE_HOME"]
    assert busy.exit_code == 2
    assert "cannot be listened at" in busy.stderr


def test_a_compressed_dump_is_enough(reference_release: Path, tmp_path: Path) -> None:
    only = tmp_path / "only"
    shutil.copytree(reference_release, only)
    (only / "kazakhstan-china.nq").unlink()
    with serving(only, tmp_path) as served:
        assert "Kazakhstan" in served.get("/thing/kazakhstan.ttl").text
        assert served.get("/release/kazakhstan-china/0.1.0/kazakhstan-china.nq").status_code == 404
