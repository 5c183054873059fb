// The list. Rows keep their places while somebody's pointer, focus or selection is on them: what is
// new in a row is shown at once, a new order waits (`parked`) until it is asked for or nobody looks.
import { h, markRaw, nextTick, toRaw } from "vue";

const GRACE_MS = 2000; // between leaving the list and letting it move
const AT_FIRST = 16; // rows: more than a screen shows; the rest of the page follows when they are painted
const COLUMNS = [
  { key: "status", label: "Status" },
  { key: "awaiting", label: "Waiting on" },
  { key: "subject", label: "Subject" },
  { key: "customer", label: "Customer" },
  { key: "product", label: "Product" },
  { key: "amount", label: "Amount", down: true },
  { key: "messages", label: "Messages", down: true },
];
const UPDATED = { key: "updated", label: "Updated", down: true };
const WAITING = { key: "waiting", label: "Waiting" }; // in its place where everybody listed waits

// How long the customer has waited, with the sign of an estimate before it.
const WaitTime = {
  props: { row: Object, as: { type: String, default: "time" } },
  template: `<span class="wait"><span v-if="row.waiting_sign" aria-hidden="true">{{ row.waiting_sign }}&nbsp;</span><component
    :is="as" :datetime="as === 'time' ? row.waiting_since : null" :data-since="row.waiting_since"
    :title="row.waiting_exact"></component><span class="sr">{{ row.waiting_exact }}</span></span>`,
};

// A text cut at what was searched for: every second piece is a hit.
const HitText = {
  props: { pieces: Array },
  render() {
    return this.pieces.map((piece, i) => (i % 2 ? h("mark", piece) : piece));
  },
};

export default {
  components: { HitText, WaitTime },
  props: { data: Object },
  emits: ["open", "sort", "page", "act", "empty"],
  data() {
    return {
      rows: [],
      whole: false,
      gone: [], // ids on screen that the newest data no longer has
      parked: null,
      stamp: 0, // of the rows on screen
      newest: 0,
      openId: window.desk.opened,
      activeId: "",
      picked: new Set(),
    };
  },
  created() {
    this.asked = -1;
    this.touched = 0;
    this.take(this.data);
  },
  mounted() {
    window.desk.later(() => (this.whole = true));
    this.openId = window.desk.opened; // by a conversation that was drawn first
    this.listeners = {
      "desk:opened": (event) => (this.openId = event.detail),
      "desk:move": (event) => this.move(event.detail),
      "desk:select": () => this.activeRow() && this.toggle(this.activeId),
    };
    for (const [name, act] of Object.entries(this.listeners)) window.addEventListener(name, act);
  },
  unmounted() {
    clearTimeout(this.releasing);
    for (const [name, act] of Object.entries(this.listeners)) window.removeEventListener(name, act);
  },
  watch: {
    data(data) {
      this.take(data);
    },
    waiting(now, before) {
      if (now && !before) window.desk.say(now.replace(": show", ""));
    },
  },
  computed: {
    columns() {
      return [...COLUMNS, this.data.waits ? WAITING : UPDATED];
    },
    waiting() {
      if (!this.parked) return "";
      const shown = new Set(this.rows.map((row) => row.id));
      const come = this.parked.rows.filter((row) => !shown.has(row.id));
      const fresh = come.filter((row) => row.number > this.newest).length;
      const changed = come.filter((row) => row.number <= this.newest && this.parked.stamps[row.id] > this.stamp).length;
      const said = [fresh && `${fresh} new`, changed && `${changed} changed`].filter(Boolean); // the rest moved up
      return `${said.join(" · ") || "List changed"}: show`;
    },
    drawn() {
      return this.whole ? this.rows : this.rows.slice(0, AT_FIRST);
    },
    allPicked() {
      return this.rows.length > 0 && this.rows.every((row) => this.picked.has(row.id));
    },
  },
  methods: {
    // ── New data ──────────────────────────────────────────────────────────────────────────────
    take(data) {
      const wanted = data.asked !== this.asked;
      this.asked = data.asked;
      if (!wanted && this.moves(toRaw(data).rows) && this.held()) return this.park(toRaw(data));
      this.settle(toRaw(data));
    },
    moves(rows) {
      return rows.length !== this.rows.length || rows.some((row, i) => row.id !== this.rows[i].id);
    },
    held() {
      const box = this.$refs.box;
      if (!box || !this.rows.length) return false;
      const pointed = box.querySelector("tbody:hover, thead:hover, .pill:hover");
      const focused = this.$refs.body.contains(document.activeElement);
      return !!pointed || focused || this.picked.size > 0 || Date.now() - this.touched < GRACE_MS;
    },
    park(data) {
      const fresh = new Map(data.rows.map((row) => [row.id, row]));
      this.gone = this.rows.filter((row) => !fresh.has(row.id)).map((row) => row.id);
      // A row keeps the place where it is seen: the next page goes on from there.
      this.rows = markRaw(this.rows.map((row) => ({ ...(fresh.get(row.id) ?? row), place: row.place })));
      this.parked = markRaw(data);
    },
    settle({ rows, stamp, newest }) {
      Object.assign(this, { stamp, newest });
      const focused = this.$refs.body?.contains(document.activeElement);
      const index = this.rows.findIndex((row) => row.id === this.activeId);
      const ids = new Set(rows.map((row) => row.id));
      this.parked = null;
      this.gone = [];
      this.rows = markRaw(rows);
      for (const id of this.picked) if (!ids.has(id)) this.picked.delete(id);
      if (!ids.has(this.activeId)) this.activeId = rows[Math.min(Math.max(index, 0), rows.length - 1)]?.id ?? "";
      if (focused) nextTick(() => this.focusRow()); // a row that is moved in the page loses the focus
    },
    showParked() {
      this.settle(this.parked);
    },
    release() {
      clearTimeout(this.releasing);
      this.releasing = setTimeout(() => this.parked && !this.held() && this.showParked(), GRACE_MS);
    },
    touch(event) {
      if (event.pointerType === "mouse") return;
      this.touched = Date.now();
      this.release();
    },
    // ── Keyboard: one row is in the tab order, the others are reached from it ──────────────────
    activeRow() {
      return this.$refs.body?.querySelector(`[data-ticket-id="${CSS.escape(this.activeId)}"]`);
    },
    focusRow() {
      this.activeRow()?.focus();
    },
    move(by) {
      const from = this.rows.findIndex((row) => row.id === this.activeId);
      const inside = this.$refs.body.contains(document.activeElement);
      const start = !inside && this.openId ? this.rows.findIndex((row) => row.id === this.openId) : from;
      const to = inside || start !== from ? start + by : Math.max(from, 0);
      this.goTo(to);
    },
    goTo(index) {
      const row = this.rows[Math.min(Math.max(index, 0), this.rows.length - 1)];
      if (!row) return;
      this.activeId = row.id;
      nextTick(() => this.focusRow());
    },
    keydown(event, row) {
      if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return;
      const index = this.rows.indexOf(row);
      const keys = {
        ArrowDown: () => this.goTo(index + 1),
        ArrowUp: () => this.goTo(index - 1),
        Home: () => this.goTo(0),
        End: () => this.goTo(this.rows.length - 1),
        Enter: () => this.open(row),
        " ": () => this.toggle(row.id),
      };
      if (!keys[event.key]) return;
      event.preventDefault();
      keys[event.key]();
    },
    // ── What the person does ──────────────────────────────────────────────────────────────────
    click(event, row) {
      if (event.target.closest(".c-pick, .row-act")) return;
      if (event.ctrlKey || event.metaKey || event.shiftKey) return; // a link opens in its own tab
      event.preventDefault();
      const selection = getSelection();
      if (!selection.isCollapsed && event.currentTarget.contains(selection.anchorNode)) return;
      this.activeId = row.id;
      this.open(row);
    },
    open(row) {
      this.openId = row.id;
      this.$emit("open", { id: row.id });
    },
    sort(column) {
      const again = this.data.sort === column.key;
      this.$emit("sort", { key: column.key, descending: again ? !this.data.descending : !!column.down });
    },
    ariaSort(column) {
      if (this.data.sort !== column.key) return "none";
      return this.data.descending ? "descending" : "ascending";
    },
    toggle(id, on = !this.picked.has(id)) {
      if (on) this.picked.add(id);
      else this.picked.delete(id);
      this.lastPicked = id;
      if (!this.picked.size) this.release();
    },
    pick(event, row) {
      const on = event.target.checked;
      const [from, to] = [this.lastPicked, row.id].map((id) => this.rows.findIndex((r) => r.id === id));
      if (event.shiftKey && from >= 0) {
        for (const { id } of this.rows.slice(Math.min(from, to), Math.max(from, to) + 1)) this.toggle(id, on);
      } else this.toggle(row.id, on);
      this.lastPicked = row.id;
    },
    pickAll(event) {
      for (const { id } of this.rows) this.toggle(id, event.target.checked);
    },
    unpick() {
      this.picked.clear();
      this.release();
    },
    turn(forward) {
      const [first, last] = [0, this.rows.length - 1].map((n) => this.rows[n]?.place ?? "");
      this.$emit("page", { forward, ids: this.rows.map((row) => row.id), first, last });
    },
    act(action) {
      if (window.desk.refuses()) return; // and what was chosen stays so
      this.$emit("act", { ids: this.rows.map((row) => row.id).filter((id) => this.picked.has(id)), action });
      this.unpick();
    },
    actOn(row) {
      this.$emit("act", { ids: [row.id], action: this.isClosed(row) ? "reopen" : "close" });
    },
    isClosed: (row) => row.status === "closed",
    href: (row) => `/?ticket=${encodeURIComponent(row.id)}`,
  },
  template: `
    <section class="list" ref="box" aria-label="Ticket list" @pointerleave="release" @pointerdown="touch">
      <table class="tickets" role="table" aria-label="Tickets" :aria-busy="data.loading || !whole">
        <thead role="rowgroup"><tr role="row">
          <th class="c-pick" role="columnheader" scope="col">
            <input type="checkbox" aria-label="Select all on this page" :disabled="!rows.length"
                   :checked="allPicked" :indeterminate.prop="picked.size > 0 && !allPicked" @change="pickAll">
          </th>
          <th v-for="column in columns" :key="column.key" :class="'c-' + column.key" role="columnheader"
              scope="col" :aria-sort="ariaSort(column)">
            <button type="button" class="sort" @click="sort(column)">{{ column.label }}<svg
              class="icon arrow" viewBox="0 0 16 16" aria-hidden="true"><path d="M8 3v10m-4-4 4 4 4-4"/></svg></button>
            <button v-if="column.key === 'subject' && parked" type="button" class="pill" @click="showParked">{{ waiting }}</button>
          </th>
        </tr></thead>
        <tbody role="rowgroup" ref="body" @focusout="release" @pointerleave="release">
          <template v-if="data.loading && !rows.length">
            <tr v-for="n in 16" :key="'s' + n" role="row" class="skeleton" aria-hidden="true">
              <td class="c-pick" role="cell"></td>
              <td v-for="column in columns" :key="column.key" :class="'c-' + column.key" role="cell"><i></i></td>
            </tr>
          </template>
          <tr v-for="row in drawn" :key="row.id"
              v-memo="[row, picked.has(row.id), openId === row.id, activeId === row.id, gone.includes(row.id), data.waits]"
              role="row" :data-ticket-id="row.id" :data-waiting-since="row.waiting_since || null" :class="['tone-' + row.tone, { gone: gone.includes(row.id), picked: picked.has(row.id) }]"
              :tabindex="activeId === row.id ? 0 : -1" :aria-current="openId === row.id ? 'true' : null"
              @click="click($event, row)" @keydown="keydown($event, row)" @focus="activeId = row.id">
            <td class="c-pick" role="cell"><label><input type="checkbox" tabindex="-1" :aria-label="'Select ' + row.subject"
                :checked="picked.has(row.id)" @click="pick($event, row)"></label></td>
            <td class="c-status" role="cell">{{ row.status_label }}</td>
            <td class="c-awaiting" role="cell"><span class="turn"><i class="dot" aria-hidden="true"></i>{{ row.awaiting_label }}</span><div
                v-if="row.waiting_since && !data.waits" class="below"><wait-time :row="row" as="span"/></div></td>
            <td class="c-subject" role="cell">
              <a class="subject" dir="auto" tabindex="-1" :href="href(row)" :title="row.subject"><hit-text v-if="row.hits.subject" :pieces="row.hits.subject"/><template v-else>{{ row.subject }}</template></a>
              <div v-if="row.note || row.other_open || row.snippet" class="below">
                <span v-if="row.note" :class="['note', 'note-' + row.note_tone]">{{ row.note }}</span>
                <span v-if="row.other_open" class="other-open">{{ row.other_open }}</span>
                <span v-if="row.snippet" class="snippet" dir="auto"><hit-text v-if="row.hits.snippet" :pieces="row.hits.snippet"/><template v-else>{{ row.snippet }}</template></span>
              </div>
            </td>
            <td class="c-customer" role="cell" :title="row.customer"><bdi><hit-text v-if="row.hits.customer" :pieces="row.hits.customer"/><template v-else>{{ row.customer }}</template></bdi></td>
            <td class="c-product" role="cell" :title="row.product"><bdi><hit-text v-if="row.hits.product" :pieces="row.hits.product"/><template v-else>{{ row.product }}</template></bdi></td>
            <td class="c-amount" role="cell">{{ row.amount }}</td>
            <td class="c-messages" role="cell"><span>{{ row.messages }}</span><button type="button" class="row-act"
                tabindex="-1" @click="actOn(row)">{{ isClosed(row) ? 'Reopen' : 'Close' }}</button></td>
            <td v-if="data.waits" class="c-waiting" role="cell"><wait-time v-if="row.waiting_since" :row="row"/><span v-else>{{ row.waiting_exact && '—' }}</span></td>
            <td v-else class="c-updated" role="cell"><time :datetime="row.updated_at" :data-since="row.updated_at"
                :title="row.updated_exact"></time><span class="sr">{{ row.updated_exact }}</span></td>
          </tr>
        </tbody>
      </table>
      <div v-if="data.empty && !rows.length && !data.loading" class="empty" :aria-busy="data.empty.busy">
        <p class="empty-title">{{ data.empty.title }}</p>
        <p v-if="data.empty.text">{{ data.empty.text }}</p>
        <button v-if="data.empty.action" type="button" class="secondary" @click="$emit('empty')">{{ data.empty.action }}</button>
      </div>
      <footer class="pager">
        <div v-if="picked.size" class="bulk" role="group" aria-label="Selected tickets">
          <span>{{ picked.size }} selected</span>
          <button type="button" class="secondary" @click="act('close')">Close</button>
          <button type="button" class="secondary" @click="act('reopen')">Reopen</button>
          <button type="button" class="quiet" @click="unpick">Clear selection</button>
        </div>
        <button v-if="parked" type="button" class="pill pill-low" @click="showParked">{{ waiting }}</button>
        <span class="range" :data-count="data.count">{{ data.range_label }}<span v-if="data.coverage"
          class="coverage">{{ data.range_label && ' · ' }}{{ data.coverage }}</span></span>
        <button type="button" class="quiet step" aria-label="Previous page" :disabled="data.page <= 1"
                @click="turn(false)"><svg class="icon" viewBox="0 0 16 16" aria-hidden="true"><path d="m10 3-5 5 5 5"/></svg></button>
        <button type="button" class="quiet step" aria-label="Next page" :disabled="data.page >= data.pages"
                @click="turn(true)"><svg class="icon" viewBox="0 0 16 16" aria-hidden="true"><path d="m6 3 5 5-5 5"/></svg></button>
      </footer>
    </section>`,
};
