/** Environment of the sample traffic when it runs as a process of its own; read here only. */
export const env = {
  postgresUrl: process.env.DATABASE_URL ?? "postgres://postgres@127.0.0.1:5432/postgres",
  rabbitmqUrl: process.env.RABBITMQ_URL ?? "amqp://guest:guest@127.0.0.1:5672",
  rate: Number(process.env.DEMO_RATE ?? 4),
} as const;
