/** Waiting for turns of the event loop, where what happens in them must have happened on each Node. */

/**
 * How many turns a new connection needs until TLS's tickets are sent and both sides have acknowledged the
 * other's HTTP/2 settings. What is sent meanwhile is under way for another number of turns on each Node: some
 * write an acknowledgement at once, so that what follows waits until it is written, others together with what
 * follows. The last of them is in the sixth turn: fewer turns lie between it and the end of these than a
 * virtual clock waits without a sign of activity.
 */
export const OPENING_TURNS = 8;

/** How many turns the reset of an HTTP/2 stream takes to leave; what holds for `OPENING_TURNS` holds for it. */
export const RESET_TURNS = 4;

/** Resolves after so many turns of the event loop. */
export const turns = (count: number): Promise<void> =>
  new Promise(resolve => {
    const next = (left: number): void => {
      if (left > 0) setImmediate(next, left - 1);
      else resolve();
    };
    next(count);
  });
