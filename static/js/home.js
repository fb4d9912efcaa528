/* The counters of the front page, counted anew while somebody has it before them. Nothing is announced: whoever cannot
   see them change misses nothing, and reads the newest when they come by. */

const EVERY_MS = 30_000;

const counters = document.getElementById("counters");
let last = performance.now();

async function refresh() {
  if (document.hidden) return;
  last = performance.now();
  const response = await fetch(counters.dataset.address, { signal: AbortSignal.timeout(EVERY_MS / 2) }).catch(() => null);
  if (!response?.ok) return; // the old ones stay; the next time comes soon
  const counted = await response.json();
  for (const shown of counters.querySelectorAll("[data-counter]")) shown.textContent = counted[shown.dataset.counter];
}

setInterval(refresh, EVERY_MS);
document.addEventListener("visibilitychange", () => performance.now() - last < EVERY_MS || refresh());
