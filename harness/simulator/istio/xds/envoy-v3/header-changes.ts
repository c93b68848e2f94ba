/** What is added to headers and taken from them, in the four fields that several messages have. */
import type { ProtoMessage } from '../proto/encode-message.ts';
import type { Fields } from '../proto/fields.ts';
import { Refusal } from '../proto/refusal.ts';
import { booleanOf } from '../proto/well-known.ts';
import type { HeaderChanges, HeaderEdits } from '../routes.ts';

/** core.v3.HeaderValueOption.HeaderAppendAction */
const ACTION = { appendIfExistsOrAdd: 0, overwriteIfExistsOrAdd: 2 };

/** Returns the fields of a Route or of a ClusterWeight. */
export const headerChangesOf = (changes: HeaderChanges | undefined): ProtoMessage => ({
  request_headers_to_add: changes?.request?.add.map(optionOf),
  request_headers_to_remove: changes?.request?.remove,
  response_headers_to_add: changes?.response?.add.map(optionOf),
  response_headers_to_remove: changes?.response?.remove,
});

const optionOf = ({ name, value, isAppended }: HeaderEdits['add'][number]): ProtoMessage => ({
  header: { key: name, value: value.replaceAll('%', '%%') },
  append_action: isAppended ? ACTION.appendIfExistsOrAdd : ACTION.overwriteIfExistsOrAdd,
});

/** Reads the fields. @returns undefined if there are none @throws Refusal for what is not executed */
export function readHeaderChanges(fields: Fields): HeaderChanges | undefined {
  const request = readEdits(fields, 'request');
  const response = readEdits(fields, 'response');
  return request || response ? { ...(request && { request }), ...(response && { response }) } : undefined;
}

function readEdits(fields: Fields, which: 'request' | 'response'): HeaderEdits | undefined {
  const add = fields.messages(`${which}_headers_to_add`, readOption);
  const remove = fields.strings(`${which}_headers_to_remove`).map(name => name.toLowerCase());
  return add.length > 0 || remove.length > 0 ? { add, remove } : undefined;
}

function readOption(fields: Fields): HeaderEdits['add'][number] {
  const action = fields.number('append_action');
  const appends = fields.message('append', booleanOf);
  if (action !== ACTION.appendIfExistsOrAdd && action !== ACTION.overwriteIfExistsOrAdd)
    throw new Refusal(`${fields.type}: append_action ${action} is not simulated`);
  fields.pass('keep_empty_value', 'an empty value is kept');
  const header = fields.message('header', it => ({ key: it.string('key'), value: it.string('value') }));
  if (!header) throw new Refusal('HeaderValueOption.Header: value is required');
  if (header.value.replaceAll('%%', '').includes('%'))
    throw new Refusal(`${fields.type}: a value with a command operator (%) is not simulated`);
  return {
    name: header.key.toLowerCase(),
    value: header.value.replaceAll('%%', '%'),
    isAppended: appends ?? action === ACTION.appendIfExistsOrAdd,
  };
}
