// Dark where the reader's system is dark, and when it changes its mind.
const dark = window.matchMedia("(prefers-color-scheme: dark)");
const follow = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
dark.addEventListener("change", follow);
follow();

// The key a reader types in stays in this tab: it is sent to this server alone, and forgotten with the page.
SwaggerUIBundle({
  url: "/api/docs/openapi.json",
  dom_id: "#manual",
  deepLinking: true,
  docExpansion: "list",
  defaultModelsExpandDepth: -1,
  defaultModelExpandDepth: 2,
  displayRequestDuration: true,
  filter: true,
  persistAuthorization: false,
  syntaxHighlight: { activated: true, theme: "nord" },
  validatorUrl: null,
});
