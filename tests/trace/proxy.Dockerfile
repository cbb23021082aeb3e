FROM debian:bookworm AS fetch
ARG HTTP_PROXY=http://old-proxy.corp.example:3128
ENV https_proxy=${HTTP_PROXY}
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates curl
RUN export HTTPS_PROXY=http://build-proxy.corp.example:8080 \
    && curl -fsSLo /tmp/tool.tar.gz https://downloads.example.org/tool.tar.gz
RUN curl -fsSLo /tmp/data http://downloads.example.org/data
RUN sudo curl -fsSLo /tmp/key https://downloads.example.org/key
RUN http_proxy=http://127.0.0.1:3128 wget http://downloads.example.org/list
RUN --mount=type=secret,id=http_proxy ./fetch.sh

FROM alpine:3.20
RUN apk add --no-cache ca-certificates
COPY --from=fetch /tmp/data /data
