/* Pictures of one piece of sky, zoomed and moved together. They are drawn by SVG, so that a view is one attribute.
   The page always scrolls over them, unless the person has switched "Move" on. */

const MOST = 16;
const STEP = 0.25; // of what is seen, for one step aside
const clamp = (v, low, high) => Math.min(Math.max(v, low), high);

class View {
  constructor(figure) {
    this.figure = figure;
    this.skies = [...figure.querySelectorAll(".sky")];
    const box = this.skies[0].viewBox.baseVal;
    this.width = box.width;
    this.height = box.height;
    this.show(1, this.width / 2, this.height / 2);
  }

  show(zoom, x, y) {
    this.zoom = clamp(zoom, 1, MOST);
    const [w, h] = [this.width / this.zoom, this.height / this.zoom];
    this.x = clamp(x, w / 2, this.width - w / 2);
    this.y = clamp(y, h / 2, this.height - h / 2);
    const box = `${this.x - w / 2} ${this.y - h / 2} ${w} ${h}`;
    for (const sky of this.skies) sky.setAttribute("viewBox", box);
    for (const radio of this.figure.querySelectorAll('[name^="zoom"]')) {
      radio.checked = Math.abs(Number(radio.value) - this.zoom) < 0.01;
    }
  }

  by(dx, dy) {
    this.show(this.zoom, this.x + dx * (this.width / this.zoom), this.y + dy * (this.height / this.zoom));
  }

  /* What is under the pointer stays there. */
  scale(factor, sky, clientX, clientY) {
    const frame = sky.getBoundingClientRect();
    const [u, v] = [(clientX - frame.left) / frame.width - 0.5, (clientY - frame.top) / frame.height - 0.5];
    const zoom = clamp(this.zoom * factor, 1, MOST);
    const change = 1 / this.zoom - 1 / zoom;
    this.show(zoom, this.x + u * this.width * change, this.y + v * this.height * change);
  }
}

const MOVES = {
  in: (view) => view.show(view.zoom * 1.5, view.x, view.y),
  out: (view) => view.show(view.zoom / 1.5, view.x, view.y),
  left: (view) => view.by(-STEP, 0),
  right: (view) => view.by(STEP, 0),
  up: (view) => view.by(0, -STEP),
  down: (view) => view.by(0, STEP),
};
const KEYS = { "+": "in", "-": "out", ArrowLeft: "left", ArrowRight: "right", ArrowUp: "up", ArrowDown: "down" };

function moveByPointer(view, sky, on) {
  const fingers = new Map();
  const spread = () => {
    const [a, b] = [...fingers.values()];
    return b ? { size: Math.hypot(a.x - b.x, a.y - b.y), x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 } : null;
  };
  sky.addEventListener("pointerdown", (event) => {
    if (!on()) return;
    sky.setPointerCapture(event.pointerId);
    fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
  });
  sky.addEventListener("pointermove", (event) => {
    const before = fingers.get(event.pointerId);
    if (!before) return;
    const pinched = spread();
    fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    const frame = sky.getBoundingClientRect();
    const now = spread();
    if (now && pinched.size > 0) view.scale(now.size / pinched.size, sky, now.x, now.y);
    else if (!now) view.by((before.x - event.clientX) / frame.width, (before.y - event.clientY) / frame.height);
  });
  for (const end of ["pointerup", "pointercancel"]) {
    sky.addEventListener(end, (event) => fingers.delete(event.pointerId));
  }
  const turned = (event) => {
    if (!on()) return;
    event.preventDefault();
    view.scale(Math.exp(-event.deltaY / 400), sky, event.clientX, event.clientY);
  };
  sky.addEventListener("wheel", turned, { passive: false });
}

function connect(figure) {
  const view = new View(figure);
  const move = figure.querySelector('[name^="pan"]');
  const buttons = figure.querySelector(".moves");
  move.checked = false;
  move.addEventListener("change", () => {
    figure.classList.toggle("moving", move.checked);
    buttons.hidden = !move.checked;
    for (const sky of view.skies) {
      if (move.checked) sky.setAttribute("tabindex", "0");
      else sky.removeAttribute("tabindex");
    }
  });
  for (const radio of figure.querySelectorAll('[name^="zoom"]')) {
    radio.addEventListener("change", () => view.show(Number(radio.value), view.x, view.y));
  }
  for (const button of buttons.querySelectorAll("button")) {
    button.addEventListener("click", () => MOVES[button.dataset.move](view));
  }
  for (const sky of view.skies) {
    moveByPointer(view, sky, () => move.checked);
    sky.addEventListener("keydown", (event) => {
      const how = KEYS[event.key];
      if (!how || event.ctrlKey || event.metaKey || event.altKey) return;
      MOVES[how](view);
      event.preventDefault();
      event.stopPropagation();
    });
  }
  figure.classList.add("live");
}

/* Pictures inside closed details are fetched when they are opened. */
function fetchNow(details) {
  for (const image of details.querySelectorAll("image[data-href]")) image.setAttribute("href", image.dataset.href);
  loadPictures(details);
}

const decoded = new WeakMap(); // image on a page, or on one that is fetched ahead -> its decoded picture

function decode(image) {
  if (!decoded.has(image)) {
    const picture = new Image();
    picture.src = image.getAttribute("href");
    decoded.set(image, picture.decode().then(() => picture));
  }
  return decoded.get(image);
}

/* Hidden, as the browser's own sign of a broken picture would lie behind the words. */
function sayFailed(image) {
  image.classList.add("failed");
  const pane = image.closest(".pane");
  if (pane.querySelector(".picture-failed")) return; // one is enough for all forms of a picture
  const { failed } = image.closest(".panels").dataset;
  pane.append(Object.assign(document.createElement("p"), { className: "picture-failed", textContent: failed }));
}

/* Settled when every picture that is shown at once is decoded, or cannot be. Of what is fetched ahead it is said once
   it is on the page. */
export function loadPictures(root) {
  const images = [...root.querySelectorAll("image[href]")];
  return Promise.all(images.map((image) => decode(image).catch(() => image.isConnected && sayFailed(image))));
}

export function connectPictures(root) {
  for (const figure of root.querySelectorAll(".figure-cutout:not(.live)")) {
    if (figure.querySelector(".sky")) connect(figure);
  }
  for (const details of root.querySelectorAll("details.more-observations")) {
    details.addEventListener("toggle", () => fetchNow(details), { once: true });
  }
}

connectPictures(document);
loadPictures(document);
