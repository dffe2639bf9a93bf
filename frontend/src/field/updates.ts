/** What the page leaves in the browser so that it opens without signal, and how a new version takes its place. */

const LOOK_EVERY = 60 * 60_000;

/**
 * Register the worker. `ready` hears of a new version and how to take it; it is taken only when the person says so, and
 * the page is loaded anew only while `isBusy` says that no form is open.
 */
export function watchForUpdates(ready: (take: () => void) => void, isBusy: () => boolean): void {
  const container = navigator.serviceWorker as ServiceWorkerContainer | undefined;
  if (!container) {
    return;
  }
  const isFirst = container.controller === null;
  let isTaken = false;
  container.addEventListener("controllerchange", () => {
    if (!isFirst && !isTaken && !isBusy()) {
      isTaken = true;
      location.reload();
    }
  });
  void container.register("/fill/worker.js", { scope: "/fill/", updateViaCache: "none" }).then((registration) => {
    const offer = (): void => {
      const waiting = registration.waiting;
      if (waiting && container.controller) {
        ready(() => waiting.postMessage("take over"));
      }
    };
    offer();
    registration.addEventListener("updatefound", () => registration.installing?.addEventListener("statechange", offer));
    setInterval(() => navigator.onLine && void registration.update().catch(() => undefined), LOOK_EVERY);
  }).catch(() => undefined);
}
