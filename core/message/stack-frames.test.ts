import { expect, test } from "vitest";
import { topFrame } from "./stack-frames.ts";

test.each([
  ["Error: x\n    at Object.charge (/app/worker.js:12:9)", "charge()"],
  ["Error: x\n    at async Billing.charge [as run] (file:///app/worker.js:12:9)", "Billing.charge()"],
  ["Error: x\n    at new Billing (C:\\app\\worker.js:12:9)", "Billing()"],
  ["Error: x\n    at /app/dist/worker-3f2a.js:12:9", "worker-<id>.js"],
  ["Error: x\n    at Object.<anonymous> (/app/worker.js:12:9)", "worker.js"],
  [
    "Error: x\n    at async Promise.all (index 0)\n    at JSON.parse (<anonymous>)\n    at read (/app/a.js:1:1)",
    "read()",
  ],
  [
    "E: x\n    at query (/app/node_modules/pg/lib/client.js:1:1)\n    at node:internal/x:1:2\n    at save (/app/db.js:1:1)",
    "save()",
  ],
])("Node.js: %j", (stack, frame) => {
  expect(topFrame(stack)).toBe(frame);
});

test.each([
  ["a.B: x\n\tat com.acme.Charge$Inner.handle(Charge.java:57)", "Charge$Inner.handle()"],
  ["a.B: x\n\tat app//com.acme.Charge.lambda$handle$3(Charge.java:57)", "Charge.handle()"],
  ["a.B: x\n\tat com.acme.Charge$$EnhancerBySpringCGLIB$$1a2b.handle(<generated>)", "Charge.handle()"],
  ["a.B: x\n\tat java.base/java.util.Map.get(Map.java:1)\n\tat com.acme.Utf8.read(Utf8.kt:2)", "Utf8.read()"],
  [
    "a.B: x\n\tat com.acme.Outer.call(Outer.java:1)\nCaused by: a.C: y\n\tat com.acme.Root.call(Root.java:1)\n\t... 3 more",
    "Root.call()",
  ],
  ["a.B: x\n\tat java.util.Map.get(Native Method)", "Map.get()"],
])("Java: %j", (stack, frame) => {
  expect(topFrame(stack)).toBe(frame);
});

test.each([
  ["   at Acme.Charge.<Handle>d__5.MoveNext() in /src/Charge.cs:line 42", "Charge.Handle()"],
  ["   at Acme.Charge.<>c__DisplayClass0_0.<Handle>b__0(Int32 x)", "Charge.Handle()"],
  ["   at Acme.Charge..ctor(String a)", "Charge.ctor()"],
  ["   at System.Text.Json.JsonSerializer.Read[T](String a)\n   at Acme.Repo`1.Load[T](String id)", "Repo.Load()"],
  ["   at Acme.Outer+Inner.Run()\r\n   at Acme.Outer.Go()", "Inner.Run()"],
])(".NET: %j", (stack, frame) => {
  expect(topFrame(stack)).toBe(frame);
});

test.each([
  ["#0 [internal function]: App\\Charge->run(Object(App\\X))\n#1 {main}", "Charge->run()"],
  ["#0 /a.php(1): Doctrine\\DBAL\\Connection->query()\n#1 /b.php(2): App\\Repo::find(1)", "Repo::find()"],
  ["App\\E: x in /a.php:1\nStack trace:\n#0 /b.php(2): {closure:/app/b.php:31}(1)\n#1 {main}", "{closure}()"],
])("PHP: %j", (stack, frame) => {
  expect(topFrame(stack)).toBe(frame);
});

const PYTHON = "Traceback (most recent call last):\n";
test.each([
  [
    `${PYTHON}  File "/app/a.py", line 1, in outer\n    b()\n  File "/app/b.py", line 2, in inner\n    c()\nE: x`,
    "inner()",
  ],
  [
    `${PYTHON}  File "/app/a.py", line 1, in mine\n  File "/v/lib/python3.12/json/x.py", line 2, in loads\nE: x`,
    "mine()",
  ],
  [`${PYTHON}  File "/app/a.py", line 1, in <module>\nE: x`, "a.py"],
  [
    `${PYTHON}  File "/a.py", line 1, in one\nE: x\n\nDuring handling:\n\n${PYTHON}  File "/a.py", line 2, in two\nF: y`,
    "two()",
  ],
])("Python: %j", (stack, frame) => {
  expect(topFrame(stack)).toBe(frame);
});

test.each(["", "at last (we agreed)", "no frame: 12:30", "#1 in the list", "at 10.5 (percent)", "Caused by: nothing"])(
  "prose is no frame: %j",
  (text) => {
    expect(topFrame(text)).toBeNull();
  },
);
