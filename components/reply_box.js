// The text belongs to the person: it is loaded when a ticket opens, emptied when the server says that
// the reply is kept for good, and in between it follows another browser only while nothing was typed
// here since. A draft is handed over while typing, with the turn it was typed onto.
const DRAFT_MS = 400;
const NEAR_LIMIT = 0.9;

export default {
  props: { data: Object },
  emits: ["send", "draft", "status", "other"],
  data() {
    return { text: this.data.draft, sending: false, problem: "", refused: "", showing: false };
  },
  created() {
    this.saved = this.known = this.text;
    this.turn = this.data.turn;
    this.said = 0; // how often, since the ticket was opened
  },
  mounted() {
    this.comeBack();
    window.addEventListener("desk:line", this.stay);
    window.addEventListener("desk:leave", this.flush);
    window.addEventListener("pagehide", this.flush);
  },
  unmounted() {
    clearTimeout(this.timer);
    window.removeEventListener("desk:line", this.stay);
    window.removeEventListener("desk:leave", this.flush);
    window.removeEventListener("pagehide", this.flush);
  },
  watch: {
    data(now, before) {
      if (now.ticket_id === before.ticket_id) {
        if (now.others.length > before.others.length) window.desk.say(this.clash);
        return void this.take();
      }
      this.hand(before.ticket_id); // a key pressed while the other ticket was on its way
      this.load();
      this.said = 0;
      this.sending = false;
      this.problem = this.refused = "";
      this.showing = false;
      this.comeBack();
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
    clash() {
      const both = this.data.others.length > 1 ? "All texts are kept." : "Both texts are kept.";
      return this.text.trim()
        ? `This draft was also changed in another window. ${both}`
        : "Another text for this reply was written in another window. It is kept.";
    },
    says() {
      if (this.refused || !this.tooLong) return this.refused || this.problem;
      const kept = this.unsaved ? "it stays in this window, but is too long to be kept as a draft" : "the text is kept";
      return `The reply has ${this.count}. Shorten it or split it; ${kept}.`;
    },
  },
  methods: {
    load() {
      clearTimeout(this.timer);
      this.timer = null;
      this.text = this.saved = this.known = this.data.draft;
      this.turn = this.data.turn;
    },
    // Another browser went on with this draft, or a reply was taken back. What stands here makes way
    // only if the server has heard of all of it; else that is handed over, and both texts are kept.
    take() {
      const heard = this.text === this.saved && this.said === this.data.heard && !this.sending;
      const waits = this.turn !== this.data.turn && heard;
      if (waits) {
        this.load();
        this.forget();
      }
      return waits;
    },
    type(event) {
      this.text = event.target.value;
      this.problem = this.refused = "";
      this.timer ??= setTimeout(this.flush, DRAFT_MS);
    },
    // A huge text takes the browser many seconds to put into the box: it is refused before that.
    paste(event) {
      const { selectionStart, selectionEnd } = event.target;
      this.admit(event, event.clipboardData, "pasted", selectionEnd - selectionStart);
    },
    admit(event, transfer, verb, replaced = 0) {
      const { wire_limit, limit } = this.data;
      const coming = transfer?.getData("text/plain").length ?? 0;
      if (!coming || this.text.length - replaced + coming <= wire_limit) return;
      event.preventDefault();
      const [came, most, reply] = [coming, wire_limit, limit].map((n) => n.toLocaleString("en"));
      this.refused =
        `Nothing was ${verb}: that text has ${came} characters, this box holds ${most}, ` +
        `a reply ${reply}. What was in the box is unchanged.`;
    },
    // Leaving the box, the page or the conversation hands the draft over first: by the time another
    // ticket opens there is nothing left to save.
    flush() {
      clearTimeout(this.timer);
      this.timer = null;
      if (!this.take()) this.hand(this.data.ticket_id);
    },
    hand(ticket) {
      if (this.text === this.saved || this.unsaved || !ticket) return;
      this.saved = this.text;
      if (window.desk.isCut()) this.keep(ticket);
      else this.forget();
      this.say("draft", { ticket_id: ticket });
    },
    // While the line is cut, and if the desk itself was gone the page is loaded anew when it is back.
    // `onto` is what the desk has heard of, as far as anybody here can know.
    keep(ticket) {
      window.desk.keepWords({ ticket, text: this.text, onto: this.known });
    },
    forget() {
      this.known = this.text;
      window.desk.keepWords(null);
    },
    stay({ detail }) {
      if (detail.cut && this.text.trim()) this.keep(this.data.ticket_id);
    },
    // Words kept by this window go on where they were typed; the desk drops them if they were sent.
    comeBack() {
      const { ticket, text, onto } = window.desk.keptWords() ?? {};
      if (!ticket || ticket !== this.data.ticket_id) return;
      window.desk.whenHeard(() => {
        window.desk.keepWords(null);
        if (ticket !== this.data.ticket_id || text === this.text) return;
        if (this.text !== onto) return this.$emit("draft", { ticket_id: ticket, text, turn: -1, said: 0 });
        this.text = text;
        this.hand(ticket);
      });
    },
    say(event, more) {
      this.said += 1;
      this.$emit(event, { text: this.text, turn: this.turn, said: this.said, ...more });
    },
    send(thenClose) {
      if (this.sending || !this.data.may_reply || this.tooLong) return;
      if (!this.text.trim()) {
        this.problem = "The reply is empty. Write something, then send it.";
        this.$refs.text.focus();
        return;
      }
      clearTimeout(this.timer);
      this.timer = null;
      this.hand(this.data.ticket_id); // what is sent is what stands here now, not what arrives now
      this.sending = true;
      this.problem = this.refused = "";
      this.say("send", { ticket_id: this.data.ticket_id, then_close: thenClose });
    },
    // Called by the server: the reply for `ticket` is kept for good, or was not taken.
    answered(ticket, ok) {
      if (ticket !== this.data.ticket_id || !this.sending) return;
      this.sending = false;
      if (!ok) return void (this.problem = "Not sent. Your text is kept here; try again.");
      this.text = this.saved = "";
      this.forget();
    },
    // Called by the server when the person took a reply back into the box.
    focus() {
      this.$refs.text.focus();
    },
    decide({ number, text }, insert) {
      this.flush();
      this.$emit("other", { number, text, insert });
      this.$refs.text.focus();
    },
    escape(event) {
      event.preventDefault();
      event.target.blur();
    },
  },
  template: `
    <form class="reply" @submit.prevent="send(false)">
      <section v-if="data.others.length" class="reply-others" aria-label="From another window">
        <p>{{ clash }}</p>
        <button type="button" class="link" :aria-expanded="showing" @click="showing = !showing">{{ showing ? 'Hide it' : 'Show the other text' }}</button>
        <div v-for="other in showing ? data.others : []" :key="other.number" class="reply-other">
          <p dir="auto" tabindex="0" role="group" aria-label="The other text">{{ other.text }}</p>
          <button type="button" class="secondary" @click="decide(other, true)">Insert below yours</button>
          <button type="button" class="quiet" @click="decide(other, false)">Discard it</button>
        </div>
      </section>
      <textarea ref="text" aria-label="Reply" rows="3" dir="auto" :placeholder="data.send_to ? 'Reply to ' + data.send_to : 'Reply'"
                :value="text" :readonly="sending" :aria-invalid="!!says || null" :aria-describedby="says ? 'reply-says' : null"
                @input="type" @paste="paste"
                @drop="admit($event, $event.dataTransfer, 'dropped here')" @blur="flush" @keydown.esc="escape"
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
