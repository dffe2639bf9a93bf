/** The parts of htmx's events that this code reads, with types. */

/** `requestConfig.elt` is what asked; the plain `elt` of htmx's events is what is being swapped. */
export interface RequestDetail {
  readonly target: Element | null;
  readonly xhr: XMLHttpRequest;
  readonly requestConfig: { readonly elt: Element; readonly path: string; readonly verb: string };
}

export interface SwapDetail extends RequestDetail {
  shouldSwap: boolean;
  isError: boolean;
}

/** Listen to an htmx event anywhere in the page. */
export function onHtmx<Detail = RequestDetail>(name: string, listener: (detail: Detail, event: Event) => void): void {
  document.addEventListener(`htmx:${name}`, (event) => {
    listener((event as CustomEvent<Detail>).detail, event);
  });
}

/** The nearest matching element from where an event began. */
export function nearest<E extends Element = HTMLElement>(event: Event, selector: string): E | null {
  return event.target instanceof Element ? event.target.closest<E>(selector) : null;
}
