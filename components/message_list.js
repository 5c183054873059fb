// The reader's place: a conversation opens at its end, is followed there, and else stays as it is read.
import { h } from "vue";

const { guarded } = window.desk;
const top = (one) => one.getBoundingClientRect().top;

export default {
  props: { patch: Object, ticket: String },
  emits: ["act"],
  mounted() {
    this.pill = this.$el.nextElementSibling;
    this.pill.onclick = this.toEnd;
    new ResizeObserver(() => this.follows && this.toEnd()).observe(this.$el);
    this.draw();
    window.addEventListener("pagehide", this.leave);
  },
  watch: { patch: "draw" },
  methods: {
    draw() {
      const log = this.$el, all = log.getElementsByTagName("article");
      const cut = this.cut();
      const read = [...all].find((one) => top(one) + one.offsetHeight > top(log));
      const below = () => all.length - [...all].indexOf(read);
      const before = read && { top: top(read), below: below() };
      window.desk.patchList(log, this.patch);
      this.pill.nextElementSibling.hidden = true; // what was being saved is among them, or not kept
      if (this.drawn !== this.ticket || (this.follows && !cut && !this.cut())) this.toEnd();
      else if (!read?.isConnected) log.scrollTop = this.cut() ? 0 : log.scrollHeight;
      else {
        log.scrollTop += top(read) - before.top;
        if (!cut) this.count(this.unseen + Math.max(0, below() - before.below));
      }
      if (this.ticket && !this.drawn) this.comeBack();
      this.drawn = this.ticket;
    },
    // After a reload one reads on where one was, counted from the end.
    leave() {
      const { scrollHeight, scrollTop, clientHeight } = this.$el;
      const left = { ticket: this.ticket, above: scrollHeight - scrollTop };
      if (clientHeight && !this.follows) guarded(() => (sessionStorage.ticketdesk_read = JSON.stringify(left)));
    },
    comeBack() {
      const left = guarded(() => JSON.parse(sessionStorage.ticketdesk_read));
      guarded(() => delete sessionStorage.ticketdesk_read);
      if (left?.ticket === this.ticket) this.$el.scrollTop = this.$el.scrollHeight - left.above;
      this.scrolled();
    },
    // Whether later messages are left out: then the end of the list is not that of the conversation.
    cut() {
      return !!this.$el.querySelector("[data-left=later]");
    },
    toEnd() {
      this.$el.scrollTop = this.$el.scrollHeight;
      this.scrolled();
    },
    scrolled() {
      const { scrollHeight, scrollTop, clientHeight } = this.$el;
      this.follows = scrollHeight - scrollTop - clientHeight < 48;
      if (this.follows) this.count(0);
    },
    count(unseen) {
      this.pill.hidden = !(this.unseen = unseen);
      this.pill.textContent = unseen === 1 ? this.pill.dataset.one : this.pill.dataset.several.replace("{}", unseen);
    },
    act(event) {
      const act = window.desk.actOf(event, this.$el);
      if (act) this.$emit("act", act);
    },
  },
  render() {
    return h("div", { onClick: this.act, onScrollPassive: this.scrolled });
  },
};
