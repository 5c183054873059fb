export default {
  props: { data: Object },
  emits: ["action"],
  data: () => ({ left: 0 }),
  mounted() {
    window.addEventListener("desk:undo", this.undo);
  },
  unmounted() {
    this.stop?.();
    window.removeEventListener("desk:undo", this.undo);
  },
  watch: {
    data(now, before) {
      this.stop?.();
      const count = (left) => (this.left = left);
      this.stop = now?.undo_seconds ? window.desk.countDown(now.undo_seconds, count) : null;
      // An error is an alert already; a countdown is said once, with the seconds it begins with.
      if (now && now.tone !== "error" && now.text !== before?.text) window.desk.say(this.text);
    },
  },
  computed: {
    text() {
      return this.data.undo_seconds ? `${this.data.text} ${this.left} s` : this.data.text;
    },
  },
  methods: {
    undo() {
      if (this.data?.action === "Undo") this.$emit("action");
    },
  },
  template: `
    <div v-if="data" class="notice" :class="data.tone" :role="data.tone === 'error' ? 'alert' : null">
      <p>{{ text }}</p>
      <button v-if="data.action" type="button" class="link" @click="$emit('action')">{{ data.action }}</button>
    </div>`,
};
