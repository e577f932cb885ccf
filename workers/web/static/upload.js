// Scans on their way to the API, with a bar that says how far they are.

const form = document.querySelector("#upload");
const bar = form.querySelector("progress");
const warning = form.querySelector(".warning");
const words = JSON.parse(form.querySelector("script").textContent);

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const data = new FormData();
  for (const file of form.elements.files.files) data.append("files", file);
  for (const name of ["name", "office"]) if (form.elements[name].value.trim()) data.append(name, form.elements[name].value.trim());
  if (form.elements.together.checked) data.append("together", "true");
  const request = new XMLHttpRequest();
  request.open("POST", form.action);
  request.setRequestHeader("X-CSRF-Token", document.body.dataset.csrf);
  request.setRequestHeader("Accept", "application/json");
  request.upload.addEventListener("progress", (one) => { if (one.lengthComputable) bar.value = one.loaded / one.total; });
  request.addEventListener("load", () => {
    let answer = {};
    try { answer = JSON.parse(request.responseText); } catch { /* said below */ }
    if (request.status === 202) location.assign(`/submissions/${answer.id}`);
    else fail([answer.detail ?? words.failed, answer.remedy ?? request.status, ...(answer.errors ?? []).map((one) => `${one.where ?? ""}: ${one.detail ?? ""}`)].join(" · "));
  });
  request.addEventListener("error", () => fail(words.offline));
  warning.hidden = true;
  bar.hidden = false;
  form.querySelector("button").disabled = true;
  request.send(data);
});

function fail(text) {
  warning.textContent = text;
  warning.hidden = false;
  bar.hidden = true;
  form.querySelector("button").disabled = false;
}
