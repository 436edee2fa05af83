/** The environment of the example's programs; read here only. */
export const env = {
  rabbitmqUrl: process.env.RABBITMQ_URL ?? "amqp://guest:guest@127.0.0.1:5672",
  /** Redrive's database; absent: the embedded one that `redrive up` starts. */
  databaseUrl: process.env.DATABASE_URL,
  /** Where Redrive and the inventory keep their data. */
  home: process.env.EXAMPLE_HOME ?? ".redrive/orders-example",
  all: process.env,
} as const;
