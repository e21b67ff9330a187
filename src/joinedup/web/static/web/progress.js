// How far something has come, looked at again every five seconds. Without this file the page loads itself anew.
const EVERY = 5000;
const progress = document.getElementById("progress");

async function look() {
  const answer = await fetch(progress.dataset.address, { credentials: "same-origin", redirect: "error", cache: "no-store" });
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").body;
  const left = fresh.querySelectorAll("[data-waits]").length;
  if (left < progress.querySelectorAll("[data-waits]").length) window.location.reload();
  else if (!progress.contains(document.activeElement)) progress.replaceChildren(...fresh.childNodes);
}

setInterval(() => look().catch(() => {}), EVERY);
