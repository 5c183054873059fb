const WORDS = { system: "Auto", light: "Light", dark: "Dark" };

export default {
  props: { data: null },
  data: () => ({ theme: window.desk.theme() }),
  mounted() {
    this.turned = (event) => (this.theme = event.detail);
    window.addEventListener("desk:theme", this.turned);
  },
  unmounted() {
    window.removeEventListener("desk:theme", this.turned);
  },
  computed: {
    word() {
      return WORDS[this.theme];
    },
  },
  methods: {
    turn: () => window.desk.nextTheme(),
    keys: () => window.desk.showKeys(),
  },
  template: `
    <div class="tools">
      <button type="button" class="quiet tool" title="Theme: system, light or dark"
              :aria-label="'Theme: ' + word" @click="turn">
        <svg class="icon" viewBox="0 0 16 16" aria-hidden="true">
          <circle cx="8" cy="8" r="5.5"/><path class="solid" d="M8 2.5a5.5 5.5 0 0 1 0 11z"/>
        </svg><span class="tool-word">{{ word }}</span>
      </button>
      <button type="button" class="quiet tool" title="Keyboard shortcuts" aria-label="Keyboard shortcuts" @click="keys">
        <kbd aria-hidden="true">?</kbd><span class="tool-word">Keys</span>
      </button>
    </div>`,
};
