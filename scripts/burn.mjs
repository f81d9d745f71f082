// Burns one core until the process that started it is gone.
const SLICE_MS = 50;

function burn() {
  const endMs = performance.now() + SLICE_MS;
  while (performance.now() < endMs);
  setImmediate(burn);
}

process.on('disconnect', () => process.exit());
burn();
