// A provider of models that speaks OpenAI's and Anthropic's protocols: node models.mjs
// Prints `listening PORT`. Each line that comes in is a fixture as aimock's files have them (a JSON object), goes
// before those that came earlier, and is answered by the number of all.
import { createInterface } from "node:readline";
import { LLMock } from "@copilotkit/aimock";

const models = new LLMock({ port: 0, host: "127.0.0.1", logLevel: "silent" });
await models.start();
console.log(`listening ${models.port}`);

createInterface({ input: process.stdin })
  .on("line", (line) => {
    models.prependFixture(JSON.parse(line));
    console.log(`fixtures ${models.getFixtures().length}`);
  })
  .on("close", () => process.exit(0));
