/** The page of `brygga demo`: hears that something has changed, and draws what is shown. */

import { get, listen } from "./api.js";
import { trouble } from "./dialogs.js";
import * as mail from "./mail.js";
import * as slack from "./slack.js";
import { changed, onChange, person, seat, show, stage } from "./stage.js";
import * as status from "./status.js";
import { clock, corner, still, tabs, who } from "./top.js";
import * as tour from "./tour.js";
import { look } from "./view.js";
import { asked } from "./writing.js";

let drawing = null; // the round that is under way
let again = false; // something changed meanwhile
let sat = ""; // who sat here at the last round

/** Fetch and draw what is shown; however often it is asked for, one round at a time. Done when all is drawn. */
function draw() {
  if (drawing) again = true;
  else drawing = rounds().finally(() => (drawing = null));
  return drawing;
}

async function rounds() {
  do {
    again = false;
    await round();
  } while (again);
}

async function round() {
  try {
    stage.state = await get("api/state");
    seat();
    if (sat !== stage.who) {
      sat = stage.who;
      slack.leave();
    }
    still();
    corner(tour.begin);
    who();
    clock();
    tabs();
    const me = person();
    document.getElementById("panes").dataset.only = !me?.slack ? "mail" : !me.email ? "slack" : "";
    status.draw();
    const done = await Promise.allSettled([slack.draw(), mail.draw(), look()]);
    tour.draw();
    for (const one of done) if (one.status === "rejected") throw one.reason;
  } catch (error) {
    console.error(error);
  }
}

/** A link to a mail address, in a letter or a message, is answered on the page: #mejl=mailto:… */
async function written() {
  const link = decodeURIComponent(location.hash.match(/^#mejl=(.*)$/)?.[1] ?? "");
  if (!link) return;
  history.replaceState(null, "", location.pathname);
  await changed();
  show("mail");
  await mail.write(asked(link));
}

onChange(draw);
show(stage.shown);
still();
listen(draw, status.link);
draw().then(written);
addEventListener("hashchange", written);
addEventListener("unhandledrejection", (event) => trouble(event.reason?.message ?? String(event.reason)));
