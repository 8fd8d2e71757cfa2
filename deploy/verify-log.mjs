#!/usr/bin/env node
// Checks what a ledger has handed out, offline, with nothing but Node: it shares no code with the ledger.
//
//   node verify-log.mjs log EVENTS CHECKPOINT... --key KEY      an exported log (one event a line) against checkpoints
//   node verify-log.mjs event PROOF --key KEY                   a proof that an event is in the log
//   node verify-log.mjs consistency OLD PROOF --key KEY         that a newer checkpoint continues an older one
//   node verify-log.mjs audit REPORT --key KEY                  a report on a deal (.html or .json): that all of it was recorded
//
// KEY is the log's verifier key (origin+id+base64), or a file that holds it. CHECKPOINT and OLD are files of one or
// more signed notes. Exit code 0: it holds. 1: it does not. 2: it could not be checked.
import { createHash, createPublicKey, verify } from 'node:crypto';
import { createReadStream, existsSync, readFileSync } from 'node:fs';

class Failed extends Error {}
class Unusable extends Error {}

const sha256 = (...parts) => parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest();
const leafHash = (entry) => sha256(Buffer.of(0), entry);
const nodeHash = (left, right) => sha256(Buffer.of(1), left, right);

// --- keys and signed notes (C2SP signed-note, tlog-checkpoint) ---

function readKey(argument) {
  const text = (existsSync(argument) ? readFileSync(argument, 'utf8') : argument).trim();
  const [, origin, id, encoded] = /^([^+\s]+)\+([0-9a-f]{8})\+(\S+)$/.exec(text) ?? [];
  if (!origin) throw new Unusable('The key is not of the form origin+id+base64.');
  const bytes = Buffer.from(encoded, 'base64');
  if (bytes[0] !== 2) throw new Unusable(`The key is of type ${bytes[0]}; this program knows 2 (ECDSA).`);
  const spki = bytes.subarray(1);
  if (sha256(spki).toString('hex', 0, 4) !== id) throw new Unusable('The key does not have the id it claims.');
  return { origin, id: sha256(spki).subarray(0, 4), publicKey: createPublicKey({ key: spki, format: 'der', type: 'spki' }) };
}

// The text of a note, and whether it is signed with the key.
function readNote(note, key) {
  const end = note.lastIndexOf('\n\n');
  const text = note.slice(0, end + 1);
  const signed = end >= 0 && note.slice(end + 2).split('\n').some((line) => {
    const [, name, encoded] = /^— (\S+) (\S+)$/.exec(line) ?? [];
    const signature = Buffer.from(encoded ?? '', 'base64');
    return name === key.origin && signature.subarray(0, 4).equals(key.id)
      && verify('sha256', Buffer.from(text), key.publicKey, signature.subarray(4));
  });
  return { text, signed };
}

function readCheckpoint(note, key) {
  const { text, signed } = readNote(note, key);
  const [origin, size, root, ...rest] = text.split('\n');
  if (rest.join('') !== '' || !/^(0|[1-9][0-9]*)$/.test(size ?? '')) throw new Failed('A checkpoint is not of the form of one.');
  if (origin !== key.origin) throw new Failed(`A checkpoint is of '${origin}', but the key of '${key.origin}'.`);
  if (!signed) throw new Failed(`The checkpoint of ${size} events was not signed with this key.`);
  return { size: Number(size), root: Buffer.from(root, 'base64') };
}

// A file may hold many notes, an empty line after each.
function readCheckpoints(path, key) {
  const notes = readFileSync(path, 'utf8').match(/^[^\n]+\n[0-9]+\n[^\n]+\n\n(— [^\n]+\n)+/gmu) ?? [];
  if (notes.length === 0) throw new Unusable(`${path} holds no checkpoint.`);
  return notes.map((note) => readCheckpoint(note, key));
}

// --- the tree (RFC 6962 and RFC 9162, section 2.1) ---

class Tree {
  size = 0;
  subtrees = []; // roots of complete subtrees, the largest first

  add(hash) {
    for (let rest = this.size; rest % 2 === 1; rest = Math.floor(rest / 2)) hash = nodeHash(this.subtrees.pop(), hash);
    this.subtrees.push(hash);
    this.size++;
  }

  root() {
    return this.size === 0 ? sha256('') : this.subtrees.reduceRight((right, left) => nodeHash(left, right));
  }
}

function rootOfInclusion(hash, index, size, path) {
  let last = size - 1;
  for (const sibling of path) {
    if (last === 0) throw new Failed('The proof is too long.');
    if (index % 2 === 1 || index === last) {
      hash = nodeHash(sibling, hash);
      while (index % 2 === 0 && index !== 0) [index, last] = [index / 2, Math.floor(last / 2)];
    } else {
      hash = nodeHash(hash, sibling);
    }
    [index, last] = [Math.floor(index / 2), Math.floor(last / 2)];
  }
  if (last !== 0) throw new Failed('The proof is too short.');
  return hash;
}

function checkConsistency(older, newer, proof) {
  const same = (a, b, which) => { if (!a.equals(b)) throw new Failed(`The proof does not lead to the ${which} checkpoint's root.`); };
  if (older.size > newer.size) throw new Failed('The newer checkpoint has fewer events than the older one.');
  if (older.size === newer.size) return same(older.root, newer.root, 'older');
  if (older.size === 0) return;
  let index = older.size - 1, last = newer.size - 1;
  while (index % 2 === 1) [index, last] = [(index - 1) / 2, Math.floor(last / 2)];
  const path = [...proof];
  const first = index === 0 ? older.root : path.shift();
  if (!first) throw new Failed('The proof is too short.');
  let [oldRoot, newRoot] = [first, first];
  for (const sibling of path) {
    if (last === 0) throw new Failed('The proof is too long.');
    if (index % 2 === 1 || index === last) {
      [oldRoot, newRoot] = [nodeHash(sibling, oldRoot), nodeHash(sibling, newRoot)];
      while (index % 2 === 0 && index !== 0) [index, last] = [index / 2, Math.floor(last / 2)];
    } else {
      newRoot = nodeHash(newRoot, sibling);
    }
    [index, last] = [Math.floor(index / 2), Math.floor(last / 2)];
  }
  if (last !== 0) throw new Failed('The proof is too short.');
  same(oldRoot, older.root, 'older');
  same(newRoot, newer.root, 'newer');
}

// --- the checks ---

function positionOf(line, number) {
  try {
    return JSON.parse(line).position;
  } catch {
    throw new Failed(`The event on line ${number} is not JSON.`);
  }
}

// Before its events an export holds the texts that they name by hash: no part of the tree, but each is what its hash says.
function isText(line) {
  if (!line.subarray(0, 10).equals(Buffer.from('{"sha256":'))) return false;
  const { sha256: hash, text } = JSON.parse(line);
  if (sha256(Buffer.from(text)).toString('hex') !== hash) throw new Failed(`The text ${hash} is not the one of its hash.`);
  return true;
}

async function* linesOf(path) {
  let rest = Buffer.alloc(0);
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) {
    let bytes = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
    for (let end; (end = bytes.indexOf(10)) >= 0; bytes = bytes.subarray(end + 1)) yield bytes.subarray(0, end);
    rest = Buffer.from(bytes);
  }
  if (rest.length > 0) yield rest;
}

async function checkLog([events, ...files], key) {
  const checkpoints = files.flatMap((file) => readCheckpoints(file, key)).sort((a, b) => a.size - b.size);
  const tree = new Tree();
  let held = 0, next = 0;
  const check = () => {
    for (; next < checkpoints.length && checkpoints[next].size === tree.size; next++) {
      if (!checkpoints[next].root.equals(tree.root()))
        throw new Failed(`The events after position ${held} and up to ${tree.size} are not those that were signed.`);
      held = tree.size;
    }
  };
  check();
  for await (const line of linesOf(events)) {
    if (tree.size === 0 && isText(line)) continue;
    tree.add(leafHash(line));
    const position = positionOf(line, tree.size);
    if (position !== tree.size) throw new Failed(`Line ${tree.size} holds position ${position}.`);
    check();
  }
  if (next < checkpoints.length) throw new Failed(`The log ends at position ${tree.size}, but a checkpoint of ${checkpoints.at(-1).size} events was signed.`);
  return `${held} events are what was signed, at ${checkpoints.length} checkpoints; ${tree.size - held} later ones are in no checkpoint given.`;
}

function proven(proof, key, what) {
  const [, extra, index, hashes, note] = /^c2sp\.org\/tlog-proof@v1\nextra (\S+)\nindex (\d+)\n((?:\S+\n)*)\n([^]*)$/.exec(proof) ?? [];
  if (!note) throw new Unusable(`${what} is no proof of an event.`);
  const checkpoint = readCheckpoint(note, key);
  const entry = Buffer.from(extra, 'base64');
  if (Number(index) >= checkpoint.size) throw new Failed('The event is beyond the checkpoint.');
  const siblings = hashes.split('\n').filter(Boolean).map((hash) => Buffer.from(hash, 'base64'));
  if (!rootOfInclusion(leafHash(entry), Number(index), checkpoint.size, siblings).equals(checkpoint.root))
    throw new Failed('The event is not in the log that was signed.');
  const event = JSON.parse(entry);
  if (event.position !== Number(index) + 1) throw new Failed(`The event says it is at position ${event.position}, but it is at ${Number(index) + 1}.`);
  return { event, size: checkpoint.size };
}

function checkEvent([path], key) {
  const { event, size } = proven(readFileSync(path, 'utf8'), key, path);
  return `The event ${event.id} is in the log, at position ${event.position} of ${size}.`;
}

// All of a report is signed with the log's key; only the signature, which comes last, is not.
function checkSignature(text, isJson, path, key) {
  const last = isJson ? /^([^]*,)\s*"signature":\s*("(?:[^"\\]|\\.)*")\s*\}\s*$/ : /^([^]*)<pre id="signature">([^<]*)<\/pre>\s*<\/body>\s*<\/html>\s*$/;
  const [, signed, signature] = last.exec(text) ?? [];
  if (!signature) throw new Failed(`${path} does not end with a signature.`);
  const note = readNote(isJson ? JSON.parse(signature) : signature, key);
  if (!note.signed) throw new Failed('The report was not signed with this key.');
  if (note.text !== `ledger-audit/1\n${sha256(signed).toString('base64')}\n`) throw new Failed('The report is not as it was signed: something in it was changed.');
}

// What a report holds must be what its proven events hold: every claim with its value, its words and its quote, who made each
// change and when, and no version of the deal or of an article left out. What it shows is what was signed.
function checkAudit([path], key) {
  const text = readFileSync(path, 'utf8');
  const [, json] = path.endsWith('.json') ? [, text] : /<script type="application\/json" id="audit">([^]*?)<\/script>/.exec(text) ?? [];
  let report;
  try {
    report = JSON.parse(json);
  } catch {
    throw new Unusable(`${path} holds no report.`);
  }
  if (report.format !== 'ledger-audit/1') throw new Unusable(`${path} is of the format ${report.format}; this program knows ledger-audit/1.`);
  const events = new Map(), versions = new Map();
  let size = 0;
  for (const given of report.events) {
    const { event, size: of } = proven(given.proof, key, `What stands for position ${given.position}`);
    if (event.position !== given.position || event.stream !== given.stream || event.version !== given.version || event.type !== given.event)
      throw new Failed(`The report says of position ${given.position} what the event proven there does not.`);
    if (event.version !== (versions.get(event.stream) ?? 0) + 1) throw new Failed(`Version ${event.version} of ${event.stream} does not follow the one before it: something was left out.`);
    versions.set(event.stream, event.version);
    events.set(event.position, event);
    size = Math.max(size, of);
  }
  const stream = `deal-${report.deal.id}`;
  if (versions.get(stream) !== report.deal.version) throw new Failed(`The report is of version ${report.deal.version} of the deal, but proves ${versions.get(stream) ?? 0}.`);
  for (const article of report.deal.sources) {
    if (!versions.has(`article-${article}`)) throw new Failed(`The article ${article} is not proven.`);
  }
  let before = 0;
  for (const entry of report.history) {
    // What a merged deal brings along is one change of several events.
    const made = [...events.values()].filter((event) => event.stream === stream && event.version > before && event.version <= entry.version);
    const last = made.at(-1);
    if (last?.version !== entry.version || last.position !== entry.position || last.headers.author !== entry.author || Date.parse(last.recordedAt) !== Date.parse(entry.recordedAt))
      throw new Failed(`Version ${entry.version} was not made when or by whom the report says.`);
    if (entry.reason && !made.some((event) => stringsIn(event.data).includes(entry.reason))) throw new Failed(`Version ${entry.version} was not made for the reason that the report gives.`);
    before = entry.version;
  }
  if (before !== report.deal.version) throw new Failed(`The history ends with version ${before}, but the deal is of version ${report.deal.version}.`);
  for (const claim of report.deal.claims) {
    const recorded = claimsIn(events.get(claim.position)?.data).find((one) => one.id === claim.id);
    if (!recorded || recorded.asWritten !== claim.asWritten || recorded.quote.text !== claim.quote.text || plain(recorded.value) !== plain(claim.value))
      throw new Failed(`The claim ${claim.id} was not recorded at position ${claim.position} in these words and with this value.`);
  }
  for (const line of report.fields) {
    if (!report.deal.claims.some((claim) => claim.id === line.claim.id && claim.quote.text === line.claim.quote.text && plain(claim.value) === plain(line.claim.value))) throw new Failed(`The field ${line.field} goes by a claim that the deal does not have.`);
  }
  checkSignature(text, path.endsWith('.json'), path, key);
  return `${report.events.length} events are in the log of ${size} that was signed, versions 1 to ${report.deal.version} of deal ${report.deal.id} among them; they hold all ${report.deal.claims.length} claims.`;
}

// A value as text: what is not said is left out, and the sort of a claim is called snake_case where it is stored and camelCase where it is told.
function plain(value) {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const said = Object.entries(value).filter(([, field]) => field !== null && field !== false);
  return `{${said.map(([name, field]) => `${name}:${name === 'is' ? String(field).replaceAll('_', '').toLowerCase() : plain(field)}`).sort().join()}}`;
}

// Wherever in an event's data they stand.
function claimsIn(data) {
  if (data === null || typeof data !== 'object') return [];
  return [...(typeof data.id === 'string' && data.quote ? [data] : []), ...Object.values(data).flatMap(claimsIn)];
}

function checkContinuation([old, path], key) {
  const older = readCheckpoints(old, key).at(-1);
  const [, size, hashes, note] = /^old (\d+)\n((?:\S+\n)*)\n([^]*)$/.exec(readFileSync(path, 'utf8')) ?? [];
  if (!note) throw new Unusable(`${path} is no proof of consistency.`);
  if (Number(size) !== older.size) throw new Failed(`The proof is of ${size} events, the older checkpoint of ${older.size}.`);
  const newer = readCheckpoint(note, key);
  checkConsistency(older, newer, hashes.split('\n').filter(Boolean).map((hash) => Buffer.from(hash, 'base64')));
  return `The log of ${newer.size} events begins with the log of ${older.size}.`;
}

function stringsIn(data) {
  return typeof data === 'string' ? [data] : data && typeof data === 'object' ? Object.values(data).flatMap(stringsIn) : [];
}

try {
  const args = process.argv.slice(2);
  const at = args.indexOf('--key');
  const key = at >= 0 && args[at + 1] ? args.splice(at, 2)[1] : undefined;
  const [what, ...files] = args;
  const checks = { log: [checkLog, 2], event: [checkEvent, 1], consistency: [checkContinuation, 2], audit: [checkAudit, 1] };
  const [check, filesLeast] = checks[what] ?? [];
  if (!check || !key || files.length < filesLeast) {
    throw new Unusable('usage: verify-log.mjs log EVENTS CHECKPOINT... | event PROOF | consistency OLD PROOF | audit REPORT  --key KEY');
  }
  console.log(await check(files, readKey(key)));
} catch (error) {
  console.error(error instanceof Failed || error instanceof Unusable || error.code === 'ENOENT' ? error.message : error);
  process.exitCode = error instanceof Failed ? 1 : 2;
}
