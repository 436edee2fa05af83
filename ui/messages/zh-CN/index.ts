import audit from "./audit.json";
import auth from "./auth.json";
import brokers from "./brokers.json";
import groups from "./groups.json";
import kit from "./kit.json";
import messages from "./messages.json";
import operations from "./operations.json";
import overview from "./overview.json";
import queues from "./queues.json";
import routes from "./routes.json";
import settings from "./settings.json";
import shell from "./shell.json";
import states from "./states.json";

export const zhCN = {
  audit,
  auth,
  brokers,
  groups,
  kit,
  messages,
  operations,
  overview,
  queues,
  routes,
  settings,
  shell,
  states,
};
