/** Gateways (validation.go, ValidateGateway @1.30.3 and @1.8.0). */
import { type Tree, tree, trees } from '../../../../base/untyped.ts';
import { texts } from '../model/config-fields.ts';
import { type Context, each, type Findings, NONE, problem, problemIf, warningIf } from './findings.ts';
import { serverTls } from './server-tls.ts';
import {
  addressOf,
  has,
  hostOfNamespace,
  isHttp,
  isLabel,
  isProtocol,
  isTls,
  port,
  socketPath,
  textOf,
} from './values.ts';

const SOCKET = 'unix://';

/** A gateway: each of its servers, and their ports together. */
export function gateway(spec: Tree, { name, isOld }: Context): Findings {
  const servers = trees(spec['servers']);
  const ported = servers.filter(server => has(server, 'port'));
  const names = ported.map(server => textOf(server['port'], 'name'));
  return [
    ...problemIf(!isLabel(name), `invalid gateway name: ${JSON.stringify(name)}`),
    ...problemIf(servers.length === 0, 'gateway must have at least one server'),
    ...each(servers, server => serverOf(server, isOld)),
    ...each(ported, (server, at) => [
      ...problemIf(
        names.indexOf(names[at] ?? '') < at,
        `port names in servers must be unique: duplicate name ${names[at]}`,
      ),
      ...warningIf(
        !isOld &&
          !isHttp(textOf(server['port'], 'protocol')) &&
          tree(server['tls'])['httpsRedirect'] === true,
        'tls.httpsRedirect should only be used with http servers',
      ),
    ]),
  ];
}

function serverOf(server: Tree, isOld: boolean): Findings {
  const hosts = texts(server['hosts']);
  const bind = textOf(server, 'bind');
  const ofPort = has(server, 'port')
    ? portOf(tree(server['port']), bind, isOld)
    : problem('port is required');
  return [
    ...problemIf(hosts.length === 0, 'server config must contain at least one host'),
    ...each(hosts, host => hostOfNamespace(host, true, isOld)),
    ...ofPort,
    ...(isOld ? NONE : boundTo(bind)),
    ...(has(server, 'tls') ? serverTls(tree(server['tls']), isOld) : NONE),
    ...(ofPort.length === 0 ? tlsOfPort(server) : NONE),
  ];
}

const boundTo = (bind: string): Findings =>
  bind.startsWith(SOCKET) ? socketPath(bind.slice(SOCKET.length)) : bind === '' ? NONE : addressOf(bind);

/** A message of protobuf as Go prints it. */
const shownPort = (fields: Tree, isOld: boolean): string =>
  ['number', 'protocol']
    .filter(name => has(fields, name) && fields[name] !== '' && fields[name] !== 0)
    .map(name => `${name}:${JSON.stringify(fields[name])}${isOld ? ' ' : ''}`)
    .join(isOld ? '' : ' ');

function portOf(fields: Tree, bind: string, isOld: boolean): Findings {
  const protocol = textOf(fields, 'protocol');
  const number = Number(fields['number'] ?? 0);
  return [
    ...problemIf(
      !isProtocol(protocol),
      `invalid protocol ${JSON.stringify(protocol)}, ` +
        'supported protocols are HTTP, HTTP2, GRPC, GRPC-WEB, MONGO, REDIS, MYSQL, TCP',
    ),
    ...(number > 0 || (!isOld && !bind.startsWith(SOCKET)) ? port(number) : NONE),
    ...problemIf(!isOld && Number(fields['targetPort'] ?? 0) > 0, 'targetPort has no impact on Gateways'),
    ...problemIf(textOf(fields, 'name') === '', `port name must be set: ${shownPort(fields, isOld)}`),
  ];
}

/** Only ports of TLS have TLS, but for plain HTTP that sends clients to HTTPS. */
function tlsOfPort(server: Tree): Findings {
  const protocol = textOf(server['port'], 'protocol');
  if (isTls(protocol))
    return problemIf(!has(server, 'tls'), 'server must have TLS settings for HTTPS/TLS protocols');
  if (!has(server, 'tls')) return NONE;
  if (!isHttp(protocol)) return problem('server cannot have TLS settings for non HTTPS/TLS ports');
  const settings = tree(server['tls']);
  const isPassed = ['', 'PASSTHROUGH', 'AUTO_PASSTHROUGH'].includes(textOf(settings, 'mode'));
  const hasFiles = ['caCertificates', 'privateKey', 'serverCertificate'].some(
    name => textOf(settings, name) !== '',
  );
  return problemIf(!isPassed || hasFiles, 'server cannot have TLS settings for plain text HTTP ports');
}
