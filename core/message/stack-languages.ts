/** One line of a stack trace. `own` is false for frames of the runtime and of well-known libraries. */
export type Frame = { readonly label: string; readonly own: boolean };

const JAVA_LIBRARIES = [
  "java.",
  "javax.",
  "jakarta.",
  "jdk.",
  "sun.",
  "com.sun.",
  "kotlin.",
  "kotlinx.",
  "scala.",
  "groovy.",
  "org.springframework.",
  "org.apache.",
  "org.hibernate.",
  "io.netty.",
  "reactor.",
  "io.micronaut.",
  "io.quarkus.",
  "io.smallrye.",
  "io.vertx.",
  "com.fasterxml.",
  "com.rabbitmq.",
  "com.zaxxer.",
  "org.postgresql.",
  "com.google.common.",
  "io.opentelemetry.",
];
const DOTNET_LIBRARIES = [
  "System.",
  "Microsoft.",
  "MassTransit.",
  "NServiceBus.",
  "Rebus.",
  "Polly.",
  "Npgsql.",
  "Newtonsoft.",
  "RabbitMQ.",
  "Wolverine.",
  "Dapper.",
  "MySql.",
  "StackExchange.",
];
const PHP_LIBRARIES = [
  "Symfony\\",
  "Illuminate\\",
  "Laravel\\",
  "Doctrine\\",
  "Psr\\",
  "Monolog\\",
  "GuzzleHttp\\",
  "PhpAmqpLib\\",
  "Composer\\",
];

const startsWithAny = (name: string, prefixes: readonly string[]): boolean =>
  prefixes.some((prefix) => name.startsWith(prefix));

const baseName = (path: string): string => path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1);

/** A file, without what a bundler names anew with every build. */
const fileLabel = (path: string): string => baseName(path).replace(/\w+/g, (word) => (/\d/.test(word) ? "<id>" : word));

const call = (name: string): string => `${name}()`;

/** The last two parts of a dotted name: the class and its method. */
const lastTwo = (name: string): string => name.split(".").slice(-2).join(".");

const NODE_PLACE = /^(.{1,400}?)(?::\d{1,9}){1,2}$/;

/** `at charge (/app/worker.js:12:9)`, or `at /app/worker.js:12:9` outside of any function. */
export function nodeFrame(line: string): Frame | null {
  if (!line.startsWith("at ")) return null;
  const open = line.indexOf(" (");
  const called = open >= 0 && line.endsWith(")");
  const path = NODE_PLACE.exec(called ? line.slice(open + 2, -1) : line.slice(3).replace(/^async /, ""))?.[1];
  // .NET ends a line with ` in <path>:line 21`, Java has no blank before its bracket.
  if (path === undefined || path.includes(") in ") || (!called && !/^(?:\/|[A-Za-z]:\\|[a-z]+:)/.test(path)))
    return null;
  const own = !path.includes("node_modules") && !/^(?:node:|internal\/|<anonymous>|eval at )/.test(path);
  const name = called
    ? line
        .slice(3, open)
        .replace(/^(?:async |new )+/, "")
        .replace(/ \[as .*$/, "")
    : "";
  const bare = name.replace(/^(?:Object|Function|Module|process)\./, "");
  return { label: bare === "" || bare.includes("<anonymous>") ? fileLabel(path) : call(bare), own };
}

const JAVA =
  /^at ([^()\s]{1,400})\((?:[^():]{1,200}\.(?:java|kt|scala|groovy|clj)(?::\d{1,9})?|Native Method|Unknown Source|<generated>)\)/;

/** `at com.acme.ChargeHandler.handle(ChargeHandler.java:57)`, perhaps with `app//` or a module before it. */
export function javaFrame(line: string): Frame | null {
  const qualified = JAVA.exec(line)?.[1];
  if (qualified === undefined) return null;
  const name = qualified.slice(qualified.lastIndexOf("/") + 1);
  const plain = name
    .split(".")
    .map((part) =>
      part
        .replace(/^lambda\$(.+)\$\d+$/, "$1")
        .replace(/\$\$.*$/, "")
        .replace(/\$\d+$/, ""),
    )
    .join(".");
  return { label: call(lastTwo(plain)), own: !startsWithAny(name, JAVA_LIBRARIES) };
}

/** `at Acme.Billing.ChargeConsumer.Consume(ConsumeContext context) in /src/ChargeConsumer.cs:line 42`. */
export function dotnetFrame(line: string): Frame | null {
  const open = line.indexOf("(");
  if (!line.startsWith("at ") || open < 0) return null;
  const name = line.slice(3, open).replace(/\[.*$/, "");
  if (!/^[\w.`+<>$|]+$/.test(name) || !name.includes(".")) return null;
  const parts = name.replaceAll("..ctor", ".ctor").replaceAll("+", ".").replace(/`\d+/g, "").split(".");
  // The compiler puts an async method's or a lambda's own name into angle brackets of a class it makes up.
  const hidden = parts.findIndex((part) => /^<[^<>]+>/.test(part));
  const method = /^<([^<>]+)>/.exec(parts[hidden] ?? "")?.[1];
  const owner = parts.slice(0, hidden < 0 ? -1 : hidden).findLast((part) => !part.startsWith("<")) ?? "";
  const label = `${owner}.${method ?? parts.at(-1) ?? ""}`;
  return { label: call(label), own: !startsWithAny(name, DOTNET_LIBRARIES) };
}

/** `#0 /app/vendor/x.php(150): App\Handler\ChargeHandler->__invoke()`: the place is the caller's, the name the callee's. */
export function phpFrame(line: string): Frame | null {
  if (!/^#\d{1,6} /.test(line)) return null;
  const at = line.indexOf(": ");
  const end = line.indexOf("(", at);
  if (at < 0 || end < 0) return null;
  const name = line.slice(at + 2, end);
  // Since PHP 8.4 a closure's name has its file and line in it.
  const plain = name.includes("{closure") ? "{closure}" : name.slice(name.lastIndexOf("\\") + 1);
  return { label: call(plain), own: !startsWithAny(name, PHP_LIBRARIES) };
}

/** `  File "/app/billing.py", line 12, in charge`. */
export function pythonFrame(line: string): Frame | null {
  const match = /^ +File "([^"]{1,400})", line \d+(?:, in (.+))?$/.exec(line.trimEnd());
  const path = match?.[1];
  if (path === undefined) return null;
  const name = match?.[2] ?? "<module>";
  const own = !/site-packages|dist-packages|[/\\]lib[/\\]python\d|^<frozen /.test(path);
  return { label: name === "<module>" ? fileLabel(path) : call(name), own };
}
