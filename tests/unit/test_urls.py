"""Addresses of pages: out of what mail systems wrap around them, without what follows people, and the same when equal."""

import base64
import json
import zlib
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridges.clicks import is_click
from bridges.urls import MOST_LAYERS, TRACKERS, canonical, comparison_key, is_page, shortened

PAGE = "https://vreta.se/nyheter/vatten?id=7"


def safelink(url: str) -> str:
    return (
        f"https://eur02.safelinks.protection.outlook.com/?url={quote(url, safe='')}"
        "&data=05%7C02%7Cbo%40agro.example.se%7C0&sdata=abc%3D&reserved=0"
    )


def proofpoint_2(url: str) -> str:
    packed = quote(url, safe="").replace("_", "%5F").replace("-", "%2D").replace("%2F", "_").replace("%", "-")
    return f"https://urldefense.proofpoint.com/v2/url?u={packed}&d=DwMFaQ&c=abc&r=def&m=ghi&s=jkl&e="


def proofpoint_3(url: str) -> str:
    hidden, shown = "", ""
    for char in url:
        hidden, shown = (hidden, shown + char) if char.isascii() and char != "*" else (hidden + char, shown + "*")
    packed = base64.urlsafe_b64encode(hidden.encode()).decode().rstrip("=")
    return f"https://urldefense.com/v3/__{shown}__;{packed}!!AbC!dEf$"


def google(url: str) -> str:
    return f"https://www.google.com/url?sa=t&q={quote(url, safe='')}&ved=2ah"


def facebook(url: str) -> str:
    return f"https://l.facebook.com/l.php?u={quote(url, safe='')}&h=AT0"


def barracuda(url: str) -> str:
    return f"https://linkprotect.cudasvc.com/url?a={quote(url, safe='')}&c=E,1,x&typo=1"


def outlook(url: str) -> str:
    return f"https://outlook.office.com/mail/safelink.html?url={quote(url, safe='')}&corid=1"


def dereferrer(url: str) -> str:
    return f"https://deref-gmx.net/mail/client/abc/dereferrer/?redirectUrl={quote(url, safe='')}"


def cisco(url: str) -> str:
    return f"https://secure-web.cisco.com/1aBc-d/{quote(url, safe='')}"


WRAPPERS = (safelink, proofpoint_2, proofpoint_3, google, facebook, barracuda, outlook, dereferrer, cisco)


@pytest.mark.parametrize("wrapper", WRAPPERS, ids=lambda wrapper: wrapper.__name__)
@pytest.mark.parametrize("page", [PAGE, "https://kluster.se/fältdag-på_äng?q=a%26b&v=1"])
def test_a_rewriter_gives_back_what_it_was_given(wrapper, page):
    assert comparison_key(wrapper(page)) == comparison_key(page)
    assert "bo%40" not in canonical(wrapper(page))


@given(st.lists(st.sampled_from(WRAPPERS), max_size=MOST_LAYERS))
def test_rewriters_around_rewriters(wrappers):
    url = f"{PAGE}&utm_source=x"
    for wrapper in wrappers:
        url = wrapper(url)
    assert canonical(url) == PAGE


def test_a_bomb_of_rewriters_stays_as_it_is():
    url = PAGE
    for _ in range(MOST_LAYERS + 1):
        url = google(url)
    assert canonical(url) == url


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("HTTP://WWW.Vreta.SE:80/A?b=2&a=1#stycke", "http://www.vreta.se/A?b=2&a=1"),
        ("https://räksmörgås.se:443", "https://xn--rksmrgs-5wao1o.se/"),
        ("https://vreta.se:8443/", "https://vreta.se:8443/"),
        ("www.vreta.se/a", "https://www.vreta.se/a"),
        ("https://anna:hemligt@vreta.se/", "https://vreta.se/"),
        ("https://vreta.se/#!/sida", "https://vreta.se/#!/sida"),
        ("https://vreta.se/#/sida", "https://vreta.se/#/sida"),
        ("https://vreta.se/sida/amp/?amp=1&id=3", "https://vreta.se/sida/?id=3"),
        ("https://vreta.se/amp", "https://vreta.se/amp"),
        ("https://www.google.com/amp/s/vreta.se/sida", "https://vreta.se/sida"),
        ("https://vreta-se.cdn.ampproject.org/c/s/vreta.se/sida?id=2", "https://vreta.se/sida?id=2"),
        ("https://vreta.se/?v=1&amp;utm_source=brev&id=2&p=3", "https://vreta.se/?v=1&id=2&p=3"),
        ("https://us3.campaign-archive.com/?u=1&id=2&e=4f", "https://us3.campaign-archive.com/?u=1&id=2"),
        ("https://vreta.se/?e=4f", "https://vreta.se/?e=4f"),
        ("https://youtu.be/abc?si=xyz&t=30", "https://youtu.be/abc?t=30"),
        ("https://vreta.se/?si=1", "https://vreta.se/?si=1"),
        ("https://vreta.list-manage.com/track/click?u=1&id=2", "https://vreta.list-manage.com/track/click?u=1&id=2"),
        ("https://eur02.safelinks.protection.outlook.com/?url=x&data=bo%40agro.se", None),
        ("https://vreta.se/en sida", "https://vreta.se/en%20sida"),
        ("https://vreta.se/<b>", "https://vreta.se/%3Cb%3E"),
    ],
)
def test_an_address_as_it_is_shown(url, shown):
    assert canonical(url) == (shown or "https://eur02.safelinks.protection.outlook.com/?url=x")


@pytest.mark.parametrize("name", [name.replace("*", "x") for name in TRACKERS])
def test_what_follows_people_goes_and_the_rest_stays_in_its_order(name):
    assert canonical(f"https://vreta.se/s?v=2&{name}=abc&id=1&{name.upper()}=x") == "https://vreta.se/s?v=2&id=1"


@pytest.mark.parametrize(
    "other",
    [
        "http://www.vreta.se/nyheter/",
        "https://vreta.se/nyheter/index.html",
        "https://VRETA.se/nyheter#stycke",
        "https://vreta.se/a/../nyheter",
        "https://vreta.se/%6Eyheter?utm_source=x",
        "https://vreta.se:443//nyheter",
    ],
)
def test_addresses_of_one_page_have_one_key(other):
    assert comparison_key(other) == comparison_key("https://vreta.se/nyheter")


@pytest.mark.parametrize(
    "other", ["https://vreta.se/nyheter?id=1", "https://vreta.se/Nyheter", "https://x.vreta.se/nyheter"]
)
def test_other_pages_have_other_keys(other):
    assert comparison_key(other) != comparison_key("https://vreta.se/nyheter")


def test_a_page_of_sitevision_is_known_by_its_number_wherever_it_is_served():
    one = "https://vreta.se/vadgor/vatten.5.0a1b2c3d4e5f60718293a4b5.html"
    other = "https://www.xn--rksmrgs-5wao1o.se/pagang/nytt/vatten.5.0a1b2c3d4e5f60718293a4b5.html?utm_medium=x"
    assert comparison_key(one) == comparison_key(other) == "sitevision:5.0a1b2c3d4e5f60718293a4b5"
    assert canonical(one) == one


@pytest.mark.parametrize(
    "text", ["", "hej", "javascript:alert(1)", "mailto:a@b.se", "http://", "https://[", "ftp://x.se/"]
)
def test_what_is_no_page_is_left_alone(text):
    assert canonical(f" {text} ") == text
    assert (comparison_key(text), is_page(canonical(text))) == ("", False)


def test_an_address_for_people():
    assert shortened("https://www.xn--rksmrgs-5wao1o.se/om%20oss/?utm_source=x") == "räksmörgås.se/om oss"
    assert len(shortened("https://vreta.se/" + "a" * 500)) == 80


# -- newsletter tools --------------------------------------------------------------------------------------------------

PACKED = base64.urlsafe_b64encode(PAGE.encode()).decode().rstrip("=")
RECORD = base64.urlsafe_b64encode(json.dumps({"email_id": "x1", "href": PAGE}).encode()).decode().rstrip("=")
MANDRILL = base64.urlsafe_b64encode(
    json.dumps({"s": "x", "v": 1, "p": json.dumps({"u": 3, "url": PAGE, "id": "9"})}).encode()
).decode().rstrip("=")  # fmt: skip
SQUEEZED = base64.urlsafe_b64encode(zlib.compress(f"h=1&l={PAGE}".encode())).decode().rstrip("=")


@pytest.mark.parametrize(
    "url",
    [
        f"https://click.agro.se/track/click?u={quote(PAGE, safe='')}&r=4f9c0a17be",
        f"https://click.agro.se/c?u={quote(quote(PAGE, safe=''), safe='')}",
        f"https://app.rule.io/click/9aa/51?u={PACKED}",
        f"https://r.agro.se/t/{PACKED}/1",
        f"https://mandrillapp.com/track/click/30/vreta.se?p={MANDRILL}",
        f"https://e.customeriomail.com/e/c/{RECORD}/4f9c0a17be",
        f"https://email.agro.se/c/{SQUEEZED}",
        f"https://x.r.eu-north-1.awstrack.me/L0/{quote(PAGE, safe='')}/1/0107018/abc=123",
        f"https://click.pstmrk.it/3s/{quote(PAGE.removeprefix('https://'), safe='')}/XyZ/AbCd",
        f"https://link.agro.se/x?data={PAGE.encode().hex()}",
        f"https://agro.se/redirect?url={quote(safelink(PAGE), safe='')}",
    ],
)
def test_a_click_tracker_that_holds_its_page_is_that_page(url):
    assert canonical(url) == PAGE


@pytest.mark.parametrize(
    ("url", "click"),
    [
        ("https://u1.ct.sendgrid.net/ls/click?upn=u001.Ab3dEf6hIj9kLmN0pQrStUvWx", True),
        ("https://www.anpdm.com/link/4B5C47/434A5F44714945504271", True),
        ("https://gansub.com/c/Ab12Cd34Ef/", True),
        ("https://click.agro.se/?qs=9f8e7d6c5b4a39281706f5e4d3c2b1a0", True),
        ("https://agro.us1.list-manage.com/track/click?u=1&id=2", True),  # also without its reader
        ("https://track.mypaloma.se/c/KL12/880031/4", True),
        ("https://track.gansub.com/c/9Zx1/2/Ab3De/", True),
        ("https://klick.bygden.example.se/l/7719/442", True),
        ("https://track.bygden.example.se/vara-spar/skidspar", False),
        ("https://www.paloma.se/om-oss", False),
        ("https://ui.ungpd.com/Events/7c0f6c1e-52b0-4b8e-9a5e-3f1d2c4b5a69", False),
        ("https://ui.ungpd.com/Surveys/7c0f6c1e-52b0-4b8e-9a5e-3f1d2c4b5a69", False),
        ("https://docs.google.com/forms/d/e/1FAIpQLSdAbCdEfGhIjKlMnOpQrStUvWxYz0123456789/viewform", False),
        ("https://teams.microsoft.com/l/meetup-join/19%3ameeting_ZjA2N2QtYjQ0Yi00%40thread.v2/0", False),
        ("https://us02web.zoom.us/j/81234567890?pwd=QWxsYSBrYW4ga29tbWE1", False),
        ("https://forms.office.com/e/Ab12Cd34Ef", False),
        ("https://open.spotify.com/episode/4uLU6hMCjMI75M1A2tKUQC", False),
        ("https://link.springer.com/article/10.1007/s00122-021-03800-5", False),
        (
            "https://www.trippus.se/web/registration/Registration.aspx?view=registration&idcategory=AB0ILBBl-8tWcl5S",
            False,
        ),
        ("https://vreta.se/", False),
    ],
)
def test_a_tracker_is_told_from_a_page_with_a_long_name(url, click):
    assert is_click(url) is click


@pytest.mark.parametrize(
    "value", ["anna%40agro.se", "anna%2540agro.se", "YW5uYUBhZ3JvLnNl", "616e6e61406167726f2e7365"]
)
def test_a_parameter_that_names_somebody_goes_and_a_calendar_stays(value):
    assert canonical(f"https://vreta.se/a?id=1&vem={value}") == "https://vreta.se/a?id=1"
    calendar = "https://calendar.google.com/calendar/embed?src=agro%40group.calendar.google.com"
    assert canonical(calendar) == calendar


# -- any string ---------------------------------------------------------------------------------------------------------

PIECES = st.sampled_from(
    [
        *(
            "http://",
            "https://",
            "HTTPS://",
            "www.",
            "x.se",
            "å.se",
            "[::1]",
            "a..b",
            "xn--",
            ":80",
            ":0",
            ":x",
            "@",
            "/",
        ),
        *(
            "//",
            "/../",
            "/./",
            "/amp",
            "/amp/",
            "?",
            "&",
            "=",
            "#",
            "#!/",
            "%",
            "%20",
            "%zz",
            "%C3%A5",
            "%00",
            "å",
            "\ud800",
        ),
        *(
            "utm_source=x",
            "amp=1",
            "amp;",
            "url=",
            "u=",
            "q=",
            "\x00",
            "\n",
            " ",
            "<",
            "index.html",
            "５",
            "。",
            "ß",
            "...",
        ),
        *(
            "https://www.google.com/url?q=",
            "https://l.facebook.com/l.php?u=",
            "https://urldefense.com/v3/__",
            "__;",
            "!",
        ),
        *("https://urldefense.proofpoint.com/v2/url?u=", "-3A", "_", "**A", "*", "https://www.google.com/amp/s/"),
        *(
            "https://secure-web.cisco.com/a/",
            "https://x.cdn.ampproject.org/c/s/",
            "https://a.protection.sophos.com/?u=",
            "https://click.a.se/?u=",
            "https://app.rule.io/aHR0cHM6Ly94LnNl/",
            "https://mandrillapp.com/track/click/",
            "aHR0cHM6Ly9jbGljay5hLnNlLz91PWh0dHBzOi8veC5zZQ",
        ),
    ]
)
ANYTHING = st.one_of(st.text(), st.lists(st.one_of(PIECES, st.text(max_size=3)), max_size=12).map("".join))


@given(ANYTHING)
def test_any_string_has_an_answer_and_the_same_when_asked_again(text):
    shown = canonical(text)
    assert canonical(shown) == shown
    key = comparison_key(text)
    assert comparison_key(shown) == key
    assert bool(key) == is_page(shown)
    assert len(key) <= 500
    assert len(shortened(text)) <= 80
    for said in (shown, key, shortened(text)):
        said.encode()


@given(ANYTHING, st.sampled_from(WRAPPERS))
def test_whatever_is_wrapped_the_answer_settles(text, wrapper):
    shown = canonical(wrapper(text.encode("utf-8", "replace").decode()))
    assert canonical(shown) == shown
