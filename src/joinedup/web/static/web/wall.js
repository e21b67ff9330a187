// The wall looks for new agreements every ten seconds. Without this file the page loads itself anew.
const EVERY = 10000;
const wall = document.getElementById("wall");
const status = document.getElementById("wall-status");
let last = new Date();

const keys = (root) => new Set([...root.querySelectorAll("[data-pk]")].map((each) => each.dataset.pk));
const version = (root) => root.querySelector("[data-version]")?.dataset.version;

async function look() {
  try {
    const answer = await fetch(wall.dataset.new, { credentials: "same-origin", redirect: "error", cache: "no-store" });
    if (!answer.ok) throw new Error(answer.status);
    show(new DOMParser().parseFromString(await answer.text(), "text/html").body);
    last = new Date();
  } catch {
    const time = last.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
    say(wall.dataset.stale.replace("{time}", time));
  }
}

function show(fresh) {
  if (version(fresh) === version(wall)) {
    if (status.textContent.startsWith(wall.dataset.stale.split("{")[0])) say("");
    return;
  }
  const before = keys(wall);
  wall.replaceChildren(...fresh.childNodes);
  const added = [...wall.querySelectorAll("[data-pk]")].filter((each) => !before.has(each.dataset.pk));
  added.forEach((each) => each.classList.add("ju-wall__new"));
  say(added.map((each) => wall.dataset.said.replace("{goal}", each.querySelector("h2").textContent)).join(" "));
}

function say(words) {
  if (status.textContent !== words) status.textContent = words;
}

setInterval(look, EVERY);
