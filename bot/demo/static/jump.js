/** Moving the clock; when that brings a digest, the page goes to where it begins. */

import { post } from "./api.js";
import { note } from "./dialogs.js";
import * as mail from "./mail.js";
import * as slack from "./slack.js";
import { changed, done } from "./stage.js";
import { t } from "./words.js";
import { moment } from "./when.js";

/** Go forward. Raises Trouble. */
export async function jump(to) {
  slack.expectDigest();
  mail.expectDigest();
  const answer = await post("api/clock", { to });
  note(t("clock_is", { now: moment(answer.clock.now) }));
  await changed();
  done("jumped", to);
}
