/** TLS of a Gateway's server or a sidecar's own listener (validateTLSOptions @1.30.3 and @1.8.0). */
import { list, type Tree, trees } from '../../../../base/untyped.ts';
import { texts } from '../model/config-fields.ts';
import { each, type Findings, NONE, problemIf, warningIf } from './findings.ts';
import { has, textOf } from './values.ts';

/** Certificates beside those that Istio gives. */
const OWN = [
  ['serverCertificate', 'server certificate'],
  ['privateKey', 'private key'],
  ['caCertificates', 'CA bundle'],
] as const;
const OWN_TODAY = [
  ['tlsCertificates', 'tlsCertificates'],
  ['credentialName', 'credentialName'],
  ['credentialNames', 'credentialNames'],
] as const;

const isGiven = (settings: Tree, name: string): boolean => {
  const value = settings[name];
  return Array.isArray(value) ? value.length > 0 : has(settings, name) && value !== '';
};

/** Where a server has its certificates from; its mode says whether it needs any. */
export function serverTls(settings: Tree, isOld: boolean): Findings {
  const mode = textOf(settings, 'mode');
  const warnings = isOld ? NONE : ciphers(settings);
  if (mode === 'ISTIO_MUTUAL')
    return [
      ...warnings,
      ...each(isOld ? OWN : [...OWN, ...OWN_TODAY], ([name, words]) =>
        problemIf(isGiven(settings, name), `ISTIO_MUTUAL TLS cannot have associated ${words}`),
      ),
    ];
  const sources = isOld ? NONE : ofOneSource(settings, mode);
  const isServed = ['SIMPLE', 'MUTUAL', ...(isOld ? [] : ['OPTIONAL_MUTUAL'])].includes(mode);
  const byName = isGiven(settings, 'credentialName') || (!isOld && isGiven(settings, 'credentialNames'));
  if (!isServed || byName) return [...warnings, ...sources];
  return [...warnings, ...sources, ...files(settings, mode, isOld)];
}

function files(settings: Tree, mode: string, isOld: boolean): Findings {
  const isMutual = mode !== 'SIMPLE';
  const prefix = isMutual ? 'MUTUAL TLS' : 'SIMPLE TLS';
  const own = isOld ? [] : trees(settings['tlsCertificates']);
  const bundle = problemIf(
    isMutual && !isGiven(settings, 'caCertificates'),
    `${prefix} requires a client CA bundle`,
  );
  const certificates = each(own.length > 0 ? own : [settings], certificate => [
    ...problemIf(!isGiven(certificate, 'serverCertificate'), `${prefix} requires a server certificate`),
    ...problemIf(!isGiven(certificate, 'privateKey'), `${prefix} requires a private key`),
  ]);
  return [
    ...(isOld ? NONE : bundle),
    ...warningIf(own.length > 2, `${prefix} can support up to 2 server certificates`),
    ...certificates,
    ...(isOld ? bundle : NONE),
    ...problemIf(!isOld && !isMutual && isGiven(settings, 'caCrl'), 'CRL is not supported with SIMPLE TLS'),
  ];
}

function ofOneSource(settings: Tree, mode: string): Findings {
  const given = (...names: readonly string[]) => names.filter(name => isGiven(settings, name));
  const ignored = given('caCrl', ...OWN.map(([name]) => name), ...OWN_TODAY.map(([name]) => name));
  const isPassed = mode === '' || mode === 'PASSTHROUGH' || mode === 'AUTO_PASSTHROUGH';
  const sources = given('credentialName', 'credentialNames', 'tlsCertificates').length;
  const files = given('serverCertificate', 'privateKey').length === 2 ? 1 : 0;
  return [
    ...warningIf(
      isPassed && ignored.length > 0,
      `${mode || 'PASSTHROUGH'} mode does not use certificates, they will be ignored`,
    ),
    ...problemIf(
      sources + files > 1,
      'only one of credential_name, credential_names, server_certificate/private_key, ' +
        'tls_certificates should be specified',
    ),
  ];
}

/** Those that Envoy takes (pkg/security, IsValidCipherSuite). */
const CIPHERS = new Set(
  (
    'ECDHE-ECDSA-AES128-GCM-SHA256 ECDHE-RSA-AES128-GCM-SHA256 ECDHE-ECDSA-AES256-GCM-SHA384 ' +
    'ECDHE-RSA-AES256-GCM-SHA384 ECDHE-ECDSA-CHACHA20-POLY1305 ECDHE-RSA-CHACHA20-POLY1305 ' +
    'ECDHE-ECDSA-AES128-SHA ECDHE-RSA-AES128-SHA ECDHE-ECDSA-AES256-SHA ECDHE-RSA-AES256-SHA ' +
    'AES128-GCM-SHA256 AES256-GCM-SHA384 AES128-SHA AES256-SHA DES-CBC3-SHA ' +
    'ECDHE-ECDSA-AES128-SHA256 ECDHE-RSA-AES128-SHA256 ECDHE-PSK-AES128-CBC-SHA ECDHE-PSK-AES256-CBC-SHA ' +
    'PSK-AES128-CBC-SHA PSK-AES256-CBC-SHA'
  ).split(' '),
);

function ciphers(settings: Tree): Findings {
  const all = texts(settings['cipherSuites']);
  const sorted = (names: readonly string[]): string => [...new Set(names)].sort().join(' ');
  const wrong = all.filter(name => !CIPHERS.has(name));
  const twice = all.filter((name, at) => CIPHERS.has(name) && all.indexOf(name) < at);
  const isLow = ['TLSV1_0', 'TLSV1_1'].includes(textOf(settings, 'minProtocolVersion'));
  return [
    ...warningIf(
      isLow && list(settings['cipherSuites']).length === 0,
      'TLS version below TLSV1_2 require setting compatible ciphers ' +
        'as by default they no longer include compatible ciphers.',
    ),
    ...warningIf(wrong.length > 0, `ignoring invalid cipher suites: [${sorted(wrong)}]`),
    ...warningIf(twice.length > 0, `ignoring duplicate cipher suites: [${sorted(twice)}]`),
  ];
}
