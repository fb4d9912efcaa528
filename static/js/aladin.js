/* Aladin Lite is fetched when it is asked for, not before: its server learns of it. */

const sky = document.getElementById("aladin");
const load = document.getElementById("load-aladin");
const said = document.getElementById("aladin-said");
const VISIBLE = "P/DSS2/color"; // served by the CDS itself
const FIELD_DEG = 0.1;

function fetchedScript(address) {
  return new Promise((resolve, reject) => {
    document.head.append(Object.assign(document.createElement("script"), { src: address, onload: resolve, onerror: reject }));
  });
}

async function open() {
  load.disabled = true;
  said.textContent = sky.dataset.fetching;
  try {
    await fetchedScript(sky.dataset.script);
    await globalThis.A.init;
    sky.hidden = false;
    const { ra, dec } = sky.dataset;
    const target = `${ra} ${dec}`;
    const atlas = globalThis.A.aladin(sky, { target, fov: FIELD_DEG, survey: VISIBLE, cooFrame: "ICRSd", log: false });
    atlas.addCatalog(globalThis.A.catalogFromSimbad({ ra: Number(ra), dec: Number(dec) }, FIELD_DEG));
    said.textContent = "";
    load.remove();
  } catch {
    said.textContent = sky.dataset.failed;
    load.disabled = false;
  }
}

load.hidden = false;
load.addEventListener("click", open);
