/* The browser's time zone is proposed, and stored only when the person saves. */

const zones = document.getElementById("time-zone");
const here = Intl.DateTimeFormat().resolvedOptions().timeZone;

if (zones?.value === "UTC" && [...zones.options].some((option) => option.value === here)) zones.value = here;
