// What pages gain where scripts run: copying ids, countdowns of holds, arrow keys in the calendar.
// Nothing here is needed to use them.
"use strict";

const each = (selector, act, within = document) => within.querySelectorAll(selector).forEach(act);

function offerCopying(root) {
  each("button[data-copy][hidden]", (button) => { button.hidden = !navigator.clipboard; }, root);
}

async function copy(button) {
  await navigator.clipboard.writeText(button.dataset.copy);
  const word = button.textContent;
  button.textContent = "Copied";
  setTimeout(() => { button.textContent = word; }, 1500);
}

function inWords(seconds) {
  if (seconds >= 7200) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

function countDown() {
  each("time[data-until]", (time) => {
    time.dataset.clock ??= time.textContent;
    const left = Math.floor((new Date(time.dateTime) - Date.now()) / 1000);
    const shown = left > 0 ? `${inWords(left)} left` : "over";
    time.textContent = time.dataset.until === "brief" ? shown : `${time.dataset.clock}, ${shown}`;
  });
}

// The calendar is one stop for the Tab key; arrows move in it, also into other days.
function makeOneStop() {
  each("[data-grid]", (grid) => {
    const stops = [...grid.querySelectorAll("[data-at]")];
    const first = grid.querySelector("button[data-at]") ?? stops[0];
    stops.forEach((stop) => { stop.tabIndex = stop === first ? 0 : -1; });
  });
}

function neighbour(stop, key) {
  const column = stop.closest("[data-column]");
  const inColumn = [...column.querySelectorAll("[data-at]")];
  const place = inColumn.indexOf(stop);
  if (key === "ArrowDown") return inColumn[place + 1];
  if (key === "ArrowUp") return inColumn[place - 1];
  if (key === "Home") return inColumn[0];
  if (key === "End") return inColumn.at(-1);
  const columns = [...stop.closest("[data-grid]").querySelectorAll("[data-column]")];
  const rest = key === "ArrowRight" ? columns.slice(columns.indexOf(column) + 1) : columns.slice(0, columns.indexOf(column)).reverse();
  const next = rest.find((other) => other.querySelector("[data-at]"));
  const distance = (other) => Math.abs(other.dataset.at - stop.dataset.at);
  return next && [...next.querySelectorAll("[data-at]")].reduce((best, other) => (distance(other) < distance(best) ? other : best));
}

document.addEventListener("keydown", (event) => {
  const stop = event.target.closest("[data-grid] [data-at]");
  if (!stop || !["ArrowDown", "ArrowUp", "ArrowLeft", "ArrowRight", "Home", "End"].includes(event.key)) return;
  event.preventDefault();
  const next = neighbour(stop, event.key);
  if (!next) return;
  stop.tabIndex = -1;
  next.tabIndex = 0;
  next.focus();
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-copy]");
  if (button) copy(button);
});

function refresh(root = document) {
  offerCopying(root);
  makeOneStop();
  countDown();
}

document.addEventListener("htmx:load", (event) => refresh(event.detail.elt));
each(".tabs [aria-current], .within [aria-current]", (tab) => tab.scrollIntoView({ inline: "center", block: "nearest" }));
setInterval(countDown, 1000);
refresh();
