// What was typed lives here. The server repeats it some keystrokes later; such an echo is not shown,
// so that it never takes back a letter. Anything else it says (a link followed, filters cleared) is.
import { nextTick } from "vue";

const ECHO_MS = 5000;

export default {
  props: { data: Object },
  emits: ["query"],
  data() {
    return { text: this.data.query, inside: false };
  },
  created() {
    this.echoes = []; // [text, time] of what was sent and may still come back
  },
  watch: {
    "data.query"(query) {
      const echo = this.echoes.findIndex(([text, at]) => text === query && Date.now() - at < ECHO_MS);
      if (echo < 0) this.text = query;
      this.echoes = this.echoes.slice(echo + 1);
    },
  },
  computed: {
    // A doubt about what is no longer in the field is over.
    doubt() {
      return this.data.query === this.text ? this.data.doubt : "";
    },
    hints() {
      return this.inside && !this.text ? this.data.hints : [];
    },
  },
  methods: {
    type(event) {
      this.text = event.target.value;
      if (!event.isComposing) this.send();
    },
    send() {
      this.echoes.push([this.text, Date.now()]);
      this.$emit("query", { text: this.text.slice(0, 500) });
    },
    toList() {
      window.dispatchEvent(new CustomEvent("desk:move", { detail: 1 }));
    },
    escape(event) {
      event.preventDefault();
      if (this.text) {
        this.text = "";
        this.send();
      } else event.target.blur();
    },
    leave(event) {
      if (!event.currentTarget.contains(event.relatedTarget)) this.inside = false;
    },
    // ── Hints: the first is in the tab order, the others are reached from it ───────────────────
    take(hint) {
      this.text = hint.insert;
      this.send();
      this.$refs.field.focus();
      nextTick(() => this.$refs.field.setSelectionRange(this.text.length, this.text.length));
    },
    step(event, by) {
      const buttons = [...this.$refs.hints.querySelectorAll("button")];
      (buttons[buttons.indexOf(event.target) + by] ?? this.$refs.field).focus();
    },
  },
  template: `
    <div class="search" role="search" @focusin="inside = true" @focusout="leave">
      <svg class="icon" viewBox="0 0 16 16" aria-hidden="true"><circle cx="7" cy="7" r="4.5"/><path d="m10.5 10.5 3 3"/></svg>
      <input type="search" ref="field" aria-label="Search tickets" placeholder="Search tickets" autocomplete="off"
             spellcheck="false" maxlength="500" enterkeyhint="search" :value="text"
             aria-describedby="search-doubt" @input="type" @compositionend="send" @keydown.esc="escape"
             @keydown.down.prevent="toList" @keydown.enter.prevent="toList">
      <kbd aria-hidden="true">/</kbd>
      <p id="search-doubt" class="search-doubt" aria-live="polite" :class="{ said: doubt }">{{ doubt }}</p>
      <div v-if="hints.length" ref="hints" class="search-hints" role="group" aria-label="What can be searched for">
        <button v-for="(hint, i) in hints" :key="hint.insert" type="button" :tabindex="i ? -1 : 0" @click="take(hint)"
                @keydown.down.prevent="step($event, 1)" @keydown.up.prevent="step($event, -1)"
                @keydown.esc.prevent="$refs.field.focus()"><code>{{ hint.example }}</code><span>{{ hint.finds }}</span></button>
      </div>
    </div>`,
};
