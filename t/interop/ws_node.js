// A WebSocket of node against an echo: ws_node.js URL
const ws = new WebSocket(process.argv[2]);
const sent = ['hello', '\u00b5\u4e16\u{1f600}', new Uint8Array(70000).fill(7),
	new Uint8Array(0), 'close 4000'];
let heard = 0;

function fail(why) {
	console.log(why);
	process.exit(1);
}

function same(a, b) {
	return typeof a === 'string' ? a === b
		: Buffer.compare(Buffer.from(a), Buffer.from(b)) === 0;
}

ws.binaryType = 'arraybuffer';
ws.onopen = () => sent.forEach((message) => ws.send(message));
ws.onerror = () => fail('error');
ws.onmessage = (event) => same(event.data, sent[heard]) ? heard++
	: fail(`message ${heard} is another`);
ws.onclose = (event) => {
	console.log(`node: ${heard} came back, closed ${event.code} ${event.reason}`);
	process.exit(heard === sent.length - 1 && event.code === 4000 ? 0 : 1);
};
