FROM golang:1.24-alpine AS base
ARG GOPROXY=https://proxy.golang.org,direct
RUN apk add --no-cache git

FROM base AS deps
COPY go.mod go.sum ./
RUN go mod download && go mod verify

FROM deps AS build
ENV GOPROXY=off
RUN make build
RUN go build ./...

FROM deps AS lint
RUN go install github.com/example/lint@v1 \
    && lint ./...

FROM golang:1.24-alpine AS docs
RUN go install golang.org/x/pkgsite/cmd/pkgsite@latest
ARG GOPROXY
RUN echo "from ${GOPROXY}" && pkgsite -version

FROM scratch
COPY --from=build /app /app
COPY --from=docs /docs /docs
