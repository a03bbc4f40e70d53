// What GUIs written with dockerode do with a swarm: list, create, update, read logs, remove.
// Usage: node check.js SOCKET. Ends with status 0 and the line "done", or throws.
'use strict';
const assert = require('node:assert');
const Docker = require('dockerode');

const docker = new Docker({socketPath: process.argv[2]});
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

async function until(check, what) {
  for (let round = 0; round < 600; ++round) {
    const found = await check();
    if (found) return found;
    await pause(100);
  }
  throw new Error(`still not: ${what}`);
}

async function main() {
  const info = await docker.info();
  assert.strictEqual(info.Swarm.LocalNodeState, 'active');
  assert.strictEqual((await docker.swarmInspect()).Spec.Name, 'default');
  const nodes = await docker.listNodes();
  assert.strictEqual(nodes.length, 3);
  assert.strictEqual((await docker.getNode(nodes[0].ID).inspect()).ID, nodes[0].ID);

  const created = await docker.createService({
    Name: 'web',
    Labels: {tier: 'front'},
    TaskTemplate: {ContainerSpec: {
      Image: 'alpine', Args: ['sh', '-c', 'echo hello; exec sleep 100000'], StopGracePeriod: 1e9}},
    Mode: {Replicated: {Replicas: 2}},
  });
  const service = docker.getService(created.id || created.ID);
  const running = () => docker.listTasks({filters: {service: ['web'], 'desired-state': ['running']}})
      .then((tasks) => tasks.filter((task) => task.Status.State === 'running'));
  await until(async () => (await running()).length === 2, 'two tasks run');
  assert.strictEqual((await docker.listServices({filters: {name: ['web']}})).length, 1);

  const task = (await running())[0];
  assert.strictEqual((await docker.getTask(task.ID).inspect()).ID, task.ID);
  const logs = await service.logs({stdout: true, stderr: true});
  assert.match(logs.toString(), /hello/);

  const before = await service.inspect();
  const spec = before.Spec;
  spec.Mode.Replicated.Replicas = 1;
  await service.update({version: before.Version.Index, ...spec});
  await until(async () => (await running()).length === 1, 'one task runs');

  const node = await docker.getNode(nodes[0].ID).inspect();
  await docker.getNode(node.ID).update(
      {version: node.Version.Index, ...node.Spec, Labels: {zone: 'a'}});
  assert.deepStrictEqual((await docker.getNode(node.ID).inspect()).Spec.Labels, {zone: 'a'});

  await service.remove();
  await assert.rejects(service.inspect(), (error) => error.statusCode === 404);
}

main().then(() => console.log('done'));
