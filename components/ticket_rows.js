// Holds rows still under a pointer, the focus or ticks; moves the focus, ticks ranges, marks the row that opens.
import { h } from "vue";

const GRACE_MS = 2000; // between leaving the list and letting it move
const AT_FIRST = 16; // rows: more than a screen shows; the rest of the page follows when they are painted
const ROW = "tr[data-ticket-id]";
const plain = (text) => text.trim().replace(/[\t\r\n]/g, " ").replace(/^[=+@-]/, "'$&"); // no formula where it is pasted

export default {
  props: { as: String, patch: Object, page: Object },
  emits: ["act", "picked", "held", "turn"],
  mounted() {
    Object.assign(this, { order: [], from: [], news: new Map(), picked: new Set(), active: "", last: "", touched: 0 });
    this.box = this.$el.closest(".list");
    const { click, copy, keydown, pickAll: change, point: pointerdown, release: pointerleave } = this;
    const heard = { click, auxclick: click, copy, keydown, change, pointerdown, pointerleave };
    for (const [name, act] of Object.entries(heard)) this.box.addEventListener(name, act);
    window.addEventListener("desk:opened", ({ detail }) => this.mark(detail));
    window.addEventListener("desk:move", ({ detail }) => this.move(detail));
    window.addEventListener("desk:select", () => this.pick(this.active));
    window.desk.later(() => this.draw((this.whole = true)));
    this.take();
    this.mark(window.desk.opened);
  },
  watch: { patch: "take" },
  methods: {
    // ── What comes: new words in a row at once; another order waits while somebody is at the list ─────────────
    take() {
      const { page, patch } = this;
      const wanted = page.asked !== this.asked;
      this.asked = page.asked;
      for (const item of patch.items) this.news.set(item.key, item);
      const moves = patch.order.join() !== this.order.join();
      if (wanted || !moves || !this.held()) return this.settle(patch.order, page, wanted);
      this.parked = { order: patch.order, page };
      this.draw();
      this.$emit("held", { ids: this.order, ...this.seen });
    },
    held() {
      const pointed = this.box.querySelector("tbody:hover, thead:hover, .pill:hover") || this.inside();
      return this.order.length > 0 && (pointed || this.ticks() > 0 || Date.now() - this.touched < GRACE_MS);
    },
    settle(order, page, wanted) {
      const at = Math.min(Math.max(this.order.indexOf(this.active), 0), order.length - 1);
      const left = wanted ? [] : this.order.filter((id) => !order.includes(id) && this.picked.delete(id));
      if (this.parked) this.$emit("held", {});
      Object.assign(this, { order, seen: page, parked: null });
      if (!order.includes(this.active)) this.active = order[wanted ? 0 : at] ?? "";
      if (wanted) Object.assign(this, { from: order, last: order.includes(this.last) ? this.last : "" });
      this.draw();
      for (const id of this.news.keys()) if (!order.includes(id)) this.news.delete(id);
      if (left.length) this.tell();
    },
    draw() {
      const inside = this.inside();
      const order = this.whole ? this.order : this.order.slice(0, AT_FIRST);
      window.desk.patchList(this.$el, { order, items: order.flatMap((id) => this.news.get(id) ?? []) });
      for (const id of order) this.news.delete(id);
      this.dress();
      if (inside && !this.inside()) this.focus(this.active); // a row that is moved loses the focus
    },
    dress() {
      for (const row of this.$el.querySelectorAll(ROW)) {
        row.tabIndex = row.key === this.active ? 0 : -1;
        row.querySelector("input").checked = row.toggleAttribute("data-picked", this.picked.has(row.key));
        row.toggleAttribute("data-gone", !!this.parked && !this.parked.order.includes(row.key));
        if (row.key === this.opened) row.setAttribute("aria-current", "true");
        else row.removeAttribute("aria-current");
      }
      const all = this.box.querySelector("thead input");
      all.checked = this.ticks() > 0 && this.ticks() === this.order.length;
      all.indeterminate = this.ticks() > 0 && !all.checked;
    },
    show() {
      if (this.parked) this.settle(this.parked.order, this.parked.page);
    },
    release() {
      clearTimeout(this.releasing);
      this.releasing = setTimeout(() => this.held() || this.show(), GRACE_MS);
    },
    // ── Focus: one row is in the tab order, the others are reached from it ────────────────────────────────────
    inside() {
      return this.$el.contains(document.activeElement);
    },
    focus(id) {
      [...this.$el.children].find((row) => row.key === id)?.focus();
    },
    reach(event) {
      const row = event.target.closest(ROW);
      if (row) this.stand(row.key);
    },
    stand(id) {
      Object.assign(this, { active: id, last: id, from: this.order }); // to go on from, though it may leave the list
      this.dress();
    },
    move(by) {
      const opens = window.desk.opened && document.activeElement?.type !== "search";
      const path = this.inside() ? this.order : this.from;
      let at = path.indexOf(this.inside() ? this.active : this.last);
      if (at >= 0) do at += by; while (path[at] && !this.order.includes(path[at]));
      this.focus(path[at] ?? this.active);
      if (opens && this.active !== this.opened) this.open(this.active);
    },
    keydown(event) {
      if (!event.target.matches(ROW) || event.ctrlKey || event.metaKey || event.altKey) return;
      const [{ key: id }, last] = [event.target, this.order.length - 1];
      const at = this.order.indexOf(id);
      const to = { ArrowDown: Math.min(at + 1, last), ArrowUp: Math.max(at - 1, 0), Home: 0, End: last }[event.key];
      if (to !== undefined) this.focus(this.order[to]);
      else if (event.key === "Enter") this.open(id);
      else if (event.key === " ") this.pick(id);
      else return;
      event.preventDefault();
    },
    // ── Pointer ───────────────────────────────────────────────────────────────────────────────────────────────
    point(event) {
      const row = event.target.closest(ROW);
      const address = new URL(location);
      address.searchParams.set("ticket", row?.key);
      if (row) row.querySelector("a").href = address; // with the list as it is now, in any tab
      if (event.pointerType !== "mouse") this.touched = Date.now();
      this.release();
    },
    click(event) {
      const { target } = event;
      const row = target.closest(ROW);
      const act = row && !event.button ? window.desk.actOf(event, this.$el) : null;
      if (!row) return this.press(target.closest("[data-list]")?.dataset.list);
      if (target.matches("input")) return this.pick(row.key, event.shiftKey);
      if (act) this.$emit("act", act);
      if (target.closest(".c-pick, [data-act]") || event.button > 1) return;
      const apart = event.ctrlKey || event.metaKey || event.button === 1;
      if (apart && !target.closest("a")) window.open(row.querySelector("a").href, "_blank", "noopener");
      if (apart || event.shiftKey) return; // a link opens in its own tab
      event.preventDefault();
      if (getSelection().isCollapsed || !row.contains(getSelection().anchorNode)) this.open(row.key);
    },
    press(what) {
      if (what === "show") this.show();
      if (what === "clear") this.tick([...this.picked], false);
      if (what === "act") this.focus(this.active);
      if (what === "next" || what === "previous")
        this.$emit("turn", { forward: what === "next", ids: this.order, first: this.seen.first, last: this.seen.last });
    },
    open(id) {
      this.mark(id);
      this.$emit("act", { act: "open", key: id, value: "" });
    },
    mark(id) {
      this.opened = id;
      if (this.order.includes(id)) this.stand(id);
      else this.dress();
    },
    // ── Ticks, which stay while pages are turned ──────────────────────────────────────────────────────────────
    ticks() {
      return this.order.filter((id) => this.picked.has(id)).length;
    },
    pickAll({ target }) {
      if (target.closest("thead")) this.tick(this.order, target.checked);
    },
    pick(id, isRange) {
      const [from, to] = [isRange ? this.lastPicked : id, id].map((one) => this.order.indexOf(one)).sort((a, b) => a - b);
      this.tick(from < 0 ? [id] : this.order.slice(from, to + 1), !this.picked.has(id));
      this.lastPicked = id;
    },
    tick(ids, on) {
      for (const id of ids) this.picked[on ? "add" : "delete"](id);
      this.dress();
      this.release();
      this.tell();
    },
    tell() {
      this.$emit("picked", { ids: [...this.picked] });
    },
    copy(event) {
      const chosen = getSelection();
      const is = (row) => (chosen.isCollapsed ? this.picked.has(row.key) : chosen.containsNode(row, true));
      const rows = [...this.$el.querySelectorAll(ROW)].filter(is);
      if (rows.length < 1 + !chosen.isCollapsed) return;
      const cellOf = (cell) => plain(cell.dataset.exact ?? (cell.firstElementChild ?? cell).textContent);
      const lines = rows.map((row) => [...row.cells].slice(1).map(cellOf).join("\t"));
      event.clipboardData.setData("text/plain", lines.join("\n"));
      event.preventDefault();
    },
  },
  render() {
    return h(this.as, { onFocusin: this.reach, onFocusout: this.release, onPointerleave: this.release });
  },
};
