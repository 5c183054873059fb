// What only the browser can do: count ages and seconds by the server's clock, know whether the line stands, copy,
// say aloud, press buttons by keys, keep the theme. `data-` attributes ask for it, and bring the words for it.
(() => {
  "use strict";
  const root = document.documentElement;
  root.lang ||= "en";
  const all = (which, within = document) => within.querySelectorAll(which);
  const tell = (name, detail) => window.dispatchEvent(new CustomEvent(name, { detail }));

  // Storage may be switched off, full or foreign: then `act` fails, and nothing else does.
  function guarded(act) {
    try {
      return act();
    } catch {
      return undefined;
    }
  }

  // Only what is new is written: a translator of the browser's may have put it in its own words.
  function put(element, text) {
    if (element.put !== text) element.textContent = element.put = text;
  }

  // ── Theme: the head has put it on the page; asking the storage again would wait for the disk ─
  const THEMES = ["system", "light", "dark"];
  const theme = () => root.dataset.theme ?? "system";

  function setTheme(name) {
    if (name === "system") delete root.dataset.theme;
    else root.dataset.theme = name;
    guarded(() => (localStorage.ticketdesk_theme = name)); // else it holds for this page only
    all("[data-theme-choice]").forEach(markTheme);
    tell("desk:theme", name);
  }

  function markTheme(button) {
    if (button.hasAttribute("aria-pressed")) button.setAttribute("aria-pressed", button.dataset.themeChoice === theme());
  }

  // ── Time: the server's, told with the page and each update, and counted on from there ────────
  // The browser's own clock may be wrong by hours. It only measures how long the counter that never
  // goes back stood still, as it may while the machine sleeps.
  let told = null;
  const moment = () => ({ at: performance.now(), date: Date.now() });
  const since = ({ at, date }) => Math.max(performance.now() - at, Date.now() - date);

  function setClock({ now_ms, ticks_ms }) {
    const here = moment();
    const late = told && ticks_ms < told.ticks;
    // What was long on its way tells nothing new of the counter.
    const ahead = Math.max(told?.ahead ?? -Infinity, ticks_ms - here.at);
    if (!late) told = { ...here, ahead, ticks: ticks_ms, lag: now_ms - ticks_ms };
    all("[data-since]").forEach(writeAge);
    all("[data-until]").forEach(beginCount);
  }

  const ticks = () => (told ? told.at + told.ahead + since(told) : performance.now());
  const now = () => (told ? ticks() + told.lag : NaN);

  // Words such as "Today" are asked for anew once it is another day here, however long the machine slept.
  let day = "";

  function watchDay() {
    const is = told ? new Date(now()).toDateString() : "";
    if (day && is !== day) emit("desk_day");
    day = is;
  }

  // ── Ages: data-since="2025-01-20T10:00:00Z" says "2 h", with data-fine also "4 s" ────────────
  const STEPS = [[31536000], [7776000, 2592000], [172800, 86400], [3600], [60]]; // from, length
  let units = [];

  function age(since, fine) {
    const seconds = Math.max(0, Math.floor((now() - Date.parse(since)) / 1000));
    if (Number.isNaN(seconds)) return "";
    const step = STEPS.findIndex(([from]) => seconds >= from);
    if (step < 0) return fine ? `${seconds} ${units[5]}` : units[6];
    const [from, length = from] = STEPS[step];
    return `${Math.floor(seconds / length)} ${units[step]}`;
  }

  const writeAge = (element) => put(element, age(element.dataset.since, "fine" in element.dataset));

  // ── Seconds left of what can still be taken back: data-count-down="5" says 5 to 0; data-until names the
  // moment, and data-form="{} s" the words, which go when it has come ────────────────────────────
  function count(element) {
    const left = Math.max(0, Math.ceil((element.ends - ticks()) / 1000));
    const { form } = element.dataset;
    put(element, form ? (left ? form.replace("{}", left) : "") : `${left}`);
  }

  function beginCount(element) {
    const { until, countDown } = element.dataset;
    element.ends = ticks() + (until ? Date.parse(until) - now() : countDown * 1000);
    count(element);
  }

  // ── The line to the desk: what is on screen grows old unseen without it, and nobody else says so ─
  // The server is heard at least every 24 s (RECONNECT_SECONDS in web.py). Silence for longer, as after
  // sleep, proves nothing any more, although the socket believes that it is connected.
  const SILENCE_MS = 45_000;
  let line = "connecting";
  let heard = moment();
  const isCut = () => Boolean(window.socket && !window.socket.connected);

  function watchLine() {
    const silent = since(heard) > SILENCE_MS ? "silent" : "up";
    const is = !window.did_handshake ? "connecting" : isCut() ? "cut" : silent;
    if (is === line) return;
    line = is;
    if (line === "up") delete root.dataset.refused;
    all("[data-reported], [data-when-up]").forEach(showLine);
    tell("desk:line", { line, cut: line === "cut" });
  }

  // What the desk reported of itself holds as long as the line stands, and on a board that nobody touches
  // (data-aging: the time of the data) while that is not old. data-when-cut and its like are the words.
  const LATE_S = 60;
  const OLD_S = 300;

  function showLine(element) {
    const { reported, aging, whenUp } = element.dataset;
    const seconds = aging ? (now() - Date.parse(aging)) / 1000 : 0;
    let is = reported;
    if (reported !== "fault" && (seconds > OLD_S || (line === "cut" && aging === undefined))) is = "offline";
    else if (reported === "live" && (seconds > LATE_S || line !== "up")) is = "stale";
    if (reported) element.dataset.freshness = is;
    if (reported) element.closest("[data-kiosk]")?.setAttribute("data-state", is);
    const when = line === "up" && seconds > LATE_S ? (seconds > OLD_S ? "old" : "late") : line;
    const words = element.getAttribute(`data-when-${when}`) ?? whenUp;
    if (words !== undefined) put(element, words);
  }

  // The time of day, on a board.
  function writeNow(clock) {
    const time = { hour: "2-digit", minute: "2-digit" };
    put(clock, Number.isNaN(now()) ? "" : new Date(now()).toLocaleTimeString([], time));
  }

  // Says whether nothing can be ordered now, and says so to the person.
  function refuses() {
    if (isCut()) root.dataset.refused = "";
    if (isCut()) say(sentence("refused"));
    return isCut();
  }

  function hear() {
    heard = moment();
    watchLine();
  }

  // ── Not at once: when the connection stands, or when nothing else is to be done after that ───
  const once = (call) => (window.did_handshake ? call() : setTimeout(() => once(call), 50));
  const idle = window.requestIdleCallback ?? setTimeout;
  const later = (call) => once(() => requestAnimationFrame(() => idle(call, { timeout: 1000 })));
  const emit = (name, value) => once(() => window.emitEvent(name, value));

  // One beat for all pages: what time it is, and as of when the desk's data is.
  function beat({ now_ms, ticks_ms, as_of }) {
    for (const { dataset } of all("[data-as-of]")) {
      if (dataset.since) dataset.since = as_of;
      if (dataset.aging) dataset.aging = as_of;
    }
    setClock({ now_ms, ticks_ms });
  }

  once(() => {
    window.socket.on("desk_beat", beat);
    window.socket.on("connect", hear);
    window.socket.on("disconnect", watchLine);
    window.socket.onAny(hear);
    window.socket.io.on("ping", hear);
    hear();
  });

  // A chart asks for its figure (data-seen) only when it is in sight and the rows stand and hear clicks.
  const ROWS = '.list tr[data-ticket-id], .list .empty:not([aria-busy="true"])';
  const listed = () => document.querySelector(ROWS) || !document.querySelector(".list");
  const whenListed = (call) => (listed() ? later(call) : setTimeout(() => whenListed(call), 50));
  const sight = new IntersectionObserver((seen) => {
    for (const { target } of [...seen].filter((one) => one.isIntersecting)) {
      sight.unobserve(target);
      whenListed(() => target.dispatchEvent(new Event("seen")));
    }
  });

  // To find the zone out takes the browser as long as to draw the list: not before that is up.
  later(() => {
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";
    const cookie = `ticketdesk_zone=${encodeURIComponent(zone)}`;
    if (guarded(() => document.cookie.split("; ").includes(cookie))) return;
    guarded(() => (document.cookie = `${cookie}; path=/; max-age=31536000; samesite=lax`));
    emit("desk_zone", zone);
  });

  window.addEventListener("popstate", () => {
    tell("desk:leave"); // a draft is handed over before another ticket opens
    emit("desk_popstate", location.pathname + location.search);
  });

  // ── Said aloud to screen readers; copied to the clipboard ───────────────────────────────────
  const sentence = (name) => document.getElementById("desk-say")?.dataset[name];

  function say(text) {
    const place = document.getElementById("desk-say");
    if (!place || !text) return;
    place.textContent = "";
    setTimeout(() => (place.textContent = text), 30); // the same words twice are said twice
  }

  async function copy(text) {
    const wrote = await guarded(() => navigator.clipboard.writeText(text).then(() => true, () => false));
    const copied = wrote || copyBySelection(text);
    say(sentence(copied ? "copied" : "notCopied"));
    return copied;
  }

  // Without https the clipboard is closed to scripts; a selected field still copies.
  function copyBySelection(text) {
    const field = Object.assign(document.createElement("textarea"), { value: text, className: "sr" });
    const before = document.activeElement;
    document.body.append(field);
    field.select();
    const done = document.execCommand("copy");
    field.remove();
    before?.focus();
    return done;
  }

  // ── Keys: each presses the last button in sight, or enters the field, that carries it as data-key ─
  const FIELD = 'textarea, select, [contenteditable], input:not([type="checkbox"], [type="radio"])';
  const MOVES = { j: ["desk:move", 1], k: ["desk:move", -1], x: ["desk:select"], };
  const FIELDS = { "/": 'input[aria-label="Search tickets"]', r: 'textarea[aria-label="Reply"]' };
  const composing = (event) => event.isComposing || event.keyCode === 229;

  // "j", "Shift v", "Ctrl Enter"; where a letter is not Latin, the one of the key in its place.
  function keyOf({ key, code, shiftKey, ctrlKey, metaKey }) {
    let name = key;
    if (key.length === 1 && key > "\u024f" && code.startsWith("Key")) name = code[3];
    if (code === "Slash" && (key > "\u024f" || key === "." || key === ",")) name = shiftKey ? "?" : "/";
    const letter = name.length === 1 && name.toUpperCase() !== name.toLowerCase();
    const held = [(ctrlKey || metaKey) && "Ctrl", shiftKey && (letter || name.length > 1) && "Shift"];
    return [...held, letter ? name.toLowerCase() : name].filter(Boolean).join(" ");
  }

  // After a reload that nobody asked for, letters were meant for the field that had the focus before it.
  let startled = guarded(() => sessionStorage.ticketdesk_startled);
  guarded(() => delete sessionStorage.ticketdesk_startled);
  const calm = () => (startled = false);
  window.addEventListener("pagehide", () => isCut() && guarded(() => (sessionStorage.ticketdesk_startled = "yes")));
  document.addEventListener("pointerdown", calm, true);

  document.addEventListener("keydown", (event) => {
    const { target } = event;
    if (["Tab", "Escape"].includes(event.key) || event.key.startsWith("Arrow")) calm();
    if (startled && event.key.length === 1) return;
    if (event.altKey || event.defaultPrevented || composing(event)) return;
    const field = target.closest?.(FIELD);
    const key = keyOf(event);
    if ((field && !key.startsWith("Ctrl ")) || document.querySelector("dialog[open]")) return;
    const carriers = [...all(`[data-key="${CSS.escape(key)}"]`)].filter(
      (one) => !one.disabled && one.getClientRects().length && (!field || one.form === field.form),
    );
    const pressed = carriers.pop() ?? document.querySelector(FIELDS[key] ?? "[data-none]");
    if (!pressed && !MOVES[key]) return;
    event.preventDefault();
    if (!pressed) tell(...MOVES[key]);
    else if (pressed.matches(FIELD)) pressed.focus();
    else if (!event.repeat) pressed.click();
    if (pressed?.type === "search") pressed.select();
  });

  // A button that changes something is not queued while there is no connection: it would be carried out
  // later, unseen, as often as it was pressed.
  function press(event) {
    const pressed = event.target.closest?.("[data-command], [data-copy], [data-theme-choice], [data-opens]");
    if (event.target.matches?.("dialog")) event.target.close(); // beside the sheet
    if (!pressed) return;
    const { command, copy: text, themeChoice, opens } = pressed.dataset;
    if (command !== undefined && refuses()) {
      event.stopPropagation();
      event.preventDefault();
    } else if (opens) document.getElementById(opens).showModal();
    else if (themeChoice) setTheme(themeChoice === "next" ? THEMES[(THEMES.indexOf(theme()) + 1) % 3] : themeChoice);
    else if (text !== undefined) copyFrom(pressed, text);
  }

  async function copyFrom(button, text) {
    if (await copy(text)) button.dataset.copied = "";
    setTimeout(() => delete button.dataset.copied, 1500);
  }

  document.addEventListener("click", press, true);

  // What is pressed shows at the click, before the server answers: one button of a group with data-press,
  // or a button with data-press by itself, on and off.
  document.addEventListener("click", ({ target }) => {
    const pressed = target.closest?.("[aria-pressed]");
    const group = pressed?.parentElement;
    if (pressed && "press" in pressed.dataset) {
      pressed.setAttribute("aria-pressed", pressed.getAttribute("aria-pressed") !== "true");
    } else if (pressed && "press" in group.dataset) {
      for (const one of group.children) one.setAttribute("aria-pressed", one === pressed);
    }
  });

  // ── Fields: their text is the person's. data-text is what the server says stands in one; what only
  // repeats a text that left it moments ago is an echo, and takes no letter back ──────────────
  const ECHO_MS = 5000;
  const sent = new WeakMap(); // field → [text, time] of what may still come back

  function writeText(field) {
    const left = sent.get(field) ?? [];
    const { text } = field.dataset;
    const echo = left.findIndex(([one, at]) => one === text && Date.now() - at < ECHO_MS);
    if (echo < 0) field.value = text;
    sent.set(field, left.slice(echo + 1));
  }

  // data-options is what a list offers: never exchanged while the person may be choosing from it.
  function writeOptions(list) {
    if (list === document.activeElement) list.addEventListener("blur", () => writeOptions(list), { once: true });
    else list.innerHTML = list.dataset.options;
  }

  for (const name of ["input", "change"]) {
    document.addEventListener(name, ({ target }) => {
      const left = sent.get(target) ?? [];
      if (target.dataset?.text !== undefined) sent.set(target, [...left, [target.value, Date.now()]]);
    });
  }

  function type(field, text) {
    field.value = text;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.focus();
    field.setSelectionRange(text.length, text.length);
  }

  // The search field and the buttons that type into it (data-insert), of which one is in the tab order.
  document.addEventListener("keydown", (event) => {
    const { target, key } = event;
    const search = target.closest?.("[role=search]")?.querySelector("input");
    if (!search || composing(event)) return;
    const step = { ArrowDown: "nextElementSibling", ArrowUp: "previousElementSibling" }[key];
    if (target !== search && step) (target[step] ?? search).focus();
    else if (target !== search && key === "Escape") search.focus();
    else if (target === search && ["ArrowDown", "Enter"].includes(key)) tell("desk:move", 1);
    else if (target === search && key === "Escape") search.value ? type(search, "") : search.blur();
    else return;
    event.preventDefault();
  });

  document.addEventListener("click", ({ target }) => {
    const hint = target.closest?.("[data-insert]");
    if (hint) type(hint.closest("[role=search]").querySelector("input"), hint.dataset.insert);
  });

  // A date field takes the browser as long to make as ten rows of the list: after those.
  later(() => all("[data-type]").forEach((field) => (field.type = field.dataset.type)));

  // ── Lists: elements by their key; `order` names all of them, `items` holds those that differ ──
  function patchList(list, { order, items }) {
    const made = new Map([...list.children].map((one) => [one.key, one]));
    for (const { key, tag, html, attrs } of items) {
      const one = made.get(key) ?? Object.assign(document.createElement(tag), { key, attrs: {} });
      for (const name of Object.keys(one.attrs)) if (!(name in attrs)) one.removeAttribute(name);
      for (const [name, value] of Object.entries(attrs)) if (one.attrs[name] !== value) one.setAttribute(name, value);
      if (one.html !== html) one.innerHTML = html;
      made.set(key, Object.assign(one, { html, attrs }));
    }
    const wanted = new Set(order);
    for (const one of [...list.children]) if (!wanted.has(one.key)) one.remove();
    order.forEach((key, i) => {
      if (list.children[i]?.key !== key) list.insertBefore(made.get(key), list.children[i] ?? null);
    });
  }

  // What was pressed inside a list: its act, the key of its item, its value. A link opens in its own
  // tab where the person asked for one.
  function actOf(event, list) {
    const pressed = event.target.closest("[data-act]");
    if (!pressed || event.ctrlKey || event.metaKey || event.shiftKey) return null;
    if (pressed.href) event.preventDefault();
    let item = pressed;
    while (item.parentElement !== list) item = item.parentElement;
    return { act: pressed.dataset.act, key: item.key, value: pressed.dataset.value ?? "" };
  }

  // The row of a ticket or its neighbour, or the one that stands where it stood; not one that is covered.
  const covers = () => window.desk.opened && matchMedia("(max-width: 1279px)").matches;

  function focusRow(id, beside) {
    const row = document.querySelector(`tr[data-ticket-id="${CSS.escape(id)}"]`);
    const next = beside && (row?.nextElementSibling ?? row?.previousElementSibling);
    const place = next || row || document.querySelector('tr[data-ticket-id][tabindex="0"]');
    if (!covers()) place?.focus();
  }

  // The ticket whose conversation stands open: its row is marked. Where it covers the list it takes the
  // focus; when it is closed that goes back to the row, unless it is somewhere useful by then.
  function setOpened(id) {
    const before = window.desk.opened;
    const lost = document.activeElement === document.body || document.activeElement?.closest("aside");
    window.desk.opened = id;
    tell("desk:opened", id);
    if (covers()) setTimeout(() => document.querySelector("aside h2").focus());
    if (!id && before && lost) setTimeout(() => focusRow(before));
  }

  // ── Life: what is done for an element with such an attribute when it comes, and when that changes ─
  const LIFE = {
    "data-clock"({ dataset }) {
      const [now_ms, ticks_ms] = dataset.clock.split(" ").map(Number);
      units = dataset.units.split(" ");
      setClock({ now_ms, ticks_ms });
    },
    "data-since": writeAge,
    "data-count-down": beginCount,
    "data-until": beginCount,
    "data-reported": showLine,
    "data-when-up": showLine,
    "data-say": ({ dataset }) => say(dataset.say),
    "data-seen": (element) => sight.observe(element),
    "data-now": writeNow,
    "data-text": writeText,
    "data-options": writeOptions,
    "data-theme-choice": markTheme,
  };
  const NAMES = Object.keys(LIFE);
  const ANY = NAMES.map((name) => `[${name}]`).join();
  const wake = (element) => NAMES.forEach((name) => element.hasAttribute(name) && LIFE[name](element));

  new MutationObserver((changes) => {
    for (const { attributeName, target, addedNodes } of changes) {
      if (attributeName && target.hasAttribute(attributeName)) LIFE[attributeName](target);
      for (const node of addedNodes) {
        if (node.nodeType !== Node.ELEMENT_NODE) continue;
        wake(node);
        all(ANY, node).forEach(wake);
      }
    }
  }).observe(root, { subtree: true, childList: true, attributeFilter: NAMES });

  let beats = 0;
  setInterval(() => {
    all("[data-count-down], [data-until]").forEach(count);
    beats += 1;
    if (beats % 4) return;
    watchLine();
    watchDay();
    if (document.hidden) return;
    all(beats % 60 ? "[data-since][data-fine]" : "[data-since]").forEach(writeAge);
    all("[data-aging]").forEach(showLine);
    all("[data-now]").forEach(writeNow);
    if (beats % 240 === 0) for (const axis of "xy") root.style.setProperty(`--drift-${axis}`, Math.random() - 0.5);
  }, 250);
  document.addEventListener("visibilitychange", () => {
    watchLine();
    watchDay();
    all("[data-since]").forEach(writeAge);
  });

  window.desk = {
    opened: "",
    setOpened,
    focusRow,
    line: () => line,
    now,
    refuses,
    setClock,
    isCut,
    actOf,
    age,
    copy,
    composing,
    guarded,
    later,
    patchList,
    say,
    theme,
    setTheme,
  };
})();
