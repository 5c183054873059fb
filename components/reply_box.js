// The text belongs to the person: it is loaded when a ticket opens, emptied when the server says that
// the reply is kept for good, and in between it follows another browser only while nothing was typed
// here since. A draft is handed over while typing, with the base it was typed onto; until the desk
// acknowledges it, this browser keeps it as well, and the box goes on with it whatever happens.
const DRAFT_MS = 400;
const NEAR_LIMIT = 0.9;
const NOWHERE =
  "There is no connection to the desk, and this browser keeps no drafts. " +
  "Leave this window open until the connection is back.";
let edits = 0; // revisions of this page so far

export default {
  props: { data: Object },
  emits: ["send", "draft", "status", "other"],
  data() {
    const bare = { sending: false, problem: "", refused: "", showing: false };
    return { text: "", kept: true, cut: window.desk.isCut(), ...bare };
  },
  created() {
    window.desk.setOpened(this.data.ticket_id);
    this.load();
  },
  mounted() {
    this.hand(this.data.ticket_id);
    window.addEventListener("desk:line", this.line);
    window.addEventListener("desk:leave", this.flush);
    window.addEventListener("pagehide", this.flush);
  },
  unmounted() {
    clearTimeout(this.timer);
    window.desk.words.boxed = "";
    window.removeEventListener("desk:line", this.line);
    window.removeEventListener("desk:leave", this.flush);
    window.removeEventListener("pagehide", this.flush);
  },
  watch: {
    data(now, before) {
      if (now.ticket_id === before.ticket_id) {
        if (now.others.length > before.others.length) window.desk.say(this.clash);
        return void this.take();
      }
      window.desk.setOpened(now.ticket_id);
      this.hand(before.ticket_id); // a key pressed while the other ticket was on its way
      this.sending = false;
      this.problem = this.refused = "";
      this.showing = false;
      this.load();
      this.hand(now.ticket_id);
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
      if (this.refused) return this.refused;
      if (!this.tooLong) return this.problem || (this.cut && !this.kept ? NOWHERE : "");
      const kept = this.unsaved ? "it stays in this window, but is too long to be kept as a draft" : "the text is kept";
      return `The reply has ${this.count}. Shorten it or split it; ${kept}.`;
    },
  },
  methods: {
    load() {
      clearTimeout(this.timer);
      this.timer = null;
      const { ticket_id, draft, base, acked_revision } = this.data;
      const { words } = window.desk;
      this.text = this.saved = this.known = draft;
      this.base = base;
      this.revision = this.ackedRevision = acked_revision;
      words.boxed = ticket_id;
      this.kept = true;
      const own = words.of(ticket_id);
      if (!own || own.reply_id) return; // what is being sent is in `draft`
      this.text = own.text;
      this.saved = null;
      // Where the desk has made another text of what it was typed onto, it stands beside that.
      if (own.onto !== draft && own.text !== draft) this.base = -1;
    },
    // Another browser went on with this draft, or a reply was taken back. What stands here makes way
    // only if the desk had acknowledged all of it by then; else both texts are kept.
    take() {
      const acknowledged = this.text === this.saved && this.revision === this.data.acked_revision && !this.sending;
      const waits = this.base !== this.data.base && acknowledged;
      if (waits) {
        window.desk.words.forget(this.data.ticket_id);
        this.load();
      }
      return waits;
    },
    type(event) {
      this.text = event.target.value;
      this.problem = this.refused = "";
      this.keep(this.data.ticket_id);
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
      this.say("draft", { ticket_id: ticket });
      this.keep(ticket);
    },
    // In the browser, until the desk has acknowledged it: `known` is what it has as far as is known.
    keep(ticket, reply_id) {
      const { words } = window.desk;
      const handed = this.text === this.saved;
      if (handed && this.revision <= this.ackedRevision && !reply_id) return words.forget(ticket);
      const said = handed ? this.revision : 0;
      this.kept = words.keep(ticket, { text: this.text, onto: this.known, said, reply_id });
    },
    // Called by the server: this revision is stored.
    acknowledged(ticket, revision) {
      window.desk.words.acknowledged(ticket, revision);
      if (ticket !== this.data.ticket_id || revision > this.revision) return;
      this.ackedRevision = Math.max(this.ackedRevision, revision);
      if (revision === this.revision) this.known = this.saved;
      if (this.text === this.saved && revision === this.revision) this.kept = true;
    },
    // An edit sent while the line was breaking may have arrived nowhere: it is sent again.
    line({ detail }) {
      const was = this.cut;
      this.cut = detail.cut;
      if (!was || this.cut || this.revision <= this.ackedRevision) return;
      if (this.sending) return this.order();
      this.saved = null;
      this.flush();
    },
    say(event, more) {
      this.revision = ++edits;
      this.$emit(event, { text: this.text, base: this.base, revision: this.revision, ...more });
    },
    send(thenClose) {
      if (this.sending || !this.data.may_reply || this.tooLong) return;
      if (window.desk.isCut()) {
        this.problem = "Not sent: there is no connection to the desk. Your text stays here; send it once the connection is back.";
        return;
      }
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
      const { ticket_id, reply_id } = this.data;
      this.asked = { ticket_id, reply_id, text: this.text, then_close: thenClose };
      this.order();
    },
    order() {
      const { ticket_id, reply_id, then_close } = this.asked;
      this.say("send", { ticket_id, reply_id, then_close });
      this.keep(ticket_id, reply_id);
    },
    // Called by the server: the reply is kept for good, or was not taken. Its ticket may have been left
    // and opened again meanwhile.
    answered(ticket, reply_id, ok) {
      const { words } = window.desk;
      const here = ticket === this.data.ticket_id;
      if (ok && words.of(ticket)?.reply_id === reply_id) words.forget(ticket);
      if (!here || this.asked?.reply_id !== reply_id) return;
      const waited = this.sending;
      this.sending = false;
      if (ok && this.text === this.asked.text) {
        this.text = this.saved = this.known = "";
        this.ackedRevision = this.revision;
      } else if (waited && !ok) {
        this.problem = "Not sent. Your text is kept here; try again.";
        this.saved = null;
        this.flush();
      }
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
