// Asks for the figures again every other second, while somebody looks.
"use strict";
const pulse = document.getElementById("pulse");
const PAUSE = 2000, PATIENCE = 5000;

async function feel() {
  if (!document.hidden) {
    try {
      const answer = await fetch(pulse.dataset.from, { cache: "no-store", signal: AbortSignal.timeout(PATIENCE) });
      if (answer.ok || answer.status === 503) pulse.innerHTML = await answer.text();
      pulse.classList.toggle("stale", !answer.ok);
    } catch {
      pulse.classList.add("stale");
    }
  }
  setTimeout(feel, PAUSE);
}

setTimeout(feel, PAUSE);
