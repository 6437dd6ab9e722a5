"""A coordinator keeps clusters and members from the command line."""

import csv
import io

CLUSTERS = """\
slug,name,region,website,domains,topics,contact,slack_channel,type
vreta,Vreta kluster,Östergötland,https://vreta.se,vreta.se;vretakluster.se,krisberedskap,+46 70 123,,cluster
norr,Område Norr,,,,,,,area
"""
MEMBERS = """\
email,name,cluster,role,locale,mode,topics,slack_user
Anna@Vreta.se,Åsa Öberg,vreta,editor,sv,,krisberedskap;vatten,U0123
bo@example.se,\"""; DROP",vreta,,,,,
cy@example.se,=cmd(),,,en,mine,,
"""


def test_from_two_files_to_a_directory(terminal):
    assert terminal("clusters", "list").out == "No clusters yet: `brygga clusters import FILE`.\n"
    clusters, members = terminal.write("c.csv", CLUSTERS), terminal.write("m.csv", MEMBERS)
    assert terminal("clusters", "import", clusters, "--as", "boss@example.se").out == "2 new, 0 changed, 0 as before\n"
    assert terminal("members", "import", members).out == "3 new, 0 changed, 0 as before\n"
    assert terminal("members", "import", members).out == "0 new, 0 changed, 3 as before\n"
    heads, *lines = terminal("members", "list").lines
    assert heads.split() == ["ADDRESS", "NAME", "CLUSTER", "ROLE", "MODE", "STATUS"]
    assert [line.split()[0] for line in lines] == ["anna@vreta.se", "bo@example.se", "cy@example.se"]
    assert all(line[heads.index("ROLE")] in "er" for line in lines), "columns stand under their heads"
    anna, bo, _ = terminal("members", "list", "--json").records
    assert anna | {"created_at": "", "consent_at": ""} == {
        "email": "anna@vreta.se",
        "slack_user": "U0123",
        "name": "Åsa Öberg",
        "cluster": "vreta",
        "role": "editor",
        "locale": "sv",
        "mode": "digest",
        "status": "active",
        "topics": ["krisberedskap", "vatten"],
        "consent": "import",
        "bounce_score": 0.0,
        "paused_until": None,
        "created_at": "",
        "consent_at": "",
    }
    assert (bo["name"], bo["mode"]) == ('"; DROP', "each")
    assert [m["email"] for m in terminal("members", "list", "--mode", "mine", "--json").records] == ["cy@example.se"]
    vreta = terminal("clusters", "list", "--json").records[1]
    assert (vreta["slug"], vreta["domains"], vreta["members"]) == ("vreta", ["vreta.se", "vretakluster.se"], 2)


def test_what_goes_out_comes_in_and_no_spreadsheet_runs_it(terminal):
    terminal("clusters", "import", terminal.write("c.csv", CLUSTERS))
    terminal("members", "import", terminal.write("m.csv", MEMBERS))
    for what, guarded in (("clusters", "'+46 70 123"), ("members", "'=cmd()")):
        printed = terminal(what, "export").out
        assert guarded in printed
        terminal(what, "export", "plain.csv")
        terminal(what, "export", "excel.csv", "--excel")
        assert (terminal.folder / "plain.csv").read_text() == printed
        assert (terminal.folder / "excel.csv").read_bytes().startswith(b"\xef\xbb\xbf")
        for file in ("plain.csv", "excel.csv"):
            assert terminal(what, "import", file).out.startswith("0 new, 0 changed, ")
    rows = list(csv.DictReader(io.StringIO(printed)))
    assert [row["name"] for row in rows] == ["Åsa Öberg", '"; DROP', "'=cmd()"]


def test_a_bad_file_is_one_clear_line_and_nothing_is_taken(terminal):
    file = terminal.write("m.csv", MEMBERS)
    why = terminal.refused("members", "import", file)
    assert (
        why == f"{file}: line 2: there is no cluster “vreta”; line 3: there is no cluster “vreta”; nothing was changed"
    )
    bad = terminal.write("bad.csv", MEMBERS.replace("vreta,editor", ",king").replace("bo@", "bo\x1b[31m"))
    why = terminal.refused("members", "import", bad)
    assert "line 2: role “king” must be one of reader, staff, editor, admin" in why
    assert "\x1b" not in why
    assert terminal("members", "list", "--json").out == ""
    assert "No such file" in terminal.refused("members", "import", "nowhere.csv")
    assert "workbook" in terminal.refused("members", "import", terminal.write("m.xlsx", b"PK\x03\x04"))


def test_one_member_from_joining_to_being_forgotten(terminal):
    terminal("clusters", "add", "vreta", "--name", "Vreta kluster", "--domains", "vreta.se")
    assert terminal("members", "add", "Anna@Vreta.se", "--name", "Anna", "--cluster", "vreta").out == (
        "Anna@Vreta.se is added.\n"
    )
    assert "already" in terminal("members", "add", "anna@vreta.se").out
    assert "changed" in terminal("members", "add", "anna@vreta.se", "--role", "staff").out
    terminal("members", "mode", "anna@vreta.se", "none", "--until", "2027-02-01", "--as", "boss@example.se")
    (shown,) = terminal("members", "show", "ANNA@vreta.se", "--json").records
    assert (shown["role"], shown["mode"], shown["paused_until"]) == ("staff", "none", "2027-02-01")
    assert [row["action"] for row in shown["history"]] == [
        "member.added",
        "member.role",
        "member.changed",
        "member.mode",
    ]
    assert "none until 2027-02-01" in terminal("members", "show", "anna@vreta.se").out
    assert "2 members" not in terminal.refused("clusters", "remove", "vreta", "--yes")
    terminal("members", "remove", "anna@vreta.se", "--yes")
    terminal("members", "remove", "anna@vreta.se", "--yes")  # done already counts
    assert "--again" in terminal.refused("members", "add", "anna@vreta.se")
    assert "--again" in terminal.refused("members", "mode", "anna@vreta.se", "each")
    terminal("members", "forget", "anna@vreta.se", "--yes")
    terminal("members", "forget", "anna@vreta.se", "--yes")
    assert terminal("members", "list", "--json").out == ""
    assert "asked to be forgotten" in terminal.refused("members", "add", "anna@vreta.se")
    terminal("members", "add", "anna@vreta.se", "--again")
    for command in (["show"], ["remove", "--yes"], ["forget", "--yes"], ["mode"]):
        words = [command[0], "nobody@example.se", *command[1:], *(["each"] if command == ["mode"] else [])]
        assert terminal.refused("members", *words).startswith("there is no member nobody@example.se")


def test_wrong_command_lines_end_with_2_and_say_how(terminal):
    for words in (
        ["members", "mode", "anna@vreta.se", "often"],
        ["members", "mode", "anna@vreta.se", "each", "--until", "2027-02-01"],
        ["members", "add", "anna@vreta.se", "--as", "me"],
        ["memebrs"],
        ["members", "list", "--colour"],
        ["--config"],
        [],
    ):
        printed = terminal.tried(*words)
        assert printed.code == 2, words
        assert "Usage: " in printed.err or "--config" in printed.err
