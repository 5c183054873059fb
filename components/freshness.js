// The age counts on in the browser; screen readers hear the state and the progress, not each second.
export default {
  props: { data: Object },
  emits: ["action"],
  template: `
    <div class="freshness">
      <span class="fresh" role="status" :data-freshness="data.state" :title="data.as_of_exact"><i class="dot"
        aria-hidden="true"></i><span class="fresh-word">{{ data.label || data.state }}</span><time v-if="data.as_of"
        class="fresh-age" aria-hidden="true" data-fine :data-since="data.as_of" :datetime="data.as_of"></time><span
        v-if="data.progress" class="fresh-progress">{{ data.progress }}</span></span>
      <div v-if="data.notice" class="fresh-line" :class="data.notice.tone" role="alert">
        <span>{{ data.notice.text }}</span>
        <button v-if="data.notice.action" type="button" class="link" @click="$emit('action')">{{ data.notice.action }}</button>
      </div>
    </div>`,
};
