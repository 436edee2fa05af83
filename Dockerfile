# Debian, because the packaged binaries need glibc. The image's own Node is used; install scripts do not run.
FROM node:24-bookworm-slim AS base
WORKDIR /app
ENV NEXT_TELEMETRY_DISABLED=1

FROM base AS build
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY . .
RUN node node_modules/next/dist/bin/next build && rm -rf .next/cache

FROM base AS packages
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts --omit=dev

FROM base
ENV NODE_ENV=production
# Programs are root's and read-only for the user that runs them; only its home is its own.
RUN useradd --system --user-group --create-home --home-dir /home/redrive redrive
COPY --from=packages /app/node_modules node_modules
COPY . .
COPY --from=build /app/.next .next
USER redrive
EXPOSE 3000
CMD ["node", "cli/redrive.ts", "web"]
