export default {
  props: { data: Array },
  emits: ["view"],
  methods: {
    click(event, item) {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return; // a new tab, as links do
      event.preventDefault();
      this.$emit("view", { key: item.key });
    },
  },
  template: `
    <nav class="views" aria-label="Views">
      <h2 class="views-title">Views</h2>
      <a v-for="item in data" :key="item.key" :href="item.href" :class="{ inner: item.indent > 0, waiting: item.tone === 'waiting' }"
         :aria-current="item.active ? 'page' : null" @click="click($event, item)"><span
         class="view-label">{{ item.label }}</span><span v-if="item.count" class="view-count">{{ item.count }}</span></a>
    </nav>`,
};
