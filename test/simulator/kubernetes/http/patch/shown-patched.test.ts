/** What of an object a refused patch shows. */
import t from 'tap';
import { touchedBy } from '../../../../../harness/simulator/kubernetes/http/patch/shown-patched.ts';

t.test('the objects that a JSON patch goes through are its own, whatever their keys', async t => {
  const path = '/spec/a/b';
  t.same(touchedBy([{ op: 'add', path, value: 1 }]), { spec: { a: {} } });
  const touched = touchedBy([{ op: 'add', path: '/__proto__/reached/x', value: 1 }]);
  t.same(Object.keys(touched), ['__proto__']);
  t.notOk('reached' in {}, 'the prototype of all objects is as it was');
});
