/** Headers of requests and answers, and texts that are held against them (validation.go @1.30.3). */
import { re2Problem } from '../../../../base/re2.ts';
import { list, type Tree, tree } from '../../../../base/untyped.ts';
import { text, texts } from '../model/config-fields.ts';
import { each, type Findings, NONE, problem, problemIf } from './findings.ts';

const EMPTY = 'header name cannot be empty';
const NAME = /^[-_A-Za-z0-9]+$/;
const PSEUDO = [':method', ':scheme', ':authority', ':path', ':status'];
const isAuthority = (name: string): boolean => /^(?::authority|host)$/i.test(name);

/** The name of a header that is matched; one of a gateway may be a claim of a token. */
export function matchedHeader(name: string, isOld: boolean): Findings {
  if (name === '') return problem(EMPTY);
  if (isOld || name.startsWith('@request.auth.claims') || PSEUDO.includes(name)) return NONE;
  return problemIf(!NAME.test(name), `header name ${name} is not a valid header name`);
}

/** The name of a header of CORS. */
function corsHeader(name: string, isOld: boolean): Findings {
  if (name === '') return problem(EMPTY);
  return problemIf(
    !isOld && name !== '*' && !NAME.test(name),
    `header name ${name} is not a valid header name`,
  );
}

/** One that is set for a request may be its authority, others may not. */
function changedHeader(name: string, isSetOfRequest: boolean, isOld: boolean): Findings {
  if (name === '') return problem(EMPTY);
  if (isOld || (isSetOfRequest && isAuthority(name))) return NONE;
  if (/^host$/i.test(name)) return problem(`invalid header ${JSON.stringify(name)}: cannot set Host header`);
  return problemIf(
    name.startsWith(':'),
    `invalid header ${JSON.stringify(name)}: header cannot have ":" prefix`,
  );
}

/** Changes of headers: `request` and `response`, each with `add`, `set` and `remove`. */
export const headerChanges = (value: unknown, isOld: boolean): Findings =>
  (['request', 'response'] as const).flatMap(of => {
    const changes = tree(tree(value)[of]);
    const names = ['add', 'set'].flatMap(kind => Object.keys(tree(changes[kind])));
    return [
      ...each(names, name => changedHeader(name, of === 'request', isOld)),
      ...each(texts(changes['remove']), name => changedHeader(name, false, isOld)),
    ];
  });

/** A request's authority has one place where it is set. */
export function oneAuthority(rewrite: Tree, headers: unknown): Findings {
  const request = tree(tree(headers)['request']);
  let current = text(rewrite['authority']) ?? '';
  for (const kind of ['set', 'add'])
    for (const [name, value] of Object.entries(tree(request[kind]))) {
      if (!isAuthority(name)) continue;
      const wanted = String(value);
      if (current !== '')
        return problem(
          `authority header cannot be set multiple times: have "${current}", attempting to set "${wanted}"`,
        );
      current = wanted;
    }
  return NONE;
}

const LONGEST = 1024;
/** Go shows what is wrong, which is empty here. */
const TRAILING = /trailing backslash at end of expression$/;

/** An expression of RE2. @param where - the name of its field */
export function expression(value: string, where: string): Findings {
  if (value.length > LONGEST)
    return problem(`"${where}": regex is too large, max length allowed is ${LONGEST}`);
  const wrong = re2Problem(value);
  return wrong === undefined
    ? NONE
    : problem(
        `"${where}": ${wrong}${TRAILING.test(wrong) ? ': ``' : ''}; ` +
          'Istio uses RE2 style regex-based match (https://github.com/google/re2/wiki/Syntax)',
      );
}

/** A text to match, of which only the expression can be wrong. */
export function matchedExpression(value: unknown, where: string, isOld: boolean): Findings {
  const regex = text(tree(value)['regex']);
  if (regex === undefined || (isOld && regex === '')) return NONE;
  return regex === ''
    ? problem(`"${where}": regex string match should not be empty`)
    : expression(regex, where);
}

/** A text to match: a prefix is not empty. */
export const matchedText = (value: unknown, where: string, isOld: boolean): Findings =>
  !isOld && text(tree(value)['prefix']) === ''
    ? problem(`"${where}": prefix string match should not be empty`)
    : matchedExpression(value, where, isOld);

const METHODS = 'GET HEAD POST PUT PATCH DELETE CONNECT OPTIONS TRACE'.split(' ');

/** Answers to the questions of browsers. @param maxAge - looks at the time */
export function corsPolicy(policy: Tree, maxAge: (value: unknown) => Findings, isOld: boolean): Findings {
  const methods = isOld ? METHODS : [...METHODS, '*'];
  return [
    ...each(list(policy['allowOrigins']).map(tree), origin => {
      const given = text(origin['exact'] ?? origin['prefix'] ?? origin['regex']) ?? '';
      return given === ''
        ? problem("'' is not a valid match type for CORS allow origins")
        : matchedExpression(origin, 'corsPolicy.allowOrigins', isOld);
    }),
    ...each(texts(policy['allowMethods']), method =>
      problemIf(!methods.includes(method), `"${method}" is not a supported HTTP method`),
    ),
    ...each([...texts(policy['allowHeaders']), ...texts(policy['exposeHeaders'])], name =>
      corsHeader(name, isOld),
    ),
    ...maxAge(policy['maxAge']),
  ];
}
