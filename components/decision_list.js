// While it is there the list of tickets steps back (assets/conversation.css).
export default {
  props: { data: Object },
  emits: ["decide", "check_all", "open"],
  template: `
    <section v-if="data" class="decisions" aria-label="Replies to decide">
      <header>
        <div class="grow">
          <h2>{{ data.title }}</h2>
          <p v-if="data.decisions.length">Nothing here is sent again by itself. What the ticket shows later leaves this list on its own.</p>
          <p v-else>A reply that could not be confirmed, was refused, or needs an answer first appears here.</p>
        </div>
        <button v-if="data.check_all" type="button" class="secondary" @click="$emit('check_all')">Check all</button>
      </header>
      <div v-if="data.notice" class="notice" :class="data.notice.tone" role="alert"><p>{{ data.notice.text }}</p></div>
      <article v-for="one in data.decisions" :key="one.reply_id" class="decision" :aria-label="one.subject"
               :data-reply-state="one.state" :data-reply-id="one.reply_id">
        <header>
          <button type="button" class="decision-subject" @click="$emit('open', { id: one.ticket_id })"><bdi>{{ one.subject }}</bdi></button>
          <bdi class="decision-who">{{ one.customer }}</bdi>
          <time :data-since="one.written_at" :datetime="one.written_at" :title="one.written_exact"></time>
        </header>
        <p v-if="one.text" class="decision-text" dir="auto">{{ one.text }}</p>
        <p class="decision-state">{{ one.state_label }}</p>
        <div class="decision-actions">
          <button v-for="action in one.actions" :key="action.value" type="button" class="secondary"
                  @click="$emit('decide', { reply_id: one.reply_id, action: action.value })">{{ action.label }}</button>
        </div>
      </article>
    </section>`,
};
