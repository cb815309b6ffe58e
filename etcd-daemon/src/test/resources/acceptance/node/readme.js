// Runs the first example of the README of the etcd3 client, as it stands there, against localhost:2379.
const fs = require('fs');
const path = require('path');

const readme = fs.readFileSync(path.join(path.dirname(require.resolve('etcd3/package.json')), 'readme.md'), 'utf8');
const example = /```js\n([^]*?)```/.exec(readme)[1];

// Its last statement is the promise of its end.
eval(example)
  .then(() => process.exit(0))
  .catch(error => {
    console.error(error);
    process.exit(1);
  });
