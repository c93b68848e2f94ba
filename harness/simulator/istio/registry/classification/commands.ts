/** What becomes of istioctl's commands and flags: a command with those below it and its flags in braces. */
import { executed, noEffect, type Rule } from '../classify.ts';

const WHAT = '--filename --set --force --revision';
const INSTALL = `${WHAT} --skip-confirmation --readiness-timeout --dry-run`;
const TAG = '--revision --overwrite --skip-confirmation';
const SECRET = '--name --type --auth-type --service-account --create-service-account';
const UNINSTALL = 'uninstall { --filename --set --force --revision --purge --skip-confirmation }';

/** A command with its other names. */
const named = (names: string, flags: string): string =>
  names
    .split(' ')
    .map(name => `${name} { ${flags} }`)
    .join(' ');

const LOGS_OF_ISTIOCTL = 'it changes what istioctl itself logs';

export const COMMAND_RULES: readonly Rule[] = [
  executed(
    'istioctl',
    `--context --kubeconfig --namespace --istioNamespace --help
    analyze { --all-namespaces --failure-threshold --output-threshold --output }
    install { ${INSTALL} }
    manifest { generate { ${WHAT} } install { ${INSTALL} } }
    ${named(
      'proxy-config',
      `${named('cluster clusters c', '--fqdn --port --subset --direction --output')}
      ${named('endpoint endpoints ep', '--address --port --cluster --status --output')}
      ${named('listener listeners l', '--address --port --output')}
      ${named('route routes r', '--name --output')}
      ${named('secret s', '--output')}`,
    )}
    ${named('proxy-status ps', '--revision')}
    ${named('validate v', '--filename')}
    version { --remote --revision --short --output }
    experimental x exp pc help`,
  ),
  executed('istioctl', `experimental { create-remote-secret { ${SECRET} } ${UNINSTALL} }`, '1.8'),
  executed(
    'istioctl',
    `create-remote-secret { ${SECRET} --server --secret-name } ${UNINSTALL}
    manifest { apply { ${INSTALL} } } remote-clusters { --revision }
    ${named('proxy-status ps', '--output')}
    tag { set { ${TAG} } generate { ${TAG} } list { --output } show { --output }
      remove { --skip-confirmation } delete { --skip-confirmation } }
    experimental {
      authz { check { --file } } check-inject { --labels } injector { list }
      describe { ${named('pod po service svc', '--ignoreUnmeshed')} } des
      internal-debug { --all --list --revision }
      precheck { --from-version --output --output-threshold --revision --skip-controlplane }
      ${named('proxy-status ps', '--output --revision')} version { --output --remote --revision --short }
    }
    ${named('proxy-config', 'secrets { --output }')}`,
    'current',
  ),
  noEffect('istioctl', LOGS_OF_ISTIOCTL, '--vklog'),
  noEffect(
    'istioctl',
    LOGS_OF_ISTIOCTL,
    `--log_as_json --log_caller --log_output_level --log_rotate --log_rotate_max_age --log_rotate_max_backups
    --log_rotate_max_size --log_stacktrace_level --log_target`,
    '1.8',
  ),
  noEffect('istioctl', 'API servers answer at once here', '--kubeclient-timeout', 'current'),
  noEffect('istioctl', 'output has no colours here', 'analyze { --color }'),
  noEffect(
    'istioctl',
    'objects are looked at one by one',
    'validate { --referential } v { --referential }',
    '1.8',
  ),
];
