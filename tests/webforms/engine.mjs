// ODK Web Forms' engine without a browser: one JSON request a line on stdin, one answer a line on stdout.
// Run with `node --conditions=browser`: otherwise solid-js takes its server build, which recalculates nothing.
import readline from 'node:readline';
import { JSDOM } from 'jsdom';

const NAMES = [
  'DOMParser', 'XMLSerializer', 'Node', 'Element', 'Document', 'XMLDocument', 'Attr', 'Text',
  'CDATASection', 'Comment', 'HTMLElement', 'NodeFilter', 'XPathResult', 'XPathEvaluator',
  'ProcessingInstruction', 'DocumentFragment', 'NodeList',
];
const { window } = new JSDOM('', { url: 'http://localhost/' });
for (const name of NAMES) if (window[name] && !globalThis[name]) globalThis[name] = window[name];
globalThis.document ??= window.document;
globalThis.window ??= window;
globalThis.__dirname ??= '/'; // the parser inside the bundle believes it runs in CommonJS

// A clock that can be set, so that both engines hold the interview at the same moment.
const RealDate = Date;
let moment = null;
globalThis.Date = class extends RealDate {
  constructor(...given) {
    if (given.length === 0 && moment !== null) super(moment);
    else super(...given);
  }
  static now() { return moment ?? RealDate.now(); }
};

const { loadForm } = await import('@getodk/xforms-engine');

let form, root, location;

const mediaType = (name) => (name.endsWith('.csv') ? 'text/csv' : 'application/xml');

async function load({ xform, media, at }) {
  moment = at ?? null;
  const missing = [];
  form = await loadForm(xform, {
    missingResourceBehavior: 'BLANK',
    fetchFormAttachment: async (url) => {
      const name = String(url).split('/').pop();
      if (name in media) return new Response(media[name], { status: 200, headers: { 'content-type': mediaType(name) } });
      missing.push(name);
      return new Response('', { status: 404 });
    },
  });
  if (form.status === 'failure') throw new Error(String(form.error?.message ?? form.error));
  open({});
  return { missing, languages: root.languages.map((each) => each.language ?? null) };
}

function open({ language, place, device }) {
  location = place ?? '14.4469 -11.4445 60 5';
  root = form.createInstance({
    instanceAttachments: { fileNameFactory: ({ basename, extension }) => `${basename}${extension ?? ''}` },
    preloadProperties: { deviceID: device?.deviceid, username: device?.username },
    geolocationProvider: { getLocation: async () => location },
  }).root;
  if (language) root.setLanguage(root.languages.find((each) => each.language === language));
}

const STRUCTURE = new Set(['group', 'repeat-range:uncontrolled', 'repeat-range:controlled', 'repeat-instance']);
const plain = (path) => path.replaceAll('[1]', '').replace(/^\/[^/]+/, '');

function* shown(node = root) {
  for (const child of node.currentState.children ?? []) {
    if (!child.currentState.relevant || child.nodeType === 'model-value') continue;
    yield child;
    yield* shown(child);
  }
}

function question(path) {
  for (const node of shown())
    if (!STRUCTURE.has(node.nodeType) && plain(node.currentState.reference) === plain(`/x${path}`)) return node;
  return null;
}

function answer([path, value]) {
  const node = question(path);
  if (node === null) return { result: 'not_shown' };
  if (node.currentState.readonly) return { result: 'read_only' };
  const refused = give(node, value);
  if (refused) return { result: refused };
  const violation = node.validationState.violation;
  return violation ? { result: violation.condition, message: violation.message?.asString ?? null } : { result: 'ok' };
}

function give(node, value) {
  if (node.nodeType === 'select' || node.nodeType === 'rank') {
    const values = Array.isArray(value) ? value : value ? [value] : [];
    const offered = new Set(node.currentState.valueOptions.map((option) => option.value));
    if (!values.every((each) => offered.has(each))) return 'not_offered';
    if (node.nodeType === 'rank') node.setValues(values);
    else node.selectValues(values);
  } else if (node.nodeType === 'upload') {
    node.setValue(value ? new File(['x'], value, { type: 'image/jpeg' }) : null);
  } else if (node.nodeType !== 'note') {
    node.setValue(value ?? '');
  }
  return null;
}

function add(path) {
  for (const node of shown())
    if (node.nodeType === 'repeat-range:uncontrolled' && plain(node.currentState.reference) === plain(`/x${path}`)) {
      node.addInstances();
      return true;
    }
  return false;
}

function* all(node = root) {
  for (const child of node.currentState.children ?? []) {
    yield child;
    yield* all(child);
  }
}

function read(path) {
  for (const node of all())
    if (plain(node.currentState.reference) === plain(`/x${path}`)) return node.currentState.instanceValue ?? node.currentState.value;
  return null;
}

// Everything that was done in an interview, at once: [path, value] answers, {add: path} adds a row,
// {read: path} tells a value.
const replay = ({ steps }) => steps.map((step) => {
  if (Array.isArray(step)) return answer(step);
  return step.add ? add(step.add) : read(step.read);
});

const screens = () =>
  [...shown()].filter((node) => !STRUCTURE.has(node.nodeType)).map(({ currentState: state, nodeType }) => ({
    path: state.reference.replace(/^\/[^/]+/, ''),
    label: state.label?.asString ?? null,
    hint: state.hint?.asString ?? null,
    required: state.required,
    readonly: state.readonly,
    choices: nodeType === 'select' || nodeType === 'rank'
      ? Object.fromEntries(state.valueOptions.map((option) => [option.value, option.label.asString])) : {},
  }));

async function finish() {
  const payload = await root.prepareInstancePayload({ payloadType: 'monolithic' });
  const xml = await payload.data[0].get('xml_submission_file').text();
  const violations = (payload.violations ?? []).map((each) => plain(each.reference));
  return { xml, violations, files: [...payload.data[0].keys()].filter((key) => key !== 'xml_submission_file') };
}

const operations = { load, open, replay, screens, finish };
for await (const line of readline.createInterface({ input: process.stdin })) {
  let answered;
  try {
    const request = JSON.parse(line);
    answered = { ok: (await operations[request.op](request)) ?? null };
  } catch (error) {
    answered = { error: `${error.name}: ${error.message}` };
  }
  process.stdout.write(`${JSON.stringify(answered)}\n`);
}
