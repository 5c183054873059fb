// The wall. Nothing on it waits for the server to grow old: the data's age and the clock run here,
// and when no news come the board says so itself. A small drift keeps the screen from burning in.
const STALE_S = 60;
const OFFLINE_S = 300;
const DRIFT_MS = 60_000;
const UNPROVED = { connecting: "Connecting…", silent: "Checking…", cut: "No connection" };

export default {
  props: { data: Object, light: Boolean },
  data: () => ({ now: window.desk.now(), drift: [0, 0], line: window.desk.line() }),
  mounted() {
    this.follow = (event) => {
      this.now = window.desk.now();
      this.line = event.detail.line;
    };
    window.addEventListener("desk:line", this.follow);
    this.ticking = setInterval(() => (this.now = window.desk.now()), 1000);
    this.drifting = setInterval(() => (this.drift = [this.shift(), this.shift()]), DRIFT_MS);
  },
  unmounted() {
    clearInterval(this.ticking);
    clearInterval(this.drifting);
    window.removeEventListener("desk:line", this.follow);
  },
  computed: {
    clock() {
      return Number.isNaN(this.now) ? "" : new Date(this.now).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
    },
    state() {
      const { state, as_of } = this.data.freshness;
      const seconds = as_of ? (this.now - Date.parse(as_of)) / 1000 : 0;
      if (state === "fault") return "fault";
      if (state === "offline" || seconds > OFFLINE_S) return "offline";
      return this.line !== "up" || state === "stale" || seconds > STALE_S ? "stale" : "live";
    },
    word() {
      const { label, state } = this.data.freshness;
      if (UNPROVED[this.line]) return UNPROVED[this.line];
      return (state === this.state && label) || { live: "Live", stale: "Data is late", offline: "No new data" }[this.state];
    },
  },
  methods: {
    shift: () => (Math.random() - 0.5).toFixed(2),
    age: (since, _now) => window.desk.age(since, false),
  },
  template: `
    <div class="wall" data-kiosk :data-light="light ? '' : null" :data-state="state"
         :style="{ '--drift-x': drift[0], '--drift-y': drift[1] }">
      <header class="wall-counts">
        <div v-for="card in data.counts" :key="card.key" class="wall-count" :class="card.tone"
             :data-stat="card.key" :data-value="card.value ?? ''">
          <strong>{{ card.value_label }}</strong><span>{{ card.label }}</span>
        </div>
      </header>
      <main class="wall-tiles">
        <article v-for="tile in data.tiles" :key="tile.id" class="wall-tile" :class="'tone-' + tile.tone" :data-ticket-id="tile.id">
          <p class="wall-age">{{ tile.waiting_sign }} {{ age(tile.waiting_since, now) }}</p>
          <p class="wall-badge">{{ tile.badge }}</p>
          <h2 class="wall-subject" dir="auto">{{ tile.subject }}</h2>
          <p class="wall-who"><bdi>{{ tile.customer }}</bdi><bdi v-if="tile.product">{{ tile.product }}</bdi></p>
        </article>
        <div v-if="data.empty && !data.tiles.length" class="wall-empty">
          <p class="wall-empty-title">{{ data.empty.title }}</p><p v-if="data.empty.text">{{ data.empty.text }}</p>
        </div>
      </main>
      <footer class="wall-foot">
        <span class="fresh" role="status" :data-freshness="state"><i class="dot" aria-hidden="true"></i><span>{{ word }}</span><time
          v-if="data.freshness.as_of" aria-hidden="true" data-fine :data-since="data.freshness.as_of"></time><span
          v-if="data.freshness.progress">{{ data.freshness.progress }}</span></span>
        <span v-if="data.why" class="wall-why">{{ data.why }}</span>
        <span v-if="data.more" class="wall-more">{{ data.more }}</span>
        <span v-if="data.pages > 1" class="wall-page">{{ data.page }} / {{ data.pages }}</span>
        <time class="wall-clock">{{ clock }}</time>
      </footer>
    </div>`,
};
