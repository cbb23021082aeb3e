FROM golang:1.24 AS build
RUN go env -w GOPROXY=https://goproxy.corp.example
RUN go mod download
ENV GOPROXY=https://proxy.golang.org
RUN go build ./...
