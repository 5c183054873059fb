// Applies what changed in a list to its elements, so that those that stay keep focus, text and scroll.
import { h, onMounted, ref, watch } from "vue";

export default {
  props: { as: String, patch: Object },
  emits: ["act"],
  setup(props, { emit }) {
    const list = ref(null);
    const take = () => window.desk.patchList(list.value, props.patch);
    const tell = (act) => act && emit("act", act);
    const onClick = (event) => tell(window.desk.actOf(event, list.value));
    onMounted(take);
    watch(() => props.patch, take);
    return () => h(props.as, { ref: list, onClick });
  },
};
