# syntax=docker/dockerfile:1
ARG GO_VERSION=1.24
ARG GOPROXY=https://goproxy.corp.example,direct

FROM golang:${GO_VERSION} AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -o /out/api ./cmd/api

FROM build AS test
RUN go vet ./... && go test ./...

FROM golang:${GO_VERSION} AS tools
ARG GOPROXY
RUN go install honnef.co/go/tools/cmd/staticcheck@latest

FROM gcr.io/distroless/static-debian12
COPY --from=build /out/api /api
COPY --from=tools /go/bin/staticcheck /staticcheck
ENTRYPOINT ["/api"]
