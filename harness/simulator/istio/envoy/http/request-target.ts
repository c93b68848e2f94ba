/**
 * What a request asks for, before filters and routes look at it (envoyproxy/envoy
 * source/common/http/http1/codec_impl.cc, onUrl, and conn_manager_impl.cc, decodeHeaders @v1.30).
 */
import type { MessageHead } from '../../../../base/http1/message-head.ts';
import type { DownstreamResponse } from './downstream-response.ts';
import { BAD_PATH } from './local-reply.ts';
import type { ManagerContext } from './manager-context.ts';
import { normalPath } from './normalize-path.ts';

const ABSOLUTE = /^https?:\/\/([^/?]*)(.*)$/is;

/**
 * Puts the path as it is meant in the place of that which came, and the authority of a whole URL in the place
 * of the Host header.
 * @returns false if the request has its answer: it is refused, or sent elsewhere
 */
export function takeTarget(context: ManagerContext, head: MessageHead, answer: DownstreamResponse): boolean {
  if (!head.url.startsWith('/')) takeAbsolute(head);
  const { strictPaths } = context.environment.wording;
  if (strictPaths && head.url.includes('#')) {
    answer.reply(BAD_PATH);
    return false;
  }
  if (!context.paths || !head.url.startsWith('/')) return true;
  const normal = normalPath(context.paths, head.url, strictPaths);
  switch (normal.kind) {
    case 'forward':
      head.url = normal.url;
      return true;
    case 'redirect':
      answer.reply({ status: 307, body: '', flags: '' }, ['location', normal.url]);
      return false;
    case 'reject':
      answer.reply(BAD_PATH);
      return false;
  }
}

function takeAbsolute(head: MessageHead): void {
  const [, authority, rest = ''] = ABSOLUTE.exec(head.url) ?? [];
  if (authority === undefined) return;
  head.url = rest === '' ? '/' : rest;
  const { rawHeaders } = head;
  const at = rawHeaders.findIndex((name, index) => index % 2 === 0 && name.toLowerCase() === 'host');
  if (at < 0) rawHeaders.push('host', authority);
  else rawHeaders[at + 1] = authority;
}
