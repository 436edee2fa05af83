/** Environment of the sample traffic when it runs as a process of its own; read here only. */
export const env = {
  postgresUrl: process.env.DATABASE_URL ?? "postgres://postgres@127.0.0.1:5432/postgres",
  rabbitmqUrl: process.env.RABBITMQ_URL ?? "amqp://guest:guest@127.0.0.1:5672",
  kafkaUrl: process.env.KAFKA_URL ?? "kafka://127.0.0.1:9092",
  redisUrl: process.env.REDIS_URL ?? "redis://127.0.0.1:6379",
  natsUrl: process.env.NATS_URL ?? "nats://127.0.0.1:4222",
  rocketmqUrl: process.env.ROCKETMQ_URL ?? "rocketmq://127.0.0.1:8081",
  rocketmqNameServer: process.env.ROCKETMQ_NAME_SERVER ?? "127.0.0.1:9876",
  pulsarUrl: process.env.PULSAR_URL ?? "http://127.0.0.1:8080",
  rate: Number(process.env.DEMO_RATE ?? 4),
} as const;
