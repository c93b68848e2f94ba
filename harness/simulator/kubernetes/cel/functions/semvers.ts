/** Semantic versions (apiserver pkg/cel/library/semverlib.go @v1.34; blang/semver @v4). */
import { structType } from '../check/types.ts';
import { EvaluationError, ForeignValue } from '../run/values.ts';
import type { Library } from './declare.ts';

class Semver extends ForeignValue {
  override readonly type = structType('kubernetes.Semver');
  readonly numbers: readonly [bigint, bigint, bigint];
  readonly prerelease: readonly string[];
  constructor(numbers: readonly [bigint, bigint, bigint], prerelease: readonly string[]) {
    super();
    this.numbers = numbers;
    this.prerelease = prerelease;
  }
  override equals(other: ForeignValue): boolean {
    return other instanceof Semver && compareVersions(this, other) === 0;
  }
}

const sign = (a: bigint | string, b: bigint | string) => (a < b ? -1 : a > b ? 1 : 0);
const isNumeric = (part: string) => /^\d+$/.test(part);

function comparePart(a: string, b: string): number {
  if (isNumeric(a) && isNumeric(b)) return sign(BigInt(a), BigInt(b));
  if (isNumeric(a) !== isNumeric(b)) return isNumeric(a) ? -1 : 1;
  return sign(a, b);
}

/** A version without a prerelease is greater than one with. */
function compareVersions(a: Semver, b: Semver): number {
  for (const [index, number] of a.numbers.entries()) {
    const order = sign(number, b.numbers[index] ?? 0n);
    if (order !== 0) return order;
  }
  if (a.prerelease.length === 0 || b.prerelease.length === 0)
    return Number(b.prerelease.length > 0) - Number(a.prerelease.length > 0);
  for (const [index, part] of a.prerelease.entries()) {
    const other = b.prerelease[index];
    const order = other === undefined ? 1 : comparePart(part, other);
    if (order !== 0) return order;
  }
  return a.prerelease.length - b.prerelease.length < 0 ? -1 : 0;
}

function numberOf(text: string, name: string): bigint {
  if (!/^\d+$/.test(text))
    throw new EvaluationError(`Invalid character(s) found in ${name} number ${JSON.stringify(text)}`);
  if (text.length > 1 && text.startsWith('0')) {
    const title = name.charAt(0).toUpperCase() + name.slice(1);
    throw new EvaluationError(`${title} number must not contain leading zeroes ${JSON.stringify(text)}`);
  }
  return BigInt(text);
}

function checkParts(parts: readonly string[], name: string): void {
  for (const part of parts) {
    if (part === '')
      throw new EvaluationError(name === 'prerelease' ? 'Prerelease is empty' : 'Build meta data is empty');
    if (!/^[0-9A-Za-z-]+$/.test(part))
      throw new EvaluationError(`Invalid character(s) found in ${name} ${JSON.stringify(part)}`);
    if (name === 'prerelease' && /^0\d+$/.test(part))
      throw new EvaluationError(
        `Numeric PreRelease version must not contain leading zeroes ${JSON.stringify(part)}`,
      );
  }
}

function parse(text: string): Semver {
  if (text === '') throw new EvaluationError('Version string empty');
  const [major, minor, ...rest] = text.split('.');
  if (major === undefined || minor === undefined || rest.length === 0)
    throw new EvaluationError('No Major.Minor.Patch elements found');
  const [, patch = '', prerelease, build] = /^([^+-]*)(?:-([^+]*))?(?:\+(.*))?$/s.exec(rest.join('.')) ?? [];
  const numbers = [numberOf(major, 'major'), numberOf(minor, 'minor'), numberOf(patch, 'patch')] as const;
  const parts = prerelease === undefined ? [] : prerelease.split('.');
  checkParts(parts, 'prerelease');
  if (build !== undefined) checkParts(build.split('.'), 'build meta data');
  return new Semver(numbers, parts);
}

/** Takes `v1.2` and `01.2.3` too. */
function parseTolerant(text: string): Semver {
  const [major = '', minor, ...patch] = text.replace(/^v/, '').split('.');
  const parts = [major, ...(minor === undefined ? [] : [minor]), ...(patch.length ? [patch.join('.')] : [])];
  const plain = parts.map(part => (part.length > 1 ? part.replace(/^0+(?=\d)/, '') : part));
  if (plain.length < 3 && /[+-]/.test(plain[plain.length - 1] ?? ''))
    throw new EvaluationError('short version cannot contain PreRelease/Build meta data');
  while (plain.length < 3) plain.push('0');
  return parse(plain.join('.'));
}

function isValid(text: string, isTolerant = false): boolean {
  try {
    return Boolean(isTolerant ? parseTolerant(text) : parse(text));
  } catch (error) {
    if (error instanceof EvaluationError) return false;
    throw error;
  }
}

/** Declares the functions over semantic versions. */
export function declareSemvers(library: Library): void {
  const type = 'kubernetes.Semver';
  library
    .declare('string_to_semver', `semver(string): ${type}`, parse)
    .declare('string_bool_to_semver', `semver(string, bool): ${type}`, (text: string, isTolerant: boolean) =>
      isTolerant ? parseTolerant(text) : parse(text),
    )
    .declare('is_semver_string', 'isSemver(string): bool', (text: string) => isValid(text))
    .declare('is_semver_string_bool', 'isSemver(string, bool): bool', isValid)
    .declare(
      'semver_is_greater_than',
      `.isGreaterThan(${type}, ${type}): bool`,
      (a: Semver, b: Semver) => compareVersions(a, b) > 0,
    )
    .declare(
      'semver_is_less_than',
      `.isLessThan(${type}, ${type}): bool`,
      (a: Semver, b: Semver) => compareVersions(a, b) < 0,
    )
    .declare('semver_compare_to', `.compareTo(${type}, ${type}): int`, (a: Semver, b: Semver) =>
      BigInt(compareVersions(a, b)),
    )
    .declare('semver_major', `.major(${type}): int`, ({ numbers }: Semver) => numbers[0])
    .declare('semver_minor', `.minor(${type}): int`, ({ numbers }: Semver) => numbers[1])
    .declare('semver_patch', `.patch(${type}): int`, ({ numbers }: Semver) => numbers[2]);
}
