// Whether somebody is there: told to the server now and then, so that a session in use lives on; on a shared device
// the page locks when nobody is, and the session ends on the server as well.
const { touches, locks, lockAfter } = document.body.dataset;
const token = JSON.parse(document.body.getAttribute("hx-headers:inherited") ?? "{}")["X-CSRFToken"];
const SECONDS_BETWEEN = 30;
let told = Date.now();

// Another tab of the same browser may be the one in use.
const seen = () => Number(localStorage.getItem("touched") ?? 0);

function touched() {
  localStorage.setItem("touched", String(Date.now()));
  if (Date.now() - told < SECONDS_BETWEEN * 1000) return;
  told = Date.now();
  fetch(touches, { method: "POST", headers: { "X-CSRFToken": token } });
}

for (const kind of ["pointerdown", "keydown", "wheel", "touchmove"]) document.addEventListener(kind, touched, { passive: true });
localStorage.setItem("touched", String(Date.now()));

if (lockAfter) {
  setInterval(async () => {
    if (Date.now() - seen() < Number(lockAfter) * 1000) return;
    document.body.classList.add("locked");
    try {
      await fetch(locks, { method: "POST", headers: { "X-CSRFToken": token } });
    } finally {
      location.assign("/shift");
    }
  }, 1000);
}
