/* One key for each answer, Enter to send; switched off for good by who wants that. */

const REMEMBERED = "claxson.shortcuts";

function remembered() {
  try {
    return localStorage.getItem(REMEMBERED) !== "off";
  } catch {
    return true; // storage may be forbidden; the keys work all the same
  }
}

function remember(on) {
  try {
    localStorage.setItem(REMEMBERED, on ? "on" : "off");
  } catch {
    /* forgotten at the next page, no harm */
  }
}

const writesText = (element) =>
  element.matches("textarea, select, input:not([type=radio]):not([type=checkbox])");
const actsOnEnter = (element) => element.closest("a, button, summary, textarea, form") !== null;

export class Keys {
  /* `enter(ballot)` is what Enter does outside everything that has an Enter of its own. */
  constructor(enter) {
    this.enter = enter;
    this.on = remembered();
    document.documentElement.classList.toggle("shortcuts", this.on);
    document.addEventListener("keydown", (event) => this.on && this.#pressed(event));
  }

  /* The switch on the ballot of a source. */
  connect(box) {
    box.checked = this.on;
    box.addEventListener("change", () => {
      this.on = box.checked;
      remember(this.on);
      document.documentElement.classList.toggle("shortcuts", this.on);
    });
  }

  #pressed(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || writesText(event.target)) return;
    const ballot = document.getElementById("ballot");
    const answer = ballot?.querySelector(`input[data-key="${CSS.escape(event.key)}"]`);
    if (answer) {
      event.preventDefault();
      if (answer.matches(":disabled")) return;
      answer.checked = true;
      answer.focus();
    } else if (ballot && event.key === "Enter" && !actsOnEnter(event.target)) {
      this.enter(ballot);
    }
  }
}
