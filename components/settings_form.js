// What is no whole number never leaves the field: it is said beside it, and what was kept still holds.
const THEMES = [
  ["system", "As the system"],
  ["light", "Light"],
  ["dark", "Dark"],
];

export default {
  props: { data: Object },
  emits: ["undo"],
  data() {
    return { themes: THEMES, theme: window.desk.theme(), typed: String(this.data.undo_seconds), problem: "" };
  },
  mounted() {
    this.turned = (event) => (this.theme = event.detail);
    window.addEventListener("desk:theme", this.turned);
  },
  unmounted() {
    window.removeEventListener("desk:theme", this.turned);
  },
  watch: {
    data(now) {
      if (now.said) window.desk.say(now.said);
    },
  },
  methods: {
    keep(event) {
      this.typed = event.target.value;
      const number = Number(this.typed);
      const whole = this.typed.trim() !== "" && Number.isInteger(number);
      this.problem = whole ? "" : "That is no whole number of seconds. What was set before still holds.";
      if (whole) this.$emit("undo", { seconds: number });
    },
    choose(name) {
      window.desk.setTheme(name);
    },
  },
  template: `
    <section class="settings" aria-label="Settings">
      <h2>Replies</h2>
      <div class="setting">
        <label for="undo-seconds">Undo a sent reply for</label>
        <span class="setting-value"><input id="undo-seconds" type="number" inputmode="numeric" min="0" :max="data.longest_undo" step="1"
          :value="typed" :aria-invalid="data.wrong || !!problem || null" aria-describedby="undo-says" @change="keep"> seconds</span>
        <p>Until then it waits in the outbox and its words can come back into the box. 0 sends at once, {{ data.longest_undo }} is the most.</p>
        <p id="undo-says" :class="data.wrong || problem ? 'setting-wrong' : 'setting-kept'">{{ problem || data.said }}</p>
      </div>
      <h2>Appearance</h2>
      <div class="setting">
        <span id="theme-label">Theme</span>
        <span class="setting-value"><span class="segments" role="group" aria-labelledby="theme-label">
          <button v-for="[name, label] in themes" :key="name" type="button" :aria-pressed="theme === name"
                  @click="choose(name)">{{ label }}</button></span></span>
        <p>Saved in this browser; the other settings are saved by the desk and hold in every browser.</p>
      </div>
      <h2>Time</h2>
      <div class="setting">
        <span>Zone</span>
        <span class="setting-value"><b>{{ data.zone }}</b></span>
        <p>All times are shown in the zone of this browser. Change it on the machine, then load the page again.</p>
      </div>
    </section>`,
};
