/**
 * Acting as somebody else: `kubectl --as` (staging/src/k8s.io/apiserver
 * pkg/endpoints/filters/impersonation.go @v1.34).
 */
import type { IncomingMessage } from 'node:http';
import type { UserInfo } from '../registry/user.ts';
import type { RbacAuthorizer } from './rbac.ts';
import type { Attributes } from './rbac-rules.ts';

const EXTRA = 'impersonate-extra-';
const AUTHENTICATED = 'system:authenticated';
const UNAUTHENTICATED = 'system:unauthenticated';
const ANONYMOUS_NAME = 'system:anonymous';

/** Whom a request wants to be. */
interface Wanted {
  readonly username: string;
  readonly uid: string;
  readonly groups: readonly string[];
  readonly extra: Readonly<Record<string, readonly string[]>>;
}

/** What an impersonation is judged by. */
interface Judge {
  readonly authorizer: RbacAuthorizer;
  /** Makes the refusal of what the caller may not. */
  refuse(user: UserInfo, attributes: Attributes): Error;
  /**
   * Makes the refusal of a request that names no user. @param wanted - what it names, as Go prints it
   */
  refuseNameless(wanted: string): Error;
}

function asksForAnother({ headers }: IncomingMessage): boolean {
  for (const name in headers) if (name.startsWith('impersonate-')) return true;
  return false;
}

/** Reads the headers one by one: Node joins those of one name with commas, which a group may have in it. */
function wantedBy({ rawHeaders }: IncomingMessage): Wanted {
  const wanted = { username: '', uid: '', groups: [] as string[], extra: {} as Record<string, string[]> };
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = (rawHeaders[at] ?? '').toLowerCase();
    const value = rawHeaders[at + 1] ?? '';
    if (name === 'impersonate-user') wanted.username ||= value;
    else if (name === 'impersonate-uid') wanted.uid ||= value;
    else if (name === 'impersonate-group') wanted.groups.push(value);
    else if (name.startsWith(EXTRA)) {
      const key = unescaped(name.slice(EXTRA.length));
      wanted.extra[key] = [...(wanted.extra[key] ?? []), value];
    }
  }
  return wanted;
}

function unescaped(key: string): string {
  try {
    return decodeURIComponent(key);
  } catch {
    return key; // as it is, like there
  }
}

/** A part of the identity: a resource that may be impersonated. */
interface Part {
  readonly group: string;
  readonly resource: string;
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
}

const AUTHENTICATION = 'authentication.k8s.io';

/** Splits `system:serviceaccount:NAMESPACE:NAME`. */
const accountIn = (username: string): readonly string[] | undefined =>
  /^system:serviceaccount:([^:]+):([^:]+)$/.exec(username)?.slice(1);

/** Lists what must be allowed, in the order in which it is asked for. */
function partsOf({ username, uid, groups, extra }: Wanted): readonly Part[] {
  const part = (resource: string, name: string, more: Partial<Part> = {}): Part => ({
    ...{ group: '', resource, subresource: '', namespace: '', name },
    ...more,
  });
  const account = accountIn(username);
  const own = account
    ? part('serviceaccounts', account[1] ?? '', { namespace: account[0] ?? '' })
    : part('users', username);
  return [
    ...(username === '' ? [] : [own]),
    ...groups.map(group => part('groups', group)),
    ...Object.entries(extra).flatMap(([key, values]) =>
      values.map(value => part('userextras', value, { group: AUTHENTICATION, subresource: key })),
    ),
    ...(uid === '' ? [] : [part('uids', uid, { group: AUTHENTICATION })]),
  ];
}

/** Prints the parts as Go prints ObjectReferences with %v. */
function printed(parts: readonly Part[]): string {
  const kinds: Readonly<Record<string, string>> = { groups: 'Group', userextras: 'UserExtra', uids: 'UID' };
  const texts = parts.map(({ resource, name, group, subresource }) => {
    const apiVersion = group === '' ? '' : `${group}/v1`;
    return `{${kinds[resource] ?? ''}  ${name}  ${apiVersion}  ${subresource}}`;
  });
  return `[${texts.join(' ')}]`;
}

/** Adds the group that everybody is in whom the server knows, or nobody. */
function withImplied(groups: readonly string[], username: string): readonly string[] {
  if (username === ANONYMOUS_NAME)
    return groups.includes(UNAUTHENTICATED) ? groups : [...groups, UNAUTHENTICATED];
  const isSaid = groups.includes(AUTHENTICATED) || groups.includes(UNAUTHENTICATED);
  return isSaid ? groups : [...groups, AUTHENTICATED];
}

/**
 * Returns the user to act as: the caller, if the request asks for nobody else.
 * @throws what the judge makes, if the caller may not, or names no user
 */
export function impersonate(caller: UserInfo, request: IncomingMessage, judge: Judge): UserInfo {
  if (!asksForAnother(request)) return caller;
  const wanted = wantedBy(request);
  const parts = partsOf(wanted);
  if (parts.length === 0) return caller;
  const { username, uid, extra } = wanted;
  if (username === '') throw judge.refuseNameless(printed(parts));
  for (const part of parts) {
    const attributes: Attributes = { kind: 'resource', verb: 'impersonate', ...part };
    if (!judge.authorizer.authorize(caller, attributes).allowed) throw judge.refuse(caller, attributes);
  }
  const account = accountIn(username);
  const own = account ? ['system:serviceaccounts', `system:serviceaccounts:${account[0]}`] : [];
  return {
    username,
    ...(uid !== '' && { uid }),
    groups: withImplied(wanted.groups.length > 0 ? wanted.groups : own, username),
    ...(Object.keys(extra).length > 0 && { extra }),
  };
}
