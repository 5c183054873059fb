// Draws one of our components by its name. All of them travel as one module (part_bundle.py), so that
// a first visit asks once and not once for each.
import { h, toRaw } from "vue";
import parts from "desk-parts";

export default {
  inheritAttrs: false,
  props: { part: String, data: null, later: Boolean, orders: Array },
  data() {
    return { drawn: !this.later };
  },
  watch: {
    later(now) {
      this.drawn ||= !now;
    },
  },
  methods: {
    refusing() {
      const names = (this.orders ?? []).map((event) => `on${event[0].toUpperCase()}${event.slice(1)}`);
      return Object.fromEntries(names.map((name) => [name, (...said) => this.pass(this.$attrs[name], said)]));
    },
    pass(calls, said) {
      if (!window.desk.refuses()) for (const call of [calls].flat()) call?.(...said);
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
    const given = { ...this.$attrs, ...this.refusing(), data: toRaw(this.data), ref: "qRef" };
    return h(part, given, part.holds ? this.$slots : null);
  },
};
