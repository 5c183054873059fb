// While it is there the list of tickets steps back (assets/conversation.css).
export default {
  props: { data: Object },
  emits: ["review", "recheck_all", "open"],
  template: `
    <section v-if="data" class="review-queue" aria-label="Needs review">
      <header>
        <div class="grow">
          <h2>{{ data.title }}</h2>
          <p v-if="data.items.length">Nothing here is sent again by itself. What the ticket shows later leaves this list on its own.</p>
          <p v-else>A reply that could not be confirmed, was refused, or needs an answer first appears here.</p>
        </div>
        <button v-if="data.recheck_all" type="button" class="secondary" @click="$emit('recheck_all')">Re-check all</button>
      </header>
      <div v-if="data.notice" class="notice" :class="data.notice.tone" role="alert"><p>{{ data.notice.text }}</p></div>
      <article v-for="one in data.items" :key="one.reply_id" class="review-item" :aria-label="one.subject"
               :data-reply-state="one.state" :data-reply-id="one.reply_id">
        <header>
          <button type="button" class="review-subject" @click="$emit('open', { id: one.ticket_id })"><bdi>{{ one.subject }}</bdi></button>
          <bdi class="review-who">{{ one.customer }}</bdi>
          <time :data-since="one.written_at" :datetime="one.written_at" :title="one.written_exact"></time>
        </header>
        <p v-if="one.text" class="review-text" dir="auto">{{ one.text }}</p>
        <p class="review-state">{{ one.state_label }}</p>
        <div class="review-actions">
          <button v-for="action in one.actions" :key="action.value" type="button" class="secondary"
                  @click="$emit('review', { reply_id: one.reply_id, action: action.value })">{{ action.label }}</button>
        </div>
      </article>
    </section>`,
};
