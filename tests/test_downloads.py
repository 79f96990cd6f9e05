"""Downloads against a local server that does what bad networks do."""

import contextlib
import errno
import hashlib
import http.server
import socket
import threading

import pytest

from exercise_lib.storage import downloads

CONTENT = bytes(range(256)) * 2000
KNOWN_HASH = "sha256:" + hashlib.sha256(CONTENT).hexdigest()
PAGE = b"<!DOCTYPE html><html><body>Welcome to the Grand Hotel, please log in</body></html>"


class BadNetwork(http.server.ThreadingHTTPServer):
    """A server whose attribute `behaviour` names one of Handler's methods."""

    daemon_threads = True
    behaviour = "good"

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.closing = threading.Event()
        self.url = f"http://127.0.0.1:{self.server_port}/file.h5"


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        getattr(self, self.server.behaviour)()

    def answer(self, body, length):
        self.send_response(200)
        if length is not None:
            self.send_header("Content-Length", str(length))
        self.end_headers()
        with contextlib.suppress(ConnectionError):
            self.wfile.write(body)

    def good(self):
        self.answer(CONTENT, len(CONTENT))

    def wrong(self):
        self.answer(CONTENT[::-1], len(CONTENT))

    def cut(self):
        self.answer(CONTENT[:100_000], len(CONTENT))

    def cut_without_length(self):
        self.answer(CONTENT[:100_000], None)

    def page(self):
        self.answer(PAGE, len(PAGE))

    def empty(self):
        self.answer(b"", 0)

    def stalled(self):
        self.answer(CONTENT[:100_000], len(CONTENT))
        self.server.closing.wait(20)

    def silent(self):
        self.server.closing.wait(20)

    def hung_up(self):
        self.connection.shutdown(socket.SHUT_RDWR)

    def missing(self):
        self.send_error(404)

    def log_message(self, *arguments):
        pass


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr(downloads, "TIMEOUT", (1, 1))
    with BadNetwork() as network:
        thread = threading.Thread(target=network.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield network
        network.closing.set()
        network.shutdown()
        thread.join()


def fetch(url, folder):
    return downloads.download(url, folder / "file.h5", KNOWN_HASH, len(CONTENT))


def assert_one_sentence(message):
    assert message.endswith(".")
    assert "\n" not in message
    assert ". " not in message


def test_good_file_arrives_whole(server, tmp_path):
    path = fetch(server.url, tmp_path / "new" / "folder")
    assert path == tmp_path / "new" / "folder" / "file.h5"
    assert path.read_bytes() == CONTENT
    assert [file.name for file in path.parent.iterdir()] == ["file.h5"]


def test_md5_is_checked_too(server, tmp_path):
    digits = hashlib.md5(CONTENT).hexdigest()
    path = downloads.download(server.url, tmp_path / "f", f"md5:{digits}", len(CONTENT))
    assert path.read_bytes() == CONTENT
    with pytest.raises(downloads.DownloadError, match="MD5"):
        downloads.download(server.url, tmp_path / "g", f"md5:{'0' * 32}", len(CONTENT))
    assert not (tmp_path / "g").exists()


BAD = {
    "wrong": "so it was deleted",
    "cut": "was interrupted|ended after",
    "cut_without_length": "ended after 100,000 bytes",
    "page": "sent a web page",
    "empty": "ended after 0 bytes",
    "stalled": "sent nothing for 1 seconds",
    "silent": "sent nothing for 1 seconds",
    "hung_up": "failed",
    "missing": "404 Not Found",
}


@pytest.mark.parametrize("behaviour", BAD)
def test_bad_download_is_one_sentence_leaves_nothing_and_can_be_repeated(
    server, tmp_path, behaviour
):
    server.behaviour = behaviour
    with pytest.raises(downloads.DownloadError, match=BAD[behaviour]) as caught:
        fetch(server.url, tmp_path)
    assert_one_sentence(str(caught.value))
    assert caught.value.found in str(caught.value)
    assert list(tmp_path.iterdir()) == []
    server.behaviour = "good"
    assert fetch(server.url, tmp_path).read_bytes() == CONTENT


def test_server_gone(tmp_path, closed_port, monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with pytest.raises(downloads.DownloadError, match="check your network") as caught:
        fetch(f"http://127.0.0.1:{closed_port}/file.h5", tmp_path)
    assert_one_sentence(str(caught.value))
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def closed_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_older_file_stays_until_a_whole_one_is_there(server, tmp_path):
    (tmp_path / "file.h5").write_bytes(b"older")
    server.behaviour = "cut"
    with pytest.raises(downloads.DownloadError):
        fetch(server.url, tmp_path)
    assert (tmp_path / "file.h5").read_bytes() == b"older"
    server.behaviour = "good"
    assert fetch(server.url, tmp_path).read_bytes() == CONTENT


def fail_to_write(code):
    def transfer(self, url, output_file, pooch):
        with open(output_file, "wb") as file:  # noqa: PTH123
            file.write(CONTENT[:1000])
        raise OSError(code, "what the system says")

    return transfer


@pytest.mark.parametrize(
    ("code", "message"),
    [(errno.ENOSPC, "is full; free"), (errno.EROFS, "cannot be written")],
)
def test_disk_that_takes_no_more_is_one_sentence(tmp_path, monkeypatch, code, message):
    monkeypatch.setattr(downloads.pooch.HTTPDownloader, "__call__", fail_to_write(code))
    with pytest.raises(downloads.DownloadError, match=message) as caught:
        fetch("http://127.0.0.1/file.h5", tmp_path)
    assert_one_sentence(str(caught.value))
    assert list(tmp_path.iterdir()) == []


def test_folder_that_is_a_file_is_one_sentence(server, tmp_path):
    (tmp_path / "folder").write_text("a file")
    with pytest.raises(downloads.DownloadError, match="cannot be written") as caught:
        fetch(server.url, tmp_path / "folder")
    assert_one_sentence(str(caught.value))


def test_size_is_told_and_progress_is_shown(server, tmp_path, monkeypatch, capsys):
    monkeypatch.delenv("EXERCISE_QUIET", raising=False)
    fetch(server.url, tmp_path)
    shown = capsys.readouterr()
    assert shown.out.startswith("Downloading file.h5 from 127.0.0.1:")
    assert shown.out.endswith("(about 512 kB).\n")
    assert "100%" in shown.err


def test_strict_mode_shows_no_progress(server, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("EXERCISE_QUIET", "1")
    fetch(server.url, tmp_path)
    assert capsys.readouterr().err == ""


def test_others_may_read_what_was_downloaded(server, tmp_path):
    (tmp_path / "plain").write_bytes(b"")
    expected = (tmp_path / "plain").stat().st_mode
    assert fetch(server.url, tmp_path).stat().st_mode == expected


def test_size_for_people():
    assert downloads.shown_size(14_536_120) == "about 15 MB"
    assert downloads.shown_size(35_363) == "about 35 kB"
