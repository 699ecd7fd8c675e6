/** For what waits until something comes. */

export interface Waker {
  wake: () => void;
  /** Waits until `wake` is called. */
  sleep: () => Promise<void>;
}

export function waker(): Waker {
  let wake = () => {};
  return {
    wake: () => wake(),
    sleep: () =>
      new Promise((resolve) => {
        wake = resolve;
      }),
  };
}
