"""Slack's names of emoji, and the emoji they stand for; a workspace's own emoji stay as names."""

import re
from functools import lru_cache

#: Names that Slack has and the `emoji` library has not, or means another by; its names on the right.
_ALIASES = {
    "barely_sunny": "sun_behind_large_cloud",
    "bride_with_veil": "person_with_veil",
    "drum_with_drumsticks": "drum",
    "egg": "🥚",
    "eject": "eject_button",
    "email": "✉️",
    "face_palm": "person_facepalming",
    "face_with_cowboy_hat": "cowboy_hat_face",
    "female-doctor": "woman_health_worker",
    "fencer": "person_fencing",
    "first_place_medal": "1st_place_medal",
    "flag-england": "england",
    "flag-scotland": "scotland",
    "flag-wales": "wales",
    "guardsman": "💂",
    "handball": "person_playing_handball",
    "i_love_you_hand_sign": "love-you_gesture",
    "juggling": "person_juggling",
    "keycap_star": "keycap_*",
    "kiwifruit": "kiwi_fruit",
    "knife_fork_plate": "fork_and_knife_with_plate",
    "beetle": "🪲",
    "ladybug": "lady_beetle",
    "lightning": "cloud_with_lightning",
    "male-doctor": "man_health_worker",
    "man_and_woman_holding_hands": "woman_and_man_holding_hands",
    "man_with_turban": "person_wearing_turban",
    "mate_drink": "mate",
    "medal": "military_medal",
    "men-with-bunny-ears-partying": "men_with_bunny_ears",
    "mostly_sunny": "sun_behind_small_cloud",
    "octagonal_sign": "stop_sign",
    "ok_woman": "🙆",
    "partly_sunny_rain": "sun_behind_rain_cloud",
    "person_doing_cartwheel": "person_cartwheeling",
    "person_with_headscarf": "woman_with_headscarf",
    "rain_cloud": "cloud_with_rain",
    "satellite": "🛰️",
    "scooter": "kick_scooter",
    "second_place_medal": "2nd_place_medal",
    "shopping_trolley": "shopping_cart",
    "simple_smile": "slightly_smiling_face",
    "smiling_face_with_3_hearts": "smiling_face_with_hearts",
    "snow_cloud": "cloud_with_snow",
    "snowman": "☃️",
    "spock-hand": "vulcan_salute",
    "the_horns": "sign_of_the_horns",
    "third_place_medal": "3rd_place_medal",
    "umbrella": "☂️",
    "womans_flat_shoe": "flat_shoe",
    "women-with-bunny-ears-partying": "women_with_bunny_ears",
    "wrestlers": "people_wrestling",
}
#: Skin tones as Slack numbers them, from the second of Fitzpatrick's six.
_TONES = {number: chr(0x1F3FB + number - 2) for number in range(2, 7)}
_TONE = re.compile(r"skin-tone-([2-6])")
_FLAG = re.compile(r"flag-([a-z])([a-z])")
_COUPLE = re.compile(r"(wo)?man-(heart|kiss)-(wo)?man")
_SAME = (
    (re.compile(r"female[-_](.+)"), r"woman_\1"),
    (re.compile(r"male[-_](.+)"), r"man_\1"),
    (re.compile(r"(wo)?man-wrestling"), r"\1men_wrestling"),
    (re.compile(r"(man|woman)_with_beard"), r"\1_beard"),
    (re.compile(r"(bald)_person"), r"person_\1"),
    (re.compile(r"(curly|red|white)_haired_person"), r"person_\1_hair"),
    (re.compile(r"(giraffe|zebra)_face"), r"\1"),
    (re.compile(r"large_(.+_(?:circle|square))"), r"\1"),
    (re.compile(r"((?:man|woman)(?:-(?:man|woman|boy|girl))+)"), r"family_\1"),
)


#: A name in a text, with its skin tone.
SHORTCODE = r"(?<![^\W_]):(?P<emoji>[^\s:<>&`*~|]+):(?::(?P<tone>skin-tone-[2-6]):)?(?![^\W_])"


def with_emoji(text: str) -> str:
    """A text with its emoji in place of their names."""
    return re.sub(SHORTCODE, shown, text)


def shown(found: re.Match[str]) -> str:
    """The emoji of a `SHORTCODE`, or the name as it stands."""
    return emoji_of(found["emoji"], int((found["tone"] or "0")[-1])) or found[0]


@lru_cache(maxsize=2048)
def emoji_of(name: str, tone: int = 0) -> str:
    """The emoji of a name as Slack has it, without colons; "" when there is none of that name."""
    if found := _TONE.fullmatch(name):
        return _TONES[int(found[1])]
    name, _, own_tone = name.partition("::")
    if found := _TONE.fullmatch(own_tone):
        tone = int(found[1])
    if not re.fullmatch(r"[^\s:]+", name):
        return ""
    sign = _sign_of(name)
    return _toned(sign, _TONES[tone]) if sign and tone in _TONES else sign


def _sign_of(name: str) -> str:
    if found := _FLAG.fullmatch(name):
        return "".join(chr(0x1F1E6 + ord(letter) - ord("a")) for letter in found.groups())
    if found := _COUPLE.fullmatch(name):
        kiss = "\U0001f48b\u200d" if found[2] == "kiss" else ""
        return f"{'👩' if found[1] else '👨'}\u200d❤️\u200d{kiss}{'👩' if found[3] else '👨'}"
    alias = _ALIASES.get(name, "")
    if alias and not alias[0].isascii():
        return alias
    names = [alias] if alias else [name]
    for pattern, same in _SAME:
        if pattern.fullmatch(name):
            names.append(pattern.sub(same, name))
    names += [each.replace("-", "_") for each in names]
    return next((sign for each in names if (sign := _known(each))), "")


def _known(name: str) -> str:
    import emoji  # noqa: PLC0415  late: its names take memory that nobody without Slack should pay for

    sign = emoji.emojize(f":{name}:", language="alias")
    return "" if sign.startswith(":") else sign


def _toned(sign: str, tone: str) -> str:
    """The emoji in a skin tone, where it comes in any."""
    import emoji  # noqa: PLC0415  as above

    first, rest = sign[:1], sign[1:].removeprefix("\ufe0f")
    toned = first + tone + rest
    return toned if emoji.is_emoji(toned) else sign


def emoji_at(codepoints: str) -> str:
    """The emoji of code points as Slack writes them, such as "1f44d-1f3fd"; "" when they are none."""
    try:
        return "".join(chr(int(point, 16)) for point in codepoints.split("-"))
    except (ValueError, OverflowError):
        return ""
