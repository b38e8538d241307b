// Echoes over one WebSocket by Debian's node-ws, then closes: sockets.js URL
const WebSocket = require("/usr/share/nodejs/ws");
const at = new URL(process.argv[2]);
const ws = new WebSocket(`${at.protocol}//127.0.0.1:${at.port}/`, {
	headers: { Host: at.host }, servername: at.hostname,
	rejectUnauthorized: false });
const large = "y".repeat(300000);
let n = 0;
ws.on("open", () => ws.send(large));
ws.on("message", m => {
	if (m.toString() !== large) process.exit(1);
	if (++n < 5) ws.send(large);
	else ws.close(1000, "enough");
});
ws.on("close", (code, why) => console.log(`${n} echoes, ${code} ${why}`));
ws.on("error", e => { console.log(`failed: ${e.message}`); process.exit(1); });
