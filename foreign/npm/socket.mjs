// A WebSocket: node socket.mjs URL
// Each line that comes in is JSON and says what to do; each line that goes out is JSON and says what came.
import { createInterface } from "node:readline";
import WebSocket from "ws";

const print = (line) => console.log(JSON.stringify(line));

const socket = new WebSocket(process.argv[2]);
socket.on("open", () => print({ event: "open" }));
socket.on("message", (data, binary) =>
  print(binary ? { event: "binary", bytes: data.length } : { event: "message", data: JSON.parse(data) }));
socket.on("ping", (data) => print({ event: "ping", data: data.toString() }));
socket.on("pong", (data) => print({ event: "pong", data: data.toString() }));
socket.on("close", (code, reason) => print({ event: "close", code, reason: reason.toString() }));
socket.on("error", (error) => print({ event: "error", message: error.message }));

const actions = {
  send: ({ text }) => socket.send(text),
  ping: ({ data }) => socket.ping(data),
  close: ({ code, reason }) => socket.close(code, reason),
  // A message in fragments, with a pong that nobody asked for between each two of them.
  fragments: ({ texts }) =>
    texts.forEach((text, i) => {
      if (i > 0) {
        socket.pong("unsolicited");
      }
      socket.send(text, { fin: i === texts.length - 1 });
    }),
};

createInterface({ input: process.stdin })
  .on("line", (line) => {
    const command = JSON.parse(line);
    actions[command.action](command);
  })
  .on("close", () => process.exit(0));
