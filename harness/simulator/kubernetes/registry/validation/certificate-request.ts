/** The rules of CertificateSigningRequests (pkg/apis/certificates/validation/validation.go @v1.34). */
import { duplicate, type FieldError, invalidValue, notSupported, required } from '../field-errors.ts';
import { type JsonObject, type KubernetesObject, listOf, objectOf, stringOf } from '../json.ts';
import { problemsOfLabel, problemsOfSubdomain } from './names.ts';

const USAGES = [
  'any',
  'cert sign',
  'client auth',
  'code signing',
  'content commitment',
  'crl sign',
  'data encipherment',
  'decipher only',
  'digital signature',
  'email protection',
  'encipher only',
  'ipsec end system',
  'ipsec tunnel',
  'ipsec user',
  'key agreement',
  'key encipherment',
  'microsoft sgc',
  'netscape sgc',
  'ocsp signing',
  's/mime',
  'server auth',
  'signing',
  'timestamping',
];
const LEGACY_SIGNER = 'kubernetes.io/legacy-unknown';
const SHORTEST_SECONDS = 600;
const PEM = /-----BEGIN CERTIFICATE REQUEST-----\s[A-Za-z0-9+/=\s]+-----END CERTIFICATE REQUEST-----/;

/** Finds what is wrong with a CertificateSigningRequest. Its signature is not looked at. */
export function validateCertificateRequest(object: KubernetesObject): FieldError[] {
  const spec = objectOf(object['spec']);
  const request = stringOf(spec['request']) ?? '';
  const errors: FieldError[] = [];
  if (!PEM.test(Buffer.from(request, 'base64').toString('latin1'))) {
    const text = 'PEM block type must be CERTIFICATE REQUEST';
    errors.push(invalidValue('spec.request', request, text, request === '' ? 'null' : undefined));
  }
  errors.push(...validateUsages(spec));
  const signer = stringOf(spec['signerName']) ?? '';
  if (signer === LEGACY_SIGNER) {
    const text = 'the legacy signerName is not allowed via this API version';
    errors.push(invalidValue('spec.signerName', signer, text));
  } else errors.push(...validateSigner(signer, 'spec.signerName'));
  const seconds = spec['expirationSeconds'];
  if (typeof seconds === 'number' && seconds < SHORTEST_SECONDS) {
    const text = 'may not specify a duration less than 600 seconds (10 minutes)';
    errors.push(invalidValue('spec.expirationSeconds', seconds, text));
  }
  return errors;
}

function validateUsages(spec: JsonObject): FieldError[] {
  const usages = listOf(spec['usages']).map(String);
  const at = (index: number) => `spec.usages[${index}]`;
  return [
    ...(usages.length === 0 ? [required('spec.usages')] : []),
    ...usages.flatMap((usage, index) =>
      USAGES.includes(usage) ? [] : [notSupported(at(index), usage, USAGES)],
    ),
    ...usages.flatMap((usage, index) => (usages.indexOf(usage) < index ? [duplicate(at(index), usage)] : [])),
  ];
}

/** pkg/apis/core/validation/names.go: ValidateSignerName. */
function validateSigner(name: string, field: string): FieldError[] {
  if (name === '') return [required(field)];
  const [domain = '', path = '', ...rest] = name.split('/');
  if (!name.includes('/') || rest.length > 0) {
    const text = "must be a fully qualified domain and path of the form 'example.com/signer-name'";
    return [invalidValue(field, name, text)];
  }
  const firstProblems = (
    whole: string,
    labels: readonly string[],
    problemsOf: (text: string) => string[],
  ) => {
    const bad = labels.find(label => problemsOf(label).length > 0);
    if (bad === undefined) return [];
    return problemsOf(bad).map(problem =>
      invalidValue(field, whole, `validating label ${JSON.stringify(bad)}: ${problem}`),
    );
  };
  const labels = domain.split('.');
  const errors = firstProblems(domain, labels, problemsOfLabel);
  if (labels.length < 2) {
    const text = 'should be a domain with at least two segments separated by dots';
    errors.push(invalidValue(field, domain, text));
  }
  return [...errors, ...firstProblems(path, path.split('.'), problemsOfSubdomain)];
}
