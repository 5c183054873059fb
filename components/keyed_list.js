// Applies what changed in a list to its elements, so that those that stay keep focus, text and scroll.
import { h } from "vue";

export default {
  props: { as: String, patch: Object },
  emits: ["act"],
  mounted() {
    window.desk.patchList(this.$el, this.patch);
  },
  watch: {
    patch(patch) {
      window.desk.patchList(this.$el, patch);
    },
  },
  methods: {
    click(event) {
      const act = window.desk.actOf(event, this.$el);
      if (act) this.$emit("act", act);
    },
  },
  render() {
    return h(this.as, { onClick: this.click });
  },
};
