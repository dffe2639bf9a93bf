/** What the page leaves in the browser so that it opens without signal, and how a new version takes its place. */

const LOOK_EVERY = 60 * 60_000;
const UPDATED = "paivand.fill.updated";

/** Whether the page was loaded anew to take a new version; true once. */
export function wasUpdated(): boolean {
  const was = sessionStorage.getItem(UPDATED) !== null;
  sessionStorage.removeItem(UPDATED);
  return was;
}

function loadAnew(): void {
  sessionStorage.setItem(UPDATED, "yes");
  location.reload();
}

/** Whether a form is open in any tab: then no version takes the place of the one that the form is open in. */
async function isFilledInSomewhere(): Promise<boolean> {
  const { held = [] } = await navigator.locks.query();
  return held.some((one) => one.name?.startsWith("paivand-fill-draft-"));
}

/**
 * Register the worker. `ready` hears of a new version and how to take it; it is taken only when the person says so, and
 * no form is open in any tab: else the promise is false. A page whose form was open in that moment all the same is loaded
 * anew by what this gives back, which is to be called whenever a form was closed.
 */
export function watchForUpdates(ready: (take: () => Promise<boolean>) => void, isBusy: () => boolean): () => void {
  const container = navigator.serviceWorker as ServiceWorkerContainer | undefined;
  if (!container) {
    return () => undefined;
  }
  let isFirst = container.controller === null;
  let isTaken = false;
  let isDue = false;
  const settle = (): void => {
    if (isDue && !isTaken && !isBusy()) {
      isTaken = true;
      loadAnew();
    }
  };
  container.addEventListener("controllerchange", () => {
    // The first one only takes up its work: this page is of its version.
    isDue ||= !isFirst;
    isFirst = false;
    settle();
  });
  void container.register("/fill/worker.js", { scope: "/fill/", updateViaCache: "none" }).then((registration) => {
    const offer = (): void => {
      const { waiting } = registration;
      if (waiting && container.controller) {
        ready(async () => {
          if (await isFilledInSomewhere()) {
            return false;
          }
          waiting.postMessage("take over");
          return true;
        });
      }
    };
    offer();
    registration.addEventListener("updatefound", () => registration.installing?.addEventListener("statechange", offer));
    setInterval(() => navigator.onLine && void registration.update().catch(() => undefined), LOOK_EVERY);
  }).catch(() => undefined);
  return settle;
}
