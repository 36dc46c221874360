// Reads server-sent events as browsers do: node events.mjs URL NAME...
// Prints a line of JSON for each event with one of the names, and `open` and `error` of the connection.
import { EventSource } from "eventsource";

const [url, ...names] = process.argv.slice(2);
const print = (line) => console.log(JSON.stringify(line));

const source = new EventSource(url);
source.onopen = () => print({ event: "open" });
source.onerror = (error) => print({ event: "error", status: error.code, closed: source.readyState === EventSource.CLOSED });
for (const name of names) {
  source.addEventListener(name, (event) =>
    print({ event: name, id: event.lastEventId, data: JSON.parse(event.data) }));
}

process.stdin.on("end", () => process.exit(0)).resume();
