// What only the browser can keep: the words of a reply that no desk has acknowledged, a slot for each ticket and
// page. A page forgets only its own; what another left that is gone is found by the next page of any kind.
(() => {
  "use strict";
  const { guarded, later } = window.desk;
  const NAME = "ticketdesk_words";
  const PAGE = `${Date.now().toString(36)}${Math.random().toString(36).slice(2)}`;
  const ANSWER_MS = 2000;

  const slotOf = (ticket) => `${NAME} ${PAGE} ${ticket}`;
  const write = (key, kept) => guarded(() => (localStorage.setItem(key, JSON.stringify(kept)), true)) ?? false;
  const remove = (key) => guarded(() => localStorage.removeItem(key));

  function read(key) {
    const found = guarded(() => JSON.parse(localStorage.getItem(key)));
    return typeof found?.text === "string" ? found : null;
  }

  function slots() {
    const keys = guarded(() => Object.keys(localStorage)) ?? [];
    return keys.flatMap((key) => {
      const [name, page, ...ticket] = key.split(" ");
      const kept = name === NAME ? read(key) : null;
      return kept ? [{ ...kept, key, page, ticket: ticket.join(" ") }] : [];
    });
  }

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

  // Pages of this browser ask each other who is still there: an empty message asks, ids answer.
  const pages = guarded(() => new BroadcastChannel(NAME));
  pages?.addEventListener("message", ({ data }) => data || pages.postMessage(PAGE));

  async function orphaned() {
    if (!slots().some(({ page }) => page !== PAGE)) return [];
    const there = new Set([PAGE]);
    const hear = ({ data }) => there.add(data);
    pages?.addEventListener("message", hear);
    pages?.postMessage("");
    await new Promise((done) => setTimeout(done, ANSWER_MS));
    pages?.removeEventListener("message", hear);
    return slots().filter(({ page }) => !there.has(page));
  }

  // A page that is loaded anew goes on with the words of the one before it in this tab; the desk looks
  // for what was being sent among the replies.
  const before = guarded(() => sessionStorage.ticketdesk_left);
  guarded(() => delete sessionStorage.ticketdesk_left);
  for (const { key, page, ticket, text, onto, reply_id } of slots()) {
    if (page === before && !reply_id && write(slotOf(ticket), { text, onto })) remove(key);
  }
  window.addEventListener("pagehide", () => guarded(() => (sessionStorage.ticketdesk_left = PAGE)));

  // Each goes to the desk by the element with data-recover, which says how long a text may be; one that is
  // longer is left to the box of its ticket, on this page and the next.
  function handOver({ key, ticket, text, onto, reply_id }) {
    const place = document.querySelector("[data-recover]");
    const told = { key, ticket_id: ticket, text, onto, reply_id };
    if (text.length <= place.dataset.recover) place.dispatchEvent(new CustomEvent("words", { detail: told }));
    else if (!read(slotOf(ticket)) && write(slotOf(ticket), { text, onto, said: 0 })) remove(key);
  }

  async function recover() {
    const place = document.querySelector("[data-recover]");
    if (!place) return;
    // Called by the server once this is a draft, which is forgotten unless it has become more since.
    place.recovered = (key, text) => read(key)?.text === text && remove(key);
    const own = slots().filter((one) => one.page === PAGE && (one.ticket !== words.boxed || one.reply_id));
    own.forEach(handOver);
    (await orphaned()).forEach(handOver);
  }

  let cut = false;
  window.addEventListener("desk:line", ({ detail }) => {
    if (cut && !detail.cut) recover();
    cut = detail.cut;
  });
  later(recover);
  window.desk.words = words;
})();
