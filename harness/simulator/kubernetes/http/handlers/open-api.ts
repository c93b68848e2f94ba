/** OpenAPI documents, in the form that the client asks for, with what lets it keep them. */

import { gzipSync } from 'node:zlib';
import { documentsOf, type PublishedDocument } from '../../openapi/published-documents.ts';
import { sendHead } from '../answer-head.ts';
import type { Call } from '../call.ts';
import type { Environment } from '../environment.ts';

/** The forms of a document: what an Accept header names them, and how the answer does. */
type Forms = readonly (readonly [asked: string, answered: string])[];

const formsOf = (version: 2 | 3): Forms => {
  const protobuf = `application/com.github.proto-openapi.spec.v${version}.v1.0+protobuf`;
  return [
    ['application/json', 'application/json'],
    [protobuf, protobuf],
    [`application/com.github.proto-openapi.spec.v${version}@v1.0+protobuf`, protobuf],
  ];
};
const FORMS = { 2: formsOf(2), 3: formsOf(3) };

const YEAR_MS = 365 * 24 * 3600 * 1000;

/** What is sent of a path that is no document's. */
function sendNothing(call: OpenApiCall, code: number): void {
  sendHead(call, code, { 'Cache-Control': NOT_KEPT, 'Content-Length': 0 }).end();
}

const NOT_KEPT = 'no-cache, private';

type OpenApiCall = Pick<Call, 'request' | 'response' | 'auditId' | 'info'>;

/**
 * Answers a request below `/openapi/` (kube-openapi pkg/handler/handler.go, pkg/handler3/handler.go
 * @v0.0.0-20250710; the index is the aggregator's, which calls it text).
 * @returns false for a path that nobody serves
 */
export function handleOpenApi(environment: Environment, call: OpenApiCall): boolean {
  const documents = documentsOf(environment.registry, environment.version);
  const { path } = call.info;
  if (path === '/openapi/v2') {
    call.response.setHeader('Vary', ['Accept-Encoding', 'Accept']);
    sendDocument(environment, call, documents.version2(), 2);
    return true;
  }
  if (path === '/openapi/v3') {
    const text = documents.index();
    sendHead(call, 200, {
      'Cache-Control': NOT_KEPT,
      'Content-Type': 'text/plain; charset=utf-8',
      'Content-Length': Buffer.byteLength(text),
    });
    call.response.end(text);
    return true;
  }
  if (!path.startsWith('/openapi/v3/')) return false;
  const document = documents.version3(path.slice('/openapi/v3/'.length));
  if (!document) {
    sendNothing(call, 404);
    return true;
  }
  call.response.setHeader('Vary', 'Accept');
  sendDocument(environment, call, document, 3);
  return true;
}

function sendDocument(
  { clock }: Environment,
  call: OpenApiCall,
  document: PublishedDocument,
  version: 2 | 3,
): void {
  const { request, response, info } = call;
  const type = negotiate(request.headers.accept, FORMS[version]);
  if (type === undefined) {
    sendNothing(call, 406);
    return;
  }
  const tag = `"${document.hash}"`;
  response.setHeader('ETag', tag);
  response.setHeader('Cache-Control', NOT_KEPT);
  const asked = version === 3 ? info.query.get('hash') : null;
  if (asked !== null && asked !== '') {
    if (asked !== document.hash) {
      const location = `${info.path}?hash=${document.hash}`;
      sendHead(call, 301, { 'Content-Type': type, Location: location, 'Content-Length': 0 }).end();
      return;
    }
    response.setHeader('Cache-Control', 'public, immutable');
    response.setHeader('Expires', new Date(clock.now() + YEAR_MS).toUTCString().replace('GMT', 'UTC'));
  }
  if (request.headers['if-none-match'] === tag) {
    sendHead(call, 304).end();
    return;
  }
  const body = type.endsWith('json') ? Buffer.from(document.json) : document.protobuf();
  const isPacked = version === 2 && /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''));
  const sent = isPacked ? gzipSync(body, { level: 1 }) : body;
  sendHead(call, 200, {
    'Accept-Ranges': 'bytes',
    'Content-Type': type,
    ...(isPacked && { 'Content-Encoding': 'gzip' }),
    'Content-Length': sent.length,
  });
  response.end(sent);
}

/**
 * Chooses a form by the clauses of an Accept header, the best liked first (goautoneg).
 * @returns the type of the answer; undefined if no clause fits
 */
function negotiate(accept: string | undefined, forms: Forms): string | undefined {
  const clauses = (accept === undefined || accept === '' ? '*/*' : accept).split(',').map(clause => {
    const [type = '', ...parameters] = clause.split(';').map(part => part.trim());
    const quality = parameters.find(parameter => parameter.startsWith('q='))?.slice(2);
    return { type, quality: quality === undefined ? 1 : Number(quality) };
  });
  clauses.sort((a, b) => b.quality - a.quality);
  for (const { type } of clauses) {
    const found = forms.find(([asked]) => type === asked || type === '*/*' || type === 'application/*');
    if (found) return found[1];
  }
  return undefined;
}
