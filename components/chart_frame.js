// Keeps the chart's place and asks for the chart itself only when the rows stand and hear clicks, the
// browser has nothing better to do and the place is in sight: chart code never delays the list.
const LIST = ".list"; // a page without one draws its charts, too
const ROWS = '.list tr[data-ticket-id], .list .empty:not([aria-busy="true"])';

export default {
  holds: true, // something of the server's is put inside
  props: { data: String, summary: String },
  emits: ["ready"],
  mounted() {
    this.sight = new IntersectionObserver((seen) => seen.some((s) => s.isIntersecting) && this.wait());
    this.sight.observe(this.$el);
  },
  unmounted() {
    this.sight.disconnect();
    clearTimeout(this.timer);
  },
  methods: {
    wait() {
      this.sight.disconnect();
      if (document.querySelector(ROWS) || !document.querySelector(LIST)) {
        window.desk.later(() => this.$emit("ready"));
      } else this.timer = setTimeout(() => this.wait(), 50);
    },
  },
  template: `
    <figure class="chart">
      <figcaption aria-hidden="true">{{ data }}</figcaption>
      <div class="chart-area" role="img" :aria-label="summary || data"><slot /></div>
    </figure>`,
};
