/** Where a webhook is called: a URL, or a Service (apiserver pkg/util/webhook/validation.go @v1.34). */
import { type FieldError, invalidValue, required } from '../field-errors.ts';
import { type JsonObject, stringOf } from '../json.ts';
import { problemsOfSubdomain } from './names.ts';

const FORM = '; desired format: https://host[/path]';
/** Scheme, user information, host, path, query and fragment. */
const URL_PARTS =
  /^(?:([A-Za-z][A-Za-z0-9+.-]*):)?(?:\/\/(?:([^/?#@]*)@)?([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/;

/** Finds what is wrong with the URL of a webhook. */
export function validateWebhookUrl(url: string, field: string): FieldError[] {
  const [, scheme = '', user, host = '', , query = '', fragment = ''] = URL_PARTS.exec(url) ?? [];
  const errors: FieldError[] = [];
  if (scheme.toLowerCase() !== 'https')
    errors.push(invalidValue(field, scheme.toLowerCase(), `'https' is the only allowed URL scheme${FORM}`));
  if (host === '') errors.push(invalidValue(field, '', `host must be specified${FORM}`));
  if (user !== undefined)
    errors.push(invalidValue(field, user, 'user information is not permitted in the URL'));
  if (fragment !== '') errors.push(invalidValue(field, fragment, 'fragments are not permitted in the URL'));
  if (query !== '') errors.push(invalidValue(field, query, 'query parameters are not permitted in the URL'));
  return errors;
}

/**
 * Finds what is wrong with the reference to the Service of a webhook. The server takes its name for its
 * namespace, and so tells of the other one.
 */
export function validateWebhookService(service: JsonObject, field: string): FieldError[] {
  const errors: FieldError[] = [];
  if (!stringOf(service['namespace'])) errors.push(required(`${field}.name`));
  if (!stringOf(service['name'])) errors.push(required(`${field}.namespace`));
  const port = Number(service['port'] ?? 443);
  if (port < 1 || port > 65_535) {
    const text = 'port is not valid: must be between 1 and 65535, inclusive';
    errors.push(invalidValue(`${field}.port`, port, text));
  }
  const path = stringOf(service['path']) ?? '';
  return path === '' || path === '/' ? errors : [...errors, ...problemsOfPath(path, `${field}.path`)];
}

function problemsOfPath(path: string, field: string): FieldError[] {
  if (path === '//') return [invalidValue(field, path, 'segment[0] may not be empty')];
  const errors = path.startsWith('/') ? [] : [invalidValue(field, path, "must start with a '/'")];
  const segments = path.slice(1).replace(/\/$/, '').split('/');
  segments.forEach((segment, index) => {
    const problems =
      segment === '' ? ['may not be empty'] : problemsOfSubdomain(segment).map(problem => `: ${problem}`);
    for (const problem of problems) {
      const text = problem.startsWith(':') ? `segment[${index}]${problem}` : `segment[${index}] ${problem}`;
      errors.push(invalidValue(field, path, text));
    }
  });
  return errors;
}
