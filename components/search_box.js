// What was typed lives here. The server repeats it some keystrokes later; such an echo is not shown,
// so that it never takes back a letter. Anything else it says (a link followed, filters cleared) is.
const ECHO_MS = 5000;

export default {
  props: { data: Object },
  emits: ["query"],
  data() {
    return { text: this.data.query };
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
  },
  template: `
    <div class="search" role="search">
      <svg class="icon" viewBox="0 0 16 16" aria-hidden="true"><circle cx="7" cy="7" r="4.5"/><path d="m10.5 10.5 3 3"/></svg>
      <input type="search" aria-label="Search tickets" placeholder="Search tickets" autocomplete="off"
             spellcheck="false" maxlength="500" enterkeyhint="search" :value="text"
             @input="type" @compositionend="send" @keydown.esc="escape"
             @keydown.down.prevent="toList" @keydown.enter.prevent="toList">
      <kbd aria-hidden="true">/</kbd>
    </div>`,
};
