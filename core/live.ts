/** What changed, coarsely: a screen that shows one of these reads it again. */
export const LIVE_TOPICS = ["messages", "groups", "operations", "depths", "queues", "connections", "sources", "routes", "deliveries", "commands", "publications", "workers"] as const;
export type LiveTopic = (typeof LIVE_TOPICS)[number];

/** A notification's payload: topics joined by commas. Unknown words are left out. */
export const encodeTopics = (topics: readonly LiveTopic[]): string => [...new Set(topics)].join(",");
export const decodeTopics = (payload: string): LiveTopic[] =>
  LIVE_TOPICS.filter((topic) => payload.split(",").includes(topic));
