# One place for the version: both stages must compile and run with the same Node.
ARG NODE=node:24.21.0-bookworm-slim

FROM ${NODE} AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY tsconfig.json tsconfig.build.json ./
COPY src ./src
RUN npm run build

FROM ${NODE} AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --ignore-scripts

FROM ${NODE}
LABEL org.opencontainers.image.title="sallyport" \
      org.opencontainers.image.description="The admission server that keeps an Istio mesh's outbound traffic on its egress gateway" \
      org.opencontainers.image.licenses="Apache-2.0"
ENV NODE_ENV=production
WORKDIR /app
# Owned by root and written by nobody: the file system may be mounted read-only.
COPY --from=dependencies /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY package.json LICENSE ./
# The image's user `node`, as numbers: `runAsNonRoot` cannot judge a name.
USER 1000:1000
# The admission server; metrics and probes.
EXPOSE 8443 9090
ENTRYPOINT ["node", "dist/main.js"]
CMD ["serve"]
