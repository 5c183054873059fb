export default {
  props: { data: Object },
  emits: ["action"],
  watch: {
    data(now) {
      if (now && now.tone !== "error") window.desk.say(now.text); // an error is an alert already
    },
  },
  template: `
    <div v-if="data" class="notice" :class="data.tone" :role="data.tone === 'error' ? 'alert' : null">
      <p>{{ data.text }}</p>
      <button v-if="data.action" type="button" class="link" @click="$emit('action')">{{ data.action }}</button>
    </div>`,
};
