# syntax=docker/dockerfile:1
# docklint in an image of its own: docker build -t docklint . && docker run --rm -v "$PWD:/work:ro" docklint

FROM rust:1.95-alpine AS build
WORKDIR /src
COPY . .
# Alpine's Rust links statically: the program needs nothing from the image it is put into.
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target \
    cargo install --locked --path . --root /out

FROM scratch
COPY --from=build /out/bin/docklint /docklint
WORKDIR /work
USER 65532:65532
ENTRYPOINT ["/docklint"]
