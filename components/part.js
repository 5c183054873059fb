// Draws one of our components by its name. All of them travel as one module (part_bundle.py), so that
// a first visit asks once and not once for each.
import { h, toRaw } from "vue";
import parts from "desk-parts";

export default {
  inheritAttrs: false,
  props: { part: String, data: null, later: Boolean },
  data() {
    return { drawn: !this.later };
  },
  watch: {
    later(now) {
      this.drawn ||= !now;
    },
  },
  mounted() {
    if (!this.drawn) window.desk.later(() => (this.drawn = true));
  },
  // The server replaces data as a whole, so nobody need watch its inside. What the server calls by
  // name is looked up in `qRef`.
  render() {
    if (!this.drawn) return null;
    const part = parts[this.part];
    const given = { ...this.$attrs, data: toRaw(this.data), ref: "qRef" };
    return h(part, given, part.holds ? this.$slots : null);
  },
};
