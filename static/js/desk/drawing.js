/* A source's data on the page; its answers wait for them, and never for long. */

import { connectPictures, loadPictures } from "../cutouts.js";
import { drawPlots } from "../plots.js";

const LONGEST_WAIT_MS = 8_000;
const SAID_AFTER_MS = 700;

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/* Settled when pictures and plots are there, or have said that they will not be. A source that was fetched ahead
   has been drawn before it takes its place. */
function drawn(desk) {
  connectPictures(desk);
  return Promise.all([drawPlots(desk), loadPictures(desk)]);
}

/* `say` is told when it takes so long that somebody may wonder. */
export async function drawThenAsk(desk, { say }) {
  const choices = desk.querySelector("#choices");
  const all = drawn(desk);
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
