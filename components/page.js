// The box around everything on a page of ours.
import { h } from "vue";

export default {
  holds: true,
  render() {
    return h("div", this.$slots.default?.());
  },
};
