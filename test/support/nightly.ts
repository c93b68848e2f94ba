/** How much of a test runs: `npm test` takes a part of what has many rounds, `npm run tables` all. */

/** Whether this is `npm run tables`. */
export const isNightly = process.env['MESH_HARNESS_TABLES'] === 'all';

/** Picks a number of rounds. */
export const rounds = (all: number, { daily }: { readonly daily: number }): number =>
  isNightly ? all : daily;
