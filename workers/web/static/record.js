// The record: fields are settled by keys alone. Keys are known by their place on the keyboard (event.code), so that Thai and
// English layouts work alike. Everything typed is kept in this browser at once and on the server a moment later.

import { Outbox, read, write } from "./outbox.js";
import { Scan } from "./scan.js";

const main = document.querySelector("main[data-record]");
const words = JSON.parse(document.querySelector("#words").textContent);
const user = document.body.dataset.user;
const record = main.dataset.record;
const pane = document.querySelector(".fields");
const address = `/records/${record}`;
const NAME = `samnao:${user}:${record}`;
const DOUBTFUL = ["review", "missing"];
const NUMERIC = ["integer", "be_year", "date", "money", "number", "percent", "code", "phone", "citizen_id"];

let version = Number(main.dataset.version);
let mine = main.dataset.mine === "yes";
let here = null;
let leaving = false;
let drafts = { ...words.drafts, ...read(`${NAME}:drafts`, {}) };
const looks = new Map();

const scan = new Scan(document.querySelector(".scan"), (path) => { const field = byPath(path); if (field) open(field); });
const outbox = new Outbox(`${NAME}:outbox`, send, answered, status);

// ---------------------------------------------------------------- small things

const all = () => [...document.querySelectorAll("#fields .field")];
const doubtful = (field) => DOUBTFUL.includes(field.dataset.state);
const editor = (field) => field.querySelector(".editor");
const part = (field, name) => field.querySelector(`.${name}`);
const byPath = (path) => document.querySelector(`#fields .field[data-path="${CSS.escape(path)}"]`);
const open_ = (element) => element && !element.hidden;

function element(tag, text, properties = {}) {
  const made = document.createElement(tag);
  if (text) made.textContent = text;
  for (const [name, value] of Object.entries(properties)) name in made ? (made[name] = value) : made.setAttribute(name, value);
  return made;
}

function numbered(number, text, action) {
  const button = element("button", "", { type: "button" });
  button.append(element("kbd", String(number)), ` ${text}`);
  button.addEventListener("click", action);
  return button;
}

let toastTimer = null;
function toast(text) {
  const box = document.querySelector(".toast");
  box.textContent = text;
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => { box.textContent = ""; }, 5000);
}

async function post(path, body) {
  const answer = await fetch(`${address}/${path}`, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRF-Token": document.body.dataset.csrf, Accept: "application/json" },
    body: JSON.stringify(body),
  });
  let reply = null;
  try { reply = await answer.json(); } catch { /* no JSON: the status says it */ }
  return { status: answer.status, body: reply ?? {} };
}

// ---------------------------------------------------------------- the field at hand

const held = new WeakMap(); // what is known of a field while it is at hand: base text, since when, keys pressed, how changed

function know(field) {
  if (!held.has(field)) held.set(field, { base: editor(field).value, known: editor(field).value, seconds: 0, keys: 0, how: "accept" });
  return held.get(field);
}

function open(field, focus = true) {
  if (here && here !== field) shut(here);
  here = field;
  const about = know(field);
  about.since = performance.now();
  about.fresh = true;
  about.taken = null;
  field.classList.add("here");
  part(field, "row").setAttribute("aria-expanded", "true");
  part(field, "work").hidden = false;
  const picture = field.querySelector(".crop image");
  if (picture && !picture.hasAttribute("href")) picture.setAttribute("href", picture.dataset.href);
  fit(editor(field));
  const top = field.offsetTop - pane.offsetTop;
  if (top < pane.scrollTop + 40 || top + field.offsetHeight > pane.scrollTop + pane.clientHeight) pane.scrollTop = Math.max(0, top - pane.clientHeight * 0.22);
  const near = field.dataset.page ? field : all().slice(0, all().indexOf(field)).reverse().find((one) => one.dataset.page) ?? field;
  scan.follow(near.dataset.path, near.dataset.page, near === field);
  if (focus) grab(field);
}

function grab(field) {
  const reason = field.querySelector(".override:not([hidden]) input");
  if (reason) { reason.focus(); return; }
  const box = editor(field);
  box.focus({ preventScroll: true });
  box.select();
}

function shut(field) {
  const about = know(field);
  about.seconds += (performance.now() - about.since) / 1000;
  field.classList.remove("here");
  part(field, "row").setAttribute("aria-expanded", "false");
  part(field, "work").hidden = true;
  part(field, "rows").hidden = true;
}

function fit(box) {
  box.style.height = "auto";
  box.style.height = `${box.scrollHeight + 4}px`;
}

function typed(field) {
  const about = know(field), box = editor(field);
  box.classList.toggle("typed", box.value !== about.base);
  fit(box);
  const path = field.dataset.path;
  if (box.value === about.base) delete drafts[path];
  else drafts[path] = box.value;
  write(`${NAME}:drafts`, Object.keys(drafts).length ? drafts : null);
  clearTimeout(looks.get(field));
  looks.set(field, setTimeout(() => look(field), 180));
}

// Tell the server what is typed so far; it says what the value means and what speaks against it.
async function look(field) {
  const about = know(field), box = editor(field), text = box.value, path = field.dataset.path;
  try {
    const { status, body } = await post("draft", { path, text: text === about.base ? null : text, look: text });
    if (status === 401) return signedOut();
    if (status !== 200 || box.value !== text || !field.isConnected) return;
    part(field, "gloss").textContent = body.gloss;
    say(field, body.problems, "own");
    say(field, body.fails, "check");
  } catch { /* kept here; the next letter tries again */ }
}

function say(field, messages, kind) {
  const list = part(field, "doubts");
  for (const old of list.querySelectorAll(`.${kind}`)) old.remove();
  list.append(...messages.map((message) => element("li", message, { className: kind })));
}

// ---------------------------------------------------------------- moving

function next(from, wanted, step = 1) {
  const fields = all(), start = fields.indexOf(from);
  for (let i = 1; i <= fields.length; i += 1) {
    const field = fields[(start + step * i + fields.length * 2) % fields.length];
    if (wanted(field)) return field;
  }
  return null;
}

function neighbour(from, step) {
  const fields = all();
  return fields[fields.indexOf(from) + step] ?? null;
}

function forward(from) {
  const field = next(from, doubtful);
  if (field && field !== from) open(field);
  else if (!field) finish();
  count();
}

async function finish() {
  if (here) shut(here);
  here = null;
  document.querySelector("[data-done]").hidden = false;
  const link = document.querySelector("[data-next]");
  link.focus();
  pane.scrollTop = pane.scrollHeight;
  if (!mine || leaving || words.status !== "review") return;
  leaving = true;
  await outbox.empty();
  if (leaving && !all().some(doubtful)) location.assign(link.href);
  leaving = false;
}

function count() {
  const box = document.querySelector(".left"), n = all().filter(doubtful).length;
  const text = n ? box.dataset.words.replace("%n", n) : box.dataset.none;
  if (box.textContent !== text) box.textContent = text;
  box.classList.toggle("none", n === 0);
}

function status(waiting, offline) {
  const box = document.querySelector(".saving");
  box.textContent = offline ? box.dataset.offline.replace("%n", waiting) : waiting ? box.dataset.saving.replace("%n", waiting) : box.dataset.saved;
  box.classList.toggle("offline", offline);
  box.classList.toggle("waits", waiting > 0 && !offline);
}

// ---------------------------------------------------------------- settling

function mark(field, state, text) {
  field.className = `field is-${state}${field.classList.contains("inner") ? " inner" : ""}${field === here ? " here" : ""}`;
  field.dataset.state = state;
  if (text !== undefined) part(field, "value").textContent = text;
  part(field, "word").textContent = words.states[state];
  field.querySelector(".sign use").setAttribute("href", `#sign-${state}`);
  scan.state(field.dataset.path, state);
}

function settle(field, action, reason = null) {
  if (!mine) return;
  const about = know(field), box = editor(field);
  about.seconds += (performance.now() - about.since) / 1000;
  about.since = performance.now();
  const text = action === "unreadable" ? "" : box.value;
  const how = action === "unreadable" ? "unreadable" : box.value === about.base ? "accept" : about.how === "alternative" ? "alternative" : "typed";
  outbox.add({
    action, path: field.dataset.path, text, as_is: box.value === about.base, reason, how,
    seconds: Math.round(about.seconds * 10) / 10, keys: about.keys, was: field.dataset.state, base: about.base,
  });
  part(field, "override").hidden = true;
  field.classList.remove("refused");
  mark(field, action === "unreadable" ? "unreadable" : "settled", text);
  forward(field);
}

async function send(entry) {
  const { was, base, failed, ...change } = entry;
  return post(entry.action === "rows" ? "rows" : entry.action === "undo" ? "undo" : "settle", { ...change, version });
}

// What the server said of a change: see Outbox.
function answered(entry, { status, body }) {
  if (status === 200) { taken(entry, body); return "done"; }
  if (status === 401 || (status === 403 && body.code === "forged")) { signedOut(); return "wait"; }
  if (status === 409 && body.conflict === "taken") {
    mine = false;
    leaving = false;
    toast(words.claim_lost.replace("%name", body.by));
    return "wait";
  }
  if (status === 409 && body.conflict === "stale") return stale(entry, body);
  leaving = false;
  const field = byPath(entry.path ?? "");
  if (status === 422 && body.problems && field) { refused(entry, field, body.problems); return "done"; }
  if (entry.action === "undo" || entry.action === "rows") toast(body.message ?? body.detail ?? words.refused);
  else if (field) refused(entry, field, [body.message ?? body.detail ?? String(status)]);
  return "done";
}

function taken(entry, body) {
  version = body.version;
  if (body.html !== undefined) { replaceFields(body.html, body.path); return; }
  for (const one of body.fields ?? []) {
    const field = byPath(one.path);
    if (!field) continue;
    const about = know(field), box = editor(field);
    const untouched = box.value === about.base || one.path === entry.path;
    Object.assign(about, { known: one.text, seconds: 0, keys: 0, how: "accept" });
    if (untouched) {
      const whole = field === here && box.selectionStart === 0 && box.selectionEnd === box.value.length;
      Object.assign(about, { base: one.text });
      if (box.value !== one.text) box.value = one.text;
      box.classList.remove("typed");
      delete drafts[one.path];
      if (whole) box.select();
    }
    part(field, "gloss").textContent = one.gloss;
    say(field, [], "own");
    mark(field, one.state, one.text);
    fit(box);
  }
  write(`${NAME}:drafts`, Object.keys(drafts).length ? drafts : null);
  for (const field of all()) say(field, body.fails[field.dataset.path] ?? [], "check");
  if (entry.action === "undo") {
    const field = byPath(body.path);
    document.querySelector("[data-done]").hidden = true;
    leaving = false;
    toast(words.undone);
    if (field) open(field);
  }
  count();
}

// The value was refused: why, and a way to keep it all the same, with a reason.
function refused(entry, field, messages) {
  const about = know(field), box = part(field, "override");
  about.base = entry.base;
  about.how = entry.how;
  mark(field, entry.was, entry.text);
  if (!entry.as_is) { drafts[entry.path] = entry.text; write(`${NAME}:drafts`, drafts); }
  editor(field).value = entry.text;
  say(field, messages, "own");
  field.classList.add("refused", "flash");
  const reason = element("input", "", { type: "text", value: words.override_printed, "aria-label": words.override_reason, maxLength: 500, lang: "th" });
  const line = element("label", `${words.override} `);
  line.append(reason);
  box.replaceChildren(element("strong", words.refused), line, element("span", words.override_hint, { className: "soft" }));
  box.hidden = false;
  box.dataset.action = entry.action;
  document.querySelector("[data-done]").hidden = true;
  count();
  if (!here || here === field || know(here).fresh) {
    open(field);
    reason.focus();
    reason.select();
  } else toast(`${words.refused}: ${messages.join(" · ")}`);
}

// The record was changed since. If this field was not, the change is sent again on what is there now; else a person chooses.
function stale(entry, body) {
  version = body.version;
  if (entry.action === "undo" || entry.action === "rows") {
    if (body.html !== undefined) replaceFields(body.html, entry.path);
    return "again";
  }
  const field = byPath(entry.path);
  if (!body.field || !field) { leaving = false; toast(words.row_gone); return "wait"; }
  if (body.field.text === know(field).known && body.field.state === entry.was) return "again";
  leaving = false;
  const box = part(field, "conflict");
  const mineNow = () => { box.hidden = true; know(field).known = body.field.text; outbox.resume(); forward(field); };
  const theirs = () => {
    box.hidden = true;
    Object.assign(know(field), { base: body.field.text, known: body.field.text });
    editor(field).value = body.field.text;
    delete drafts[entry.path];
    write(`${NAME}:drafts`, Object.keys(drafts).length ? drafts : null);
    mark(field, body.field.state, body.field.text);
    outbox.drop(entry);
    outbox.resume();
    forward(field);
  };
  entry.was = body.field.state;
  box.replaceChildren(
    element("strong", words.conflict),
    element("span", words.conflict_lead.replace("%name", body.field.by ?? "")),
    numbered(1, `${words.conflict_mine}: ${entry.text || words.states[entry.action] || words.blank}`, mineNow),
    numbered(2, `${words.conflict_theirs}: ${body.field.text || words.blank}`, theirs),
  );
  know(field).known = body.field.text;
  box.hidden = false;
  document.querySelector("[data-done]").hidden = true;
  open(field);
  return "wait";
}

function signedOut() {
  const dialog = document.querySelector("#signed-out");
  if (!dialog.open) dialog.showModal();
}

// ---------------------------------------------------------------- undoing

function escape(field) {
  if (field) {
    const about = know(field), box = editor(field);
    for (const name of ["rows", "override"]) {
      if (open_(part(field, name))) { part(field, name).hidden = true; grab(field); return; }
    }
    if (box.value !== about.base) {
      box.value = about.base;
      about.taken = null;
      about.how = "accept";
      about.fresh = true;
      typed(field);
      box.select();
      return;
    }
  }
  if (!mine) return;
  const back = outbox.takeBack((entry) => entry.action !== "undo" && entry.action !== "rows");
  if (back) {
    const before = byPath(back.path);
    leaving = false;
    document.querySelector("[data-done]").hidden = true;
    mark(before, back.was, back.base);
    editor(before).value = back.base;
    open(before);
    count();
    return;
  }
  outbox.add({ action: "undo", event: null });
}

// ---------------------------------------------------------------- rows

function rowMenu(field) {
  const box = part(field, "rows"), { list, index, outer, outerIndex } = field.dataset;
  if (!mine || !list) { toast(words.rows_none); return; }
  const choices = [];
  const offer = (word, action, of, at) => choices.push([word, () => {
    box.hidden = true;
    const caret = editor(field);
    outbox.add({ action: "rows", rows: action, list: of, index: at, path: field.dataset.path, text: caret.value, at: caret.selectionStart });
  }]);
  const rowsOf = (of, at, suffix) => {
    offer(words.row_add + suffix, "add", of, at + 1);
    offer(words.row_remove + suffix, "remove", of, at);
    offer(words.row_split + suffix, "split", of, at);
    offer(words.row_join + suffix, "join", of, at);
  };
  if (index === "") offer(words.row_add_first, "add", list, 0);
  else rowsOf(list, Number(index), "");
  if (outer) rowsOf(outer, Number(outerIndex), ` (${words.outer})`);
  box.replaceChildren(element("strong", words.rows), element("div"), element("span", words.rows_hint, { className: "soft" }));
  box.children[1].append(...choices.map(([word, action], n) => numbered(n + 1, word, action)));
  box.hidden = false;
  box.scrollIntoView({ block: "nearest" });
}

function replaceFields(html, path) {
  document.querySelector("#fields").innerHTML = html; // made by the server's template, every value escaped
  here = null;
  restoreDrafts();
  scan.page = scan.page ?? null;
  const field = byPath(path) ?? all().find(doubtful) ?? all()[0];
  count();
  if (field) open(field);
}

// ---------------------------------------------------------------- keys

const PRINTABLE = (event) => event.key.length === 1 && !event.ctrlKey && !event.altKey && !event.metaKey;
const MODIFIERS = ["Shift", "Control", "Alt", "Meta", "CapsLock", "AltGraph"];

document.addEventListener("keydown", (event) => {
  if (event.isComposing || document.querySelector("dialog[open]")) {
    if (event.code === "F1") event.preventDefault();
    return;
  }
  const target = event.target, field = target.closest?.(".field") ?? null;
  if (event.code === "F1") return did(event, help);
  if (event.code === "F6") return did(event, () => swap(target));
  if (target.closest?.(".view")) {
    if (scan.key(event)) event.preventDefault();
    else if (event.code === "Enter" || event.code === "Escape") did(event, () => here && grab(here));
    return;
  }
  if (event.code === "Escape") return did(event, () => escape(field ?? here));
  if (!field || field !== here) {
    if (event.code === "Slash" && event.shiftKey && !target.matches("input, textarea")) did(event, help);
    if ((event.code === "Tab" && target.closest(".done") && event.shiftKey)) { /* as the browser has it */ }
    return;
  }
  if (!MODIFIERS.includes(event.key)) know(field).keys += 1;
  if (open_(part(field, "conflict"))) return choose(event, part(field, "conflict"));
  if (open_(part(field, "rows"))) return choose(event, part(field, "rows"));
  if (target.closest(".override")) {
    if (event.code === "Enter" || event.code === "NumpadEnter") did(event, () => confirm(field, target));
    if (event.code === "Tab") did(event, () => move(field, event.shiftKey ? -1 : 1));
    return;
  }
  if (target.matches(".editor")) edit(event, field, target);
});

function did(event, action) { event.preventDefault(); action(); }

function choose(event, box) {
  const number = /^(?:Digit|Numpad)([1-9])$/.exec(event.code)?.[1];
  const button = number && box.querySelectorAll("button")[number - 1];
  if (button) did(event, () => button.click());
  else if (event.code !== "Tab") event.preventDefault();
}

function confirm(field, input) {
  const reason = input.value.trim();
  if (reason) settle(field, part(field, "override").dataset.action, reason);
}

function move(field, step) {
  const to = next(field, doubtful, step);
  if (to && to !== field) open(to);
}

function edit(event, field, box) {
  const about = know(field), { code } = event, plain = !event.ctrlKey && !event.altKey && !event.metaKey;
  const digit = /^Digit([1-9])$/.exec(code)?.[1];
  if ((code === "Enter" || code === "NumpadEnter") && plain && !event.shiftKey) return did(event, () => { if (!event.repeat) settle(field, "settle"); });
  if (code === "Enter" || code === "NumpadEnter") return event.preventDefault();
  if (code === "Tab" && plain) {
    const to = next(field, doubtful, event.shiftKey ? -1 : 1);
    if (to && to !== field) did(event, () => open(to));
    return;
  }
  if ((code === "ArrowDown" || code === "ArrowUp") && plain && (about.fresh || !box.classList.contains("long"))) {
    const to = neighbour(field, code === "ArrowDown" ? 1 : -1);
    return did(event, () => to && open(to));
  }
  if (code === "F2") return did(event, () => { about.fresh = false; about.taken = null; box.setSelectionRange(box.value.length, box.value.length); });
  if (code === "F8" || (code === "Backquote" && about.fresh && plain)) return did(event, () => settle(field, "unreadable"));
  if (code === "F9") return did(event, () => rowMenu(field));
  if (about.fresh && code === "Slash" && event.shiftKey && plain) return did(event, help);
  if (!mine) { if (PRINTABLE(event)) event.preventDefault(); return; }
  if (about.taken !== null && PRINTABLE(event) && !(digit && !NUMERIC.includes(field.dataset.kind))) {
    // The digit was the beginning of something typed, not a choice.
    return did(event, () => { put(field, about.taken + event.key, "typed"); about.taken = null; about.fresh = false; });
  }
  if (about.fresh && digit && plain && !event.shiftKey && take(field, Number(digit), event.key)) return event.preventDefault();
  if (["ArrowLeft", "ArrowRight", "Home", "End", "Backspace", "Delete"].includes(code)) { about.fresh = false; about.taken = null; }
}

function take(field, number, key) {
  const button = field.querySelector(`[data-alternative="${number}"]`);
  if (!button || !mine) return false;
  put(field, button.querySelector("span").textContent, "alternative");
  know(field).taken = key;
  editor(field).select();
  return true;
}

function put(field, text, how) {
  const box = editor(field);
  box.value = text;
  know(field).how = how;
  box.setSelectionRange(text.length, text.length);
  typed(field);
}

function help() {
  const dialog = document.querySelector("#keys");
  if (!dialog.open) dialog.showModal();
}

function swap(target) {
  if (target.closest(".view")) { if (here) grab(here); } else scan.view?.focus();
}

// ---------------------------------------------------------------- everything else

document.addEventListener("input", (event) => {
  const field = event.target.closest(".field");
  if (!field || !event.target.matches(".editor")) return;
  const about = know(field);
  about.fresh = false;
  about.taken = null;
  about.how = "typed";
  if (event.target.value.includes("\n")) event.target.value = event.target.value.replace(/\s*\n\s*/g, " ");
  part(field, "override").hidden = true;
  typed(field);
});

document.querySelector("#fields").addEventListener("mousedown", (event) => {
  if (event.target.matches(".editor")) know(event.target.closest(".field")).fresh = false;
});

document.addEventListener("click", (event) => {
  const field = event.target.closest(".field"), button = event.target.closest("button");
  if (!button) return;
  if (button.classList.contains("row")) return field === here ? grab(field) : open(field);
  if (button.dataset.alternative) { take(field, Number(button.dataset.alternative), button.dataset.alternative); return grab(field); }
  const actions = {
    accept: () => settle(field, "settle"),
    unreadable: () => settle(field, "unreadable"),
    rows: () => rowMenu(field),
    undo: () => escape(field),
    help,
    "zoom-in": () => scan.by(1.25),
    "zoom-out": () => scan.by(0.8),
    "zoom-fit": () => scan.fit(),
    turn: () => scan.turn(),
  };
  actions[button.dataset.do]?.();
});

function restoreDrafts() {
  for (const [path, text] of Object.entries(drafts)) {
    const field = byPath(path);
    if (!field || outbox.entries.some((entry) => entry.path === path)) continue;
    const about = know(field);
    if (text === about.base) continue;
    editor(field).value = text;
    editor(field).classList.add("typed");
    about.how = "typed";
  }
  for (const entry of outbox.entries) {
    const field = entry.path && entry.action !== "rows" ? byPath(entry.path) : null;
    if (!field) continue;
    know(field);
    editor(field).value = entry.text;
    mark(field, entry.action === "unreadable" ? "unreadable" : "settled", entry.text);
  }
}

async function hold() {
  if (!mine) return;
  try {
    const { status: code, body } = await post("hold", {});
    if (code === 401) signedOut();
    if (code === 409) { mine = false; toast(words.claim_lost.replace("%name", body.by ?? "")); }
  } catch { /* the next one */ }
}

for (const link of document.querySelectorAll("a[href^='/review'], .top a")) {
  link.addEventListener("click", () => {
    if (mine) fetch(`${address}/release`, { method: "POST", keepalive: true, headers: { "X-CSRF-Token": document.body.dataset.csrf } });
  });
}

restoreDrafts();
count();
status(outbox.size, false);
const wanted = location.hash.startsWith("#field-") ? document.querySelector(location.hash) : null;
open(wanted ?? Object.keys(read(`${NAME}:drafts`, {})).map(byPath).find((field) => field && doubtful(field)) ?? all().find(doubtful) ?? all()[0]);
outbox.run();
if (mine && words.status === "review") { hold(); setInterval(hold, 60_000); }
document.documentElement.dataset.ready = "yes";
