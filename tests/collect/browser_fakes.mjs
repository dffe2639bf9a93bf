/** What a browser gives to the page and Node does not: a store, and locks between tabs. As much of them as the page uses. */

/** A store that lies in memory. Changes are seen at once, and are told a turn later, as a browser does. */
export function fakeStore() {
  const databases = new Map();
  const connections = new Set();
  const answered = (result, more = {}) => {
    const request = { result };
    setTimeout(() => {
      more.before?.(request);
      request.onsuccess?.({ target: request });
    });
    return request;
  };
  const storeOf = (rows, keyPath) => ({
    get: (key) => answered(rows.get(key)),
    put: (row) => answered(rows.set(row[keyPath], row) && row[keyPath]),
    delete: (key) => answered(rows.delete(key) && undefined),
    clear: () => answered(rows.clear()),
    createIndex: () => undefined,
    index: (name) => ({ getAll: (wanted) => answered([...rows.values()].filter((row) => row[name] === wanted)) }),
  });
  const open = (name) => {
    const isNew = !databases.has(name);
    const stores = databases.get(name) ?? new Map();
    databases.set(name, stores);
    const database = {
      close: () => connections.delete(database),
      createObjectStore: (store, { keyPath }) => {
        stores.set(store, storeOf(new Map(), keyPath));
        return stores.get(store);
      },
      transaction: () => {
        const transaction = { objectStore: (store) => stores.get(store) };
        setTimeout(() => transaction.oncomplete?.());
        return transaction;
      },
    };
    connections.add(database);
    return answered(database, { before: (request) => isNew && request.onupgradeneeded?.({ oldVersion: 0 }) });
  };
  const deleteDatabase = (name) => {
    connections.forEach((database) => database.onversionchange?.()); // whoever holds it lets go
    return answered(databases.delete(name) && undefined);
  };
  return { open, deleteDatabase, has: (name) => databases.has(name) };
}

/** Locks, one after another by name. */
export function fakeLocks() {
  const lines = new Map();
  return {
    query: async () => ({ held: [...lines].filter(([, line]) => line.n > 0).map(([name]) => ({ name })) }),
    request: (name, ...more) => {
      const work = more.at(-1);
      const line = lines.get(name) ?? { n: 0, last: Promise.resolve() };
      lines.set(name, line);
      if (more[0].ifAvailable && line.n > 0) {
        return Promise.resolve(work(null));
      }
      line.n += 1;
      const done = line.last.then(() => work({ name })).finally(() => (line.n -= 1));
      line.last = done.catch(() => undefined);
      return done;
    },
  };
}
