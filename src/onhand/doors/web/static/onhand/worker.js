// Shows what the shop has to say while no page of it is open, and leads there. It keeps nothing and answers no request:
// pages come from the server, always.
self.addEventListener("install", () => self.skipWaiting());

self.addEventListener("push", (event) => {
  const { title, body, link, tag, lang } = said(event.data);
  // What is shown of one thing gives way to what comes later of it, and is heard again.
  event.waitUntil(self.registration.showNotification(title, { body, tag, lang, renotify: Boolean(tag), data: { link } }));
});

// A browser must show something for each message, also for one that it cannot read.
function said(data) {
  try {
    return data.json();
  } catch {
    return { title: "Onhand", link: "/alerts" };
  }
}

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(lead(event.notification.data.link));
});

// To our own pages only, whatever the link says of where they are.
async function lead(link) {
  const { pathname, search } = new URL(link || "/alerts", self.location.origin);
  const windows = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const open = windows.find((each) => new URL(each.url).pathname === pathname);
  return open ? open.focus() : self.clients.openWindow(pathname + search);
}
