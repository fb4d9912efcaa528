/* The field guide in a panel; without this file the links lead to the guide's own page. Where there is room it stands
   beside the page, which goes on working, so that both can be compared; else it lies over the page until it is closed. */

const panel = document.getElementById("guide-panel");
const body = panel?.querySelector(".guide-panel-body");
const room = matchMedia("(min-width: 64rem)");
let loaded = false;
let from = null; // what opened it, and takes the focus back

async function load() {
  if (loaded) return;
  try {
    const response = await fetch(panel.dataset.src);
    if (!response.ok) throw new Error(`status ${response.status}`);
    body.innerHTML = await response.text(); // our own page, escaped by the server
    loaded = true;
  } catch {
    body.textContent = panel.dataset.failed;
  }
}

function open(event) {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return; // a new tab was asked for
  event.preventDefault();
  if (panel.open) return panel.close();
  from = event.currentTarget;
  if (room.matches) panel.show();
  else panel.showModal();
  load();
}

if (panel) {
  for (const link of document.querySelectorAll("[data-guide]")) link.addEventListener("click", open);
  panel.addEventListener("click", (event) => event.target === panel && panel.close());
  panel.addEventListener("close", () => from?.focus());
  panel.addEventListener("keydown", (event) => {
    event.stopPropagation(); // the page's own keys rest while somebody reads here
    if (event.key === "Escape") panel.close();
  });
}
