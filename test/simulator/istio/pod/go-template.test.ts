import t from 'tap';
import { goTemplate } from '../../../../harness/simulator/istio/pod/go-template.ts';
import { installedTemplates } from '../../../../harness/simulator/istio/pod/injection-template.ts';
import { behaviourOf } from '../../../../harness/simulator/istio/releases.ts';

const NONE = { labels: {}, annotations: {} };

t.test(
  'values, entries that may be left out, also inside of each other, and labels that the pod may have',
  t => {
    const text = goTemplate({
      metadata: { labels: { app: '{{ canonicalName }}', tier: 'mesh' }, annotations: {} },
      spec: {
        containers: [
          {
            $when: 'nativeSidecar',
            name: 'proxy',
            image: '{{ image }}',
            env: [{ $when: 'values.global.meshID', name: 'MESH', value: '{{ values.global.meshID }}' }],
          },
          { name: 'other', value: '{{ podPorts | json }}' },
        ],
      },
    });
    t.equal(
      text.slice(text.indexOf('metadata:')),
      `metadata:
  labels:
{{- with index .ObjectMeta.Labels "app" | default (index .ObjectMeta.Labels "app.kubernetes.io/name" | \
default (index .ObjectMeta.Labels "app") | default .DeploymentMeta.Name) }}
    app: {{ . | toJson }}
{{- end }}
{{- with index .ObjectMeta.Labels "tier" | default "mesh" }}
    tier: {{ . | toJson }}
{{- end }}
  annotations:
spec:
  containers:
{{- if .NativeSidecars }}
    - name: proxy
      image: {{ .ProxyImage | toJson }}
      env:
{{- if .Values.global.meshID }}
        - name: MESH
          value: {{ .Values.global.meshID | toJson }}
{{- end }}
{{- end }}
    - name: other
      value: {{ toJson $ports | toJson }}
`,
    );
    t.end();
  },
);

t.test('a path that Go has no expression for is named', t => {
  t.throws(() => goTemplate({ metadata: NONE, spec: { image: '{{ nothing }}' } }), /no Go for nothing/);
  t.end();
});

t.test('what the current release installs is Go from end to end; 1.8 has its own language', t => {
  for (const text of Object.values(installedTemplates(behaviourOf('1.30.3')))) {
    t.notMatch(text, /\$when|\{\{ (?!end)[a-z][\w.]* \}\}|\| json\b/);
    const opened = text.match(/\{\{-? (if|with|range) /g)?.length;
    t.equal(text.match(/\{\{-? end \}\}/g)?.length, opened, 'every block ends');
  }
  t.match(installedTemplates(behaviourOf('1.8.0'))['sidecar'], '{{ proxyConfig | json }}');
  t.end();
});
