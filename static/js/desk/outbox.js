/* Answers that wait to be sent. They lie in IndexedDB before anything is sent, so that a lost network, a reload or a
   closed window loses none. Each carries its own key: sent twice, it is stored once. */

const STORE = "votes";
const FIRST_PAUSE_S = 2;
const LONGEST_PAUSE_S = 60;

function opened() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open("claxson", 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: "key" });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/* Where the browser forbids its store, answers live as long as the page. */
class Kept {
  memory = new Map();
  database = Promise.resolve().then(opened).catch(() => null);

  async run(mode, act) {
    const database = await this.database;
    if (!database) return null;
    return new Promise((resolve, reject) => {
      const transaction = database.transaction(STORE, mode, { durability: "strict" });
      const request = act(transaction.objectStore(STORE));
      transaction.oncomplete = () => resolve(request);
      transaction.onabort = transaction.onerror = () => reject(transaction.error);
    });
  }

  async put(vote) {
    const stored = await this.run("readwrite", (store) => store.put(vote)).catch(() => null);
    if (!stored) this.memory.set(vote.key, vote);
  }

  async remove(key) {
    this.memory.delete(key);
    await this.run("readwrite", (store) => store.delete(key));
  }

  async all() {
    const request = await this.run("readonly", (store) => store.getAll()).catch(() => null);
    return [...(request?.result ?? []), ...this.memory.values()].sort((a, b) => a.at - b.at);
  }
}

/* One window sends at a time; without locks two may, which the keys make harmless. */
const alone = (act) => (navigator.locks ? navigator.locks.request("claxson-outbox", act) : act());

export class Outbox {
  /* `send(vote)` resolves to `{ later, stop }` where it must be tried again (in seconds; `stop`: nothing gets
     through now), else to what became of it, which `sent(vote, outcome)` is told. */
  constructor({ send, sent, changed }) {
    Object.assign(this, { send, sent, changed });
    this.kept = new Kept();
    this.pause = FIRST_PAUSE_S;
    addEventListener("online", () => this.retryNow());
    document.addEventListener("visibilitychange", () => document.hidden || this.retryNow());
    addEventListener("beforeunload", (event) => this.kept.memory.size && event.preventDefault());
  }

  all() {
    return this.kept.all();
  }

  async add(vote) {
    await this.kept.put(vote);
    this.pause = FIRST_PAUSE_S;
    this.changed();
  }

  retryNow() {
    this.pause = FIRST_PAUSE_S;
    return this.flush();
  }

  /* Sends everything that waits, also what comes meanwhile; never fails. */
  flush() {
    clearTimeout(this.timer);
    this.flushing = (this.flushing ?? Promise.resolve())
      .then(() => alone(() => this.#drain()))
      .catch((error) => console.warn(error))
      .then(() => this.changed());
    return this.flushing;
  }

  async #drain() {
    let later = 0;
    for (const vote of await this.all()) {
      const outcome = await this.send(vote);
      if (outcome.later === undefined) {
        await this.kept.remove(vote.key);
        this.sent(vote, outcome);
      } else {
        later = Math.max(later, outcome.later, this.pause);
        if (outcome.stop) break;
      }
    }
    if (later) this.#again(later);
    else this.pause = FIRST_PAUSE_S;
  }

  #again(seconds) {
    this.pause = Math.min(2 * this.pause, LONGEST_PAUSE_S);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.flush(), 1000 * seconds * (0.75 + Math.random() / 2));
  }
}
