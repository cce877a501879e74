// Before anything is painted: light or dark, as the reader wishes, else as their system does.
"use strict";
const dark = matchMedia("(prefers-color-scheme: dark)");

function paint() {
  const wish = document.documentElement.dataset.themeWish;
  document.documentElement.dataset.bsTheme = wish || (dark.matches ? "dark" : "light");
}

paint();
dark.addEventListener("change", paint);
