const WIDTH = 96;
const HEIGHT = 28;

// A line through the known values, broken where a value is unknown, from zero to the largest.
function line(trend) {
  const top = Math.max(1, ...trend.filter((value) => value !== null));
  const step = WIDTH / Math.max(1, trend.length - 1);
  let pen = "M";
  let path = "";
  trend.forEach((value, i) => {
    if (value === null) return (pen = "M");
    path += `${pen}${(i * step).toFixed(1)} ${(HEIGHT - 1.5 - (value / top) * (HEIGHT - 4)).toFixed(1)}`;
    pen = "L";
  });
  return path;
}

export default {
  props: { data: Array },
  emits: ["card"],
  methods: { line },
  template: `
    <div class="stats" role="group" aria-label="Numbers">
      <button v-for="card in data" :key="card.key" type="button" class="card" :class="card.tone"
              :data-stat="card.key" :data-value="card.value ?? ''" :aria-pressed="card.active"
              @click="$emit('card', { key: card.key })">
        <span class="card-label">{{ card.label }}</span>
        <span class="card-value">{{ card.value_label }}</span>
        <svg v-if="card.trend.length > 1" class="spark" viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none"
             aria-hidden="true"><path :d="line(card.trend)"/></svg>
        <span v-if="card.note" class="card-note">{{ card.note }}</span>
      </button>
      <span v-for="n in data.length ? 0 : 4" :key="n" class="card skeleton" aria-hidden="true"><i></i></span>
    </div>`,
};
