import { observed } from '../delivery/observed.js';
import type { Rule } from '../rule.js';

/** Calls that the egress gateway cannot send on because an object is not there for its pods. */
export const notExportedToGateway: Rule = {
  id: 'not-exported-to-gateway',
  messages: {
    route: {
      message:
        '{calls} from {clients} fail: {route} tells the gateway where to send them, and is not exported to its namespace {namespace}',
      mend: 'add {namespace} to spec.exportTo, or leave exportTo out',
    },
    entry: {
      message:
        '{calls} from {clients} fail: the gateway is to send them to {destination}, and {entry} is not exported to its namespace {namespace}',
      mend: 'add {namespace} to spec.exportTo{also}',
    },
    'other-entry': {
      message:
        '{calls} from {clients} fail: the gateway is to send them to port {port} of {destination}, which {entry} does not declare; {other} does, and gives way to it',
      mend: 'declare the port in {entry}, or remove that',
    },
    rule: {
      message:
        '{calls} from {clients} fail: the gateway sends them to {destination} without TLS, as it does not see {rule}',
      mend: 'have the rule in namespace {home} or {namespace}, exported to {namespace}',
    },
    'rule/subset': {
      message:
        '{calls} from {clients} fail: {rule} defines the subset {subset} of {destination}, and the gateway does not see it',
      mend: 'have the rule in namespace {home} or {namespace}, exported to {namespace}',
    },
    'not-declared': {
      message:
        '{calls} from {clients} fail: the gateway is to send them to {destination}, which no ServiceEntry declares',
      mend: 'apply a ServiceEntry for {destination} with port {port}, or name a host here that is declared',
    },
    'not-declared/deleted': {
      message:
        '{calls} from {clients} would fail: {route} has the gateway send them to {destination}, which nothing else declares',
      mend: 'delete {route} as well, or first',
    },
    'not-declared/port': {
      message:
        '{calls} from {clients} fail: the gateway is to send them to port {port} of {destination}, and {entry} declares no such port',
      mend: 'name a port that it declares, or add port {port} to it',
    },
  },
  check: (scene) => observed(scene, 'not-exported-to-gateway'),
};
