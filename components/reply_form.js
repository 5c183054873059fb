// The text of a reply is the person's: kept until the desk has it, handed over while typing, taken over from elsewhere
// only where nothing was typed since, and sent as it stands in the box, whoever wrote it there.
import { h, withModifiers } from "vue";

const DRAFT_MS = 400;
let edits = 0; // revisions of this page so far

export default {
  props: { data: Object, says: Object },
  emits: ["send", "draft"],
  mounted() {
    this.box = this.$el.querySelector("textarea");
    this.cut = window.desk.isCut();
    this.open();
    window.addEventListener("desk:line", this.line);
    for (const leaves of ["desk:leave", "pagehide"]) window.addEventListener(leaves, this.flush);
  },
  watch: {
    data(now, before) {
      if (now.ticket_id === before.ticket_id) return this.show(this.take());
      this.hand(before.ticket_id); // a key pressed while the other ticket was on its way
      this.open();
    },
  },
  methods: {
    // The browser may have made other line ends of what was put into the box.
    text() {
      return this.box.value === this.asShown ? this.given : this.box.value;
    },
    put(text) {
      this.given = this.seen = this.box.value = text;
      this.asShown = this.box.value;
    },
    open() {
      window.desk.setOpened(this.data.ticket_id);
      Object.assign(this, { sending: false, problem: "", refused: "" });
      this.load();
      this.hand(this.data.ticket_id);
      this.show();
    },
    load() {
      const { ticket_id, draft, base, acked_revision } = this.data;
      this.timer = clearTimeout(this.timer);
      this.put(draft);
      Object.assign(this, { saved: draft, known: draft, base, kept: true });
      this.revision = this.acked = acked_revision;
      window.desk.words.boxed = ticket_id;
      const own = window.desk.words.of(ticket_id);
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
      if (this.base === this.data.base || !acknowledged) return false;
      window.desk.words.forget(this.data.ticket_id);
      this.load();
      return true;
    },
    type() {
      if (this.text() === this.seen) return;
      Object.assign(this, { seen: this.text(), problem: "", refused: "" });
      this.keep(this.data.ticket_id);
      this.timer ??= setTimeout(this.flush, DRAFT_MS);
      this.show();
    },
    // On leaving the box, the page or the conversation too: by the time another ticket opens all is handed over.
    flush() {
      this.timer = clearTimeout(this.timer);
      if (this.take()) this.show();
      else this.hand(this.data.ticket_id);
    },
    hand(ticket) {
      const text = this.text();
      if (text === this.saved || text.length > this.data.wire_limit || !ticket) return;
      this.saved = text;
      this.tell("draft", { ticket_id: ticket });
    },
    // `base` is what it was typed onto; of several windows none overwrites the words of another.
    tell(event, told) {
      this.revision = ++edits;
      this.$emit(event, { text: this.text(), base: this.base, revision: this.revision, ...told });
      this.keep(told.ticket_id, told.reply_id);
    },
    // In the browser, until the desk has acknowledged it: `known` is what it has as far as is known.
    keep(ticket, reply_id) {
      const [text, onto, handed] = [this.text(), this.known, this.text() === this.saved];
      if (handed && this.revision <= this.acked && !reply_id) return window.desk.words.forget(ticket);
      this.kept = window.desk.words.keep(ticket, { text, onto, said: handed ? this.revision : 0, reply_id });
    },
    // Called by the server: this revision is stored.
    acknowledged(ticket, revision) {
      window.desk.words.acknowledged(ticket, revision);
      if (ticket !== this.data.ticket_id || revision > this.revision) return;
      this.acked = Math.max(this.acked, revision);
      if (revision === this.revision) this.known = this.saved;
      this.kept ||= revision === this.revision && this.text() === this.saved;
      this.show();
    },
    // An edit sent while the line was breaking may have arrived nowhere: it is sent again.
    line({ detail }) {
      const back = this.cut && !detail.cut;
      this.cut = detail.cut;
      this.show();
      if (back && this.revision > this.acked) this.again();
    },
    again() {
      if (this.sending) return this.tell("send", this.asked);
      this.saved = null;
      this.flush();
    },
    // Seen at the click, as no more than on its way, until the desk has drawn what it keeps.
    showSaving(text) {
      const bubble = document.querySelector(".pane:not([hidden]) .saving");
      bubble.firstElementChild.textContent = text;
      bubble.hidden = !text;
    },
    send(then_close) {
      this.show(); // another program may have written here without a word
      if (this.sending || !this.data.may_reply || this.tooLong) return;
      const { ticket_id, reply_id } = this.data;
      const problem = window.desk.isCut() ? this.says.cut : this.text().trim() ? "" : this.says.empty;
      Object.assign(this, { problem, refused: "", sending: !problem });
      this.box.focus();
      if (this.sending) {
        this.timer = clearTimeout(this.timer);
        this.hand(ticket_id); // as a draft first
        this.asked = { ticket_id, reply_id, then_close, text: this.text() };
        this.tell("send", this.asked);
        this.showSaving(this.asked.text);
      }
      this.show();
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
        this.showSaving("");
        this.again();
      }
      this.show();
    },
    focus() {
      this.box.focus();
    },
    goOn() {
      window.desk.focusRow(this.data.ticket_id, true);
    },
    // A huge text takes the browser many seconds to put into the box: it is refused before that.
    admit(event, transfer, says, replaced) {
      const coming = transfer?.getData("text/plain").length ?? 0;
      if (!coming || this.text().length - replaced + coming <= this.data.wire_limit) return;
      event.preventDefault();
      this.refused = says.replace("{count}", coming.toLocaleString("en"));
      this.show();
    },
    leave(event) {
      if (event.key !== "Escape" || event.target !== this.box || window.desk.composing(event)) return;
      event.preventDefault();
      this.box.blur();
      window.desk.focusRow(this.data.ticket_id);
    },
    show() {
      const { box, says, data: { limit, wire_limit, may_reply } } = this;
      const text = this.text();
      // Characters as people count them; each may be two letters of the browser's, which far away from the limit do.
      const length = text.length > limit && text.length <= 4 * limit ? [...text].length : text.length;
      const filled = (sentence) => sentence.replace("{count}", length.toLocaleString("en"));
      this.tooLong = length > limit;
      const long = this.tooLong && filled(text.length > wire_limit ? says.unsaved : says.too_long);
      const problem = this.refused || long || this.problem || (this.cut && !this.kept ? says.nowhere : "");
      const count = !this.tooLong && length >= limit * 0.9 ? filled(says.count) : "";
      for (const [place, words] of [[".reply-says", problem], [".reply-count", count]]) {
        const element = this.$el.querySelector(place);
        element.hidden = !words;
        if (element.textContent !== words) element.textContent = words;
      }
      box.ariaInvalid = problem ? "true" : null;
      box.readOnly = this.sending;
      for (const button of this.$el.querySelectorAll("[data-sends]"))
        button.disabled = this.sending || this.tooLong || !may_reply;
      if (CSS.supports("field-sizing", "content")) return;
      box.style.height = "";
      box.style.height = `${box.scrollHeight + 2}px`; // with its border
    },
  },
  render() {
    const heard = {
      onSubmit: withModifiers(({ submitter }) => this.send(submitter?.value === "close"), ["prevent"]),
      onPaste: (event) =>
        this.admit(event, event.clipboardData, this.says.pasted, this.box.selectionEnd - this.box.selectionStart),
      onDrop: (event) => this.admit(event, event.dataTransfer, this.says.dropped, 0),
      onInputCapture: this.type,
      onChangeCapture: this.type,
      onBlurCapture: this.flush,
      onKeydown: this.leave,
    };
    return h("form", heard, this.$slots.default?.());
  },
};
