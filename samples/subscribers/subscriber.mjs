// Acts on abandoned carts: reads the engine's stream, takes each trigger once, takes back what is retracted, goes on after a break.
const [, , base, count = Infinity] = process.argv;
const seen = new Set(); // a shop keeps it, and lastId, where they outlive the program
let lastId;
const act = { emitted: 'write to', retracted: 'do not write to', recovered: 'thank' };

while (seen.size < count) {
  try {
    const headers = { Authorization: `Bearer ${process.env.STREAMSEGMENTER_TOKEN ?? ''}`, ...(lastId && { 'Last-Event-ID': lastId }) };
    const answer = await fetch(`${base}/api/v1/stream?kinds=trigger`, { headers });
    if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
    let text = '';
    for await (const part of answer.body.pipeThrough(new TextDecoderStream())) {
      const lines = (text + part).split('\n');
      text = lines.pop();
      for (const line of lines) {
        if (line.startsWith('id: ')) lastId = line.slice(4);
        if (!line.startsWith('data: ') || !line.includes('triggerId') || seen.size >= count) continue;
        const { triggerId, kind, customerId } = JSON.parse(line.slice(6));
        const before = seen.size;
        if (seen.add(`${triggerId} ${kind}`).size > before) console.log(act[kind], customerId);
      }
      if (seen.size >= count) process.exit(0);
    }
  } catch (trouble) { // the engine is away, or restarts
    console.error(`again in 2 s: ${trouble.message}`);
    await new Promise(go => setTimeout(go, 2000));
  }
}
