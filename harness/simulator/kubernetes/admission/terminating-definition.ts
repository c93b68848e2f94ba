/**
 * Nothing new is made of a kind whose definition is on its way out (apiextensions-apiserver
 * pkg/apiserver/customresource_handler.go @v1.34, forbidCreateAdmission).
 */
import type { AdmissionPlugin } from '../registry/admission.ts';
import { forbidden } from '../registry/status.ts';

/** Makes the plug-in that refuses such objects, before all others. */
export function terminatingDefinition(): AdmissionPlugin {
  return {
    name: 'CustomResourceDefinitionTerminating',
    handles: ({ operation, type }) => operation === 'CREATE' && type.custom?.terminating === true,
    mutate({ type, object }) {
      const text = 'create not allowed while custom resource definition is terminating';
      throw forbidden(type, object?.metadata.name ?? '', text);
    },
  };
}
