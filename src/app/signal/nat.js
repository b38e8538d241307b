// nat.js - a page joins a host of nat (or of Ming) and opens channels to its services.
//
//     import { join } from "https://signal.example.net/nat.js";
//     const host = await join("wss://signal.example.net", "home", { token: "..." });
//     const answer = await host.get("/index.html", { service: "web" });
//     answer.status; answer.headers.get("content-type"); answer.text();
//     const channel = await host.open({ service: "ssh" }); // an RTCDataChannel
//     host.close();
//
// What goes through the channels is encrypted from here to the host; the signalling
// server sees who talks to whom, and STUN servers the addresses.

const WAIT = 15000; // ms until there is a path, and until a channel opens

function within(promise, what) {
  const late = new Promise((_, no) =>
    setTimeout(() => no(new Error(`${what}: nothing in ${WAIT} ms`)), WAIT));
  return Promise.race([promise, late]);
}

function stunOf(url) {
  const at = new URL(url.replace(/^ws/, "http"));
  const port = at.port || (at.protocol === "https:" ? 443 : 80);
  return `stun:${at.hostname}:${port}`;
}

class Host {
  constructor(peer, socket) {
    this.peer = peer;
    this.socket = socket;
  }

  // A channel to a service: of bytes in order, or, lossy, of datagrams.
  async open({ service = "", lossy = false } = {}) {
    const how = lossy ? { ordered: false, maxRetransmits: 0 } : {};
    const channel = this.peer.createDataChannel(
      lossy ? "tunnel-udp" : "tunnel-tcp", { ...how, protocol: service });
    channel.binaryType = "arraybuffer";
    await within(new Promise((yes, no) => {
      channel.onopen = yes;
      channel.onclose = channel.onerror = () => no(new Error("refused"));
    }), `channel to ${service || "the service"}`);
    return channel;
  }

  // One GET of a service that speaks HTTP.
  async get(path, { service = "", headers = {} } = {}) {
    const channel = await this.open({ service });
    const pieces = [];
    const whole = new Promise((yes) => { channel.onclose = yes; });
    channel.onmessage = ({ data }) => pieces.push(data);
    const lines = Object.entries({ Host: "nat", ...headers })
      .map(([name, value]) => `${name}: ${value}\r\n`);
    channel.send(new TextEncoder().encode(
      `GET ${path} HTTP/1.0\r\n${lines.join("")}\r\n`));
    await whole;
    return answerOf(new Uint8Array(await new Blob(pieces).arrayBuffer()));
  }

  close() {
    this.peer.close();
    this.socket.close();
  }
}

function answerOf(bytes) {
  const text = new TextDecoder("latin1").decode(bytes);
  const end = text.indexOf("\r\n\r\n");
  if (end < 0 || !text.startsWith("HTTP/1."))
    throw new Error("the service does not speak HTTP");
  const [first, ...lines] = text.slice(0, end).split("\r\n");
  const headers = new Headers(lines.map((line) => {
    const at = line.indexOf(":");
    return [line.slice(0, at), line.slice(at + 1).trim()];
  }));
  const body = bytes.slice(end + 4);
  return { status: Number(first.split(" ")[1]), headers, body,
           text: () => new TextDecoder().decode(body) };
}

export async function join(url, id, { token = "", ice = [] } = {}) {
  const own = Array.from(crypto.getRandomValues(new Uint8Array(16)),
    (byte) => byte.toString(16).padStart(2, "0")).join("");
  const socket = new WebSocket(token ? `${url}?token=${token}` : url);
  const peer = new RTCPeerConnection(
    { iceServers: [{ urls: stunOf(url) }, ...ice] });
  const say = (type, payload) => socket.send(JSON.stringify(
    { type, payload, target_id: id, sender_id: own }));
  const early = []; // candidates that come before the answer
  const path = new Promise((yes, no) => {
    const hear = async ({ type, payload }) => {
      if (type === "error") no(new Error(payload));
      if (type === "answer") {
        await peer.setRemoteDescription(payload.sdp);
        for (const one of early.splice(0)) await peer.addIceCandidate(one);
      } else if (type === "candidate" && !peer.remoteDescription) {
        early.push(payload.candidate);
      } else if (type === "candidate") {
        await peer.addIceCandidate(payload.candidate);
      }
    };
    socket.onmessage = ({ data }) => hear(JSON.parse(data)).catch(no);
    socket.onclose = socket.onerror = () => no(new Error(`${url} is closed`));
    peer.onconnectionstatechange = () => {
      if (peer.connectionState === "connected") yes();
      if (peer.connectionState === "failed") no(new Error("no path"));
    };
    peer.onicecandidate = ({ candidate }) => {
      if (candidate) say("candidate", { candidate: candidate.toJSON() });
    };
  });
  path.catch(() => {}); // it is told below
  await Promise.race([path, new Promise((yes) => { socket.onopen = yes; })]);
  peer.createDataChannel("tunnel", { negotiated: true, id: 1023 });
  await peer.setLocalDescription(await peer.createOffer());
  say("offer", { sdp: peer.localDescription });
  try {
    await within(path, id);
  } catch (why) {
    peer.close();
    socket.close();
    throw why;
  }
  return new Host(peer, socket);
}
