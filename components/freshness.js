// The age counts on in the browser; screen readers hear the state and the progress, not each second.
// Live is proved: by a connection that stands, and over which the desk was heard of late.
const UNPROVED = { connecting: "Connecting…", silent: "Checking…", cut: "No connection" };

export default {
  props: { data: Object },
  emits: ["action"],
  data: () => ({ line: window.desk.line() }),
  mounted() {
    this.follow = (event) => (this.line = event.detail.line);
    window.addEventListener("desk:line", this.follow);
  },
  unmounted() {
    window.removeEventListener("desk:line", this.follow);
  },
  computed: {
    state() {
      if (this.line === "cut") return "offline";
      return this.line !== "up" && this.data.state === "live" ? "stale" : this.data.state;
    },
    word() {
      return UNPROVED[this.line] ?? (this.data.label || this.data.state);
    },
  },
  template: `
    <div class="freshness">
      <span class="fresh" role="status" :data-freshness="state" :title="data.as_of_exact"><i class="dot"
        aria-hidden="true"></i><span class="fresh-word">{{ word }}</span><time v-if="data.as_of"
        class="fresh-age" aria-hidden="true" data-fine :data-since="data.as_of" :datetime="data.as_of"></time><span
        v-if="data.progress" class="fresh-progress">{{ data.progress }}</span></span>
      <div v-if="data.notice" class="fresh-line" :class="data.notice.tone" role="alert">
        <span>{{ data.notice.text }}</span>
        <button v-if="data.notice.action" type="button" class="link" @click="$emit('action')">{{ data.notice.action }}</button>
      </div>
    </div>`,
};
