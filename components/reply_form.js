// The text of a reply is the person's: kept until the desk has it, handed over while typing, taken over from elsewhere
// only where nothing was typed since, and sent as it stands in the box, whoever wrote it there.
import { h, withModifiers } from "vue";

const DRAFT_MS = 400;
let edits = 0; // revisions of this page so far

export default {
  props: { data: Object },
  emits: ["send", "draft", "refuse"],
  mounted() {
    this.box = this.$el.querySelector("textarea");
    this.open();
    window.addEventListener("desk:back", () => this.revision > this.acked && this.again());
    for (const leaves of ["desk:leave", "pagehide"]) window.addEventListener(leaves, this.flush);
  },
  watch: {
    data(now, before) {
      if (now.ticket_id === before.ticket_id) return this.take();
      this.hand(before.ticket_id); // a key pressed while the other ticket was on its way
      this.open();
    },
  },
  methods: {
    // Returns what has become of it there: the browser may make other line ends.
    put(text) {
      this.box.value = text;
      this.fit();
      return this.box.value;
    },
    open() {
      if (!this.$attrs.part) window.desk.setOpened(this.data.ticket_id); // of two boxes one says so
      this.wait(null);
      this.load();
      this.hand(this.data.ticket_id);
    },
    load() {
      const { ticket_id, draft, base, acked_revision } = this.data;
      this.timer = clearTimeout(this.timer);
      this.saved = this.known = this.put(draft);
      this.base = base;
      this.revision = this.acked = acked_revision;
      if (!this.$attrs.part) window.desk.words.boxed = ticket_id; // at which the box for notes stands as well
      const own = window.desk.words.of(ticket_id);
      if (!own || own.reply_id) return; // what is being sent is in `draft`
      this.put(own.text);
      this.saved = null;
      // Where the desk has made another text of what it was typed onto, which it does not go on from, both stay.
      if (own.onto !== this.known && !own.text.startsWith(this.known)) this.base = -1;
    },
    // Another browser went on with this draft, or a reply was taken back. What stands here makes way
    // only if the desk had acknowledged all of it by then; else both texts are kept.
    take() {
      const handed = this.box.value === this.saved && this.revision === this.data.acked_revision;
      if (this.base === this.data.base || !handed || this.sending) return false;
      window.desk.words.forget(this.data.ticket_id);
      this.load();
      return true;
    },
    type() {
      this.keep(this.data.ticket_id);
      this.timer ??= setTimeout(this.flush, DRAFT_MS);
      this.fit();
    },
    // On leaving the box, the page or the conversation too: by the time another ticket opens all is handed over.
    flush() {
      this.timer = clearTimeout(this.timer);
      if (!this.take()) this.hand(this.data.ticket_id);
    },
    hand(ticket_id) {
      const { value } = this.box;
      if (value === this.saved || !ticket_id) return;
      if (value.length > this.data.most) return this.$emit("refuse", { why: "unsaved", length: value.length });
      this.saved = value;
      this.tell("draft", { ticket_id });
    },
    // `base` is what it was typed onto; of several windows none overwrites the words of another.
    tell(event, told) {
      this.revision = ++edits;
      this.$emit(event, { text: this.box.value, base: this.base, revision: this.revision, ...told });
      this.keep(told.ticket_id, told.reply_id);
    },
    // In the browser, until the desk has acknowledged it: `known` is what it has as far as is known.
    keep(ticket, reply_id) {
      const [text, handed] = [this.box.value, this.box.value === this.saved];
      const done = handed && this.revision <= this.acked && !reply_id;
      const words = { text, onto: this.known, said: handed ? this.revision : 0, reply_id };
      const kept = done ? window.desk.words.forget(ticket) : window.desk.words.keep(ticket, words);
      this.$el.toggleAttribute("data-unkept", !done && !kept);
    },
    // Called by the server: this revision is stored.
    acknowledged(ticket, revision) {
      window.desk.words.acknowledged(ticket, revision);
      if (ticket !== this.data.ticket_id || revision > this.revision) return;
      this.acked = Math.max(this.acked, revision);
      if (revision !== this.revision) return;
      this.known = this.saved;
      if (this.box.value === this.saved) this.$el.removeAttribute("data-unkept");
    },
    // An edit sent while the line was breaking may have arrived nowhere: it is sent again.
    again() {
      if (this.sending) return this.tell("send", this.asked);
      this.saved = null;
      this.flush();
    },
    send(then_close) {
      const [{ ticket_id, reply_id, may_reply, most }, text] = [this.data, this.box.value];
      if (this.sending || !may_reply || text.length > most) return;
      this.timer = clearTimeout(this.timer);
      this.hand(ticket_id); // as a draft first
      this.asked = { ticket_id, reply_id, then_close, text };
      this.tell("send", this.asked);
      this.wait(text.trim());
      this.box.focus();
    },
    // Seen at the click, as no more than on its way, until the desk has drawn what it keeps.
    wait(text) {
      const bubble = document.querySelector(".pane:not([hidden]) .saving");
      bubble.dataset.replyId = this.asked?.reply_id;
      bubble.firstElementChild.textContent = text;
      bubble.hidden = !text;
      this.sending = this.box.readOnly = text !== null;
    },
    // Called by the server: the reply is kept for good, or was not taken. Its ticket may have been left
    // and opened again meanwhile.
    answered(ticket, reply_id, ok) {
      const { words } = window.desk;
      if (ok && words.of(ticket)?.reply_id === reply_id) words.forget(ticket);
      if (ticket !== this.data.ticket_id || this.asked?.reply_id !== reply_id) return;
      const waited = this.sending;
      this.sending = this.box.readOnly = false;
      if (ok && this.box.value === this.asked.text) {
        this.saved = this.known = this.put("");
        this.acked = this.revision;
      } else if (waited && !ok) {
        this.wait(null);
        this.again();
      }
    },
    // A huge text takes the browser many seconds to put into the box: it is refused before that.
    admit(event) {
      const { value, selectionStart, selectionEnd } = this.box;
      const coming = event.inputType.startsWith("insertFrom") ? event.data?.length : 0;
      if (!coming || value.length + coming - (selectionEnd - selectionStart) <= this.data.most) return;
      event.preventDefault();
      this.flush();
      this.$emit("refuse", { why: event.inputType === "insertFromDrop" ? "dropped" : "pasted", length: coming });
    },
    fit() {
      if (CSS.supports("field-sizing", "content")) return;
      this.box.style.height = "";
      this.box.style.height = `${this.box.scrollHeight + 2}px`; // with its border
    },
  },
  render() {
    const heard = {
      onSubmit: withModifiers(({ submitter }) => this.send(submitter?.value === "close"), ["prevent"]),
      onBeforeinput: this.admit,
      onInputCapture: this.type,
      onChangeCapture: this.type,
      onBlurCapture: this.flush,
    };
    return h("form", heard, this.$slots.default?.());
  },
};
