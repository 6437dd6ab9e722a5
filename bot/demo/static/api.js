/** What the page asks the demo, and how it hears that something has changed. */

/** The demo answered no, or not at all. */
export class Trouble extends Error {
  constructor(said, status = 0) {
    super(said);
    this.status = status; // of HTTP; 0 = nobody answered
  }
}

async function ask(path, options) {
  let answer;
  try {
    answer = await fetch(path, options);
  } catch {
    throw new Trouble("brygga demo");
  }
  if (!answer.ok) {
    const said = await answer.json().catch(() => ({}));
    throw new Trouble(said.trouble ?? String(answer.status), answer.status);
  }
  return answer.json();
}

export function get(path, values = {}) {
  const query = new URLSearchParams(values).toString();
  return ask(query ? `${path}?${query}` : path, { headers: { Accept: "application/json" } });
}

export function post(path, body) {
  return ask(path, {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json" },
    body: JSON.stringify(body),
  });
}

/** Files as the demo takes them. */
export function packed(files) {
  return Promise.all(
    [...files].map(async (file) => ({
      name: file.name,
      type: file.type || "application/octet-stream",
      base64: await base64(file),
    })),
  );
}

function base64(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result).split(",", 2)[1] ?? "");
    reader.onerror = () => reject(new Trouble(file.name));
    reader.readAsDataURL(file);
  });
}

const AGAIN_AFTER = 2000; // milliseconds until a connection that the browser gave up is tried again

/** Listen for changes; `linked` is told whether the connection holds. */
export function listen(changed, linked) {
  const source = new EventSource("api/events");
  source.onopen = () => {
    linked(true);
    changed();
  };
  source.onmessage = () => changed();
  source.onerror = () => {
    linked(false);
    if (source.readyState === EventSource.CLOSED) {
      setTimeout(() => listen(changed, linked), AGAIN_AFTER);
    }
  };
}
