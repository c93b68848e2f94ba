/** Takes out of answers what differs from server to server and from time to time. */

const RULES: readonly (readonly [RegExp, string])[] = [
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g, '<uid>'],
  [/\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z| [+-]\d{4} UTC( m=[+-][\d.]+)?)?/g, '<time>'],
  [/\b10\.(96|255|110|12\d|14\d|13\d)\.\d{1,3}\.\d{1,3}\b(?!\/)/g, '<service-ip>'],
  [/(127\.0\.0\.1|172\.\d+\.\d+\.\d+|localhost):\d{4,5}\b/g, '<server>'],
  [/\b3[0-2]\d{3}\b/g, '<node-port>'],
  [/\bversion: \d+, current: \d+/g, 'version: <rv>, current: <rv>'],
  [/(resource version|resourceVersion)(:?) (\d{2,})( \((\d+)\))?/g, '$1$2 <rv>'],
  [/Too large resource version: \d+, current: \d+/g, 'Too large resource version: <rv>, current: <rv>'],
  [/\bcurrent value: \d+/g, 'current value: <rv>'],
  [/(resourceVersion\\?": ?\\?")\d+/g, '$1<rv>'],
  [/in record \(\d+\)/g, 'in record (<rv>)'],
  [/kube-api-access-[a-z0-9]{5}\b/g, 'kube-api-access-<random>'],
  [/\bBad_[a-z0-9]{5}\b/g, 'Bad_<random>'],
];
const BY_KEY: Readonly<Record<string, string>> = {
  uid: '<uid>',
  resourceVersion: '<rv>',
  nodePort: '<node-port>',
  healthCheckNodePort: '<node-port>',
  creationTimestamp: '<time>',
  continue: '<continue>',
};
const AGE = /^(\d+[smhd])+$|^<invalid>$/;

/** @returns the text with `<uid>`, `<time>` and the like in the place of what differs */
export function normalText(text: string): string {
  return RULES.reduce((left, [pattern, name]) => left.replace(pattern, name), text);
}

/** The same for all of a value; what differs by its nature has its key's name. */
export function normalValue(value: unknown, key = ''): unknown {
  const known = Object.hasOwn(BY_KEY, key) ? BY_KEY[key] : undefined;
  if (known !== undefined && value !== null && value !== undefined && value !== 0 && value !== '')
    return known;
  if (typeof value === 'string') return AGE.test(value) && key === 'cell' ? '<age>' : normalText(value);
  if (Array.isArray(value)) return value.map(item => normalValue(item, key === 'cells' ? 'cell' : key));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([own, item]) => [own, normalValue(item, own)]));
}
