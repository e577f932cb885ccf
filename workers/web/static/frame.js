// What every page needs: forgetting what a person left in this browser when they sign out, and keys of the queue.

for (const form of document.querySelectorAll("form[data-forget]")) {
  form.addEventListener("submit", () => {
    for (const name of Object.keys(localStorage)) if (name.startsWith("samnao:")) localStorage.removeItem(name);
  });
}

document.addEventListener("keydown", (event) => {
  const start = document.querySelector("[data-start]");
  if (start && event.code === "Enter" && (event.target === document.body || event.target === document.documentElement)) start.click();
});

for (const select of document.querySelectorAll("select[data-send]")) select.addEventListener("change", () => select.form.requestSubmit());

// A failed answer of the server is shown, not swallowed.
document.body.addEventListener("htmx:configRequest", (event) => {
  event.detail.headers["X-CSRF-Token"] = document.body.dataset.csrf ?? "";
});
