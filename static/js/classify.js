/* The classify page without loading it anew: the next source is there before it is asked for, answers are kept until
   they are stored. Without this file each answer is a form that leads to the next page. */

import { drawThenAsk } from "./desk/drawing.js";
import { Keys } from "./desk/keys.js";
import { Outbox } from "./desk/outbox.js";
import { Pool } from "./desk/pool.js";
import { fetched, posted, sender } from "./desk/requests.js";
import { drawPlots, removePlots } from "./plots.js";

const AN_HOUR_MS = 3_600_000; // longer says nothing of how long somebody looked
const AGAIN_MS = 5_000;
const UNDO_MS = 30_000;
const REMEMBERED_MS = 60_000; // of an older answer nobody remembers what was seen
const WAITING_SHOWN_AFTER_MS = 1_000; // an answer on its way is none that waits

const page = document.getElementById("classify");
const texts = JSON.parse(document.getElementById("spoken").textContent);
const { voter, training, leases, api, vote: votes, part, next } = page.dataset;
const byId = (id) => document.getElementById(id);
const say = (text) => (byId("said").textContent = text);

const done = new Set(); // sources that were answered or passed over, here or in another window
const given = new Set(); // keys of the answers that were given here
let latest = null; // the key of the last of them
let shownAt = 0;
const windows = new BroadcastChannel("claxson-desk");

/* --- What is told ------------------------------------------------------------------------------ */
function tell(html) {
  byId("messages")?.remove(); // what the page came with is past
  byId("told").innerHTML = html; // our own answer, escaped by the server
  delete byId("told").dataset.patience;
  const undo = byId("told").querySelector(".undo");
  if (undo) setTimeout(() => undo.contains(document.activeElement) || undo.remove(), UNDO_MS);
}

function tellText(text, kind = "error") {
  tell("");
  const told = Object.assign(document.createElement("p"), { className: `message message-${kind}`, textContent: text });
  byId("told").append(told);
}

const plurals = new Intl.PluralRules(document.documentElement.lang);
let waitingShown;

async function showWaiting() {
  clearTimeout(waitingShown);
  const n = (await outbox.all()).length;
  if (n === 0) byId("waiting").textContent = "";
  else waitingShown = setTimeout(sayWaiting, WAITING_SHOWN_AFTER_MS);
}

async function sayWaiting() {
  const n = (await outbox.all()).length;
  const text = texts[`waiting.${plurals.select(n)}`] ?? texts["waiting.other"];
  byId("waiting").textContent = n ? text.replace("{n}", new Intl.NumberFormat(document.documentElement.lang).format(n)) : "";
}

/* --- Answers on their way ---------------------------------------------------------------------- */
function became(vote, outcome) {
  if (outcome.refused !== undefined) {
    tellText(vote.voter === voter ? `${vote.source}: ${outcome.refused}` : texts.foreign);
  } else if (outcome.standing && vote.voter === voter) {
    byId("standing").innerHTML = outcome.standing;
    if (vote.key === latest) tell(outcome.told);
    if (outcome.verdict && Date.now() - vote.at < REMEMBERED_MS) showVerdict(outcome.verdict);
  }
}

function showVerdict(verdict) {
  dropVerdict();
  const told = document.createElement("template");
  told.innerHTML = verdict; // escaped by the server
  beside(byId("desk"), told.content);
  drawPlots(byId("verdict"));
  say(byId("verdict-told").textContent);
}

function dropVerdict() {
  const verdict = byId("verdict");
  if (!verdict) return;
  removePlots(verdict);
  verdict.remove();
}

const beside = (desk, verdict) => (desk.querySelector(".evidence") ?? desk).prepend(verdict);

const outbox = new Outbox({
  send: sender({ own: votes, alone: api, voter }),
  changed: () => {
    showWaiting();
    windows.postMessage({ what: "changed" });
  },
  sent: (vote, outcome) => {
    if (given.has(vote.key) || outcome.refused !== undefined) became(vote, outcome);
    else if (outcome.standing && vote.voter === voter) byId("standing").innerHTML = outcome.standing;
    windows.postMessage({ what: "sent", vote, outcome });
  },
});

windows.addEventListener("message", ({ data: { what, source, vote, outcome } }) => {
  if (what === "changed") showWaiting();
  else if (what === "sent" && given.has(vote.key)) became(vote, outcome);
  else if (what === "done") doneElsewhere(source);
});

async function doneElsewhere(source) {
  done.add(source);
  pool.drop(source);
  if (byId("desk")?.dataset.source !== source) return;
  await advance();
  tellText(texts.elsewhere.replace("{name}", source), "info");
}

/* --- The next source --------------------------------------------------------------------------- */
const pool = new Pool({
  leases, part, voter,
  training: training === "on",
  taken: (source) => done.has(source) || byId("desk").dataset.source === source,
});

function finish(source) {
  done.add(source);
  windows.postMessage({ what: "done", source });
}

async function advance() {
  const before = byId("desk");
  if (before.hasAttribute("aria-busy")) return;
  before.setAttribute("aria-busy", "true");
  if (pool.isEmpty) askPatience(navigator.onLine ? texts.fetching : texts.offline);
  const entry = (await pool.next()) ?? (await nothingLeft());
  if (byId("told").dataset.patience) tell(toldBefore);
  show(before, entry);
}

let toldBefore = "";

/* Said once, however long it takes; what was told before comes back. */
function askPatience(text) {
  if (!byId("told").dataset.patience) toldBefore = byId("told").innerHTML;
  if (byId("told").textContent !== text) tellText(text, "info");
  byId("told").dataset.patience = "yes";
}

/* What the server says then; if it has a source after all, its page. While answers wait it cannot know. */
async function nothingLeft() {
  await outbox.flush();
  const waits = (await outbox.all()).some((vote) => vote.voter === voter);
  const response = waits ? null : await fetched(next).catch(() => null);
  if (!response?.ok) {
    askPatience(navigator.onLine ? texts.away : texts.offline);
    await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    return nothingLeft();
  }
  const desk = new DOMParser().parseFromString(await response.text(), "text/html").getElementById("desk");
  if (desk?.dataset.source === "") return { part: desk };
  location.assign(next);
  return new Promise(() => {}); // the page goes
}

function show(before, entry) {
  const active = document.activeElement;
  const elsewhere = active !== document.body && !before.contains(active) && !byId("told").contains(active);
  const desk = entry.part;
  const verdict = before.querySelector("#verdict"); // it came before this source did
  if (verdict) beside(desk, verdict);
  removePlots(before);
  before.replaceWith(desk);
  follow(desk);
  const { top } = byId("told").getBoundingClientRect();
  if (top < 0 || top > innerHeight / 2) byId("told").scrollIntoView();
  if (elsewhere) say(texts.next.replace("{name}", desk.dataset.source));
  else byId("source-name").focus({ preventScroll: true });
  return ask(desk);
}

/* The address is the source's, in this language and in the links to the others. */
function follow(desk) {
  history.replaceState(null, "", desk.dataset.address);
  document.title = `${desk.dataset.title} · CLAXSON`;
  const path = location.pathname.slice(document.documentElement.lang.length + 1);
  for (const link of document.querySelectorAll("[hreflang]")) link.setAttribute("href", `/${link.hreflang}${path}`);
}

async function ask(desk) {
  const shortcuts = desk.querySelector("#shortcuts");
  if (shortcuts) keys.connect(shortcuts);
  await drawThenAsk(desk, { say });
  shownAt = performance.now();
}

/* --- What a person does ------------------------------------------------------------------------ */
async function answer(ballot) {
  const fields = Object.fromEntries(new FormData(ballot));
  if (ballot.dataset.sent || ballot.querySelector("#choices").disabled) return;
  if (!fields.answer) {
    ballot.querySelector("#answer-missing").hidden = false;
    ballot.querySelector("input[name=answer]").focus();
    return;
  }
  ballot.dataset.sent = "yes"; // a second Enter is none
  fields.dwell_ms = Math.min(Math.round(performance.now() - shownAt), AN_HOUR_MS);
  delete fields.csrfmiddlewaretoken;
  const { source } = byId("desk").dataset;
  dropVerdict(); // of the source before
  latest = fields.key;
  given.add(latest);
  await outbox.add({ key: latest, source, voter, at: Date.now(), fields });
  tell("");
  byId("told").classList.add("used");
  finish(source);
  advance();
  await outbox.flush();
  pool.refill();
}

async function passOver(form) {
  const { source } = byId("desk").dataset;
  let response;
  try {
    response = await posted(form.action, new URLSearchParams(new FormData(form)));
    tellText((await response.json()).told, response.ok ? "success" : "error");
  } catch {
    tellText(texts.failed);
  }
  if (!response?.ok) return;
  dropVerdict();
  finish(source);
  await advance();
  pool.refill();
}

/* From what the last source was to the one shown now. */
function goOn() {
  dropVerdict();
  byId("source-name").focus({ preventScroll: true });
}

const keys = new Keys((ballot) => {
  if (byId("verdict") && !ballot.querySelector("input[name=answer]:checked")) goOn();
  else ballot.requestSubmit();
});

page.addEventListener("submit", (event) => {
  const act = event.target.id === "ballot" ? answer : event.target.closest(".skip-source") ? passOver : null;
  if (!act) return;
  event.preventDefault();
  act(event.target);
});
page.addEventListener("click", (event) => {
  if (!event.target.closest("[data-go-on]")) return;
  event.preventDefault();
  goOn();
});

/* --- The page as it came ----------------------------------------------------------------------- */
document.documentElement.classList.add("scripted");
const first = byId("desk");
const asked = ask(first);
/* After a page that was left by a form this one is new: start from its name. A page that reports a problem takes the
   focus there by itself, and who is at work already keeps it. */
const unclaimed = document.activeElement === document.body;
if (unclaimed && (byId("verdict") || byId("messages")) && !byId("problem")) {
  byId("source-name").focus({ preventScroll: true });
}

async function begin() {
  const waiting = await outbox.all();
  for (const vote of waiting) if (vote.voter === voter) done.add(vote.source);
  if (waiting.length) await outbox.flush();
  if (!first.dataset.source) return;
  await asked; // nothing is fetched ahead of what the person waits for
  pool.refill();
  if (done.has(first.dataset.source)) advance(); // answered before a reload
}

begin();
