/**
 * Takes out of any text that leaves the process what it must not tell: private keys, tokens, credentials of
 * kubeconfigs; and certificates, which name whom they are for.
 */

const REPLACEMENTS: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN ([A-Z ]*)PRIVATE KEY-----[\s\S]*?(-----END \1PRIVATE KEY-----|$)/g, '<private key removed>'],
  [/-----BEGIN ([A-Z ]+)-----[\s\S]*?(-----END \1-----|$)/g, '<$1 removed>'],
  // The same in base64, as Secrets and dumps of proxies have it.
  [/LS0tLS1CRUdJTi[A-Za-z0-9+/=]{16,}/g, '<PEM removed>'],
  [/\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*/g, '<token removed>'],
  // User and password in the variables of proxies, which may do without a scheme, and in a URL: up to the
  // last @, as Go's programs take it (net/url parseAuthority); a proxy's address has no other reason for one.
  // A scheme is short: without a bound a long text full of dots would be read again from each of them.
  [
    /(\b(?:https?|all|ftp)_proxy=(?:[a-z][a-z0-9+.-]{0,30}:\/\/)?)(?!<credentials)[^\s"<>]+@/gi,
    '$1<credentials removed>@',
  ],
  [/(\b[a-z][a-z0-9+.-]{0,30}:\/\/)(?!<credentials)[^\s/"<>]+@/gi, '$1<credentials removed>@'],
  [/(\b[Bb]earer\s+)[A-Za-z0-9._~+/=-]{8,}/g, '$1<token removed>'],
  [/((?:token|client-key-data|password|ca-key\.pem)"?\s*:\s*"?)(?!<)[A-Za-z0-9._~+/=-]{16,}/g, '$1<removed>'],
];

export function redact(text: string): string {
  return REPLACEMENTS.reduce((result, [pattern, replacement]) => result.replace(pattern, replacement), text);
}
