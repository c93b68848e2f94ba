/** The methods that Node's parser knows (nodejs/llhttp src/llhttp/constants.ts @v9.3.1). */

/** Of HTTP; `PRI` begins HTTP/2. */
const HTTP_METHODS = [
  'DELETE GET HEAD POST PUT CONNECT OPTIONS TRACE PATCH LINK UNLINK COPY LOCK MKCOL MOVE PROPFIND PROPPATCH',
  'SEARCH UNLOCK BIND REBIND UNBIND ACL REPORT MKACTIVITY CHECKOUT MERGE M-SEARCH NOTIFY SUBSCRIBE',
  'UNSUBSCRIBE MKCALENDAR PURGE QUERY SOURCE PRI',
].join(' ');
const RTSP_METHODS = [
  'OPTIONS DESCRIBE ANNOUNCE SETUP PLAY PAUSE TEARDOWN GET_PARAMETER SET_PARAMETER REDIRECT RECORD GET POST',
  'FLUSH',
].join(' ');

/** The methods that may stand before each protocol's name in a request line. */
export const METHODS_OF: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ['HTTP', new Set(HTTP_METHODS.split(' '))],
  ['RTSP', new Set(RTSP_METHODS.split(' '))],
  ['ICE', new Set(['SOURCE'])],
]);

const ALL_METHODS: ReadonlySet<string> = new Set([...METHODS_OF.values()].flatMap(methods => [...methods]));

/** Tells a method of any protocol. */
export const isMethod = (text: string): boolean => ALL_METHODS.has(text);

/** Tells whether a method could begin with this. */
export const beginsMethod = (text: string): boolean =>
  [...ALL_METHODS].some(method => method.startsWith(text));
