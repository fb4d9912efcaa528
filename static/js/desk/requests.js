/* Requests of the classify page; each resolves or rejects within a time that a person on a poor line accepts. */

const PATIENCE_MS = 20_000;

const cookie = (name) => document.cookie.split("; ").find((one) => one.startsWith(`${name}=`))?.slice(name.length + 1);

export function fetched(address, options = {}) {
  return fetch(address, { signal: AbortSignal.timeout(PATIENCE_MS), ...options });
}

export function posted(address, body, options = {}) {
  const json = !(body instanceof URLSearchParams);
  const headers = { Accept: "application/json", "X-CSRFToken": cookie("csrftoken") ?? "" };
  if (json) headers["Content-Type"] = "application/json";
  return fetched(address, { method: "POST", headers, body: json ? JSON.stringify(body) : body, ...options });
}

const isJson = (response) => response.headers.get("Content-Type")?.startsWith("application/json") ?? false;
const retryAfter = (response) => Number(response.headers.get("Retry-After")) || 0;

/* An answer goes with the page of who gave it, which is told what to show. Under another log-in, or where the page may
   not send it, it goes alone: its lease says whose it is, whoever sends it. */
export function sender({ own, alone, voter }) {
  const asPage = (vote) => posted(own, new URLSearchParams(vote.fields), { keepalive: true });
  const byLease = (vote) => posted(alone, vote.fields, { credentials: "omit", keepalive: true });

  async function response(vote) {
    if (vote.voter !== voter) return byLease(vote);
    const first = await asPage(vote);
    return first.status === 403 ? byLease(vote) : first;
  }

  return async function send(vote) {
    let answer;
    try {
      answer = await response(vote);
      if (!isJson(answer) || answer.status === 429 || answer.status >= 500) {
        return { later: retryAfter(answer) };
      }
      const body = await answer.json();
      return answer.ok ? body : { refused: body.told ?? body.error?.message ?? "" };
    } catch {
      return { later: 0, stop: true };
    }
  };
}
