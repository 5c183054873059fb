export default {
  props: { data: Object },
  emits: ["action"],
  template: `
    <div v-if="data" class="empty">
      <p class="empty-title">{{ data.title }}</p>
      <p v-if="data.text">{{ data.text }}</p>
      <button v-if="data.action" type="button" class="secondary" @click="$emit('action')">{{ data.action }}</button>
    </div>`,
};
