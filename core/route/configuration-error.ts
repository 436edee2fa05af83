/** What a person has to mend in the definition or in the workers' environment: `refused` with the code `configuration`. */
export class ConfigurationError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "ConfigurationError";
  }
}
