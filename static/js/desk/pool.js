/* Sources fetched ahead: the page's part of each, its pictures decoded, its plots drawn. */

import { loadPictures } from "../cutouts.js";
import { drawPlots, removePlots } from "../plots.js";
import { fetched, posted } from "./requests.js";

const HELD = 6; // the source before the person, and five ahead
const ENDS_EARLY_MS = 120_000; // a lease this near its end is no good for looking
const AGAIN_MS = 5_000;

export class Pool {
  /* `taken(source)`: whether it is before the person, or was answered. */
  constructor({ leases, part, training, voter, taken }) {
    Object.assign(this, { leases, part, training, voter, taken });
    this.entries = new Map();
    this.waiting = [];
    addEventListener("online", () => this.refill());
    // Who comes back after an hour is handed anew what ended meanwhile.
    document.addEventListener("visibilitychange", () => document.hidden || this.refill());
  }

  /* The next source that is ready, as soon as there is one; null where none is left. */
  async next() {
    let entry = this.#ready();
    while (!entry && !this.exhausted) {
      const woken = new Promise((wake) => this.waiting.push(wake));
      if (!this.timer) this.refill(); // else it is tried again anyhow, after a pause
      await woken;
      entry = this.#ready();
    }
    this.exhausted = false;
    if (entry) this.entries.delete(entry.source);
    return entry ?? null;
  }

  get isEmpty() {
    return !this.#ready();
  }

  drop(source) {
    const part = this.entries.get(source)?.part;
    if (part) removePlots(part);
    this.entries.delete(source);
  }

  /* One at a time; what is asked for meanwhile is asked for once more afterwards. */
  refill() {
    clearTimeout(this.timer);
    this.timer = null;
    if (this.filling) {
      this.again = true;
      return this.filling;
    }
    this.filling = this.#fill()
      .catch((error) => this.#later(error))
      .finally(() => this.#filled());
    return this.filling;
  }

  #filled() {
    this.filling = null;
    this.#wake();
    if (this.again && !this.timer) this.refill();
    this.again = false;
  }

  #ready() {
    for (const entry of this.entries.values()) {
      if (entry.until < Date.now() || this.taken(entry.source)) this.drop(entry.source);
      else if (entry.part) return entry;
    }
    return undefined;
  }

  #wake() {
    for (const wake of this.waiting.splice(0)) wake();
  }

  #later(error) {
    this.timer = setTimeout(() => this.refill(), 1000 * (error.retryAfter ?? 0) || AGAIN_MS);
  }

  async #fill() {
    const leases = await this.#lease();
    for (const { source, expires_in_s: lasts } of leases) {
      const until = Date.now() + 1000 * lasts - ENDS_EARLY_MS;
      if (until > Date.now() && !this.taken(source) && !this.entries.has(source)) {
        this.entries.set(source, { source, until });
      }
    }
    for (const entry of [...this.entries.values()].filter((one) => !one.part)) await this.#fetch(entry);
    this.exhausted = this.entries.size === 0;
  }

  async #lease() {
    const response = await posted(this.leases, { wanted: HELD, training: this.training });
    if (!response.ok) {
      throw Object.assign(new Error(`status ${response.status}`), { retryAfter: Number(response.headers.get("Retry-After")) });
    }
    const answer = await response.json();
    if (answer.voter !== this.voter) location.reload(); // somebody else logged in, in another window
    return answer.leases;
  }

  async #fetch(entry) {
    const response = await fetched(this.part.replace("NAME", encodeURIComponent(entry.source)));
    if (!response.ok) {
      this.entries.delete(entry.source);
      return;
    }
    const template = document.createElement("template");
    template.innerHTML = await response.text(); // our own page, escaped by the server
    const desk = document.adoptNode(template.content.querySelector("#desk"));
    await Promise.all([drawPlots(desk), loadPictures(desk)]); // what cannot be had is said once the source is shown
    entry.part = desk;
    this.#wake();
  }
}
