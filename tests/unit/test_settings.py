"""The settings: what is written is what is meant, and what cannot be meant is said in one line."""

import os
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.connections import imap_server, smtp_server
from bot.settings import Settings, SettingsError, load_settings, readable_by_others, server_url, settings_path


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch, tmp_path):
    """Only what a story sets is in the environment, and no settings lie about."""
    for name in list(os.environ):
        if name.startswith("BRYGGA_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def written(folder: Path, text: str) -> Path:
    path = folder / "brygga.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_no_file_at_all_is_a_machine_set_up_by_its_environment(monkeypatch):
    monkeypatch.setenv("BRYGGA_NETWORK__NAME", "Gröna kluster")
    monkeypatch.setenv("BRYGGA_IMAP__URL", "imaps://a@b.se@host")
    settings = load_settings()
    assert settings.network.name == "Gröna kluster"
    assert settings.imap.server.user == "a@b.se"
    assert settings.smtp is None


def test_the_environment_wins_and_leaves_the_rest_of_the_section(tmp_path, monkeypatch):
    path = written(tmp_path, '[imap]\nurl = "imaps://u@host"\npassword = "ur filen"\n[network]\nname = "Fil"\n')
    monkeypatch.setenv("BRYGGA_IMAP__PASSWORD", "ur miljön")
    monkeypatch.setenv("BRYGGA_NETWORK__TOPICS", "vatten, skog ,")
    settings = load_settings(path)
    assert settings.imap.password.get_secret_value() == "ur miljön"
    assert settings.imap.url == "imaps://u@host"
    assert settings.network.name == "Fil"
    assert settings.network.topics == ["vatten", "skog"]


def test_channels_of_slack_come_from_the_environment_too(monkeypatch):
    monkeypatch.setenv("BRYGGA_SLACK__CHANNELS__DESK", "C123")
    assert load_settings().slack.channels.desk == "C123"


def test_where_the_file_is(tmp_path, monkeypatch):
    assert settings_path() == Path("brygga.toml")
    monkeypatch.setenv("BRYGGA_CONFIG", "annan.toml")
    assert settings_path() == Path("annan.toml")
    assert settings_path(tmp_path / "tredje.toml") == tmp_path / "tredje.toml"


def test_a_named_file_that_is_not_there_is_told_and_the_default_may_be_absent(tmp_path, monkeypatch):
    load_settings()
    with pytest.raises(SettingsError, match="brygga init"):
        load_settings(tmp_path / "borta.toml")
    monkeypatch.setenv("BRYGGA_CONFIG", str(tmp_path / "borta.toml"))
    with pytest.raises(SettingsError, match=r"borta\.toml"):
        load_settings()


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ('[imap]\nurl = "http://host"', r"\[imap\] url: must begin with imaps:// or imap://"),
        ('[imap]\nurl = "imap://mail.example.se"', r"\[imap\] url: imap:// \(without TLS\) is for this machine only"),
        ('[imap]\nurl = "imaps://"', r"\[imap\] url: names no host"),
        ('[smtp]\nurl = "smtp://mail.example.se"', "use smtp\\+starttls://"),
        ("[imap]\n", r"\[imap\] url: "),
        ('[list]\naddress = "kluster+x@example.se"', "must be a plain address"),
        ('[list]\naddress = "Kluster Nord <a@b.se>"', "must be a plain address"),
        ("[list]\nundo_seconds = -1", r"\[list\] undo_seconds: "),
        ('[network]\ntimezone = "Europe/Stokholm"', "is not a time zone"),
        ('[network]\npublic_url = "lista.example.se"', "must begin with https://"),
        ('[network]\nnmae = "x"', r"\[network\] nmae: there is no such key"),
        ("[netwrok]\n", r"\[netwrok\]: there is no such key"),
        ('[digest]\ntime = "25:00"', r"\[digest\] time: "),
        ("[list\n", "not valid TOML"),
    ],
)
def test_what_cannot_be_meant_is_one_line_that_names_the_key(tmp_path, text, complaint):
    with pytest.raises(SettingsError) as told:
        load_settings(written(tmp_path, text))
    assert re.search(complaint, str(told.value))
    assert "\n" not in str(told.value)
    assert "brygga.toml" in str(told.value)


def test_everything_that_is_wrong_is_told_at_once(tmp_path):
    with pytest.raises(SettingsError) as told:
        load_settings(written(tmp_path, '[web]\nport = 99999\n[smtp]\nurl = "x"\n'))
    assert "[web] port" in str(told.value)
    assert "[smtp] url" in str(told.value)


def test_bytes_that_are_no_text_are_told(tmp_path):
    path = tmp_path / "brygga.toml"
    path.write_bytes(b'[network]\nname = "Gr\xf6na"\n')  # Latin-1, as an old editor saves it
    with pytest.raises(SettingsError, match="cannot be read"):
        load_settings(path)


def test_passwords_do_not_show(tmp_path):
    path = written(
        tmp_path, '[imap]\nurl = "imaps://u@host"\npassword = "mycket-hemligt"\n[network]\nsecret_key = "nyckel-hemlig"'
    )
    settings = load_settings(path)
    assert "hemligt" not in repr(settings)
    assert "hemlig" not in repr(settings.network)


def test_who_may_read_the_file(tmp_path):
    path = written(tmp_path, "")
    path.chmod(0o600)
    assert not readable_by_others(path)
    for mode in (0o640, 0o604, 0o644):
        path.chmod(mode)
        assert readable_by_others(path)


def test_the_list_address_is_taken_apart():
    settings = Settings(list={"address": " Kluster@Lista.Example.SE "})
    assert settings.list.address == "kluster@lista.example.se"
    assert settings.list.sub("help") == "kluster+help@lista.example.se"


@pytest.mark.parametrize(
    ("url", "user", "host", "port", "path"),
    [
        ("imaps://host", "", "host", 993, ""),
        ("imaps://anna@host", "anna", "host", 993, ""),
        ("imaps://anna@example.se@host:1993/Lista", "anna@example.se", "host", 1993, "Lista"),
        ("imaps://a%2Fb@host/L%C3%A5da/Under", "a/b", "host", 993, "Låda/Under"),
        ("imap://[::1]:143", "", "::1", 143, ""),
        ("imap://127.0.0.9", "", "127.0.0.9", 143, ""),
    ],
)
def test_a_server_is_taken_apart_at_the_last_at(url, user, host, port, path):
    server = server_url(url, ("imaps", "imap"))
    assert (server.user, server.host, server.port, server.path) == (user, host, port, path)


@given(st.text())
def test_any_text_as_a_server_is_taken_apart_or_refused(text):
    try:
        server = server_url(f"smtps://{text}", ("smtps",))
    except ValueError:
        return
    assert server.host
    assert 0 < server.port < 65_536


@pytest.mark.parametrize(
    ("url", "security"),
    [
        ("smtps://u@host", "tls"),
        ("smtp+starttls://u@host", "starttls"),
        ("smtp://127.0.0.1:2525", "none"),
    ],
)
def test_settings_become_what_logs_in(tmp_path, url, security):
    settings = Settings(
        folder=tmp_path,
        imap={"url": "imaps://kluster@a.se@host", "password": "x"},
        smtp={"url": url},
        tls={"ca_file": "egen.pem"},
    )
    imap, smtp = imap_server(settings), smtp_server(settings)
    assert (imap.user, imap.host, imap.mailbox, imap.tls) == ("kluster@a.se", "host", "INBOX", True)
    assert smtp.security == security
    assert imap.ca_file == tmp_path / "egen.pem"  # counts from the settings file's folder
    assert imap.token is None


def test_a_section_that_is_left_out_has_no_server(tmp_path):
    with pytest.raises(ValueError, match=r"\[imap\] is not set"):
        imap_server(Settings(folder=tmp_path))
    with pytest.raises(ValueError, match=r"\[smtp\] is not set"):
        smtp_server(Settings(folder=tmp_path))


def test_topics_have_words_of_the_administrators_own(tmp_path, monkeypatch):
    file = tmp_path / "brygga.toml"
    file.write_text('[network]\ntopics = ["vatten"]\n[topic_words]\nvatten = ["damm"]\n', encoding="utf-8")
    assert load_settings(file).topic_words == {"vatten": ["damm"]}
    monkeypatch.setenv("BRYGGA_TOPIC_WORDS__VATTEN", "damm, dike")
    assert load_settings(file).topic_words == {"vatten": ["damm", "dike"]}
    monkeypatch.setenv("BRYGGA_TOPIC_WORDS__VATEN", "damm")
    with pytest.raises(SettingsError, match=r'topic_words.*"vaten" is not among the topics'):
        load_settings(file)
