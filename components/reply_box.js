// The text belongs to the person: it is loaded when a ticket opens, emptied when the server says that
// the reply is kept for good, and never written to in between. A draft is handed over while typing.
const DRAFT_MS = 400;
const NEAR_LIMIT = 0.9;

export default {
  props: { data: Object },
  emits: ["send", "draft", "status"],
  data() {
    return { text: this.data.draft, sending: false, problem: "" };
  },
  created() {
    this.saved = this.text;
  },
  mounted() {
    window.addEventListener("desk:leave", this.flush);
    window.addEventListener("pagehide", this.flush);
  },
  unmounted() {
    clearTimeout(this.timer);
    window.removeEventListener("desk:leave", this.flush);
    window.removeEventListener("pagehide", this.flush);
  },
  watch: {
    data(now, before) {
      if (now.ticket_id === before.ticket_id) return;
      clearTimeout(this.timer);
      this.timer = null;
      this.text = this.saved = now.draft;
      this.sending = false;
      this.problem = "";
    },
  },
  computed: {
    // Characters as people count them; each may be two letters of the browser's, so far away from
    // the limit those will do.
    length() {
      const { limit } = this.data;
      const near = this.text.length > limit && this.text.length <= 4 * limit;
      return near ? [...this.text].length : this.text.length;
    },
    tooLong() {
      return this.length > this.data.limit;
    },
    unsaved() {
      return this.text.length > this.data.wire_limit;
    },
    count() {
      if (this.length < this.data.limit * NEAR_LIMIT) return "";
      return `${this.length.toLocaleString("en")} of ${this.data.limit.toLocaleString("en")} characters`;
    },
    says() {
      if (!this.tooLong) return this.problem;
      const kept = this.unsaved ? "it stays in this window, but is too long to be kept as a draft" : "the text is kept";
      return `The reply has ${this.count}. Shorten it or split it; ${kept}.`;
    },
  },
  methods: {
    type(event) {
      this.text = event.target.value;
      this.problem = "";
      this.timer ??= setTimeout(this.flush, DRAFT_MS);
    },
    // Leaving the box, the page or the conversation hands the draft over first: by the time another
    // ticket opens there is nothing left to save.
    flush() {
      clearTimeout(this.timer);
      this.timer = null;
      if (this.text === this.saved || this.unsaved || !this.data.ticket_id) return;
      this.saved = this.text;
      this.$emit("draft", { ticket_id: this.data.ticket_id, text: this.text });
    },
    send(thenClose) {
      if (this.sending || !this.data.may_reply || this.tooLong) return;
      if (!this.text.trim()) {
        this.problem = "The reply is empty. Write something, then send it.";
        this.$refs.text.focus();
        return;
      }
      this.flush();
      this.sending = true;
      this.problem = "";
      this.$emit("send", { ticket_id: this.data.ticket_id, text: this.text, then_close: thenClose });
    },
    // Called by the server: the reply for `ticket` is kept for good, or was not taken.
    answered(ticket, ok) {
      if (ticket !== this.data.ticket_id || !this.sending) return;
      this.sending = false;
      if (ok) this.text = this.saved = "";
      else this.problem = "Not sent. Your text is kept here; try again.";
    },
    // Called by the server when the person takes a reply back into the box.
    put(text) {
      this.text = this.text.trim() ? `${text}\n\n${this.text}` : text;
      this.flush();
      this.$refs.text.focus();
    },
    escape(event) {
      event.preventDefault();
      event.target.blur();
    },
  },
  template: `
    <form class="reply" @submit.prevent="send(false)">
      <textarea ref="text" aria-label="Reply" rows="3" dir="auto" :placeholder="data.send_to ? 'Reply to ' + data.send_to : 'Reply'"
                :value="text" :readonly="sending" :aria-invalid="!!says || null" :aria-describedby="says ? 'reply-says' : null"
                @input="type" @blur="flush" @keydown.esc="escape"
                @keydown.ctrl.enter.prevent="send(false)" @keydown.meta.enter.prevent="send(false)"></textarea>
      <p v-if="says" id="reply-says" class="reply-says" role="alert">{{ says }}</p>
      <div class="reply-actions">
        <button v-if="data.status_action" type="button" class="quiet" :disabled="data.status_busy"
                @click="$emit('status')">{{ data.status_action }}</button>
        <span class="grow"></span>
        <span v-if="count && !tooLong" class="reply-count">{{ count }}</span>
        <button v-if="data.may_close" type="button" class="secondary" :disabled="sending || !data.may_reply || tooLong"
                @click="send(true)">Send and close</button>
        <button type="submit" class="primary" aria-label="Send" title="Send (Ctrl Enter)"
                :disabled="sending || !data.may_reply || tooLong">Send<span v-if="data.send_to" class="send-to">to {{ data.send_to }}</span></button>
      </div>
    </form>`,
};
