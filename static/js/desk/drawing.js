/* A source's data on the page; its answers wait for them, and never for long. */

import { connectPictures } from "../cutouts.js";
import { drawPlots } from "../plots.js";

const LONGEST_WAIT_MS = 8_000;
const SAID_AFTER_MS = 700;

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

async function pictureShown(image, failed) {
  const probe = new Image();
  probe.src = image.getAttribute("href");
  try {
    await probe.decode();
  } catch {
    const told = document.createElement("p");
    told.className = "picture-failed";
    told.textContent = failed;
    image.closest(".panel").append(told);
  }
}

/* Settled when pictures and plots are there, or have said that they will not be. */
function drawn(desk, failed) {
  connectPictures(desk);
  const shown = [...desk.querySelectorAll("image[href]")].map((image) => pictureShown(image, failed));
  return Promise.allSettled([drawPlots(desk), ...shown]);
}

/* `say` is told when it takes so long that somebody may wonder. */
export async function drawThenAsk(desk, { failed, say }) {
  const choices = desk.querySelector("#choices");
  const all = drawn(desk, failed);
  if (!choices) return;
  const drawing = desk.querySelector("#drawing");
  const send = desk.querySelector(".send");
  choices.disabled = send.disabled = true;
  const late = setTimeout(() => {
    drawing.hidden = false;
    say(drawing.textContent);
  }, SAID_AFTER_MS);
  await Promise.race([all, pause(LONGEST_WAIT_MS)]);
  clearTimeout(late);
  drawing.hidden = true;
  choices.disabled = send.disabled = false;
}
