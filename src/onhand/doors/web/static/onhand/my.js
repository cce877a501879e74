// Customers' pages. A part that says data-news="5" looks for news every five seconds while somebody looks at the page,
// and takes the answer in where it differs. What cannot be reached is said, and asked again less often.
const FORGIVEN = 2, SLOWEST = 60;

for (const part of document.querySelectorAll("[data-news]")) watch(part, Number(part.dataset.news));

function watch(part, seconds) {
  let failed = 0, shown = normal(part.innerHTML);
  const stale = document.querySelector("[data-stale]");

  async function look() {
    if (!document.hidden) {
      try {
        const answer = await fetch(location.pathname, { headers: { "X-Part": "news" }, signal: AbortSignal.timeout(10_000) });
        if (answer.status === 401) return location.reload();
        if (!answer.ok) throw new Error(answer.statusText);
        take(await answer.text());
        failed = 0;
      } catch {
        failed += 1;
      }
      if (stale) stale.hidden = failed < FORGIVEN;
    }
    setTimeout(look, 1000 * Math.min(SLOWEST, seconds * 2 ** Math.max(0, failed - 1)));
  }

  // What has not changed is left alone, so that nobody loses their place in it; what has is said to who cannot see it.
  function take(text) {
    const fresh = normal(text);
    if (fresh === shown) return;
    part.innerHTML = text;
    shown = fresh;
    const said = document.querySelector("[data-said]");
    if (said) said.textContent = part.querySelector("[data-says]")?.textContent ?? "";
  }

  setTimeout(look, 1000 * seconds);
  document.addEventListener("visibilitychange", () => document.hidden || failed === 0 || look());
}

// A part without what time alone changes: how long ago something was.
function normal(text) {
  const held = document.createElement("template");
  held.innerHTML = text;
  held.content.querySelectorAll("time").forEach((each) => each.removeAttribute("title"));
  return held.innerHTML.trim();
}

// A form is sent once, however often its button is pressed.
for (const form of document.querySelectorAll("form[data-once]")) form.addEventListener("submit", (event) => {
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "yes";
});
addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent));
