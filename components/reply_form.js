// The text of a reply belongs to the person who types it: kept until the desk has it, handed over while typing, taken
// over from elsewhere only where nothing was typed since, and sent as it stands.
import { h, withModifiers } from "vue";

const DRAFT_MS = 400;
const NEAR_LIMIT = 0.9;
let edits = 0; // revisions of this page so far

export default {
  props: { data: Object, says: Object },
  emits: ["send", "draft"],
  mounted() {
    this.box = this.$el.querySelector("textarea");
    this.cut = window.desk.isCut();
    this.open("");
    window.addEventListener("desk:line", this.line);
    window.addEventListener("desk:leave", this.flush);
    window.addEventListener("pagehide", this.flush);
  },
  watch: {
    data(now, before) {
      if (now.ticket_id === before.ticket_id) this.take();
      else this.open(before.ticket_id);
      this.show();
    },
  },
  methods: {
    // What stands in the box, whoever wrote it there; the browser may have made other line ends of what was put in.
    text() {
      return this.box.value === this.asShown ? this.given : this.box.value;
    },
    put(text) {
      this.given = this.seen = this.box.value = text;
      this.asShown = this.box.value;
    },
    open(before) {
      window.desk.setOpened(this.data.ticket_id);
      if (before) this.hand(before); // a key pressed while the other ticket was on its way
      this.sending = false;
      this.problem = this.refused = "";
      this.load();
      this.hand(this.data.ticket_id);
      this.show();
    },
    load() {
      clearTimeout(this.timer);
      const { ticket_id, draft, base, acked_revision } = this.data;
      const { words } = window.desk;
      this.saved = this.known = draft;
      this.put(draft);
      this.base = base;
      this.revision = this.acked = acked_revision;
      words.boxed = ticket_id;
      this.kept = true;
      this.timer = null;
      const own = words.of(ticket_id);
      if (!own || own.reply_id) return; // what is being sent is in `draft`
      this.put(own.text);
      this.saved = null;
      // Where the desk has made another text of what it was typed onto, it stands beside that.
      if (own.onto !== draft && own.text !== draft) this.base = -1;
    },
    // Another browser went on with this draft, or a reply was taken back. What stands here makes way
    // only if the desk had acknowledged all of it by then; else both texts are kept.
    take() {
      const acknowledged = this.text() === this.saved && this.revision === this.data.acked_revision && !this.sending;
      const waits = this.base !== this.data.base && acknowledged;
      if (waits) {
        window.desk.words.forget(this.data.ticket_id);
        this.load();
      }
      return waits;
    },
    type() {
      if (this.text() === this.seen) return;
      this.seen = this.text();
      this.problem = this.refused = "";
      this.keep(this.data.ticket_id);
      this.timer ??= setTimeout(this.flush, DRAFT_MS);
      this.show();
    },
    // Leaving the box, the page or the conversation hands the draft over first: by the time another
    // ticket opens there is nothing left to save.
    flush() {
      clearTimeout(this.timer);
      this.timer = null;
      if (this.take()) this.show();
      else this.hand(this.data.ticket_id);
    },
    hand(ticket) {
      const text = this.text();
      if (text === this.saved || text.length > this.data.wire_limit || !ticket) return;
      this.saved = text;
      this.say("draft", { ticket_id: ticket });
      this.keep(ticket);
    },
    // In the browser, until the desk has acknowledged it: `known` is what it has as far as is known.
    keep(ticket, reply_id) {
      const handed = this.text() === this.saved;
      if (handed && this.revision <= this.acked && !reply_id) return window.desk.words.forget(ticket);
      const said = handed ? this.revision : 0;
      this.kept = window.desk.words.keep(ticket, { text: this.text(), onto: this.known, said, reply_id });
    },
    say(event, more) {
      this.revision = ++edits;
      this.$emit(event, { text: this.text(), base: this.base, revision: this.revision, ...more });
    },
    // Called by the server: this revision is stored.
    acknowledged(ticket, revision) {
      window.desk.words.acknowledged(ticket, revision);
      if (ticket !== this.data.ticket_id || revision > this.revision) return;
      this.acked = Math.max(this.acked, revision);
      if (revision === this.revision) this.known = this.saved;
      if (revision === this.revision && this.text() === this.saved) this.kept = true;
      this.show();
    },
    // An edit sent while the line was breaking may have arrived nowhere: it is sent again.
    line({ detail }) {
      const back = this.cut && !detail.cut;
      this.cut = detail.cut;
      this.show();
      if (!back || this.revision <= this.acked) return;
      if (this.sending) return this.order();
      this.saved = null;
      this.flush();
    },
    send(thenClose) {
      this.show(); // another program may have written here without a word
      if (this.sending || !this.data.may_reply || this.tooLong) return;
      this.box.focus();
      this.refused = "";
      this.problem = window.desk.isCut() ? this.says.cut : this.text().trim() ? "" : this.says.empty;
      if (this.problem) return this.show();
      clearTimeout(this.timer);
      this.timer = null;
      const { ticket_id, reply_id } = this.data;
      this.hand(ticket_id); // what is sent is what stands here now, not what arrives now
      this.sending = true;
      this.asked = { ticket_id, reply_id, text: this.text(), then_close: thenClose };
      this.order();
      this.show();
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
      if (ok && words.of(ticket)?.reply_id === reply_id) words.forget(ticket);
      if (ticket !== this.data.ticket_id || this.asked?.reply_id !== reply_id) return;
      const waited = this.sending;
      this.sending = false;
      if (ok && this.text() === this.asked.text) {
        this.put((this.saved = this.known = ""));
        this.acked = this.revision;
      } else if (waited && !ok) {
        this.problem = this.says.not_sent;
        this.saved = null;
        this.flush();
      }
      this.show();
    },
    focus() {
      this.box.focus();
    },
    selected() {
      return this.box.selectionEnd - this.box.selectionStart;
    },
    // A huge text takes the browser many seconds to put into the box: it is refused before that.
    admit(event, transfer, says, replaced) {
      const coming = transfer?.getData("text/plain").length ?? 0;
      if (!coming || this.text().length - replaced + coming <= this.data.wire_limit) return;
      event.preventDefault();
      this.refused = says.replace("{count}", coming.toLocaleString("en"));
      this.show();
    },
    escape(event) {
      if (event.key !== "Escape" || event.target !== this.box || window.desk.composing(event)) return;
      event.preventDefault();
      this.box.blur();
      window.desk.focusRow(this.data.ticket_id);
    },
    show() {
      const { limit, wire_limit, may_reply } = this.data;
      const { box, says } = this;
      const text = this.text();
      // Characters as people count them; each may be two letters of the browser's, which far away from the limit do.
      const length = text.length > limit && text.length <= 4 * limit ? [...text].length : text.length;
      const filled = (sentence) => sentence.replace("{count}", length.toLocaleString("en"));
      this.tooLong = length > limit;
      const long = this.tooLong && filled(text.length > wire_limit ? says.unsaved : says.too_long);
      const problem = this.refused || long || this.problem || (this.cut && !this.kept ? says.nowhere : "");
      this.write(".reply-says", problem);
      this.write(".reply-count", this.tooLong || length < limit * NEAR_LIMIT ? "" : filled(says.count));
      if (problem) box.setAttribute("aria-invalid", "true");
      else box.removeAttribute("aria-invalid");
      box.readOnly = this.sending;
      if (!CSS.supports("field-sizing", "content")) {
        box.style.height = "";
        box.style.height = `${box.scrollHeight + 2}px`; // with its border
      }
      for (const button of this.$el.querySelectorAll("[data-sends]"))
        button.disabled = this.sending || this.tooLong || !may_reply;
    },
    write(place, text) {
      const element = this.$el.querySelector(place);
      element.hidden = !text;
      if (element.textContent !== text) element.textContent = text;
    },
  },
  render() {
    const heard = {
      onSubmit: withModifiers((event) => this.send(event.submitter?.value === "close"), ["prevent"]),
      onPaste: (event) => this.admit(event, event.clipboardData, this.says.pasted, this.selected()),
      onDrop: (event) => this.admit(event, event.dataTransfer, this.says.dropped, 0),
      onInputCapture: this.type,
      onChangeCapture: this.type,
      onBlurCapture: this.flush,
      onKeydown: this.escape,
    };
    return h("form", heard, this.$slots.default?.());
  },
};
