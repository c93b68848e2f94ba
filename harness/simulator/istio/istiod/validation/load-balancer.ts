/** Balancing, and localities by it (validation.go, agent/validation.go @1.30.3 and @1.8.0). */
import { list, type Tree, tree, trees } from '../../../../base/untyped.ts';
import { texts } from '../model/config-fields.ts';
import { each, type Findings, listed, NONE, problem, problemIf, warningIf } from './findings.ts';
import { duration, has, textOf } from './values.ts';

/** @param isWatched - there is outlier detection */
export function loadBalancer(settings: Tree, isWatched: boolean, isOld: boolean): Findings {
  const hash = tree(settings['consistentHash']);
  const locality = has(settings, 'localityLbSetting')
    ? localityLb(tree(settings['localityLbSetting']), isWatched, isOld)
    : NONE;
  return [
    ...(has(hash, 'httpCookie') ? cookie(tree(hash['httpCookie']), isOld) : NONE),
    ...(isOld ? NONE : rings(hash)),
    // 1.8 prints what is wrong with localities as a list.
    ...(isOld ? each(locality, ({ text }) => listed(text)) : locality),
    ...(isOld || !has(settings, 'warmup') ? NONE : warmup(tree(settings['warmup']))),
  ];
}

const cookie = (fields: Tree, isOld: boolean): Findings => [
  ...problemIf(textOf(fields, 'name') === '', 'name required for HttpCookie'),
  ...problemIf(isOld && !has(fields, 'ttl'), 'ttl required for HttpCookie'),
];

const MOST = 5_000_011;
function isPrime(number: number): boolean {
  if (number !== 0 && number < 4) return true;
  if (number % 2 === 0) return false;
  for (let factor = 3; factor * factor <= number; factor += 2) if (number % factor === 0) return false;
  return true;
}

function rings(hash: Tree): Findings {
  const size = Number(hash['minimumRingSize'] ?? 0);
  const isSized = has(hash, 'maglev') || has(hash, 'ringHash');
  const table = Number(tree(hash['maglev'])['tableSize'] ?? 0);
  return [
    ...warningIf(
      size !== 0,
      "consistent hash MinimumRingSize is deprecated, use ConsistentHashLB's RingHash configuration instead",
    ),
    ...problemIf(size !== 0 && isSized, 'only one of MinimumRingSize or Maglev/Ringhash can be specified'),
    ...(has(hash, 'maglev')
      ? [
          ...problemIf(table === 0, 'tableSize must be set for maglev'),
          ...problemIf(table >= MOST, `tableSize must be less than ${MOST} for maglev`),
          ...problemIf(!isPrime(table), 'tableSize must be a prime number for maglev'),
        ]
      : NONE),
  ];
}

const warmup = (fields: Tree): Findings => [
  ...(has(fields, 'duration') ? duration(fields['duration']) : problem('duration is required')),
  ...problemIf(
    Number(fields['minimumPercent'] ?? 0) > 100,
    'minimumPercent value should be less than or equal to 100',
  ),
  ...problemIf(
    has(fields, 'aggression') && Number(fields['aggression']) <= 0,
    'aggression should be greater than 0',
  ),
];

const TOPOLOGY = /^topology\.(?:kubernetes\.io\/(?:region|zone)|istio\.io\/subzone)$/;

/** Where calls go by locality. It ends at the first thing that makes no sense at all. */
function localityLb(settings: Tree, isWatched: boolean, isOld: boolean): Findings {
  const [shares, failover] = [trees(settings['distribute']), trees(settings['failover'])];
  const priorities = texts(settings['failoverPriority']);
  if (shares.length > 0 && failover.length > 0)
    return problem("can not simultaneously specify 'distribute' and 'failover'");
  const label = isOld || failover.length === 0 ? undefined : priorities.find(each => TOPOLOGY.test(each));
  if (label !== undefined)
    return problem(
      `can not simultaneously set 'failover' and topology label '${label}' in 'failover_priority'`,
    );
  const found: Findings[number][] = [];
  for (const share of shares) {
    const weights = Object.values(tree(share['to'])).map(Number);
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    if (weights.some(weight => weight <= 0 || weight > 100))
      return [...found, ...problem('locality weight must be in range [1, 100]')];
    if (total !== 100) return [...found, ...problem(`total locality weight ${total} != 100`)];
    found.push(...apart(Object.keys(tree(share['to']))));
  }
  const failsOver = list(settings['failover']).length > 0 || (!isOld && priorities.length > 0);
  return [
    ...found,
    ...apart(shares.map(share => textOf(share, 'from'))),
    ...warningIf(!isOld && failsOver && !isWatched, 'outlier detection policy must be provided for failover'),
    ...each(failover, fields => {
      const regions = [textOf(fields, 'from'), textOf(fields, 'to')];
      return [
        ...problemIf(
          regions[0] === regions[1],
          'locality lb failover settings must specify different regions',
        ),
        ...problemIf(
          !isOld && regions.some(region => region.includes('/')),
          'locality lb failover only specify region',
        ),
        ...problemIf(
          regions.some(region => region.includes('*')),
          "locality lb failover region should not contain '*' wildcard",
        ),
      ];
    }),
  ];
}

/** Finds the first of the localities that is none, or lies in one before it. */
function apart(localities: readonly string[]): Findings {
  const seen: (readonly string[])[] = [];
  for (const locality of localities) {
    const stars = locality.split('*').length - 1;
    if (stars > 1 || (stars === 1 && !locality.endsWith('*')))
      return problem(`locality ${locality} wildcard '*' number can not exceed 1 and must be in the end`);
    const [region = '', zone, ...rest] = locality.split('/');
    const parts = [
      region,
      ...(zone === undefined ? [] : [zone]),
      ...(rest.length > 0 ? [rest.join('/')] : []),
    ];
    const own = parts.at(-1) === '*' && parts.length > 1 ? parts.slice(0, -1) : parts;
    const overlaps = seen.some(other => {
      const most = Math.min(other.length, own.length);
      return other[0] === '*' || own.slice(0, most).every((part, at) => part === other[at]);
    });
    if (!parts.includes('') && overlaps)
      return problem(`locality ${locality} overlap with previous specified ones`);
    if (parts.includes(''))
      return problem(`locality ${locality} must not contain empty region/zone/subzone info`);
    seen.push(own);
  }
  return NONE;
}
