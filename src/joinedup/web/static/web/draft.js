// What is typed at a table is saved while it is typed, so that a closed lid or a lost connection loses nothing.
// Every page works without this file: "Save for later" does the same.
const WAIT = 2000;
const AGAIN = 5000;
const A_DAY = 24 * 3600 * 1000;
const STORE = "joinedup-draft:";
const form = document.querySelector("form[data-draft]");
const status = document.getElementById("draft-status");

if (form && status) start();

function start() {
  const key = STORE + form.dataset.key;
  let changed = false;
  let leaving = false;
  let timer = 0;
  let sending = null;

  const fields = () => [...form.elements].filter((each) => each.name && each.type !== "submit" && each.name !== "csrfmiddlewaretoken");
  const values = () => Object.fromEntries(fields().map((each) => [each.name, each.value]));

  function say(words, failed) {
    // The same words again would be read out again.
    if (status.textContent !== words) status.textContent = words;
    status.classList.toggle("ju-saved--not", failed);
  }

  function body() {
    const data = new FormData(form);
    data.append("script", "1");
    return data;
  }

  // A tablet may be shared: what could not be sent waits on it only until it is sent, and for a day at most.
  function remember(made) {
    try {
      localStorage.setItem(key, JSON.stringify({ at: Date.now(), values: values(), made }));
    } catch {
      // Full or forbidden: it still stands in the form.
    }
  }

  function forget() {
    try {
      localStorage.removeItem(key);
    } catch {
      // Nothing was kept.
    }
  }

  async function save() {
    clearTimeout(timer);
    if (!changed || leaving) return;
    changed = false;
    sending?.abort();
    const mine = new AbortController();
    sending = mine;
    try {
      const answer = await fetch(form.dataset.draft, { method: "POST", body: body(), credentials: "same-origin", redirect: "error", signal: mine.signal });
      if (!answer.ok) {
        failed(form.dataset.refused);
        return;
      }
      const saved = await answer.json();
      if (!changed) forget();
      say(form.dataset.saved.replace("{time}", saved.saved), false);
    } catch (error) {
      if (error.name !== "AbortError") failed(form.dataset.unsaved);
    }
  }

  function failed(words) {
    changed = true;
    remember();
    say(words, true);
    soon(AGAIN);
  }

  function soon(pause) {
    clearTimeout(timer);
    timer = setTimeout(save, pause);
  }

  function restore() {
    for (const name of Object.keys(localStorage).filter((each) => each.startsWith(STORE))) {
      const kept = JSON.parse(localStorage.getItem(name));
      if (Date.now() - kept.at > A_DAY) localStorage.removeItem(name);
    }
    const mine = JSON.parse(localStorage.getItem(key) || "null");
    if (!mine) return;
    const arrived = Number(form.dataset.made) > Number(mine.made);
    if (arrived || fields().every((each) => mine.values[each.name] === each.value)) {
      forget();
      return;
    }
    for (const each of fields()) if (each.name in mine.values) each.value = mine.values[each.name];
    say(form.dataset.restored, false);
    changed = true;
    soon(WAIT);
  }

  form.addEventListener("input", () => {
    changed = true;
    soon(WAIT);
  });
  form.addEventListener("focusout", save);
  window.addEventListener("online", save);
  window.addEventListener("pagehide", () => {
    if (changed && !leaving) navigator.sendBeacon(form.dataset.draft, body());
  });
  // Back from another page without loading: the form is as it was left.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) leaving = false;
  });
  document.addEventListener("submit", (event) => {
    if (event.target === form && !navigator.onLine) {
      event.preventDefault();
      changed = true;
      failed(form.dataset.unsaved);
      return;
    }
    // What is sent now needs no draft; one that is still on its way must not come after it. Should the connection
    // break just now, the next look at this page knows by `made` that nothing arrived.
    leaving = true;
    sending?.abort();
    if (event.target === form) remember(form.dataset.made);
    else forget();
  });

  try {
    restore();
  } catch {
    // What was kept cannot be read, or may not: the page is as the server sent it.
  }
}
