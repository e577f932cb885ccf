// Changes on their way to the server, kept in this browser until it has said yes: one at a time, in order, again and again
// while it does not answer. Nothing here knows what a change means.

export class Outbox {
  // `name` keeps the changes of one person and record apart; `send(entry)` is a promise of {status, body};
  // `settled(entry, reply)` is told of every answer and says whether the entry is done with ("done"), must be sent again
  // ("again"), or waits for a person ("wait"); `changed(waiting, offline)` whenever the numbers change.
  constructor(name, send, settled, changed) {
    Object.assign(this, { name, send, settled, changed, busy: false, offline: false, halted: false, delay: 500 });
    this.entries = read(name, []);
  }

  add(entry) {
    this.entries.push({ token: crypto.randomUUID ? crypto.randomUUID() : String(Math.random()).slice(2) + Date.now(), ...entry });
    this.keep();
    this.run();
  }

  // Take back the last change if it is still here and not under way.
  takeBack(fits) {
    const last = this.entries.at(-1);
    if (!last || (this.busy && this.entries.length === 1) || !fits(last)) return null;
    this.entries.pop();
    this.keep();
    return last;
  }

  drop(entry) {
    this.entries = this.entries.filter((one) => one.token !== entry.token);
    this.keep();
  }

  get size() { return this.entries.length; }

  resume() { this.halted = false; this.run(); }

  async run() {
    if (this.busy || this.halted) return;
    const entry = this.entries[0];
    if (!entry) return;
    this.busy = true;
    let reply = null;
    try { reply = await this.send(entry); } catch { /* no answer */ }
    this.busy = false;
    // A server that fails in the same way three times over will not do better: then its answer counts.
    if (reply?.status === 500) entry.failed = (entry.failed ?? 0) + 1;
    const final = reply?.status === 500 && entry.failed >= 3;
    if (!reply || (reply.status >= 500 && !final) || reply.status === 429 || reply.status === 408) {
      this.offline = true;
      this.changed(this.size, true);
      this.delay = Math.min(this.delay * 1.7, 5000);
      setTimeout(() => this.run(), this.delay);
      return;
    }
    this.offline = false;
    this.delay = 500;
    const what = this.settled(entry, reply);
    if (what === "done") this.drop(entry);
    if (what === "wait") this.halted = true;
    this.changed(this.size, false);
    if (what !== "wait") this.run();
  }

  keep() {
    write(this.name, this.entries.length ? this.entries : null);
    this.changed(this.size, this.offline);
  }

  // Resolves when nothing is left to send.
  empty() {
    return new Promise((resolve) => {
      const look = () => (this.size === 0 ? resolve() : setTimeout(look, 15));
      look();
    });
  }
}

export function read(name, otherwise) {
  try { return JSON.parse(localStorage.getItem(name)) ?? otherwise; } catch { return otherwise; }
}

export function write(name, value) {
  try {
    if (value === null) localStorage.removeItem(name);
    else localStorage.setItem(name, JSON.stringify(value));
  } catch { /* storage is full or shut: the server has the drafts, too */ }
}
