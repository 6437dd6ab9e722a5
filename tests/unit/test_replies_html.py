"""An answer in HTML is told from the mail it answers by the marks of mail programs; links stay, words are never lost."""

import re
from email.message import EmailMessage

import pytest

from bot.reading.texts import answer_words
from bridges.mail.parse import parse
from bridges.mail.replies import new_html

NEW = "Hej!\n\nVi kommer gärna, se [vår sida](https://vreta.example/a_b)."
BODY = '<div>Hej!</div><div><br></div><div>Vi kommer gärna, se <a href="https://vreta.example/a_b">vår sida</a>.</div>'
OLD = "<div>Hej Anna,</div><div>kommer ni på torsdag?</div><div>Nils</div>"
FIELDS = (
    "<b>Från:</b> Nils Berg &lt;nils@example.se&gt;<br><b>Skickat:</b> den 6 augusti 2026 08:41<br>"
    "<b>Till:</b> Anna Svensson<br><b>Ämne:</b> Träff i Skara"
)
WHO = 'Den tors 6 aug. 2026 kl 08:41 skrev Nils Berg &lt;<a href="mailto:nils@example.se">nils@example.se</a>&gt;:'
CARD = "<div>Anna Svensson</div><div>Vreta Kluster</div><div>013-12 34 56</div>"

PROGRAMS = {
    "Gmail": f'<div dir="ltr">{BODY}</div><br><div class="gmail_quote gmail_quote_container"><div dir="ltr" class="gmail_attr">{WHO}<br></div>'
    f'<blockquote class="gmail_quote" style="margin:0px 0px 0px 0.8ex;border-left:1px solid rgb(204,204,204);padding-left:1ex">{OLD}</blockquote></div>',
    "Gmail, with a signature": f'<div dir="ltr">{BODY}<br><span class="gmail_signature_prefix">-- </span><br><div dir="ltr" class="gmail_signature" data-smartmail="gmail_signature">{CARD}</div></div>'
    f'<div class="gmail_quote"><div class="gmail_attr">{WHO}</div><blockquote class="gmail_quote">{OLD}</blockquote></div>',
    "Apple Mail": f'<html><body>{BODY}<br><div><br><blockquote type="cite"><div>6 aug. 2026 kl. 08:41 skrev Nils Berg &lt;nils@example.se&gt;:</div><br><div>{OLD}</div></blockquote></div></body></html>',
    "iPhone": f'<html><body dir="auto">{BODY}<br><div dir="ltr">Skickat från min iPhone</div><div dir="ltr"><br><blockquote type="cite">6 aug. 2026 kl. 08:41 skrev Nils Berg:<br><br></blockquote></div>'
    f'<blockquote type="cite"><div dir="ltr">{OLD}</div></blockquote></body></html>',
    "Outlook": f"<div class=WordSection1>{BODY}<p class=MsoNormal><o:p>&nbsp;</o:p></p><div><div style='border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm'>"
    f"<p class=MsoNormal>{FIELDS}<o:p></o:p></p></div></div><p class=MsoNormal>Hej Anna,</p></div>",
    "Outlook without its line": f"<div class=WordSection1>{BODY}<p class=MsoNormal>{FIELDS}</p><p class=MsoNormal>Hej Anna,</p></div>",
    "Outlook web": f'<div class="elementToProof">{BODY}</div><div id="appendonsend"></div><hr style="display:inline-block;width:98%" tabindex="-1">'
    f'<div id="divRplyFwdMsg" dir="ltr"><font face="Calibri">{FIELDS}</font><div>&nbsp;</div></div>{OLD}',
    "Outlook web, with a signature": f'{BODY}<div class="elementToProof" id="Signature">{CARD}</div><div id="appendonsend"></div><hr><div id="divRplyFwdMsg">{FIELDS}</div>{OLD}',
    "Outlook new": f'<div style="direction: ltr">{BODY}</div><div id="mail-editor-reference-message-container"><div class="ms-outlook-mobile-reference-message skipProofing"><hr>'
    f"<b>From: </b>Nils Berg<br></div>{OLD}</div>",
    "Outlook for iOS": f'{BODY}<div id="ms-outlook-mobile-signature" dir="ltr"><div></div>Hämta <a href="https://aka.ms/o0ukef">Outlook för iOS</a></div><hr><div id="divRplyFwdMsg">{FIELDS}</div>{OLD}',
    "Outlook for Android": f'{BODY}<div class="ms-outlook-mobile-reference-message skipProofing"><meta name="Generator" content="x"><div style="padding:3pt 0in 0in; border-top:1pt solid rgb(181,196,223)">{FIELDS}</div>{OLD}</div>',
    "Outlook for Mac": f'{BODY}<p>&nbsp;</p><div style="border:none;border-top:solid #B5C4DF 1.0pt;padding:3.0pt 0cm 0cm 0cm"><p><b>Från: </b>Nils Berg<br><b>Datum: </b>torsdag 6 augusti 2026 08:41<br><b>Till: </b>Anna<br><b>Ämne: </b>Träff</p></div>{OLD}',
    "Outlook of old for Mac": f'{BODY}<span id="OLK_SRC_BODY_SECTION"><div>{FIELDS}</div>{OLD}</span>',
    "Thunderbird": f'<p>{BODY}</p><div class="moz-cite-prefix">Den 2026-08-06 kl. 08:41, skrev Nils Berg:<br></div><blockquote type="cite" cite="mid:x@example.se">{OLD}</blockquote><div class="moz-signature">-- <br>{CARD}</div>',
    "Proton": f'{BODY}<div class="protonmail_signature_block"><div class="protonmail_signature_block-proton">Skickat med <a href="https://proton.me/">Proton Mail</a> säker e-post.</div></div>'
    f'<div class="protonmail_quote">Den torsdag 6 augusti 2026 kl. 08:41, Nils Berg &lt;nils@example.se&gt; skrev:<br><blockquote class="protonmail_quote" type="cite">{OLD}</blockquote></div>',
    "Yahoo": f'{BODY}<div id="ydp1yahoo_quoted_2" class="ydp1yahoo_quoted"><div>Den torsdag 6 augusti 2026 08:41:12 CEST, Nils Berg &lt;nils@example.se&gt; skrev:</div>{OLD}</div>',
    "Zimbra": f'{BODY}<hr id="zwchr" data-marker="__DIVIDER__"><div data-marker="__HEADERS__">{FIELDS}</div>{OLD}',
    "Samsung": f"{BODY}<div>Skickat från min Galaxy</div><div>-------- Originalmeddelande --------</div><div>Från: Nils Berg &lt;nils@example.se&gt; </div><div>Datum: 2026-08-06  08:41 (GMT+01:00) </div><div>Till: Anna </div><div>Ämne: Träff </div>{OLD}",
    "a bare quote below a line": f"{BODY}<p>{WHO}</p><blockquote>{OLD}</blockquote>",
    "signs in the text": f"{BODY}<br>&gt; Hej Anna,<br>&gt; kommer ni på torsdag?<br>",
}


def mail(html: str = "", plain: str = "", name: str = "Anna Svensson") -> EmailMessage:
    """A mail with the forms that are given."""
    message = EmailMessage()
    message["From"] = f"{name} <anna@vreta.example>"
    message["Subject"] = "SV: Träff i Skara"
    if plain:
        message.set_content(plain)
    if html and plain:
        message.add_alternative(html, subtype="html")
    elif html:
        message.set_content(html, subtype="html")
    return message


def words(html: str = "", plain: str = ""):
    return answer_words(parse(bytes(mail(html, plain))))


@pytest.mark.parametrize("program", PROGRAMS)
def test_the_answer_alone_is_left_with_its_links_and_the_rest_is_kept(program):
    found = words(PROGRAMS[program])
    assert found.text == NEW
    assert "Hej Anna," in found.trimmed
    assert not re.search("[\ufdd0-\ufdd3]", found.text + found.trimmed + found.plain)


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_plain_form_that_marks_nothing_gives_way_to_the_html(program):
    plain = "Hej!\n\nVi kommer gärna, se vår sida.\n\nHej Anna,\nkommer ni på torsdag?\nNils"
    assert words(PROGRAMS[program], plain).text == NEW


def test_a_plain_form_that_marks_the_quote_is_preferred():
    plain = "Hej!\n\nVi kommer gärna, se https://vreta.example/plain.\n\n> Hej Anna,\n> kommer ni på torsdag?"
    assert words(PROGRAMS["Gmail"], plain).text == "Hej!\n\nVi kommer gärna, se <https://vreta.example/plain>."


@pytest.mark.parametrize("stub", ["Din e-postläsare stöder inte HTML.", "Det här mejlet är i HTML.", "-"])
def test_a_plain_form_that_only_says_that_there_is_html_gives_way(stub):
    assert words(PROGRAMS["Outlook web"], stub).text == NEW
    assert words("<p>Vi kommer gärna, alla fyra som du räknade upp, och tar bilen.</p>", stub).text.startswith(
        "Vi kommer"
    )


def test_both_forms_whole_give_the_plain_one():
    assert words("<p>Vi <b>kommer</b>.</p>", "Vi kommer.").text == "Vi kommer."


def test_a_plain_form_whose_quote_lost_its_marks_here_and_there_gives_way():
    old = "kommer ni på torsdag till den stora gården vid ån, där vi sågs i fjol?"
    plain = f"Ja.\n\n{re.sub('<[^>]+>', '', WHO).replace('&lt;', '<').replace('&gt;', '>')}\n> Hej Anna, {old[:50]}\n{old[50:]}\n"
    html = f'<div>Ja.</div><div class="gmail_quote">{WHO}<blockquote class="gmail_quote">Hej Anna, {old}</blockquote></div>'
    assert words(html, plain).text == "Ja."


def test_answers_between_quotes_keep_their_order():
    quote = '<blockquote class="gmail_quote">{}</blockquote>'
    html = f'<div class="gmail_quote"><div class="gmail_attr">{WHO}</div>{quote.format("Kommer ni?")}<div>Ja.</div>{quote.format("Hur många?")}<div>Fyra.</div></div>'
    assert words(html).text == "Ja.\n\nFyra."


def test_answers_inside_an_old_mail_are_not_lost():
    html = f'<div>Se mina svar i rött.</div><hr><div id="divRplyFwdMsg">{FIELDS}</div><div>Kommer ni?</div><div style="color:red">Ja, fyra.</div>'
    assert "Ja, fyra." in words(html).text


def test_what_is_written_inside_a_signature_or_below_the_line_alone_is_not_lost():
    assert words(f'<div id="Signature"><div>Vi kommer.</div>{CARD}</div>').text.startswith("Vi kommer.")
    assert "Ja, fyra." in words(f'<div id="divRplyFwdMsg">{FIELDS}</div><div>Ja, fyra.</div>').text


@pytest.mark.parametrize(
    "indent",
    [
        '<blockquote style="margin:0 0 0 40px;border:none;padding:0px">Det här är mitt.</blockquote>',
        "<blockquote>Det här är mitt.</blockquote>",
    ],
)
def test_an_indent_is_no_quote(indent):
    found = words(f"<div>Så här tänker jag:</div>{indent}<div>Vad tror du?</div>")
    assert "Det här är mitt." in found.text
    assert "\ufdd3" not in found.text


def test_a_plain_mail_in_disguise_is_read_as_one():
    html = "<html><body><pre>Hej!\n- Bo &amp; Cia\n\nMvh Anna\n\n&gt; Kommer ni?\n</pre></body></html>"
    assert words(html).text == "Hej!\n\\- Bo & Cia"


def test_a_cut_through_code_leaves_no_half_of_it():
    found = words("<p>Så här:</p><pre>a = 1\n\n&gt; b = 2\n\nc = 3</pre>")
    assert found.text.count("```") % 2 == 0
    assert "c = 3" in found.text


def test_nothing_is_cut_where_nothing_is_marked():
    assert new_html("<p>Hej</p><hr><p>du</p>") == ("<p>Hej</p><hr><p>du</p>", "")
    box = '<p>Hej</p><div style="border-top:solid red 1pt">Ruta</div>'
    assert new_html(box) == (box, "")
