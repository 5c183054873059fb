// Applies what changed in a list to its elements, so that those that stay keep focus, text and scroll.
import { h, onMounted, ref, watch } from "vue";

export default {
  props: { as: String, patch: Object },
  emits: ["act"],
  setup(props, { emit }) {
    const list = ref(null);
    const take = () => window.desk.patchList(list.value, props.patch);
    const onClick = (event) => {
      const act = window.desk.actOf(event, list.value);
      if (act) emit("act", act);
    };
    onMounted(take);
    watch(() => props.patch, take);
    return () => h(props.as, { ref: list, onClick });
  },
};
