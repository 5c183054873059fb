// The age counts on in the browser; screen readers hear the state and the progress, not each second.
export default {
  props: { data: Object },
  emits: ["action"],
  data: () => ({ cut: false }),
  mounted() {
    this.line = (event) => (this.cut = event.detail.cut);
    window.addEventListener("desk:line", this.line);
  },
  unmounted() {
    window.removeEventListener("desk:line", this.line);
  },
  computed: {
    state() {
      return this.cut ? "offline" : this.data.state;
    },
    word() {
      return this.cut ? "No connection" : this.data.label || this.data.state;
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
