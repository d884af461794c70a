# The command line in a container, built from this repository:
#   docker build -t datadam . && docker run --rm -v "$PWD:/data" datadam doctor
FROM node:22-bookworm-slim AS build
WORKDIR /src
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY . .
RUN npm run --silent build && npm pack --silent --ignore-scripts --pack-destination /tmp && mv /tmp/*.tgz /tmp/datadam.tgz

FROM node:22-bookworm-slim
COPY --from=build /tmp/datadam.tgz /tmp/
# Clients of queues and object stores beside it: workers of such plans need them.
RUN mkdir /opt/datadam && cd /opt/datadam && npm init --yes >/dev/null \
  && npm install --ignore-scripts --no-audit --no-fund /tmp/datadam.tgz aws4fetch bullmq ioredis \
  && rm -rf /tmp/datadam.tgz /root/.npm && ln -s /opt/datadam/node_modules/.bin/datadam /usr/local/bin/datadam
# Another user than root. Files of a mounted folder belong to it: `docker run --user` takes yours.
USER node
WORKDIR /data
ENTRYPOINT ["datadam"]
CMD ["--help"]
