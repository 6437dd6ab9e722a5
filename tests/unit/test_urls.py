"""Addresses of pages: out of what mail systems wrap around them, without what follows people, and the same when equal."""

import base64
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
