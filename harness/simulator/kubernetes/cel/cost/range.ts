/** Least and most of a cost or size (google/cel-go checker/cost.go @v0.26). */

/** Both ends are counts, at most `UNBOUNDED`. */
export interface Range {
  readonly min: number;
  readonly max: number;
}

/** The largest number that the server counts to; a sum beyond it is it. */
export const UNBOUNDED = 2 ** 64 - 1;

const capped = (value: number) => Math.min(value, UNBOUNDED);

export const fixed = (value: number): Range => ({ min: value, max: value });
export const UNKNOWN: Range = { min: 0, max: UNBOUNDED };
export const ZERO = fixed(0);

/** The sum of all. */
export const sum = (...ranges: readonly Range[]): Range => ({
  min: capped(ranges.reduce((total, { min }) => total + min, 0)),
  max: capped(ranges.reduce((total, { max }) => total + max, 0)),
});

/** Multiplies the ends of two ranges. */
export const product = (a: Range, b: Range): Range => ({
  min: capped(a.min * b.min),
  max: capped(a.max * b.max),
});

/** Rounded up. */
export const scale = ({ min, max }: Range, factor: number): Range => ({
  min: capped(Math.ceil(min * factor)),
  max: capped(Math.ceil(max * factor)),
});

/** The range that holds both. */
export const union = (a: Range, b: Range): Range => ({
  min: Math.min(a.min, b.min),
  max: Math.max(a.max, b.max),
});

/** A tenth for each character that is looked at (common/cost.go). */
export const PER_CHARACTER = 0.1;
/** For each character of a pattern. */
export const PER_PATTERN_CHARACTER = 0.25;
