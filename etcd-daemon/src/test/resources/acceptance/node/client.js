// Ordinary use of the etcd3 client for Node, as its documentation shows it; prints "all good" if every answer is right.
const assert = require('assert');
const { once } = require('events');
const { Etcd3 } = require('etcd3');

const client = new Etcd3({ hosts: `http://127.0.0.1:${process.argv[2]}` });

async function keys() {
  await client.put('app/config').value('{"timeout": 30}');
  assert.deepStrictEqual(await client.get('app/config').json(), { timeout: 30 });
  assert.strictEqual(await client.get('app/none').string(), null);
  await client.put('app/number').value(42);
  assert.strictEqual(await client.get('app/number').number(), 42);
  assert.deepStrictEqual(await client.getAll().prefix('app/').keys(), ['app/config', 'app/number']);
  assert.deepStrictEqual(await client.getAll().prefix('app/').sort('Key', 'Descend').limit(1).keys(), ['app/number']);
  assert.strictEqual(await client.getAll().prefix('app/').count(), 2);
  assert.strictEqual((await client.delete().prefix('app/')).deleted, '2');
  await assert.rejects(client.put('').value('x').exec(), /key is not provided/);
}

async function watches() {
  const watcher = await client.watch().prefix('watched/').create();
  const seen = [];
  watcher.on('put', kv => seen.push(`put ${kv.key} ${kv.value}`));
  const deleted = once(watcher, 'delete');
  await client.put('watched/a').value('1');
  await client.put('watched/b').value('2');
  await client.delete().key('watched/a');
  const [kv] = await deleted;
  assert.strictEqual(kv.key.toString(), 'watched/a');
  assert.deepStrictEqual(seen, ['put watched/a 1', 'put watched/b 2']);
  await watcher.cancel();
}

async function leases() {
  const lease = client.lease(10);
  await lease.put('leased').value('x');
  assert.strictEqual(await client.get('leased').string(), 'x');
  await lease.keepaliveOnce();
  await lease.revoke();
  assert.strictEqual(await client.get('leased').string(), null);
}

async function transactions() {
  const create = () =>
    client.if('once', 'Create', '==', 0).then(client.put('once').value('1')).else(client.get('once')).commit();
  assert.strictEqual((await create()).succeeded, true);
  const second = await create();
  assert.strictEqual(second.succeeded, false);
  assert.strictEqual(second.responses[0].response_range.kvs[0].value.toString(), '1');

  await client.put('bank/a').value(100);
  await client.put('bank/b').value(0);
  // The strictest isolation of this client refuses to write two keys that were last written at different revisions.
  const move = () =>
    client.stm({ isolation: 1, retries: 50 }).transact(async tx => {
      const [a, b] = [await tx.get('bank/a').number(), await tx.get('bank/b').number()];
      await tx.put('bank/a').value(a - 10);
      await tx.put('bank/b').value(b + 10);
    });
  await Promise.all([move(), move(), move()]);
  assert.strictEqual(await client.get('bank/a').number(), 70);
  assert.strictEqual(await client.get('bank/b').number(), 30);
}

async function locks() {
  let inside = 0;
  const enter = () =>
    client.lock('exclusive').do(async () => {
      assert.strictEqual(++inside, 1);
      await client.put('entered').value('x');
      inside--;
    });
  await enter();
  const held = client.lock('exclusive');
  await held.acquire();
  await assert.rejects(client.lock('exclusive').acquire(), /Failed to acquire a lock/);
  await held.release();
  await enter();
}

async function elections() {
  const campaign = client.election('job').campaign('first');
  await once(campaign, 'elected');
  const observer = await client.election('job').observe();
  assert.strictEqual(observer.leader(), 'first');
  const next = client.election('job').campaign('second');
  // In line, or there is nobody to follow.
  while ((await client.getAll().prefix('election/job/').count()) < 2);
  const change = once(observer, 'change');
  await campaign.resign();
  assert.deepStrictEqual(await change, ['second']);
  await observer.cancel();
  await next.resign();
}

async function namespaces() {
  const inner = client.namespace('inner/');
  await inner.put('key').value('x');
  assert.strictEqual(await client.get('inner/key').string(), 'x');
  await inner.delete().all();
  assert.strictEqual(await client.get('inner/key').string(), null);
}

async function server() {
  const status = await client.maintenance.status();
  assert.strictEqual(status.version, '3.7.1');
  const { members } = await client.cluster.memberList({});
  assert.strictEqual(members.length, 1);
}

(async () => {
  for (const use of [keys, watches, leases, transactions, locks, elections, namespaces, server]) {
    await use();
  }
  console.log('all good');
  process.exit(0);
})().catch(error => {
  console.error(error);
  process.exit(1);
});
