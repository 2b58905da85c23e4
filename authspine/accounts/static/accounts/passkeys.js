// Starts what allauth's script does with passkeys, as each page asks for it in data that is no script.
"use strict";

for (const asked of document.querySelectorAll("script[data-allauth-onload]")) {
  const start = asked.dataset.allauthOnload.split(".").reduce((found, name) => found[name], window);
  start(JSON.parse(asked.textContent));
}

// Somebody has closed the browser's question, or has no passkey for this site: the page says so and nothing else changes.
document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  const said = document.createElement("p");
  said.className = "fault";
  said.setAttribute("role", "alert");
  said.textContent = "No passkey was used. Try again, or use another way.";
  document.querySelectorAll(".needs-script .fault").forEach((old) => old.remove());
  document.querySelector(".needs-script")?.append(said);
});
