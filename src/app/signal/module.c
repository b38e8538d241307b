/* clang-format off */
/* module - made of nat.js by `make page`: not by hand. */
#include "app/signal/module.h"

static const char head[] =
	"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: text/javas"
	"cript; charset=utf-8\r\nContent-Length: 4333\r\nAccess-Control-A"
	"llow-Origin: *\r\nCache-Control: no-cache\r\nX-Content-Type-Opti"
	"ons: nosniff\r\n\r\n";

static const char *const pieces[] = {
	"// nat.js - a page joins a host of nat (or of Ming) and opens ch"
	"annels to its services.\nconst WAIT = 15000; // ms until there i"
	"s a path, and until a channel opens\nfunction within(promise, wh"
	"at) {\n  const late = new Promise((_, no) =>\n    setTimeout(() "
	"=> no(new Error(`${what}: nothing in ${WAIT} ms`)), WAIT));\n  r"
	"eturn Promise.race([promise, late]);\n}\nfunction stunOf(url) {"
	"\n  const at = new URL(url.replace(/^ws/, \"http\"));\n  const p"
	"ort = at.port || (at.protocol === \"https:\" ? 443 : 80);\n  ret"
	"urn `stun:${at.hostname}:${port}`;\n}\nclass Host {\n  construct"
	"or(peer, socket) {\n    this.peer = peer;\n    this.socket = soc"
	"ket;\n  }\n  async open({ service = \"\", lossy = false } = {}) "
	"{\n    const how = lossy ? { ordered: false, maxRetransmits: 0 }"
	" : {};\n    const channel = this.peer.createDataChannel(\n      "
	"lossy ? \"tunnel-udp\" : \"tunnel-tcp\", { ...how, protocol: ser"
	"vice });\n    channel.binaryType = \"arraybuffer\";\n    await w"
	"ithin(new Promise((yes, no) => {\n      channel.onopen = yes;\n "
	"     channel.onclose = channel.onerror = () => no(new Error(\"re"
	"fused\"));\n    }), `channel to ${service || \"the service\"}`);"
	"\n    return channel;\n  }\n  async get(path, { service = \"\", "
	"headers = {} } = {}) {\n    const channel = await this.open({ se"
	"rvice });\n    const pieces = [];\n    const whole = new Promise"
	"((yes) => { channel.onclose = yes; });\n    channel.onmessage = "
	"({ data }) => pieces.push(data);\n    const lines = Object.entri"
	"es({ Host: \"nat\", ...headers })\n      .map(([name, value]) =>"
	" `${name}: ${value}\\r\\n`);\n    channel.send(new TextEncoder()"
	".encode(\n      `GET ${path} HTTP/1.0\\r\\n${lines.join(\"\")}\\"
	"r\\n`));\n    await whole;\n    return answerOf(new Uint8Array(a"
	"wait new Blob(pieces).arrayBuffer()));\n  }\n  close() {\n    th"
	"is.peer.close();\n    this.socket.close();\n  }\n}\nfunction ans"
	"werOf(bytes) {\n  const text = new TextDecoder(\"latin1\").decod"
	"e(bytes);\n  const end = text.indexOf(\"\\r\\n\\r\\n\");\n  if ("
	"end < 0 || !text.startsWith(\"HTTP/1.\"))\n    throw new Error("
	"\"the service does not speak HTTP\");\n  const [first, ...lines]"
	" = text.slice(0, end).split(\"\\r\\n\");\n  const headers = new "
	"Headers(lines.map((line) => {\n    const at = line.indexOf(\":\""
	");\n    return [line.slice(0, at), line.slice(at + 1).trim()];\n"
	"  }));\n  const body = bytes.slice(end + 4);\n  return { status:"
	" Number(first.split(\" \")[1]), headers, body,\n           text:"
	" () => new TextDecoder().decode(body) };\n}\nexport async functi"
	"on join(url, id, { token = \"\", ice = [] } = {}) {\n  const own"
	" = Array.from(crypto.getRandomValues(new Uint8Array(16)),\n    ("
	"byte) => byte.toString(16).padStart(2, \"0\")).join(\"\");\n  co"
	"nst socket = new WebSocket(token ? `${url}?token=${token}` : url"
	");\n  const peer = new RTCPeerConnection(\n    { iceServers: [{ "
	"urls: stunOf(url) }, ...ice] });\n  const say = (type, payload) "
	"=> socket.send(JSON.stringify(\n    { type, payload, target_id: "
	"id, sender_id: own }));\n  const early = []; // candidates that "
	"come before the answer\n  const path = new Promise((yes, no) => "
	"{\n    const hear = async ({ type, payload }) => {\n  ",
	"    if (type === \"error\") no(new Error(payload));\n      if (t"
	"ype === \"answer\") {\n        await peer.setRemoteDescription(p"
	"ayload.sdp);\n        for (const one of early.splice(0)) await p"
	"eer.addIceCandidate(one);\n      } else if (type === \"candidate"
	"\" && !peer.remoteDescription) {\n        early.push(payload.can"
	"didate);\n      } else if (type === \"candidate\") {\n        aw"
	"ait peer.addIceCandidate(payload.candidate);\n      }\n    };\n "
	"   socket.onmessage = ({ data }) => hear(JSON.parse(data)).catch"
	"(no);\n    socket.onclose = socket.onerror = () => no(new Error("
	"`${url} is closed`));\n    peer.onconnectionstatechange = () => "
	"{\n      if (peer.connectionState === \"connected\") yes();\n   "
	"   if (peer.connectionState === \"failed\") no(new Error(\"no pa"
	"th\"));\n    };\n    peer.onicecandidate = ({ candidate }) => {"
	"\n      if (candidate) say(\"candidate\", { candidate: candidate"
	".toJSON() });\n    };\n  });\n  path.catch(() => {}); // it is t"
	"old below\n  await Promise.race([path, new Promise((yes) => { so"
	"cket.onopen = yes; })]);\n  peer.createDataChannel(\"tunnel\", {"
	" negotiated: true, id: 1023 });\n  await peer.setLocalDescriptio"
	"n(await peer.createOffer());\n  say(\"offer\", { sdp: peer.local"
	"Description });\n  try {\n    await within(path, id);\n  } catch"
	" (why) {\n    peer.close();\n    socket.close();\n    throw why;"
	"\n  }\n  return new Host(peer, socket);\n}\n",
};

size_t module_size(void)
{
	size_t n = sizeof head - 1;

	for (size_t i = 0; i < COUNT(pieces); i++)
		n += strlen(pieces[i]);
	return n;
}

void module_put(struct fmt *f)
{
	fmt_bytes(f, bytes_of(head));
	for (size_t i = 0; i < COUNT(pieces); i++)
		fmt_bytes(f, bytes_of(pieces[i]));
}
/* clang-format on */
