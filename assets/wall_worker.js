// What only the browser can do: where the desk does not answer a wall that loads itself, show the board that was kept.
addEventListener("fetch", (event) => {
  const kept = (answer) => caches.match(registration.scope).then((board) => board || answer || Response.error());
  const known = (answer) => (answer.status < 500 ? answer : kept(answer));
  if (event.request.mode === "navigate") event.respondWith(fetch(event.request).then(known, () => kept()));
});
