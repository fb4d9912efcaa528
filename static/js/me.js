/* The browser's time zone is proposed, and stored only when the person saves. */

/* Names of old that browsers still give to some places. */
const RENAMED = {
  "America/Buenos_Aires": "America/Argentina/Buenos_Aires",
  "America/Godthab": "America/Nuuk",
  "America/Indianapolis": "America/Indiana/Indianapolis",
  "America/Louisville": "America/Kentucky/Louisville",
  "Asia/Calcutta": "Asia/Kolkata",
  "Asia/Katmandu": "Asia/Kathmandu",
  "Asia/Rangoon": "Asia/Yangon",
  "Asia/Saigon": "Asia/Ho_Chi_Minh",
  "Atlantic/Faeroe": "Atlantic/Faroe",
  "Europe/Kiev": "Europe/Kyiv",
};

const zones = document.getElementById("time-zone");
const told = Intl.DateTimeFormat().resolvedOptions().timeZone;
const here = RENAMED[told] ?? told;

if (zones?.value === "UTC" && [...zones.options].some((option) => option.value === here)) zones.value = here;
