/** Texts in JSON that stand for something else, and why Go cannot read one (encoding/base64, time.Parse). */

/** Two digits in their range, or the rule for them. */
interface Part {
  /** The part as Go's layout writes it, which the sentence names. */
  readonly layout: string;
  readonly pattern: RegExp;
  /** Its name and its last value, for a number out of range. */
  readonly range?: readonly [string, number];
}

const digits = (layout: string, name: string, most: number): Part => ({
  layout,
  pattern: /^\d\d/,
  range: [name, most],
});
const sign = (layout: string): Part => ({ layout, pattern: new RegExp(`^${layout}`) });
const PARTS: readonly Part[] = [
  { layout: '2006', pattern: /^\d{4}/ },
  sign('-'),
  digits('01', 'month', 12),
  sign('-'),
  digits('02', 'day', 31),
  sign('T'),
  digits('15', 'hour', 23),
  sign(':'),
  digits('04', 'minute', 59),
  sign(':'),
  { layout: '05', pattern: /^\d\d(\.\d+|(?!\.))/, range: ['second', 59] },
];
const SECONDS_LAYOUT = '2006-01-02T15:04:05Z07:00';
const MICRO_LAYOUT = '2006-01-02T15:04:05.000000Z07:00';

/**
 * Returns why a text is no time of RFC 3339; undefined for one.
 * @param isMicro - whether the field keeps microseconds, which are part of its layout
 */
export function problemOfTime(text: string, isMicro: boolean): string | undefined {
  const layout = isMicro ? MICRO_LAYOUT : SECONDS_LAYOUT;
  const failed = `parsing time ${JSON.stringify(text)} as ${JSON.stringify(layout)}: cannot parse`;
  let rest = text;
  for (const { layout: part, pattern, range } of PARTS) {
    const [found] = pattern.exec(rest) ?? [];
    if (found === undefined) return `${failed} ${JSON.stringify(rest)} as ${JSON.stringify(part)}`;
    if (
      range &&
      (Number.parseInt(found, 10) > range[1] || (range[1] < 32 && Number(found) === 0 && range[0] !== 'hour'))
    )
      return `parsing time ${JSON.stringify(text)}: ${range[0]} out of range`;
    rest = rest.slice(found.length);
  }
  if (!/^(Z|[+-]\d\d:\d\d)/.test(rest)) return `${failed} ${JSON.stringify(rest)} as "Z07:00"`;
  const beyond = rest.replace(/^(Z|[+-]\d\d:\d\d)/, '');
  return beyond === ''
    ? undefined
    : `parsing time ${JSON.stringify(text)}: extra text: ${JSON.stringify(beyond)}`;
}

/** Returns where a text stops to be base64 with its padding; undefined for one that is. */
export function problemOfBase64(text: string): string | undefined {
  const at = corruptByte(text);
  return at === undefined ? undefined : `illegal base64 data at input byte ${at}`;
}

/** Go reads four signs at a time, and tells of the first of a rest that is too short. */
function corruptByte(text: string): number | undefined {
  const isBreak = (sign: string | undefined) => sign === '\n' || sign === '\r';
  let read = 0;
  for (let index = 0; index < text.length; index++) {
    const sign = text[index];
    if (isBreak(sign)) continue;
    if (/[A-Za-z0-9+/]/.test(sign ?? '')) {
      read = (read + 1) % 4;
      continue;
    }
    if (sign !== '=' || read < 2) return index;
    let next = index + 1;
    while (isBreak(text[next])) next++;
    if (read === 2) {
      if (next >= text.length) return text.length;
      if (text[next] !== '=') return next;
      next++;
    }
    while (isBreak(text[next])) next++;
    return next < text.length ? next : undefined;
  }
  return read === 0 ? undefined : text.length - read;
}
