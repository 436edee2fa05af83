// Stands in for the web under the supervisor: node web.ts <port>
import { createServer } from "node:http";

createServer((request, response) => {
  response.writeHead(request.url === "/api/health" ? 200 : 404).end();
}).listen(Number(process.argv[2]), "127.0.0.1");
process.stdout.write("web is listening\n");
