// Holds rows still under a pointer, the focus or ticks; moves the focus, ticks ranges, marks the row that opens.
import { h, onMounted, ref, watch } from "vue";

const GRACE_MS = 2000; // between leaving the list and letting it move
const REST_MS = 60;
const AT_FIRST = 16; // rows: more than a screen shows; the rest of the page follows when they are painted
const ROW = "tr[data-ticket-id]";
const USED = "tbody:hover, thead:hover, .pill:hover";

function behave(body, box, tell) {
  let [order, seen, asked, parked, whole] = [[], {}, null, null, false]; // rows on the screen, and those that wait
  let [active, last, from, opened, ticked] = ["", "", [], window.desk.opened, ""]; // in the tab order; reached last
  let [left, leaving, resting, choosing] = [0, 0, 0, false];
  const [news, picked] = [new Map(), new Set()]; // items that are not drawn yet; ticked tickets of all pages
  const inside = () => body.contains(document.activeElement);
  const ticks = () => order.filter((id) => picked.has(id)).length;
  const isUsed = () => Date.now() - left < GRACE_MS || box.querySelector(USED) !== null;
  const isHeld = () => inside() || (choosing && ticks() > 0) || isUsed();
  const focus = (id) => [...body.children].find((row) => row.key === id)?.focus();
  const show = () => parked && settle(parked.order, parked.page);
  // ── What comes: new words in a row at once, another order only while nobody is at the list ──────────────────
  function take(patch, page) {
    const wanted = page.asked !== asked;
    asked = page.asked;
    for (const item of patch.items) news.set(item.key, item);
    const stays = !order.length || patch.order.join() === order.join();
    if (wanted || stays || !isHeld()) return settle(patch.order, page, wanted);
    parked = { order: patch.order, page };
    draw();
    tell("held", { ids: order, ...seen });
  }
  function settle(coming, page, wanted) {
    const at = Math.min(Math.max(order.indexOf(active), 0), coming.length - 1);
    const gone = wanted ? [] : order.filter((id) => !coming.includes(id) && picked.delete(id));
    if (gone.length) tell("picked", { ids: [...picked] });
    if (parked) tell("held", {});
    [order, seen, parked] = [coming, page, null];
    if (!order.includes(active)) active = order[wanted ? 0 : at] ?? "";
    if (wanted) [from, last] = [order, order.includes(last) ? last : ""];
    draw();
    for (const id of news.keys()) if (!order.includes(id)) news.delete(id);
  }
  function draw() {
    const [drawn, had] = [whole ? order : order.slice(0, AT_FIRST), inside()];
    window.desk.patchList(body, { order: drawn, items: drawn.flatMap((id) => news.get(id) ?? []) });
    if (whole) for (const id of drawn) news.delete(id); // until then one may be pushed out again
    body.ariaBusy = drawn.length < order.length;
    dress();
    if (had && !inside()) focus(active); // a row that is moved loses it
  }
  function dress() {
    for (const row of body.querySelectorAll(ROW)) {
      const [tab, on] = [row.key === active ? 0 : -1, picked.has(row.key)];
      if (row.tabIndex !== tab) row.tabIndex = tab;
      if (on || "picked" in row.dataset) row.querySelector("input").checked = row.toggleAttribute("data-picked", on);
      row.toggleAttribute("data-gone", parked !== null && !parked.order.includes(row.key));
      row.ariaCurrent = row.key === opened ? "true" : null;
    }
    const [all, count] = [box.querySelector("thead input"), ticks()];
    [all.checked, all.indeterminate] = [count > 0 && count === order.length, count > 0 && count < order.length];
  }
  function release() {
    left = Date.now();
    clearTimeout(leaving);
    leaving = setTimeout(() => isHeld() || show(), GRACE_MS);
  }
  // ── Focus: one row is in the tab order; from the last that was reached, which may have left, others are ─────
  // A ticket that is looked at for a moment is made ready, so that a click need only show it.
  function rest(id) {
    clearTimeout(resting);
    if (id && id !== opened) resting = setTimeout(() => tell("rest", { id }), REST_MS);
  }
  function reach(id) {
    rest(id);
    if (order.includes(id)) [active, last, from] = [id, id, order];
    dress();
  }
  function move(by) {
    const opens = window.desk.opened && document.activeElement?.type !== "search";
    const path = inside() ? order : from;
    let at = path.indexOf(inside() ? active : last);
    if (at >= 0) do at += by; while (path[at] && !order.includes(path[at]));
    focus(path[at] ?? active);
    if (opens && active !== opened) open(active);
  }
  function keydown(event) {
    const { target: row, key, ctrlKey, metaKey, altKey } = event;
    const at = order.indexOf(row.key);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: order.length - 1 }[key];
    const pressed = { Enter: row, " ": row.querySelector("input") }[key];
    if (at < 0 || ctrlKey || metaKey || altKey || (to === undefined && !pressed)) return;
    event.preventDefault();
    return pressed ? pressed.click() : focus(order[to]);
  }
  function open(id) {
    reach((opened = id));
    window.desk.reveal(id);
    tell("act", { act: "open", key: id, value: "" });
  }
  // ── Pointer; what is ticked stays so while pages are turned ─────────────────────────────────────────────────
  function click(event) {
    const { target, ctrlKey, metaKey, shiftKey, button, detail } = event;
    const [row, address] = [target.closest(ROW), new URL(location)];
    if (!row) return press(target.closest("[data-list]"));
    const [link, act] = [row.querySelector("a"), target.closest("[data-act]") && window.desk.actOf(event, body)];
    address.searchParams.set("ticket", row.key);
    link.href = address; // with the list as it is now, for another tab
    if (act) tell("act", act);
    if (target.matches("input")) pick(row.key, shiftKey);
    if (target.closest(".c-pick, [data-act]") || button > 1) return;
    const apart = ctrlKey || metaKey || button === 1;
    const asIfHeld = { ctrlKey: true, metaKey: true };
    if (apart && target.closest("a") !== link) link.dispatchEvent(new MouseEvent("click", asIfHeld));
    if (apart || shiftKey) return; // which the browser does with a link
    event.preventDefault();
    if (!detail || getSelection().isCollapsed) open(row.key);
  }
  function press(pressed) {
    const what = pressed?.dataset.list;
    if (what === "show") show();
    if (what === "all") tick(order, pressed.checked);
    if (what === "clear") tick([...picked], false);
    if (what === "order") {
      choosing = false; // what comes of an order is no surprise
      focus(active);
    }
    if (what === "next" || what === "previous") tell("turn", { ...seen, ids: order, forward: what === "next" });
  }
  function pick(id, isRange) {
    const [start, end] = [isRange ? ticked : id, id].map((one) => order.indexOf(one)).sort((a, b) => a - b);
    tick(start < 0 ? [id] : order.slice(start, end + 1), !picked.has(id));
    ticked = id;
  }
  function tick(ids, on) {
    choosing = true;
    for (const id of ids) picked[on ? "add" : "delete"](id);
    dress();
    release();
    tell("picked", { ids: [...picked] });
  }
  // Selected rows: a line each, a tab between cells, and no formula among them.
  function copy(event) {
    const rows = [...body.querySelectorAll(ROW)].filter((row) => getSelection().containsNode(row, true));
    const said = (cell) => cell.dataset.exact ?? (cell.firstElementChild ?? cell).textContent.trim();
    const plain = (cell) => said(cell).replace(/[\t\r\n]/g, " ").replace(/^[=+@-]/, "'$&");
    const lines = rows.map((row) => [...row.cells].slice(1).map(plain).join("\t"));
    if (lines.length < 2) return;
    event.clipboardData.setData("text/plain", lines.join("\n"));
    event.preventDefault();
  }
  const pointerover = ({ target }) => rest(target.closest(ROW)?.key);
  const focusin = ({ target }) => target.closest(ROW) && reach(target.closest(ROW).key);
  const pressed = { click, auxclick: click, contextmenu: click, keydown, copy };
  const passed = { focusin, focusout: release, pointerdown: release, pointerout: release, pointerover };
  for (const [name, act] of Object.entries({ ...pressed, ...passed })) box.addEventListener(name, act);
  window.addEventListener("desk:opened", ({ detail }) => reach((opened = detail)));
  window.addEventListener("desk:move", ({ detail }) => move(detail));
  window.addEventListener("desk:select", () => body.querySelector("[tabindex='0'] input")?.click());
  window.desk.later(() => draw((whole = true)));
  return take;
}

export default {
  props: { as: String, patch: Object, page: Object },
  emits: ["act", "picked", "held", "rest", "turn"],
  setup(props, { emit }) {
    const body = ref(null);
    onMounted(() => {
      const take = behave(body.value, body.value.closest(".list"), emit);
      watch(() => props.patch, (patch) => take(patch, props.page), { immediate: true });
    });
    return () => h(props.as, { ref: body });
  },
};
