/* Keys for the answers; without this file the page works by mouse, touch, Tab and arrow keys. */

const root = document.documentElement;
const ballot = document.getElementById("ballot");
const AN_HOUR_MS = 3_600_000; // longer says nothing of how long somebody looked
const REMEMBERED = "claxson.shortcuts";

function remembered() {
  try {
    return localStorage.getItem(REMEMBERED) !== "off";
  } catch {
    return true; // storage may be forbidden; the keys work all the same
  }
}

function remember(on) {
  try {
    localStorage.setItem(REMEMBERED, on ? "on" : "off");
  } catch {
    /* forgotten at the next page, no harm */
  }
}

const writesText = (element) =>
  element.matches("textarea, select, input:not([type=radio]):not([type=checkbox])");
const actsOnEnter = (element) => element.closest("a, button, summary, textarea, form") !== null;

const verdict = document.getElementById("verdict");

/* From what the last source was to the one shown now; the page is already the new source's. */
function goOn() {
  verdict.remove();
  document.getElementById("source-name")?.focus({ preventScroll: true });
}

function pressed(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || writesText(event.target)) return;
  const answer = ballot.querySelector(`input[data-key="${CSS.escape(event.key)}"]`);
  if (answer) {
    answer.checked = true;
    answer.focus();
    event.preventDefault();
  } else if (event.key === "Enter" && !actsOnEnter(event.target)) {
    if (verdict?.isConnected && !ballot.querySelector("input[name=answer]:checked")) goOn();
    else ballot.requestSubmit();
  }
}

function switchShortcuts(on) {
  root.classList.toggle("shortcuts", on);
  document.removeEventListener("keydown", pressed);
  if (on) document.addEventListener("keydown", pressed);
}

root.classList.add("scripted");
verdict?.querySelector("[data-go-on]").addEventListener("click", (event) => {
  event.preventDefault();
  goOn();
});
if (ballot) {
  const box = document.getElementById("shortcuts");
  box.checked = remembered();
  switchShortcuts(box.checked);
  ballot.addEventListener("submit", () => {
    ballot.elements.dwell_ms.value = Math.min(Math.round(performance.now()), AN_HOUR_MS);
  });
  box.addEventListener("change", () => {
    remember(box.checked);
    switchShortcuts(box.checked);
  });
}

/* After a vote the page is a new one: say the new source's name, and start from there.
   A page that reports a problem takes the focus there by itself, and who is at work already keeps it. */
const unclaimed = document.activeElement === document.body;
if (unclaimed && (verdict || document.getElementById("messages")) && !document.getElementById("problem")) {
  document.getElementById("source-name")?.focus({ preventScroll: true });
}
