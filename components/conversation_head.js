import { nextTick } from "vue";

const COVERS = "(max-width: 1279px)"; // below this width the conversation lies over the list
const COPIED_MS = 1500;

export default {
  props: { data: Object },
  emits: ["close", "other", "notice"],
  data: () => ({ open: !matchMedia("(max-width: 599px)").matches, copied: "" }),
  created() {
    window.desk.setOpened(this.data.ticket_id);
  },
  mounted() {
    this.close = () => this.data.ticket_id && this.$emit("close");
    window.addEventListener("desk:close", this.close);
    if (this.data.ticket_id) this.opened();
  },
  unmounted() {
    window.removeEventListener("desk:close", this.close);
  },
  watch: {
    "data.ticket_id"(now, before) {
      window.desk.setOpened(now);
      if (now) this.opened();
      else this.closed(before);
    },
  },
  methods: {
    async opened() {
      await nextTick();
      if (matchMedia(COVERS).matches) this.$refs.heading?.focus();
    },
    // The focus goes back to the row it came from, unless it is already somewhere useful.
    async closed(id) {
      const aside = this.$el.closest("aside");
      const lost = aside.contains(document.activeElement) || document.activeElement === document.body;
      await nextTick();
      if (lost) document.querySelector(`tr[data-ticket-id="${CSS.escape(id)}"]`)?.focus();
    },
    async copy(fact) {
      if (!(await window.desk.copy(fact.copy))) return;
      this.copied = fact.label;
      clearTimeout(this.forgetting);
      this.forgetting = setTimeout(() => (this.copied = ""), COPIED_MS);
    },
    href: (other) => `/?ticket=${encodeURIComponent(other.id)}`,
    follow(event, other) {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      this.$emit("other", { id: other.id });
    },
  },
  template: `
    <div class="head">
      <div class="head-line">
        <h2 ref="heading" tabindex="-1" dir="auto" :title="data.subject">{{ data.subject }}</h2>
        <span v-if="data.status_label" :class="['turn', 'tone-' + data.tone]"><i class="dot" aria-hidden="true"></i>{{ data.status_label }}</span>
        <button type="button" class="quiet step" aria-label="Close conversation" title="Close conversation (Esc)"
                @click="$emit('close')"><svg class="icon" viewBox="0 0 16 16" aria-hidden="true"><path d="m4 4 8 8m0-8-8 8"/></svg></button>
      </div>
      <div v-if="data.notice" class="notice" :class="data.notice.tone" :role="data.notice.tone === 'error' ? 'alert' : null">
        <p>{{ data.notice.text }}</p>
        <button v-if="data.notice.action" type="button" class="link" @click="$emit('notice')">{{ data.notice.action }}</button>
      </div>
      <details class="about" :open="open" @toggle="open = $event.target.open">
        <summary>Details</summary>
        <dl class="facts">
          <div v-for="fact in data.facts" :key="fact.label">
            <dt>{{ fact.label }}</dt>
            <dd :title="fact.exact || fact.value"><bdi>{{ fact.value }}</bdi><button v-if="fact.copy" type="button" class="copy"
              :aria-label="'Copy ' + fact.label.toLowerCase()" @click="copy(fact)"><svg class="icon" viewBox="0 0 16 16"
              aria-hidden="true"><path v-if="copied === fact.label" d="m3 8.5 3.5 3.5L13 5"/><template v-else><rect x="5.5" y="5.5"
              width="8" height="8" rx="1.5"/><path d="M3.5 10.5h-1v-8h8v1"/></template></svg></button></dd>
          </div>
        </dl>
      </details>
      <details v-if="data.others.length" class="others">
        <summary>{{ data.others_label }}</summary>
        <ul><li v-for="other in data.others" :key="other.id"><a :href="href(other)" @click="follow($event, other)"><span
            :class="['turn', 'tone-' + other.tone]"><i class="dot" aria-hidden="true"></i><span>{{ other.status_label }}</span></span><span
            class="other-subject" dir="auto">{{ other.subject }}</span><time :datetime="other.updated_at"
            :data-since="other.updated_at" :title="other.updated_exact"></time></a></li></ul>
      </details>
    </div>`,
};
