/* Whoever has the page before them has read it; without this file a button says so. */

const form = document.getElementById("mark-read");

if (form) {
  const response = await fetch(form.action, { method: "POST", body: new FormData(form), keepalive: true });
  if (response.ok) {
    form.hidden = true;
    document.querySelector(".bell-count")?.remove();
  }
}
