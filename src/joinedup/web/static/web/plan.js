// Moving people between the tables of a round, by drag, by tap and by keyboard. The page works without this file: the
// form of each round does the same. What a move costs comes from the server; a drop sends the page's own form.

const root = document.getElementById("who-sits-where");
const form = document.getElementById("move-by-hand");
const said = document.getElementById("move-said");
const say = (words, values = {}) => {
  said.textContent = words.replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all);
};
let held = null; // who is picked up: {seat, section, round, known}, known once the costs show

const make = (tag, className, text) => {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
};
const tablesOf = (section) => [...section.querySelectorAll("[data-table]")];
const seatsOf = (section) => [...section.querySelectorAll(".ju-seat")];
const targetsOf = (section) => [...section.querySelectorAll(".ju-target button")];

// One stop of the Tab key for each table; arrow keys go from person to person.
function restSeats(section) {
  section.querySelectorAll(".ju-table").forEach((card) => {
    card.querySelectorAll(".ju-seat").forEach((seat, place) => {
      seat.tabIndex = place === 0 ? 0 : -1;
    });
  });
}

function target(card, section) {
  const number = card.dataset.table;
  const here = card.contains(held.seat);
  const box = make("div", here ? "ju-target ju-target--own" : "ju-target");
  const words = here ? root.dataset.leave : card.dataset.full ? root.dataset.change : root.dataset.put;
  const button = make("button", "govuk-button govuk-button--secondary ju-small", words);
  button.type = "button";
  button.append(make("span", "govuk-visually-hidden", `, ${root.dataset.table.replace("{table}", number)}`));
  const cost = make("div", "ju-target__cost", here ? "" : root.dataset.wait);
  cost.id = `cost-${section.dataset.round}-${number}`;
  button.setAttribute("aria-describedby", cost.id);
  button.addEventListener("click", () => drop(card));
  box.append(button, cost);
  card.querySelector(".ju-table__body").append(box);
}

function pickUp(seat) {
  if (held) letGo(false);
  const section = seat.closest("[data-round]");
  held = { seat, section, round: section.dataset.round, known: false };
  const mine = held;
  seat.setAttribute("aria-pressed", "true");
  section.classList.add("ju-round--carrying");
  seatsOf(section).forEach((each) => { each.tabIndex = -1; });
  seat.tabIndex = 0;
  tablesOf(section).forEach((card) => target(card, section));
  say(root.dataset.picked, { who: seat.dataset.name });
  const asked = new URLSearchParams({ who: seat.dataset.who, round: mine.round });
  fetch(`${root.dataset.moves}?${asked}`, { headers: { Accept: "application/json" } })
    .then((answer) => answer.json())
    .then((answer) => { if (held === mine) show(answer); })
    .catch(() => { if (held === mine) show({ error: root.dataset.lost }); });
}

function show(answer) {
  if (answer.error) {
    letGo(true);
    say(answer.error);
    return;
  }
  for (const option of answer.tables) {
    const card = held.section.querySelector(`[data-table="${option.table}"]`);
    const cost = card?.querySelector(".ju-target__cost");
    if (!cost || option.here) continue;
    const list = make("ul", "govuk-list ju-costs");
    option.words.forEach((words) => list.append(make("li", "", words)));
    option.breaks.forEach((words) => {
      const line = make("li");
      line.append(make("span", "ju-tag ju-tag--stale", root.dataset.breaks), ` ${words}`);
      list.append(line);
    });
    if (!option.breaks.length) list.append(make("li", "", root.dataset.keeps));
    card.classList.toggle("ju-table--breaks", option.breaks.length > 0);
    cost.replaceChildren(list);
  }
  held.known = true;
  root.dataset.ready = held.seat.dataset.who;
}

function letGo(focus) {
  if (!held) return;
  const { seat, section } = held;
  held = null;
  delete root.dataset.ready;
  section.querySelectorAll(".ju-target").forEach((box) => box.remove());
  section.classList.remove("ju-round--carrying");
  section.querySelectorAll(".ju-table").forEach((card) => card.classList.remove("ju-table--breaks", "ju-table--over"));
  seat.setAttribute("aria-pressed", "false");
  restSeats(section);
  if (focus) {
    seat.tabIndex = 0;
    seat.focus();
    say(root.dataset.left, { who: seat.dataset.name });
  }
}

function drop(card) {
  if (!held) return;
  const { seat, round, known } = held;
  const to = card.dataset.table;
  if (!to || card.contains(seat)) {
    letGo(true);
    return;
  }
  // Nobody is put anywhere unseen: the page that shows the cost asks first, and at a full table with whom to change.
  if (!known || card.dataset.full) {
    const asked = new URLSearchParams({ who: seat.dataset.who, round, to });
    window.location.assign(`${window.location.pathname}?${asked}#move`);
    return;
  }
  say(root.dataset.going, { who: seat.dataset.name, table: to });
  form.elements.who.value = seat.dataset.who;
  form.elements.round.value = round;
  form.elements.to.value = to;
  form.submit();
}

function step(list, from, by) {
  if (!list.length) return;
  const at = list.indexOf(from);
  const next = at < 0 ? (by > 0 ? 0 : list.length - 1) : (at + by + list.length) % list.length;
  list[next].focus();
}

const FORWARD = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 };

root.addEventListener("keydown", (event) => {
  const section = event.target.closest("[data-round]");
  if (event.key === "Escape" && held) {
    event.preventDefault();
    letGo(true);
  } else if (event.key in FORWARD && section && held && held.section === section) {
    event.preventDefault();
    step(targetsOf(section), event.target, FORWARD[event.key]);
  } else if (event.key in FORWARD && event.target.matches(".ju-seat")) {
    event.preventDefault();
    step(seatsOf(section), event.target, FORWARD[event.key]);
  } else if ((event.key === "Enter" || event.key === " ") && event.target.matches(".ju-seat")) {
    event.preventDefault();
    if (held && held.seat === event.target) letGo(true);
    else pickUp(event.target);
  }
});

root.addEventListener("click", (event) => {
  const seat = event.target.closest(".ju-seat");
  if (seat && held && held.seat === seat) letGo(true);
  else if (seat && !event.target.closest(".ju-target")) pickUp(seat);
});

root.addEventListener("dragstart", (event) => {
  const seat = event.target.closest?.(".ju-seat");
  if (!seat) return;
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", "");
  // A page that changes while a drag begins ends it in some browsers.
  setTimeout(() => pickUp(seat));
});

root.addEventListener("dragover", (event) => {
  const card = event.target.closest?.("[data-table]");
  tablesOf(root).forEach((each) => each.classList.toggle("ju-table--over", each === card && held?.section.contains(each)));
  if (card && held?.section.contains(card)) event.preventDefault();
});

root.addEventListener("drop", (event) => {
  const card = event.target.closest?.("[data-table]");
  if (!card || !held?.section.contains(card)) return;
  event.preventDefault();
  drop(card);
});

root.addEventListener("dragend", (event) => {
  if (held && event.dataTransfer.dropEffect === "none") letGo(true);
});

root.querySelectorAll(".ju-seat").forEach((seat) => {
  seat.draggable = true;
  seat.setAttribute("role", "button");
  seat.setAttribute("aria-pressed", "false");
  seat.setAttribute("aria-describedby", "how-to-move");
});
root.querySelectorAll("[data-round]").forEach(restSeats);
document.getElementById("how-to-move").hidden = false;

// After a move the page comes back: go on where the person sits now, and hear what was done. Not before the browser has
// gone to the round that the address names, which would take the focus away again.
function goOn(done) {
  const { undoWho, undoRound } = done.dataset;
  const seat = root.querySelector(`[data-round="${undoRound}"] [data-who="${undoWho}"]`);
  if (seat) {
    seat.closest(".ju-table").querySelectorAll(".ju-seat").forEach((each) => { each.tabIndex = -1; });
    seat.tabIndex = 0;
    seat.focus();
  }
  say(done.querySelector("p").textContent);
}

const done = root.querySelector("[data-undo-who]");
if (done && document.readyState === "complete") setTimeout(() => goOn(done));
else if (done) window.addEventListener("load", () => setTimeout(() => goOn(done)));
