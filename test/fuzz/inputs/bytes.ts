/** Bytes that were right, with few that are others, too many or missing, and cut into pieces. */
import fc, { type Arbitrary } from 'fast-check';

/** One change, wherever it falls. */
export interface Damage {
  /** Where in the bytes, from 0 to 1. */
  readonly at: number;
  readonly remove: number;
  readonly repeat: number;
  readonly bytes: Uint8Array;
}

const ODD_BYTES = [0x00, 0x01, 0x7f, 0x80, 0xff, 0x0a, 0x0d, 0x20, 0x16];

const damage: Arbitrary<Damage> = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  remove: fc.nat(4),
  repeat: fc.constantFrom(1, 1, 1, 2, 40),
  bytes: fc.oneof(
    fc.uint8Array({ maxLength: 4 }),
    fc.array(fc.constantFrom(...ODD_BYTES), { maxLength: 4 }).map(list => Uint8Array.from(list)),
  ),
});

/** Some changes; half of the inputs have none, so that what they say is read to its end. */
export const damages = (most: number): Arbitrary<readonly Damage[]> =>
  fc.oneof(fc.constant<Damage[]>([]), fc.array(damage, { minLength: 1, maxLength: most }));

/** Applies changes, one after the other. */
export function damaged(bytes: Uint8Array, changes: readonly Damage[]): Buffer {
  let all = Buffer.from(bytes);
  for (const { at, remove, repeat, bytes: fresh } of changes) {
    const index = Math.floor(at * all.length);
    const inserted = Array.from({ length: repeat }, () => fresh);
    all = Buffer.concat([all.subarray(0, index), ...inserted, all.subarray(index + remove)]);
  }
  return all;
}

/** Cuts bytes where the shares say, from 0 to 1. */
export function cut(bytes: Buffer, shares: readonly number[]): readonly Buffer[] {
  const places = [...shares.map(share => Math.floor(share * bytes.length)), bytes.length].sort(
    (a, b) => a - b,
  );
  return places.map((place, index) => bytes.subarray(places[index - 1] ?? 0, place));
}

/** Where to cut. */
export const cuts: Arbitrary<readonly number[]> = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), {
  maxLength: 5,
});
