/** Slack's names for common signs. */

const NAMES = {
  "+1": "👍", thumbsup: "👍", "-1": "👎", thumbsdown: "👎", heart: "❤️", tada: "🎉", eyes: "👀", wave: "👋", pray: "🙏",
  clap: "👏", raised_hands: "🙌", muscle: "💪", ok_hand: "👌", point_right: "👉", point_down: "👇", point_up: "☝️",
  smile: "😄", smiley: "😃", grinning: "😀", grin: "😁", blush: "😊", slightly_smiling_face: "🙂", wink: "😉", joy: "😂",
  laughing: "😆", sweat_smile: "😅", thinking_face: "🤔", cry: "😢", sob: "😭", disappointed: "😞", worried: "😟",
  heart_eyes: "😍", sunglasses: "😎", star_struck: "🤩", hugging_face: "🤗", neutral_face: "😐", upside_down_face: "🙃",
  white_check_mark: "✅", heavy_check_mark: "✔️", x: "❌", warning: "⚠️", question: "❓", exclamation: "❗", bulb: "💡",
  calendar: "📅", date: "📅", spiral_calendar_pad: "🗓️", clock1: "🕐", alarm_clock: "⏰", hourglass: "⌛", bell: "🔔",
  no_bell: "🔕", mute: "🔇", speaker: "🔈", loudspeaker: "📢", mega: "📣", email: "✉️", envelope: "✉️", incoming_envelope: "📨",
  inbox_tray: "📥", outbox_tray: "📤", mailbox: "📫", paperclip: "📎", link: "🔗", pushpin: "📌", round_pushpin: "📍",
  memo: "📝", pencil2: "✏️", page_facing_up: "📄", clipboard: "📋", books: "📚", newspaper: "📰", mag: "🔍", computer: "💻",
  iphone: "📱", telephone_receiver: "📞", movie_camera: "🎥", camera: "📷", bar_chart: "📊", chart_with_upwards_trend: "📈",
  moneybag: "💰", house: "🏠", factory: "🏭", tractor: "🚜", seedling: "🌱", herb: "🌿", ear_of_rice: "🌾", sunflower: "🌻",
  evergreen_tree: "🌲", deciduous_tree: "🌳", leaves: "🍃", fallen_leaf: "🍂", maple_leaf: "🍁", apple: "🍎", carrot: "🥕",
  potato: "🥔", bread: "🍞", cheese_wedge: "🧀", egg: "🥚", cow: "🐄", cow2: "🐄", pig: "🐷", sheep: "🐑", chicken: "🐔",
  bee: "🐝", fish: "🐟", coffee: "☕", cake: "🍰", fire: "🔥", droplet: "💧", snowflake: "❄️", sunny: "☀️", rain_cloud: "🌧️",
  star: "⭐", sparkles: "✨", rocket: "🚀", earth_africa: "🌍", bridge_at_night: "🌉", flag_se: "🇸🇪", handshake: "🤝",
  busts_in_silhouette: "👥", bust_in_silhouette: "👤", arrow_right: "➡️", arrow_left: "⬅️", new: "🆕", lock: "🔒",
  recycle: "♻️", dart: "🎯", trophy: "🏆", gift: "🎁", balloon: "🎈", christmas_tree: "🎄", "100": "💯",
};

/** Signs that people react with from the message's own row. */
export const QUICK = ["+1", "heart", "tada", "eyes"];

/** The sign, or its name in colons when it is not one of ours. */
export function emoji(name, unicode = "") {
  const bare = name.replace(/::skin-tone-\d$/, "");
  if (Object.hasOwn(NAMES, bare)) return NAMES[bare];
  const points = unicode.split("-").map((point) => parseInt(point, 16));
  return unicode && points.every((point) => point > 0 && point < 0x110000) ? String.fromCodePoint(...points) : `:${bare}:`;
}

export const known = (name) => Object.hasOwn(NAMES, name.replace(/::skin-tone-\d$/, ""));
