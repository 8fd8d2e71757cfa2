// Receives webhooks, and checks each signature with code that is not the sender's. It prints its port; what it is to answer stands in the path.
import { createServer } from "node:http";
import { Webhook } from "standardwebhooks";

const seen = [];
const secrets = new Map();

function verified(path, headers, body) {
  try {
    new Webhook(secrets.get(path)).verify(body, headers);
    return true;
  } catch {
    return false;
  }
}

function answer(path, response) {
  const [, how] = path.split("/");
  if (how === "silent") return;
  if (how === "gone") response.writeHead(410).end("No more, thank you.");
  else if (how === "busy") response.writeHead(503, { "Retry-After": "3600" }).end("Later.");
  else if (how === "inside") response.writeHead(302, { Location: "http://169.254.169.254/latest" }).end();
  else if (how === "broken") response.writeHead(500).end("Oh\u0000no.");
  else response.writeHead(204).end();
}

const server = createServer((request, response) => {
  let body = "";
  request.setEncoding("utf8");
  request.on("data", part => body += part);
  request.on("end", () => {
    if (request.method === "GET") return response.end(request.url === "/count" ? `${seen.length}` : JSON.stringify(seen));
    if (request.method === "PUT") {
      secrets.set(request.url, body);
      return response.end();
    }
    seen.push({ path: request.url, id: request.headers["webhook-id"], signatures: request.headers["webhook-signature"].split(" ").length, verified: verified(request.url, request.headers, body), body: JSON.parse(body) });
    answer(request.url, response);
  });
});
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
process.stdin.on("end", () => process.exit()).resume();
