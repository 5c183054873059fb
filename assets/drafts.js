// What only the browser can keep: the words of a reply that no desk has acknowledged, a slot for each ticket and
// page. A page forgets only its own; what another left that is gone is found by the next page of any kind.
(() => {
  "use strict";
  const { guarded, later } = window.desk;
  const BEFORE = "ticketdesk_words"; // there were users, who share a browser and not their words
  const NAME = BEFORE + (document.querySelector("meta[name=ticketdesk-user]")?.content ?? "");
  const PAGE = `${Date.now().toString(36)}${Math.random().toString(36).slice(2)}`;

  const slotOf = (ticket) => `${NAME} ${PAGE} ${ticket}`;
  const write = (key, kept) => guarded(() => (localStorage.setItem(key, JSON.stringify(kept)), true)) ?? false;
  const remove = (key) => guarded(() => localStorage.removeItem(key));

  function read(key) {
    const found = guarded(() => JSON.parse(localStorage.getItem(key)));
    return typeof found?.text === "string" ? found : null;
  }

  const slots = () => (guarded(() => Object.keys(localStorage)) ?? []).flatMap((key) => {
    const [name, page, ...ticket] = key.split(" ");
    const kept = name === NAME || name === BEFORE ? read(key) : null;
    return kept ? [{ ...kept, key, page, ticket_id: ticket.join(" ") }] : [];
  });

  const words = {
    // The ticket whose box hands its words over itself.
    boxed: new URLSearchParams(location.search).get("ticket") ?? "",
    // Says whether they are kept: `onto` is what the desk has, as far as this page knows.
    keep: (ticket, kept) => write(slotOf(ticket), kept),
    of: (ticket) => read(slotOf(ticket)),
    forget: (ticket) => remove(slotOf(ticket)),
    acknowledged(ticket, said) {
      const kept = read(slotOf(ticket));
      if (kept?.said && kept.said <= said) remove(slotOf(ticket));
    },
  };

  // A page that is loaded anew goes on with the words of the last in this tab that left some, also past a sign-in;
  // the desk looks for what was being sent among the replies.
  const before = guarded(() => sessionStorage.ticketdesk_left);
  for (const { key, page, ticket_id, text, onto, reply_id } of slots()) {
    if (page === before && !reply_id && write(slotOf(ticket_id), { text, onto })) remove(key);
  }
  const leaves = () => slots().some(({ page }) => page === PAGE);
  window.addEventListener("pagehide", () => leaves() && guarded(() => (sessionStorage.ticketdesk_left = PAGE)));

  // A page holds a lock as long as it lives. Where there are none, nobody is known to be gone.
  navigator.locks?.request(PAGE, () => new Promise(() => {})).catch(() => {});

  // Each goes to the desk by the element with data-recover, which says how long a text may be; one that is
  // longer is left to the box of its ticket, on this page and the next.
  async function recover() {
    const place = document.querySelector("[data-recover]");
    if (!place) return;
    // Called by the server once this is a draft, which is forgotten unless it has become more since.
    place.recovered = (key, text) => read(key)?.text === text && remove(key);
    const locks = await navigator.locks?.query().catch(() => null);
    const there = [PAGE, ...(locks?.held ?? []).map(({ name }) => name)];
    for (const { key, page, said, ...told } of slots()) {
      const [{ ticket_id, text, onto, reply_id }, isLong] = [told, told.text.length > place.dataset.recover];
      const [ticket] = ticket_id.split("\n"); // of a box for notes a key has a second line
      const isOthers = page === PAGE ? ticket !== words.boxed || reply_id : locks && !there.includes(page);
      if (isOthers && !isLong) place.dispatchEvent(new CustomEvent("words", { detail: { key, ...told } }));
      else if (isOthers && !words.of(ticket_id) && words.keep(ticket_id, { text, onto, said: 0 })) remove(key);
    }
  }

  window.addEventListener("desk:back", recover);
  later(recover);
  window.desk.words = words;
})();
