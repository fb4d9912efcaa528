/* The field guide in a panel beside the page; without this file the links lead to the guide's own page. */

const panel = document.getElementById("guide-panel");
const body = panel?.querySelector(".guide-panel-body");
let loaded = false;

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
  panel.showModal();
  load();
}

if (panel) {
  for (const link of document.querySelectorAll("[data-guide]")) link.addEventListener("click", open);
  panel.addEventListener("click", (event) => event.target === panel && panel.close());
  panel.addEventListener("keydown", (event) => event.stopPropagation()); // the page's own keys rest meanwhile
}
