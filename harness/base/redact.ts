/** Takes secrets out of any text that leaves the process: private keys, tokens, kubeconfig credentials. */

const REPLACEMENTS: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN ([A-Z ]*)PRIVATE KEY-----[\s\S]*?(-----END \1PRIVATE KEY-----|$)/g, '<private key removed>'],
  [/\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*/g, '<token removed>'],
  [/(\b[Bb]earer\s+)[A-Za-z0-9._~+/=-]{8,}/g, '$1<token removed>'],
  [/((?:token|client-key-data|password|ca-key\.pem)"?\s*:\s*"?)(?!<)[A-Za-z0-9._~+/=-]{16,}/g, '$1<removed>'],
];

export function redact(text: string): string {
  return REPLACEMENTS.reduce((result, [pattern, replacement]) => result.replace(pattern, replacement), text);
}
