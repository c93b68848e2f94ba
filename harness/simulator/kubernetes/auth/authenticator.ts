/** Finds the caller: by a client certificate, by a bearer token, or nobody in particular. */
import type { IncomingMessage } from 'node:http';
import { Http2ServerRequest } from 'node:http2';
import type { TLSSocket } from 'node:tls';
import { unauthorized } from '../registry/status.ts';
import { ANONYMOUS, type UserInfo } from '../registry/user.ts';
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
    const token = bearerToken(request.headers.authorization) ?? tokenProtocol(request);
    if (token === undefined) return ANONYMOUS;
    const identity = this.#tokens.identify(token);
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
      const certificate = tls.getPeerX509Certificate();
      const subject = parseSubject(certificate?.subject ?? '');
      const [username] = subject.get('CN') ?? [];
      if (username !== undefined && username !== '') {
        const digest = (certificate?.fingerprint256 ?? '').replaceAll(':', '').toLowerCase();
        user = {
          username,
          groups: [...(subject.get('O') ?? []), 'system:authenticated'],
          extra: { [CREDENTIAL_ID]: [`X509SHA256=${digest}`] },
        };
      }
    }
    this.#bySocket.set(socket, user);
    return user ?? undefined;
  }
}

/** The key of `extra` that tells credentials apart (pkg/authentication/user/user.go @v1.34). */
const CREDENTIAL_ID = 'authentication.kubernetes.io/credential-id';

/**
 * Reads the token of an Authorization header; undefined for another scheme and for a header without a token,
 * which count as absent (pkg/authentication/request/bearertoken/bearertoken.go @v1.34).
 */
function bearerToken(header: string | undefined): string | undefined {
  const [scheme = '', token = ''] = (header ?? '').trim().split(' ');
  return scheme.toLowerCase() === 'bearer' && token !== '' ? token : undefined;
}

const TOKEN_PROTOCOL = 'base64url.bearer.authorization.k8s.io.';

/**
 * Takes the token out of the subprotocols of a WebSocket, where browsers have it: they set no headers
 * (pkg/authentication/request/websocket/protocol.go @v1.34).
 * @throws ApiError 401 for several tokens, and for one without another protocol
 */
function tokenProtocol({ headers }: IncomingMessage): string | undefined {
  const sent = headers['sec-websocket-protocol'];
  if (sent?.includes(TOKEN_PROTOCOL) !== true) return undefined;
  const protocols = sent.split(',').map(part => part.trim());
  const others = protocols.filter(protocol => !protocol.startsWith(TOKEN_PROTOCOL));
  const [encoded = '', ...more] = protocols.filter(protocol => protocol.startsWith(TOKEN_PROTOCOL));
  if (more.length > 0 || others.length === 0) throw unauthorized();
  headers['sec-websocket-protocol'] = others.join(', ');
  return Buffer.from(encoded.slice(TOKEN_PROTOCOL.length), 'base64url').toString();
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
