// A scanner ends what it read with Enter: that leads to the next field, and sends nothing yet.
document.addEventListener("keydown", (event) => {
  const next = event.key === "Enter" && document.getElementById(event.target.dataset?.then ?? "");
  if (!next) return;
  event.preventDefault();
  next.focus();
});
