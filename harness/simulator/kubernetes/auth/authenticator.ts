/** Finds the caller: by a client certificate, by a bearer token, or nobody in particular. */
import type { IncomingMessage } from 'node:http';
import { Http2ServerRequest } from 'node:http2';
import type { TLSSocket } from 'node:tls';
import { unauthorized } from '../registry/status.ts';
import { ANONYMOUS, type UserInfo } from '../registry/user.ts';
import type { RbacAuthorizer } from './rbac.ts';
import type { Attributes } from './rbac-rules.ts';
import type { ServiceAccountTokens } from './service-account-tokens.ts';
import { API_AUDIENCE } from './token-claims.ts';

/** Tells who sends a request: by client certificate, or by bearer token. */
export class Authenticator {
  readonly #tokens: ServiceAccountTokens;
  /** A certificate belongs to a connection: it is read once. */
  readonly #bySocket = new WeakMap<object, UserInfo | null>();

  constructor(tokens: ServiceAccountTokens) {
    this.#tokens = tokens;
  }

  /** @throws ApiError 401 for a token that is not valid, even where anybody would be let in */
  authenticate(request: IncomingMessage): UserInfo {
    const certificate = this.#fromCertificate(request);
    if (certificate) return certificate;
    const authorization = request.headers.authorization;
    if (authorization === undefined) return ANONYMOUS;
    const token = /^Bearer\s+(\S+)\s*$/i.exec(authorization)?.[1];
    const identity = token === undefined ? undefined : this.#tokens.identify(token);
    if (!identity?.audiences.includes(API_AUDIENCE)) throw unauthorized();
    return identity.user;
  }

  #fromCertificate(request: IncomingMessage): UserInfo | undefined {
    // Requests over HTTP/2 share a connection, and each has a stand-in of the socket.
    const socket = request instanceof Http2ServerRequest ? request.stream.session?.socket : request.socket;
    if (!socket) return undefined;
    const known = this.#bySocket.get(socket);
    if (known !== undefined) return known ?? undefined;
    const tls = socket as unknown as TLSSocket; // the server only ever has TLS connections
    let user: UserInfo | null = null;
    if (tls.authorized === true) {
      // Unlike getPeerCertificate this decodes nothing but what is asked for.
      const subject = parseSubject(tls.getPeerX509Certificate()?.subject ?? '');
      const [username] = subject.get('CN') ?? [];
      if (username !== undefined && username !== '') {
        user = { username, groups: [...(subject.get('O') ?? []), 'system:authenticated'] };
      }
    }
    this.#bySocket.set(socket, user);
    return user ?? undefined;
  }
}

/** A subject as Node prints it, one attribute to a line: `O=system:masters`, `CN=kubernetes-admin`. */
function parseSubject(text: string): ReadonlyMap<string, readonly string[]> {
  const attributes = new Map<string, string[]>();
  for (const line of text.split('\n')) {
    const [, name = '', value = ''] = /^([A-Za-z]+)=(.*)$/.exec(line) ?? [];
    if (name !== '') attributes.set(name, [...(attributes.get(name) ?? []), value.replace(/\\(.)/g, '$1')]);
  }
  return attributes;
}

/** Reads the groups to act in, which a request lists in one header or several. */
const groupsAsked = ({ headers }: IncomingMessage): readonly string[] =>
  (headers['impersonate-group'] ?? '')
    .toString()
    .split(',')
    .map(group => group.trim())
    .filter(group => group !== '');

/**
 * The user to act as, if the request asks for another one (`kubectl --as`).
 * @throws what `refuse` makes, if the caller may not
 */
export function impersonate(
  caller: UserInfo,
  request: IncomingMessage,
  authorizer: RbacAuthorizer,
  refuse: (user: UserInfo, attributes: Attributes) => Error,
): UserInfo {
  const username = request.headers['impersonate-user'];
  if (typeof username !== 'string') return caller;
  const groups = groupsAsked(request);
  const check = (group: string, resource: string, name: string, namespace = '') => {
    const on = { group, resource, subresource: '', namespace, name };
    const attributes: Attributes = { kind: 'resource', verb: 'impersonate', ...on };
    if (!authorizer.authorize(caller, attributes).allowed) throw refuse(caller, attributes);
  };
  const account = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(username);
  if (account) check('', 'serviceaccounts', account[2] ?? '', account[1]);
  else check('', 'users', username);
  for (const group of groups) check('', 'groups', group);
  const implied = account ? ['system:serviceaccounts', `system:serviceaccounts:${account[1]}`] : [];
  return { username, groups: [...new Set([...groups, ...implied, 'system:authenticated'])] };
}
