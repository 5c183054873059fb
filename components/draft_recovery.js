// Drafts that this browser kept and no desk has acknowledged go there from whatever page is opened
// next. It draws nothing, and forgets them once the desk says that they are a draft.
export default {
  props: { data: Object },
  emits: ["draft"],
  mounted() {
    this.cut = window.desk.isCut();
    this.handOver();
    window.addEventListener("desk:line", this.line);
  },
  unmounted() {
    window.removeEventListener("desk:line", this.line);
  },
  methods: {
    line({ detail }) {
      const back = this.cut && !detail.cut;
      this.cut = detail.cut;
      if (back) this.handOver();
    },
    async handOver() {
      window.desk.words.own().forEach(this.say);
      (await window.desk.words.orphaned()).forEach(this.say);
    },
    say({ key, ticket, text, onto, reply_id }) {
      if (text.length > this.data.wire_limit) window.desk.words.adopt(key, ticket);
      else this.$emit("draft", { key, ticket_id: ticket, text, onto, reply_id });
    },
    // Called by the server.
    recovered(key, text) {
      window.desk.words.taken(key, text);
    },
  },
  render: () => null,
};
