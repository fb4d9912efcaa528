/* Remembers in this browser how far somebody has come; every step is a page of its own and works without this. */

const STORED = "claxson.tutorial";
const lesson = document.getElementById("lesson");
const step = Number(lesson.dataset.step);

function remembered() {
  try {
    return Number(localStorage.getItem(STORED)) || 0;
  } catch {
    return 0; // storage may be forbidden; the tutorial then begins at its beginning
  }
}

function remember(reached) {
  try {
    localStorage.setItem(STORED, reached);
  } catch {
    /* forgotten at the next visit, no harm */
  }
}

const resume = document.getElementById("resume");
const reached = remembered();
if (resume && reached > 1) {
  const link = resume.querySelector("a");
  link.href = `${link.getAttribute("href")}${reached}/`;
  resume.hidden = false;
} else {
  remember(step < Number(lesson.dataset.total) ? step : 0); // after the last step it begins anew
}
