// What only the browser can do: ages by the server's clock, the state of the line, keys, copying, the theme, texts
// that are a person's. Attributes (data-…) ask for it and bring the words; the table LIFE at the end names them.
(() => {
  "use strict";
  const root = document.documentElement;
  const all = (which, within = document) => [...within.querySelectorAll(which)];
  const inSight = (element) => element.getClientRects().length > 0;
  const tell = (name, detail) => window.dispatchEvent(new CustomEvent(name, { detail }));
  root.lang ||= "en";

  // Storage may be switched off, full or foreign: then `act` fails, and nothing else does.
  function guarded(act) {
    try { return act(); } catch { return undefined; }
  }

  // Only what is new is written: a translator of the browser's may have put it in its own words.
  function put(element, text) {
    if (element.put !== text) element.textContent = element.put = text;
  }

  // ── Time is the server's, counted on from its last beat. The browser's own clock may be wrong by hours: it only
  // measures how long the counter that never goes back stood still, as it may while the machine sleeps ──────────
  const here = () => ({ at: performance.now(), date: Date.now() });
  const since = ({ at, date }) => Math.max(performance.now() - at, Date.now() - date);
  let [told, ahead, lag] = [here(), -Infinity, NaN];
  const now = () => told.at + since(told) + ahead + lag;

  function setClock({ now_ms, ticks_ms }) {
    told = here();
    ahead = Math.max(ahead, ticks_ms - told.at); // what was long on its way tells nothing new
    lag = now_ms - ticks_ms;
    all(TIMED).forEach(wake);
  }

  // One beat for all pages: what time it is, and as of when the desk's data is.
  function beat({ as_of, ...time }) {
    for (const { dataset } of all("[data-as-of]")) {
      for (const name of ["since", "aging"]) if (dataset[name]) dataset[name] = as_of;
    }
    setClock(time);
  }

  // data-since="2025-01-20T10:00:00Z" says "2 h", with data-fine also "4 s", with data-from when that was.
  const STEPS = [[31536000], [7776000, 2592000], [172800, 86400], [3600], [60], [0, 1]]; // seconds: from, length
  let units = [];

  function age(from, fine) {
    const seconds = Math.max(0, Math.floor((now() - Date.parse(from)) / 1000));
    if (Number.isNaN(seconds)) return "";
    const step = STEPS.findIndex(([least]) => seconds >= least);
    const [least, length = least] = STEPS[step];
    return step === 5 && !fine ? units[6] : `${Math.floor(seconds / length)} ${units[step]}`;
  }

  const writeAge = (element, { since, fine, from } = element.dataset) =>
    put(element, from && since ? from.replace("{}", clock(Date.parse(since))) : age(since, fine !== undefined));
  const clock = (at, more = now() - at > 72e6 ? { weekday: "short" } : {}) =>
    new Date(at).toLocaleTimeString([], { ...more, hour: "2-digit", minute: "2-digit" });
  const writeNow = (element) => put(element, now() ? clock(now(), { timeZoneName: "short" }) : "");

  // data-until names a moment, data-form="{} s" the words for how long until then, which go when it has come.
  function count(element) {
    const left = Math.max(0, Math.ceil((Date.parse(element.dataset.until) - now()) / 1000));
    put(element, left ? element.dataset.form.replace("{}", left) : "");
  }

  // ── The line to the desk: without it what is on screen grows old unseen, and nobody else says so ───────────────
  // The server is heard at least every 24 s (RECONNECT_SECONDS in web.py). Silence for longer, as after sleep,
  // proves nothing any more, although the socket believes that it is connected.
  const SILENCE_MS = 45_000;
  let line = "connecting";
  let heard = { at: -Infinity, date: -Infinity };
  const isCut = () => Boolean(window.socket && !window.socket.connected);

  function hear() {
    heard = here();
    watchLine();
  }

  function watchLine() {
    const proved = since(heard) > SILENCE_MS ? "silent" : "up";
    const is = window.did_handshake ? (isCut() ? "cut" : proved) : "connecting";
    if (is === line) return;
    const before = line;
    root.dataset.line = line = is;
    if (line === "up") delete root.dataset.refused;
    all("[data-reported], [data-when-up]").forEach(showLine);
    if (before === "cut") tell("desk:back");
  }

  // What the desk reported of itself holds as long as the line stands, and on a board that nobody touches
  // (data-aging: the time of the data) while that is not old. data-when-cut and its like are the words.
  function showLine(element) {
    const { reported, aging, whenUp, lateAfter, oldAfter } = element.dataset;
    const seconds = aging ? (now() - Date.parse(aging)) / 1000 : 0;
    const late = seconds > oldAfter ? "old" : seconds > lateAfter ? "late" : "up";
    let is = reported;
    if (is !== "fault" && (late === "old" || (line === "cut" && aging === undefined))) is = "offline";
    else if (is === "live" && (late === "late" || line !== "up")) is = "stale";
    if (reported) element.dataset.freshness = is;
    if (reported) element.closest("[data-kiosk]")?.setAttribute("data-state", is);
    const words = element.getAttribute(`data-when-${line === "up" ? late : line}`) ?? whenUp;
    if (words !== undefined) put(element, words);
  }

  // ── Not at once: when the connection stands, or when nothing else is to be done after that ─────────────────────
  const once = (call) => (window.did_handshake ? call() : setTimeout(() => once(call), 50));
  const idle = window.requestIdleCallback ?? setTimeout;
  const later = (call) => once(() => requestAnimationFrame(() => idle(call, { timeout: 1000 })));
  const emit = (name, value) => once(() => window.emitEvent(name, value));

  once(() => {
    for (const event of ["connect", "disconnect"]) window.socket.on(event, hear);
    window.socket.on("desk_beat", beat);
    window.socket.onAny(hear);
    window.socket.io.on("ping", hear);
    window.socket.on("connect_error", () => // who is no longer let in, perhaps since the machine slept, signs in anew
      fetch(location, { method: "HEAD" }).then(({ status }) => status === 401 && location.reload(), () => {}));
    hear();
  });

  // To find the zone out takes the browser as long as to draw the list, and a date field as ten of its rows.
  later(() => {
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";
    const cookie = `ticketdesk_zone=${encodeURIComponent(zone)}`;
    const known = guarded(() => document.cookie.split("; ").includes(cookie));
    if (!known) emit("desk_zone", zone);
    guarded(() => (document.cookie = `${cookie}; path=/; max-age=31536000; samesite=lax`));
    for (const field of all("[data-type]")) field.type = field.dataset.type;
  });

  window.addEventListener("popstate", () => {
    tell("desk:leave"); // a draft is handed over before another ticket opens
    if (document.activeElement.matches("[data-text]")) document.activeElement.blur(); // it shows what it held then
    emit("desk_popstate", location.pathname + location.search);
  });

  // ── A page that is loaded anew goes on where the one before it was: at the message that was read, with the rows
  // that were ticked. Where nobody asked for it, letters are meant for the field that had the focus: it gets it back
  // with its caret once its text stands in it, and until then, or until the person turns elsewhere, they do nothing ─
  const place = guarded(() => JSON.parse(sessionStorage.ticketdesk_place)) ?? { ticked: [] };
  guarded(() => delete sessionStorage.ticketdesk_place);
  document.addEventListener("pointerdown", () => Object.assign(place, { field: null, ticked: [] }), true);

  window.addEventListener("pagehide", () => {
    const { dataset, selectionStart, selectionEnd } = document.activeElement;
    const pane = document.querySelector(".pane:not([hidden])");
    const left = {
      field: isCut() ? [dataset.key, selectionStart, selectionEnd] : null,
      ticked: all("tr[data-picked]").map((row) => row.dataset.ticketId),
      ticket: pane?.dataset.ticket,
      read: pane?.querySelector(".log").scrollTop,
    };
    guarded(() => (sessionStorage.ticketdesk_place = JSON.stringify(left)));
  });

  function goOn() {
    const there = place.ticked.filter(rowOf);
    place.ticked = place.ticked.filter((id) => !there.includes(id));
    for (const id of there) rowOf(id).querySelector("input").click();
    const [key, ...caret] = place.field ?? [];
    const field = key && all(FIELD).find((one) => one.dataset.key === key && inSight(one));
    if (!field || field.value.length < caret[1] || document.activeElement !== document.body) return;
    place.field = null;
    field.focus();
    field.setSelectionRange(...caret);
  }

  // ── Said aloud to screen readers; the sentences stand beside the place ─────────────────────────────────────────
  const sayer = () => document.getElementById("desk-say");

  function say(text) {
    if (!text || !sayer()) return;
    sayer().textContent = "";
    setTimeout(() => (sayer().textContent = text), 30); // the same words twice are said twice
  }

  // Says whether nothing can be ordered now, and says so to the person.
  function refuses({ dataset }) {
    if (!isCut()) return false;
    root.dataset.refused = dataset.command;
    say(sayer()?.dataset.refused);
    return true;
  }

  // ── Keys: each presses the last button in sight, or enters the field, that carries it as data-key; while a text
  // is typed only one with Ctrl, within its form. Where a letter is not Latin, the one in its place counts ────────
  const FIELD = 'textarea, select, [contenteditable], input:not([type="checkbox"], [type="radio"])';
  const MOVES = { j: ["desk:move", 1], k: ["desk:move", -1], x: ["desk:select"] };
  const composing = (event) => event.isComposing || event.keyCode === 229;

  function keyOf({ key, code, shiftKey, ctrlKey, metaKey }) {
    const foreign = key.length === 1 && key > "\u024f";
    let name = foreign && /^(Key|Digit)/.test(code) ? code.at(-1) : key;
    if (code === "Slash" && (foreign || key === "." || key === ",")) name = shiftKey ? "?" : "/";
    const letter = name.length === 1 && name.toUpperCase() !== name.toLowerCase();
    const held = [(ctrlKey || metaKey) && "Ctrl ", shiftKey && (letter || name.length > 1) && "Shift "];
    return held.filter(Boolean).join("") + (letter ? name.toLowerCase() : name);
  }

  document.addEventListener("keydown", (event) => {
    const [{ target }, open] = [event, guarded(() => document.querySelector(":popover-open"))]; // which holds its keys
    const [key, search] = [keyOf(event), target.closest?.("[role=search]")];
    const field = search ? search.querySelector("input") : target.closest?.(FIELD);
    if (/^(Tab|Escape|Arrow)/.test(event.key)) place.field = null;
    if (event.altKey || event.defaultPrevented || composing(event) || (place.field && event.key.length === 1)) return;
    const stops = all("dialog[open] input, dialog[open] [data-act]"); // arrows lead through them
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by && stops.length) return stops.at((stops.indexOf(target) + by) % stops.length).focus();
    if (document.querySelector("dialog[open]")) return;
    if (field && !key.startsWith("Ctrl ")) return leave(event, field);
    const carries = (one) => !one.disabled && inSight(one) && (!field || !one.form || one.form === field.form);
    const pressed = all(`[data-key="${CSS.escape(key)}"]`, open ?? document).filter(carries).pop();
    if (!pressed && (open || !MOVES[key])) return;
    event.preventDefault();
    if (!pressed) tell(...MOVES[key]);
    else if (pressed.matches(FIELD)) pressed.focus();
    else if (!event.repeat) pressed.click();
    if (pressed?.type === "search") pressed.select();
  });

  // Escape leads from a text to the list, from the search once it is empty; arrow down and Enter lead there as well.
  function leave(event, field) {
    const [searches, { key, target }] = [field.type === "search", event];
    if (searches && target === field && ["ArrowDown", "Enter"].includes(key)) tell("desk:move", 1);
    else if (key !== "Escape" || field.closest("[popover]") || !field.matches("textarea, [type=search]")) return;
    else if (searches && field.value) type(field, "");
    else {
      target.blur();
      focusRow(window.desk.opened);
    }
    event.preventDefault();
  }

  // ── What a click does before the server hears of it ────────────────────────────────────────────────────────────
  const selectAll = () => document.activeElement.select?.(); // what it held before, to be typed over
  const NEXT_THEME = { system: "light", light: "dark", dark: "system" };
  const theme = () => root.dataset.theme ?? "system";
  const CLICKS = {
    "data-copy": (button) => copy(button, button.dataset.copy),
    "data-copy-link": (button) => copy(button, new URL(button.dataset.copyLink, location).href),
    "data-goes-on": () => focusRow(window.desk.opened, true),
    "data-insert": (hint) => type(hint.closest("[role=search]").querySelector("input"), hint.dataset.insert),
    "data-opens": ({ dataset: { opens } }) => [document.getElementById(opens).showModal(), selectAll()],
    "data-press": press,
    "data-theme-choice": setTheme,
  };

  // A button that changes something is not queued while there is no connection: it would be carried out later,
  // unseen, as often as it was pressed.
  document.addEventListener("click", (event) => {
    const { target } = event;
    if (target.matches("dialog")) target.close(); // beside the sheet
    if (target.closest("[data-command]") && refuses(target.closest("[data-command]"))) {
      event.stopPropagation();
      return event.preventDefault();
    }
    for (const name in CLICKS) if (target.closest(`[${name}]`)) CLICKS[name](target.closest(`[${name}]`), target);
  }, true);

  // By a field that is selected: the clipboard itself is closed to scripts without https.
  function copy(button, value) {
    const field = Object.assign(document.createElement("textarea"), { value, className: "sr" });
    const before = document.activeElement;
    document.body.append(field);
    field.select();
    const copied = document.execCommand("copy");
    field.remove();
    before?.focus();
    say(sayer()?.dataset[copied ? "copied" : "notCopied"]);
    button.toggleAttribute("data-copied", copied);
    setTimeout(() => button.removeAttribute("data-copied"), 1500);
  }

  function setTheme({ dataset: { themeChoice } }) {
    const name = root.dataset.theme = themeChoice === "next" ? NEXT_THEME[theme()] ?? "light" : themeChoice;
    guarded(() => (localStorage.ticketdesk_theme = name)); // else it holds for this page only
    all("[data-theme-choice]").forEach(markTheme);
  }

  const markTheme = (one) => one.ariaPressed && (one.ariaPressed = one.dataset.themeChoice === theme());

  // One button of a group, or a button by itself, on and off.
  function press(group, target) {
    const pressed = target.closest("[aria-pressed]");
    if (pressed === group) group.setAttribute("aria-pressed", group.getAttribute("aria-pressed") !== "true");
    else if (pressed) for (const one of group.children) one.setAttribute("aria-pressed", one === pressed);
  }

  // ── Fields: while one has the focus it is the person's. data-text is what the server says stands in it,
  // data-options what a list offers ──────────────────────────────────────────────────────────────────────────────
  const typed = new Set(); // what has stood in it since: that only comes back as an echo

  function writeText(field) {
    if (field !== document.activeElement || !typed.has(field.dataset.text)) field.value = field.dataset.text;
  }

  document.addEventListener("focusin", () => typed.clear());
  document.addEventListener("input", ({ target }) => "text" in target.dataset && typed.add(target.value));

  function writeOptions(list) {
    if (list === document.activeElement) list.addEventListener("blur", () => writeOptions(list), { once: true });
    else list.innerHTML = list.dataset.options;
  }

  function type(field, text) {
    field.value = text;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.focus();
  }

  // ── Lists: elements by their key; `order` names all of them, `items` holds those that differ ───────────────────
  function patchList(list, { order, items }) {
    const readOn = list.matches(".log > *") && (items[0] ?? list.firstChild) ? reading(list.parentElement) : () => {};
    const made = new Map([...list.children].map((one) => [one.key, one]));
    const fresh = items.filter(({ key }) => !made.has(key));
    const shell = list.cloneNode(); // all are parsed at once, as what may stand in this list
    shell.innerHTML = fresh.map(({ tag, html }) => `<${tag}>${html}</${tag}>`).join("");
    [...shell.children].forEach((one, i) => made.set(fresh[i].key, Object.assign(one, { ...fresh[i], attrs: {} })));
    for (const [{ html, attrs }, one] of items.map((item) => [item, made.get(item.key)])) {
      for (const name in one.attrs) if (!(name in attrs)) one.removeAttribute(name);
      for (const name in attrs) if (one.attrs[name] !== attrs[name]) one.setAttribute(name, attrs[name]);
      if (one.html !== html) fill(one, html);
      Object.assign(one, { html, attrs });
    }
    for (const [key, one] of made) if (!order.includes(key)) one.remove();
    for (const [i, key] of order.filter((known) => made.has(known)).entries()) { // a lost one comes again: resend.py
      if (list.children[i]?.key !== key) list.insertBefore(made.get(key), list.children[i] ?? null);
    }
    readOn();
  }

  // What had the focus inside has it again where it is drawn anew just so, else what holds it.
  function fill(item, html) {
    const had = item.contains(document.activeElement) && document.activeElement !== item && document.activeElement;
    item.innerHTML = html;
    if (had) (all("*", item).find((one) => one.outerHTML === had.outerHTML) ?? item.closest("[tabindex]"))?.focus();
  }

  // A log, which is laid out from its end, stays there, or where the message that is read at its top stands.
  function reading(log) {
    const top = (one) => one.getBoundingClientRect().top;
    const follows = log.scrollTop > -48 && !log.querySelector("[data-left=later]");
    const read = !follows && all("article", log).find((one) => top(one) + one.offsetHeight > top(log));
    const before = read && top(read);
    return () => {
      const [pane, isFilled] = [log.closest(".pane"), log.querySelector("article")];
      const left = place.ticket === pane.dataset.ticket && isFilled ? place.read : 0;
      if (isFilled) place.ticket = "";
      log.scrollTop = read?.isConnected ? log.scrollTop + top(read) - before : left;
      pane.querySelector(".saving").hidden = true; // what was being saved is among them, or not kept
    };
  }

  // What was pressed inside a list: its act, the key of its item, its value. A link opens in its own tab where the
  // person asked for one.
  function actOf(event, list) {
    const pressed = event.target.closest("[data-act]");
    if (!pressed || event.ctrlKey || event.metaKey || event.shiftKey) return null;
    if (pressed.href) event.preventDefault();
    const item = [...list.children].find((one) => one.contains(pressed));
    return { act: pressed.dataset.act, key: item.key, value: pressed.dataset.value ?? "" };
  }

  // The row of a ticket or its neighbour, or the one that stands where it stood; not one that is covered.
  const covers = () => window.desk.opened && matchMedia("(max-width: 79.9375rem)").matches;
  const rowOf = (id) => document.querySelector(`tr[data-ticket-id="${CSS.escape(id)}"]`);

  function focusRow(id, beside) {
    const row = rowOf(id);
    const next = beside && (row?.nextElementSibling ?? row?.previousElementSibling);
    const place = next || row || document.querySelector('tr[data-ticket-id][tabindex="0"]');
    if (!covers()) place?.focus();
  }

  // The ticket whose conversation stands open: its row is marked. Where it covers the list it takes the
  // focus; when it is closed that goes back to the row, unless it is somewhere useful by then.
  function setOpened(id) {
    const [before, active] = [window.desk.opened, document.activeElement];
    const lost = active === document.body || active?.closest("aside");
    window.desk.opened = id;
    if (!id || id === revealed) revealed = "";
    showPane();
    tell("desk:opened", id);
    if (covers()) setTimeout(() => document.querySelector(".pane:not([hidden]) h2")?.focus());
    if (!id && before && lost) setTimeout(() => focusRow(before));
  }

  // Of two panes the one whose ticket is wanted is seen: at the click if it lies ready, else once the desk has
  // filled it. Until it has, the box still belongs to the ticket before and takes nothing.
  let revealed = "";

  function showPane() {
    const [wanted, panes] = [revealed || window.desk.opened, all(".pane")];
    const ready = panes.find((one) => wanted && one.dataset.ticket === wanted);
    if (!ready) return;
    for (const one of panes) one.hidden = one !== ready;
    all("[data-come]", ready).forEach(come);
    ready.closest("aside").hidden = false;
    for (const box of all("form.reply, form.note-form")) box.inert = wanted !== window.desk.opened;
  }

  // data-come="1" is what one wants to see: a hit, the beginning; another number is another wish to see it.
  function come(element) {
    if (element.came !== element.dataset.come) element.scrollIntoView({ block: "center" });
    if (inSight(element)) element.came = element.dataset.come;
  }

  // ── Life: what is done for an element with such an attribute when it comes, and when that changes ──────────────
  function readClock({ dataset }) {
    const [now_ms, ticks_ms] = dataset.clock.split(" ").map(Number);
    units = dataset.units.split(" ");
    setClock({ now_ms, ticks_ms });
  }

  const LIFE = {
    "data-clock": readClock,
    "data-since": writeAge,
    "data-until": count,
    "data-reported": showLine,
    "data-when-up": showLine,
    "data-ticket": showPane,
    "data-come": come,
    "data-say": ({ dataset }) => say(dataset.say),
    "data-now": writeNow,
    "data-text": writeText,
    "data-options": writeOptions,
    "data-theme-choice": markTheme,
  };
  const NAMES = Object.keys(LIFE);
  const ANY = NAMES.map((name) => `[${name}]`).join();
  const TIMED = "[data-since], [data-until], [data-aging], [data-now]";
  const wake = (element) => NAMES.forEach((name) => element.hasAttribute(name) && LIFE[name](element));

  new MutationObserver((changes) => {
    for (const { attributeName, target, addedNodes } of changes) {
      if (attributeName && target.hasAttribute(attributeName)) LIFE[attributeName](target);
      const added = [...addedNodes].filter((node) => node.nodeType === Node.ELEMENT_NODE);
      for (const node of added) [node, ...all(ANY, node)].forEach(wake);
    }
  }).observe(root, { subtree: true, childList: true, attributeFilter: NAMES });

  // A chart asks for its figure (data-seen) only when it is in sight and the rows stand and hear clicks.
  const ROWS = '.list tr[data-ticket-id], .list .empty:not([hidden], [aria-busy="true"])';
  const isListed = () => document.querySelector(ROWS) || !document.querySelector(".list");

  function see(chart) {
    chart.removeAttribute("data-seen");
    later(() => chart.dispatchEvent(new Event("seen")));
  }

  let beats = 0;
  function tick() {
    if (window.did_handshake) goOn();
    all("[data-until]").forEach(count);
    if (isListed()) all("[data-seen]").filter(inSight).forEach(see);
    beats += 1;
    if (beats % 4) return;
    watchLine();
    if (document.hidden) return;
    all(TIMED).forEach(wake);
    if (beats % 240 === 0) for (const axis of "xy") root.style.setProperty(`--drift-${axis}`, Math.random() - 0.5);
  }

  setInterval(tick, 250);
  document.addEventListener("visibilitychange", () => tick((beats = 3)));

  const state = { line: () => line, isCut, refuses, opened: "", setOpened, focusRow };
  const reveal = (id) => showPane((revealed = id));
  window.desk = { ...state, reveal, age, now, setClock, guarded, later, say, composing, patchList, actOf };
})();
