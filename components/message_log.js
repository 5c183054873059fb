// The conversation. It opens at its end; later it follows new messages only while its end is in view.
import { h, nextTick } from "vue";

const SAFE = /^(https?:|mailto:)/i;
const NEAR_END = 48;
const MOST_BOXES = 200; // for the paragraphs of one message

// Where a link really leads: the host as the network knows it, so that look-alike letters show.
function target(href) {
  try {
    const url = new URL(href);
    return url.protocol === "mailto:" ? url.pathname : url.host;
  } catch {
    return "";
  }
}

function link({ text, href }) {
  const goes = target(href);
  const opened = h(
    "a",
    { href, target: "_blank", rel: "noopener noreferrer nofollow", title: `Opens ${goes}`, "data-host": goes },
    text,
  );
  const seems = text.toLowerCase().replace(/^(https?:\/\/|mailto:)/, "");
  return !goes || seems.startsWith(goes) ? [opened] : [opened, h("span", { class: "msg-host" }, ` (opens ${goes})`)];
}

// Text nodes and links only; nothing a customer wrote is ever read as HTML. Each paragraph is a box
// of its own, so that letters with towers of marks do not paint over the paragraphs around them; of
// very many, several share one: the elements of a message are counted, whatever was written.
function Words({ segments }) {
  const breaks = segments.reduce((sum, { text }) => sum + text.split("\n").length - 1, 0);
  const shared = Math.ceil((breaks + 1) / MOST_BOXES);
  const boxes = [[]];
  let line = 0;
  const add = (text) => {
    const box = boxes.at(-1);
    if (typeof box.at(-1) === "string") box.push(box.pop() + text);
    else box.push(text);
  };
  for (const part of segments) {
    if (SAFE.test(part.href)) {
      boxes.at(-1).push(...link(part));
      continue;
    }
    const lines = part.text.split("\n");
    lines.forEach((text, i) => {
      add(i < lines.length - 1 ? text + "\n" : text);
      if (i < lines.length - 1 && ++line % shared === 0) boxes.push([]);
    });
  }
  return boxes.map((box) => h("div", { class: "msg-line" }, box));
}
Words.props = ["segments"];

// How long a reply can still be taken back. Only for the eye: nobody wants each second read out.
const UndoCountdown = {
  props: { seconds: Number },
  data() {
    return { left: Math.ceil(this.seconds) };
  },
  watch: {
    seconds: "begin",
  },
  mounted() {
    this.begin();
  },
  unmounted() {
    this.stop();
  },
  methods: {
    begin() {
      this.stop?.();
      this.stop = window.desk.countDown(this.seconds, (left) => (this.left = left));
    },
  },
  render() {
    return h("b", { class: "hold", "aria-hidden": "true" }, this.left ? `${this.left} s` : "");
  },
};

export default {
  components: { Words, UndoCountdown },
  props: { data: Object },
  emits: ["review", "more", "earlier"],
  data: () => ({ unseen: 0 }),
  mounted() {
    this.watcher = new ResizeObserver(() => this.following && this.toEnd());
    this.watcher.observe(this.$el);
    this.following = true;
    nextTick(this.toEnd);
    window.addEventListener("desk:undo", this.undo);
  },
  unmounted() {
    this.watcher.disconnect();
    window.removeEventListener("desk:undo", this.undo);
  },
  watch: {
    data(now, before) {
      const log = this.$refs.log;
      const opened = now.ticket_id !== before.ticket_id || !before.messages;
      const height = log?.scrollHeight ?? 0;
      const first = before.messages?.[0]?.id;
      const added = (now.messages?.length ?? 0) - (before.messages?.length ?? 0);
      nextTick(() => {
        if (opened || this.following) return this.toEnd();
        const prepended = first !== now.messages?.[0]?.id;
        if (prepended) this.$refs.log.scrollTop += this.$refs.log.scrollHeight - height;
        else if (added > 0) this.unseen += added;
      });
    },
  },
  methods: {
    toEnd() {
      const log = this.$refs.log;
      if (log) log.scrollTop = log.scrollHeight;
      this.following = true;
      this.unseen = 0;
    },
    scrolled() {
      const { scrollHeight, scrollTop, clientHeight } = this.$refs.log;
      this.following = scrollHeight - scrollTop - clientHeight < NEAR_END;
      if (this.following) this.unseen = 0;
    },
    undo() {
      const held = this.data.messages?.findLast((one) => one.actions.some(({ value }) => value === "undo"));
      if (held) this.$emit("review", { reply_id: held.reply_id, action: "undo" });
    },
    says: (message) => [message.name, message.created_exact].filter(Boolean).join(", "),
  },
  template: `
    <div class="log-box">
      <div class="log" role="log" aria-label="Messages" tabindex="0" ref="log" :key="data.ticket_id"
           :aria-busy="data.messages === null" @scroll.passive="scrolled">
        <button v-if="data.earlier && data.messages" type="button" class="secondary earlier" @click="$emit('earlier')">Show {{ data.earlier }} earlier messages</button>
        <template v-if="data.messages === null">
          <div v-for="side in ['customer', 'seller', 'customer']" class="msg skeleton" :class="side" aria-hidden="true"><i></i><i></i></div>
        </template>
        <p v-else-if="!data.messages.length" class="log-empty">No messages yet.</p>
        <template v-for="message in data.messages ?? []" :key="message.reply_id + message.id">
          <div v-if="message.day_label" class="day"><span>{{ message.day_label }}</span></div>
          <article :class="['msg', message.side]" :aria-label="says(message)" :data-message-id="message.id"
                   :data-sender="message.sender" :data-reply-state="message.state || null">
            <header><span class="msg-name"><bdi>{{ message.name }}</bdi></span><time :datetime="message.created_at"
              :title="message.created_exact">{{ message.time_label }}</time></header>
            <div class="msg-text" dir="auto"><Words :segments="message.segments"/></div>
            <button v-if="message.more_label" type="button" class="link" @click="$emit('more', { id: message.id })">{{ message.more_label }}</button>
            <footer v-if="message.state_label || message.actions.length" :class="message.state_tone">
              <span v-if="message.state_label">{{ message.state_label }}</span>
              <UndoCountdown v-if="message.undo_seconds" :seconds="message.undo_seconds"/>
              <button v-for="action in message.actions" :key="action.value" type="button" class="link"
                      @click="$emit('review', { reply_id: message.reply_id, action: action.value })">{{ action.label }}</button>
            </footer>
          </article>
        </template>
      </div>
      <button v-if="unseen" type="button" class="pill to-end" @click="toEnd">{{ unseen === 1 ? '1 new message' : unseen + ' new messages' }}</button>
    </div>`,
};
