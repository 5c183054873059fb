// Keeps the chart's place and asks for the chart itself only when the rows stand and hear clicks, the
// browser has nothing better to do and the place is in sight: chart code never delays the list.
const ROWS = 'table[aria-label="Tickets"] tr[data-ticket-id], .list .empty';
const PATIENCE_MS = 4000; // a page without a list draws its charts, too

export default {
  holds: true, // something of the server's is put inside
  props: { data: String, summary: String },
  emits: ["ready"],
  mounted() {
    this.began = performance.now();
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
      if (document.querySelector(ROWS) || performance.now() - this.began > PATIENCE_MS) {
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
