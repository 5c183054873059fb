// What was chosen shows at once, before the server answers; a field with the focus is not written to.
const STATUSES = [
  ["open", "Open"],
  ["closed", "Closed"],
  ["all", "All"],
];
const FIELDS = ["status", "needs_response", "product", "currency", "created_from", "created_to"];

export default {
  props: { data: Object },
  emits: ["status", "turn", "product", "currency", "created", "clear", "chip"],
  data() {
    return { statuses: STATUSES, dates: "text", chosen: Object.fromEntries(FIELDS.map((key) => [key, this.data[key]])) };
  },
  // A date field takes the browser as long to make as ten rows of the list: after those.
  mounted() {
    window.desk.later(() => (this.dates = "date"));
  },
  watch: {
    data(data) {
      const busy = this.$el.contains(document.activeElement) && document.activeElement.dataset.field;
      for (const key of FIELDS) if (key !== busy) this.chosen[key] = data[key];
    },
  },
  computed: {
    active() {
      return this.data.chips.length > 0 || FIELDS.some((key) => !["", "all", false].includes(this.chosen[key]));
    },
  },
  methods: {
    status(value) {
      this.chosen.status = value;
      this.$emit("status", { value });
    },
    turn() {
      this.chosen.needs_response = !this.chosen.needs_response;
      this.$emit("turn", { value: this.chosen.needs_response });
    },
    pick(key, event) {
      this.chosen[key] = event.target.value;
      this.$emit(key, { value: this.chosen[key] });
    },
    // A date is complete or empty; while its digits are typed the field reports nothing usable.
    created(key, event) {
      if (event.target.validity.badInput) return;
      this.chosen[key] = event.target.value;
      this.$emit("created", { from: this.chosen.created_from, to: this.chosen.created_to });
    },
    // A chosen value that the list no longer offers is still the one in force.
    offered(options, chosen) {
      const known = !chosen || options.some((option) => option.value === chosen);
      return known ? options : [{ value: chosen, label: chosen }, ...options];
    },
  },
  template: `
    <div class="filters" role="group" aria-label="Filters">
      <div class="segments" role="group" aria-label="Status">
        <button v-for="[value, label] in statuses" :key="value" type="button"
                :aria-pressed="chosen.status === value" @click="status(value)">{{ label }}</button>
      </div>
      <button type="button" class="toggle" :aria-pressed="chosen.needs_response" @click="turn"><i
        class="dot" aria-hidden="true"></i>Needs response</button>
      <span class="select" :class="{ on: chosen.product }"><select aria-label="Product" data-field="product"
          :value="chosen.product" @change="pick('product', $event)">
        <option value="">Any product</option>
        <option v-for="option in offered(data.products, chosen.product)" :key="option.value"
                :value="option.value">{{ option.label }}</option>
      </select><svg class="icon" viewBox="0 0 16 16" aria-hidden="true"><path d="m4 6 4 4 4-4"/></svg></span>
      <span class="select" :class="{ on: chosen.currency }"><select aria-label="Currency" data-field="currency"
          :value="chosen.currency" @change="pick('currency', $event)">
        <option value="">Any currency</option>
        <option v-for="option in offered(data.currencies, chosen.currency)" :key="option.value"
                :value="option.value">{{ option.label }}</option>
      </select><svg class="icon" viewBox="0 0 16 16" aria-hidden="true"><path d="m4 6 4 4 4-4"/></svg></span>
      <span class="dates" :class="{ on: chosen.created_from || chosen.created_to }"><span aria-hidden="true">Created</span>
        <input :type="dates" aria-label="Created from" data-field="created_from" :value="chosen.created_from"
               :max="chosen.created_to || null" @change="created('created_from', $event)">
        <span aria-hidden="true">–</span>
        <input :type="dates" aria-label="Created to" data-field="created_to" :value="chosen.created_to"
               :min="chosen.created_from || null" @change="created('created_to', $event)"></span>
      <span v-for="chip in data.chips" :key="chip.key" class="chip"><bdi>{{ chip.label }}</bdi><button
        type="button" :aria-label="'Remove filter ' + chip.label" @click="$emit('chip', { key: chip.key })"><svg
        class="icon" viewBox="0 0 16 16" aria-hidden="true"><path d="m4.5 4.5 7 7m0-7-7 7"/></svg></button></span>
      <button type="button" class="quiet clear" :disabled="!active" @click="$emit('clear')">Clear filters</button>
    </div>`,
};
