// The server's time, told with the page and with each update; from there the browser counts on alone.
export default {
  props: { data: Object },
  created() {
    window.desk.setClock(this.data);
  },
  watch: {
    data(told) {
      window.desk.setClock(told);
    },
  },
  render: () => null,
};
